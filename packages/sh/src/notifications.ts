import { refusalOfFeatures } from '@ims-sim/cx';
import type { DiameterNode, IncomingRequest, OutgoingAnswer } from '@ims-sim/diameter';
import { answerOf, avpOf, base, exchange, resultCode } from '@ims-sim/diameter';
import {
  decodePushNotification,
  decodePushNotificationAnswer,
  encodePushNotification,
  encodePushNotificationAnswer,
  pushNotificationCommand,
} from './push-notification.js';
import type { PushNotification, PushNotificationAnswer, ShNotifications } from './types.js';

/** What an AS's node answers the HSS (`DiameterNodeOptions.onRequest`): PNR; the other commands are the HSS's (3001). */
export function shNotifications(
  handler: ShNotifications,
): (request: IncomingRequest) => OutgoingAnswer | Promise<OutgoingAnswer> {
  return ({ command, message }) => {
    const refused = refusalOfFeatures(message, 0); // TS 29.329 7: none of its features is here
    if (refused !== undefined) return { avps: refused };
    if (command !== pushNotificationCommand) {
      return { avps: [avpOf(base.resultCode, resultCode.COMMAND_UNSUPPORTED)], error: true };
    }
    const notification = decodePushNotification(message);
    const answer: PushNotificationAnswer | Promise<PushNotificationAnswer> =
      notification === undefined
        ? { kind: 'user-data-not-recognized' }
        : handler.pushNotification(notification);
    return answer instanceof Promise ? answer.then(answered) : answered(answer);
  };
}

function answered(answer: PushNotificationAnswer): OutgoingAnswer {
  return { avps: encodePushNotificationAnswer(answer) };
}

export interface ShNotifyClient {
  /** `to`: the AS's Origin-Host and Origin-Realm, as its SNR had them. */
  pushNotification(
    to: { readonly host: string; readonly realm: string },
    notification: PushNotification,
  ): Promise<PushNotificationAnswer>;
}

/** Sh as an HSS uses it towards an AS, over the connection that the AS opened or any other. Nothing rejects. */
export function shNotifyClient({ node }: { readonly node: DiameterNode }): ShNotifyClient {
  return {
    pushNotification: async ({ host, realm }, notification) =>
      answerOf(
        await exchange(node, {
          command: pushNotificationCommand,
          destinationHost: host,
          destinationRealm: realm,
          avps: encodePushNotification(notification),
        }),
        decodePushNotificationAnswer,
      ),
  };
}
