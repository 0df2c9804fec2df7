import type { ApplicationDefinition } from '@ims-sim/diameter';
import { AUTH_SESSION_NO_STATE_MAINTAINED, VENDOR_3GPP, avpOf, base } from '@ims-sim/diameter';
import { SH_APPLICATION } from './command.js';
import { profileUpdateCommand } from './profile-update.js';
import { pushNotificationCommand } from './push-notification.js';
import { subscribeNotificationsCommand } from './subscribe-notifications.js';
import { userDataCommand } from './user-data.js';

/** The Sh application as a Diameter node offers it, TS 29.329 4 and 5. */
export const shApplication: ApplicationDefinition = {
  id: SH_APPLICATION,
  vendorId: VENDOR_3GPP,
  commands: [userDataCommand, profileUpdateCommand, subscribeNotificationsCommand, pushNotificationCommand],
  commonAvps: [
    avpOf(base.vendorSpecificApplicationId, [
      avpOf(base.vendorId, VENDOR_3GPP),
      avpOf(base.authApplicationId, SH_APPLICATION),
    ]),
    avpOf(base.authSessionState, AUTH_SESSION_NO_STATE_MAINTAINED), // TS 29.329 5.3: no session is kept
  ],
};
