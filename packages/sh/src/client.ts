import type { RealmClientOptions } from '@ims-sim/diameter';
import { answerOf, realmClient } from '@ims-sim/diameter';
import { decodeProfileUpdateAnswer, encodeProfileUpdate, profileUpdateCommand } from './profile-update.js';
import {
  decodeSubscribeNotificationsAnswer,
  encodeSubscribeNotifications,
  subscribeNotificationsCommand,
} from './subscribe-notifications.js';
import type { Sh } from './types.js';
import { decodeUserDataAnswer, encodeUserData, userDataCommand } from './user-data.js';

/** Sh over Diameter, as an AS uses it (TS 29.329); `node` offers `shApplication`. Nothing rejects. */
export function shClient(options: RealmClientOptions): Sh {
  const request = realmClient(options);
  return {
    userData: async (asked) =>
      answerOf(await request(userDataCommand, encodeUserData(asked)), decodeUserDataAnswer),
    profileUpdate: async (asked) =>
      answerOf(await request(profileUpdateCommand, encodeProfileUpdate(asked)), decodeProfileUpdateAnswer),
    subscribeNotifications: async (asked) =>
      answerOf(
        await request(subscribeNotificationsCommand, encodeSubscribeNotifications(asked)),
        decodeSubscribeNotificationsAnswer,
      ),
  };
}
