import type { Avp, Message } from '@ims-sim/diameter';
import {
  anyNumber,
  avpOf,
  base,
  cx,
  exactlyOne,
  get,
  oneOrMore,
  optional,
  resultCode,
  sh,
} from '@ims-sim/diameter';
import { shCommand } from './command.js';
import { subjectAvps, subjectOf } from './request-avps.js';
import { refusalAvp, refusalOf, success } from './results.js';
import { dataAvp, dataOf } from './sh-data-avp.js';
import type { SubscribeNotifications, SubscribeNotificationsAnswer } from './types.js';

/** SNR and SNA, TS 29.329 6.1.5 and 6.1.6. */
export const subscribeNotificationsCommand = shCommand('Subscribe-Notifications', 308, [
  anyNumber(sh.serviceIndication),
  optional(sh.sendDataIndication),
  optional(cx.serverName),
  exactlyOne(sh.subsReqType),
  oneOrMore(sh.dataReference),
  anyNumber(sh.identitySet),
  optional(sh.expiryTime),
  anyNumber(sh.dsaiTag),
  optional(sh.oneTimeNotification),
  optional(base.userName),
]);

/** Subs-Req-Type, TS 29.329 6.3.6, in the order of its values. */
const types = ['subscribe', 'unsubscribe'] as const;

/** The AVPs of an SNR (TS 29.328 table 6.1.3.1); `expiryMs` is sent in whole seconds. */
export function encodeSubscribeNotifications(request: SubscribeNotifications): Avp[] {
  const avps = subjectAvps(request);
  avps.push(avpOf(sh.subsReqType, types.indexOf(request.type)));
  if (request.sendData === true) avps.push(avpOf(sh.sendDataIndication, 1));
  if (request.expiryMs !== undefined) avps.push(avpOf(sh.expiryTime, request.expiryMs));
  if (request.oneTime === true) avps.push(avpOf(sh.oneTimeNotification, 0));
  return avps;
}

/** What an SNR that is in order by its grammar asks; undefined for data that is none (5100 is its answer). */
export function decodeSubscribeNotifications(message: Message): SubscribeNotifications | undefined {
  const subject = subjectOf(message);
  const expiryMs = get(message, sh.expiryTime);
  return (
    subject && {
      ...subject,
      type: types[get(message, sh.subsReqType) ?? 0] ?? 'subscribe',
      ...(expiryMs !== undefined && { expiryMs }),
      ...(get(message, sh.sendDataIndication) === 1 && { sendData: true }),
      ...(get(message, sh.oneTimeNotification) === 0 && { oneTime: true }),
    }
  );
}

/**
 * The AVPs of an SNA: of a success with the expiry that the HSS grants, and the data where it was asked for (TS
 * 29.328 6.1.3.1).
 */
export function encodeSubscribeNotificationsAnswer(answer: SubscribeNotificationsAnswer): Avp[] {
  if (answer.kind !== 'subscribed') return [refusalAvp(answer)];
  const avps = [success];
  if (answer.expiryMs !== undefined) avps.push(avpOf(sh.expiryTime, answer.expiryMs));
  if (answer.data !== undefined) avps.push(dataAvp(answer.data));
  return avps;
}

/** The answer in an SNA; data that cannot be read makes it a failure, though the HSS has the subscription then. */
export function decodeSubscribeNotificationsAnswer(message: Message): SubscribeNotificationsAnswer {
  const refusal = refusalOf(message);
  if (refusal !== undefined) return refusal;
  const read = dataOf(message);
  if (read.kind === 'unreadable') return { kind: 'failed', resultCode: resultCode.INVALID_AVP_VALUE };
  const expiryMs = get(message, sh.expiryTime);
  return {
    kind: 'subscribed',
    ...(expiryMs !== undefined && { expiryMs }),
    ...(read.kind === 'data' && { data: read.data }),
  };
}
