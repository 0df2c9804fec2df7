import { parsePresence, type Presence } from '@ims-sim/presence';
import { presenceEvent } from './event.js';
import { interval } from './interval.js';
import { MEDIA_TYPES, publishedMediaType } from './media-type.js';
import type { Presentity, Publication } from './presentity.js';
import type { Ps } from './ps.js';
import { badEvent, refused, reply, tooBrief, type Reply } from './reply.js';

/** What a PUBLISH says. */
export interface PublishRequest {
  readonly uri: string;
  readonly event: string | undefined;
  readonly expires: string | undefined;
  readonly ifMatch: string | undefined;
  readonly contentType: string | undefined;
  readonly assertedIdentity: string | undefined;
  readonly body: string;
}

/** What becomes of the publication; the answer is 200 with a new entity-tag and `expiresS`. */
export type PublishDecision =
  | Reply
  | {
      readonly kind: 'publish';
      readonly presentity: Presentity;
      readonly document: Presence;
      readonly expiresS: number;
    }
  | {
      readonly kind: 'modify';
      readonly publication: Publication;
      readonly document: Presence;
      readonly expiresS: number;
    }
  | { readonly kind: 'refresh'; readonly publication: Publication; readonly expiresS: number }
  | { readonly kind: 'remove'; readonly publication: Publication | undefined };

/** RFC 3903 6, TS 24.141 5.3.2: the steps are the RFC's. */
export function publish(ps: Ps, request: PublishRequest): PublishDecision {
  // 1
  const presentity = ps.presentityFor(request.uri);
  if (presentity === undefined) {
    return refused(404, 'RFC 3903 6 step 1', `${request.uri} is no presentity of this server`);
  }
  // 2
  if (presenceEvent(request.event) === undefined) return badEvent();
  // 3
  const publishers = ps.assertedIdentities(request.assertedIdentity ?? '');
  if (!publishers.some((identity) => presentity.identities.includes(identity))) {
    const text = `${publishers[0] ?? 'nobody'} may not publish for ${presentity.asserted}`;
    return refused(403, 'RFC 3903 6 step 3', text);
  }
  // 4
  const publication =
    request.ifMatch === undefined ? undefined : presentity.publications.get(request.ifMatch.trim());
  if (request.ifMatch !== undefined) {
    if (request.ifMatch.includes(',')) return reply(400, {}, 'More than one entity-tag in SIP-If-Match');
    if (publication === undefined) return reply(412);
  }
  // 5
  const asked = interval(request.expires, ps);
  if (asked.kind === 'broken') return reply(400, {}, 'Expires is not a number of seconds');
  if (asked.kind === 'brief') return tooBrief(ps.minExpiresS);
  if (asked.expiresS === 0) return { kind: 'remove', publication };
  return withState(ps, request, presentity, publication, asked.expiresS);
}

/** Step 6. */
function withState(
  ps: Ps,
  { body, contentType }: PublishRequest,
  presentity: Presentity,
  publication: Publication | undefined,
  expiresS: number,
): PublishDecision {
  if (body === '') {
    return publication === undefined
      ? reply(400, {}, 'An initial publication without a document')
      : { kind: 'refresh', publication, expiresS };
  }
  if (publishedMediaType(contentType) === undefined) return reply(415, { Accept: MEDIA_TYPES.join(', ') });
  if (Buffer.byteLength(body) > ps.limits.bodyBytes) {
    // No Retry-After: it will not be less tomorrow.
    const text = `a document of ${Buffer.byteLength(body)} bytes, more than the ${ps.limits.bodyBytes} that it may have`;
    return refused(413, 'RFC 3261 21.4.11', text);
  }
  const read = parsePresence(body);
  if (read.kind === 'error') return reply(400, {}, oneLine(read.reason));
  const document = read.presence;
  if (publication !== undefined) return { kind: 'modify', publication, document, expiresS };
  if (presentity.publications.size >= ps.limits.publications) {
    const text = `${presentity.asserted} has ${ps.limits.publications} publications already`;
    return refused(503, 'RFC 3261 21.5.4', text);
  }
  return { kind: 'publish', presentity, document, expiresS };
}

/** A reason phrase is one line, and not an endless one. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
