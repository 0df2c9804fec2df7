import type { ApplicationDefinition } from '@ims-sim/diameter';
import { application3gpp } from '@ims-sim/diameter';
import { SH_APPLICATION } from './command.js';
import { profileUpdateCommand } from './profile-update.js';
import { pushNotificationCommand } from './push-notification.js';
import { subscribeNotificationsCommand } from './subscribe-notifications.js';
import { userDataCommand } from './user-data.js';

/** The Sh application as a Diameter node offers it, TS 29.329 4 and 5. */
export const shApplication: ApplicationDefinition = application3gpp(SH_APPLICATION, [
  userDataCommand,
  profileUpdateCommand,
  subscribeNotificationsCommand,
  pushNotificationCommand,
]);
