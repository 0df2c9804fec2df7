import type { Avp, Message } from '@ims-sim/diameter';
import { base, exactlyOne, optional, sh } from '@ims-sim/diameter';
import { shCommand } from './command.js';
import { userAvps, userOf } from './request-avps.js';
import { refusalAvp, refusalOf, success } from './results.js';
import { dataAvp, dataOf } from './sh-data-avp.js';
import type { PushNotification, PushNotificationAnswer } from './types.js';

/** PNR and PNA, TS 29.329 6.1.7 and 6.1.8. */
export const pushNotificationCommand = shCommand('Push-Notification', 309, [
  exactlyOne(sh.userData),
  optional(base.userName),
]);

/** The AVPs of a PNR (TS 29.328 table 6.1.4.1). */
export function encodePushNotification(request: PushNotification): Avp[] {
  return [...userAvps(request), dataAvp(request.data)];
}

/** What a PNR that is in order by its grammar tells; undefined where its data cannot be read (5100 is its answer). */
export function decodePushNotification(message: Message): PushNotification | undefined {
  const about = userOf(message);
  const read = dataOf(message);
  return about && read.kind === 'data' ? { ...about, data: read.data } : undefined;
}

/** The AVPs of a PNA: 2001, or what the AS refuses with (TS 29.328 6.1.4.1). */
export function encodePushNotificationAnswer(answer: PushNotificationAnswer): Avp[] {
  return [answer.kind === 'notified' ? success : refusalAvp(answer)];
}

/** The answer in a PNA; any code but 2001 is a refusal. */
export function decodePushNotificationAnswer(message: Message): PushNotificationAnswer {
  return refusalOf(message) ?? { kind: 'notified' };
}
