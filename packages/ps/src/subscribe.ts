import type { PidfMediaType } from '@ims-sim/presence';
import { answeredVector, icidOfDialog } from './charging-vector.js';
import { presenceEvent, type PresenceEvent } from './event.js';
import { interval } from './interval.js';
import { chooseMediaType, MEDIA_TYPES } from './media-type.js';
import type { Presentity } from './presentity.js';
import { subscriptionKey, type Ps } from './ps.js';
import { badEvent, refused, reply, tooBrief, type Because, type Reply } from './reply.js';
import type { Subscription } from './subscription.js';

/** What a SUBSCRIBE says. */
export interface SubscribeRequest {
  readonly uri: string;
  /** Empty outside of our dialogs. */
  readonly dialogId: string;
  readonly event: string | undefined;
  readonly expires: string | undefined;
  readonly accept: string | undefined;
  readonly assertedIdentity: string | undefined;
  readonly chargingVector: string | undefined;
}

export type SubscribeDecision = Reply | NewSubscription | Refresh;

/** To be answered with `reply`, and then told (`Expires: 0`: once, a fetch). */
export interface NewSubscription {
  readonly kind: 'subscribe';
  readonly reply: Reply;
  readonly presentity: Presentity;
  readonly event: PresenceEvent;
  readonly mediaType: PidfMediaType;
  readonly sees: Subscription['sees'];
  readonly icid: string | undefined;
  readonly expiresS: number;
}

/** To be answered with `reply`, and told again; `expiresS` 0 ends it. */
export interface Refresh {
  readonly kind: 'refresh';
  readonly reply: Reply;
  readonly subscription: Subscription;
  readonly expiresS: number;
}

/** RFC 6665 4.2.1, RFC 3856 6.6, TS 24.141 5.3: what becomes of a SUBSCRIBE. */
export function subscribe(ps: Ps, request: SubscribeRequest): SubscribeDecision {
  const event = presenceEvent(request.event);
  if (event === undefined) return badEvent();
  const asked = interval(request.expires, ps);
  if (asked.kind === 'broken') return reply(400, {}, 'Expires is not a number of seconds');
  if (asked.kind === 'brief') return tooBrief(ps.minExpiresS);
  return request.dialogId === ''
    ? initial(ps, request, event, asked.expiresS)
    : refresh(ps, request, event, asked.expiresS);
}

function initial(
  ps: Ps,
  request: SubscribeRequest,
  event: PresenceEvent,
  expiresS: number,
): Reply | NewSubscription {
  const mediaType = chooseMediaType(request.accept, ps.profile);
  if (mediaType === undefined) return reply(406, { Accept: MEDIA_TYPES.join(', ') });
  const presentity = ps.presentityFor(request.uri);
  if (presentity === undefined) {
    return refused(404, 'RFC 3261 8.2.2.1', `${request.uri} is no presentity of this server`);
  }
  const watcher = ps.assertedIdentities(request.assertedIdentity ?? '');
  if (watcher.length === 0) {
    return refused(403, 'TS 24.229 5.7.1.4', 'nobody asserts who the watcher is (no P-Asserted-Identity)');
  }
  const { subscriptions: max } = ps.limits;
  if (ps.subscriptions.size >= max) {
    return refused(503, 'RFC 3261 21.5.4', `${max} subscriptions are there already`, { 'Retry-After': '60' });
  }
  return authorised(ps, presentity, watcher, request, { event, mediaType, expiresS });
}

/** TR 24.841 6.1.1 step 12, by the presentity's rules (RFC 5025 3.2.1). */
function authorised(
  ps: Ps,
  presentity: Presentity,
  watcher: readonly string[],
  { chargingVector }: SubscribeRequest,
  { event, mediaType, expiresS }: Pick<NewSubscription, 'event' | 'mediaType' | 'expiresS'>,
): Reply | NewSubscription {
  const { handling, reason } = presentity.mayWatch(watcher.join());
  const who = watcher[0] ?? '';
  const whom = presentity.asserted;
  const accepted = (status: number, sees: Subscription['sees'], text: string): NewSubscription => {
    const answer = acceptance(ps, status, event, expiresS, chargingVector, { clause: STEP_12, text });
    const icid = icidOfDialog(ps, chargingVector);
    return { kind: 'subscribe', reply: answer, presentity, event, mediaType, sees, icid, expiresS };
  };
  switch (handling) {
    case 'allow':
      return accepted(200, 'everything', `${reason} lets ${who} watch ${whom}`);
    case 'confirm':
      // TR 24.841 step 12: 202; RFC 6665 4.2.1.1 has only 200, and the state says that it is pending.
      return accepted(
        ps.profile === 'tr-24.841' ? 202 : 200,
        'nothing',
        `${reason} leaves it to ${whom} to let ${who} watch: pending`,
      );
    case 'polite-block':
      return accepted(200, 'unavailable', `${reason} tells ${who} nothing of ${whom}, politely`);
    case 'block':
      return refused(403, STEP_12, `${reason} does not let ${who} watch ${whom}`);
  }
}

const STEP_12 = 'TR 24.841 6.1.1 step 12; RFC 5025 3.2.1';

function refresh(
  ps: Ps,
  { dialogId, chargingVector }: SubscribeRequest,
  event: PresenceEvent,
  expiresS: number,
): Reply | Refresh {
  const subscription = ps.subscriptions.get(subscriptionKey(dialogId, event.id));
  if (subscription === undefined) return reply(481);
  return {
    kind: 'refresh',
    subscription,
    expiresS,
    reply: acceptance(ps, 200, event, expiresS, chargingVector),
  };
}

/** TR 24.841 steps 13-17 have Event in the response, RFC 6665 has it in requests only. */
function acceptance(
  ps: Ps,
  status: number,
  event: PresenceEvent,
  expiresS: number,
  chargingVector: string | undefined,
  because?: Because,
): Reply {
  const expires = { Expires: String(expiresS), ...answeredVector(ps, chargingVector) };
  const headers = ps.profile === 'tr-24.841' ? { Event: event.text, ...expires } : expires;
  return { kind: 'reply', status, headers, because };
}
