import type { Avp, Message } from '@ims-sim/diameter';
import { anyNumber, avpOf, base, cx, get, oneOrMore, optional, resultCode, sh } from '@ims-sim/diameter';
import { shCommand } from './command.js';
import { subjectAvps, subjectOf } from './request-avps.js';
import { refusalAvp, refusalOf, success } from './results.js';
import { dataAvp, dataOf } from './sh-data-avp.js';
import type { UserData, UserDataAnswer } from './types.js';

/** UDR and UDA, TS 29.329 6.1.1 and 6.1.2. */
export const userDataCommand = shCommand('User-Data', 306, [
  optional(cx.serverName),
  anyNumber(sh.serviceIndication),
  oneOrMore(sh.dataReference),
  anyNumber(sh.identitySet),
  optional(sh.requestedDomain),
  optional(sh.currentLocation),
  anyNumber(sh.dsaiTag),
  optional(cx.sessionPriority),
  optional(base.userName),
]);

const domains = ['cs', 'ps'] as const;

/** The AVPs of a UDR (TS 29.328 table 6.1.1.1). */
export function encodeUserData(request: UserData): Avp[] {
  const avps = subjectAvps(request);
  if (request.requestedDomain !== undefined) {
    avps.push(avpOf(sh.requestedDomain, domains.indexOf(request.requestedDomain)));
  }
  return avps;
}

/** What a UDR that is in order by its grammar asks; undefined for data that is none (5100 is its answer). */
export function decodeUserData(message: Message): UserData | undefined {
  const subject = subjectOf(message);
  const domain = domains[get(message, sh.requestedDomain) ?? -1];
  return subject && { ...subject, ...(domain !== undefined && { requestedDomain: domain }) };
}

/** The AVPs of a UDA: 2001 with the data, or what the HSS refuses with (TS 29.328 6.1.1.1). */
export function encodeUserDataAnswer(answer: UserDataAnswer): Avp[] {
  return answer.kind === 'data' ? [success, dataAvp(answer.data)] : [refusalAvp(answer)];
}

/** The answer in a UDA; data that cannot be read makes it a failure. */
export function decodeUserDataAnswer(message: Message): UserDataAnswer {
  const refusal = refusalOf(message);
  if (refusal !== undefined) return refusal;
  const data = dataOf(message);
  // TS 29.328 6.1.1: without User-Data there is none of what was asked for.
  if (data.kind === 'absent') return { kind: 'data', data: {} };
  return data.kind === 'data' ? data : { kind: 'failed', resultCode: resultCode.INVALID_AVP_VALUE };
}
