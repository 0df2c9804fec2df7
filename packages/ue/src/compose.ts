import { token } from '@ims-sim/host';
import {
  createRequest,
  header,
  responseTo,
  tagOf,
  to,
  toUtf8,
  type Header,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { withExtra } from './extra-headers.js';
import type { Content, MessageExtras, Party } from './party.js';
import { newCallId } from './requests.js';

export interface InitialParts extends MessageExtras {
  readonly method: string;
  readonly uri: string;
  /** Those of the method, behind CSeq. */
  readonly rest?: readonly Header[] | undefined;
  /** 1 if not given. */
  readonly cseq?: number | undefined;
}

/** A request out of a dialog, in the order of the tables of TS 24.228 (TS 24.229 5.1.2A.1.1, RFC 3261 8.1.1). */
export function initialRequest(party: Party, parts: InitialParts): SipRequest {
  const { method, uri, rest = [], cseq = 1, body, extra } = parts;
  const { random } = party.host;
  const request = createRequest({
    method,
    uri,
    headers: [
      ...party.opening(),
      header('From', `<${party.identity}>;tag=${token(random, 11)}`),
      header('To', `<${uri}>`),
      header('Call-ID', newCallId(random)),
      header('CSeq', `${cseq} ${method}`),
      ...rest,
      ...contentHeaders(parts),
    ],
    body: toUtf8(body ?? ''),
  });
  return withExtra(request, extra);
}

/** The Content-Type of a body, `application/sdp` unless told; none where there is no body (RFC 3261 20.15). */
export function contentHeaders({ contentType, body }: Content): Header[] {
  return body === undefined || body === '' ? [] : [header('Content-Type', contentType ?? 'application/sdp')];
}

export interface AnswerParts extends MessageExtras {
  readonly status: number;
  readonly reason?: string | undefined;
  /** Of a request that has no To tag: RFC 3261 8.2.6.2. */
  readonly toTag?: string | undefined;
  readonly rest?: readonly Header[] | undefined;
}

/** Methods whose 101-299 make or refresh a dialog, so that they have Contact and, where they make one, Record-Route. */
const OF_DIALOGS: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'UPDATE', 'NOTIFY', 'REFER']);

/** RFC 6665 8.2.2: mandatory in a 489; the package that a UE knows by itself. */
const ALLOW_EVENTS = header('Allow-Events', 'reg');

/** A response of this party to a request (RFC 3261 8.2.6, 12.1.1). */
export function answerTo(party: Party, request: SipRequest, parts: AnswerParts): SipResponse {
  const { status, reason, rest = [], body, extra } = parts;
  const makes = status > 100 && status < 300 && OF_DIALOGS.has(request.method);
  const isFirst = tagOf(to(request)) === undefined;
  const response = responseTo(request, status, reason, {
    toTag: parts.toTag ?? token(party.host.random, 11),
    recordRoute: makes && isFirst,
    headers: [
      ...(status > 100 ? party.answering() : []),
      ...(makes ? [header('Contact', `<${party.contact()}>`)] : []),
      ...(status === 489 ? [ALLOW_EVENTS] : []),
      ...rest,
      ...contentHeaders(parts),
    ],
    body: toUtf8(body ?? ''),
  });
  return withExtra(response, extra);
}

/** What a party does by itself (TS 24.229 5.1.2A.1, RFC 3261 20.5). */
export const ALLOW = header(
  'Allow',
  'INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, MESSAGE, OPTIONS, NOTIFY, SUBSCRIBE',
);
