import type { ApplicationDefinition } from '@ims-sim/diameter';
import { AUTH_SESSION_NO_STATE_MAINTAINED, VENDOR_3GPP, avpOf, base } from '@ims-sim/diameter';
import { locationInfoCommand } from './location-info.js';
import { multimediaAuthCommand } from './multimedia-auth.js';
import { pushProfileCommand } from './push-profile.js';
import { registrationTerminationCommand } from './registration-termination.js';
import { serverAssignmentCommand } from './server-assignment.js';
import { userAuthorizationCommand } from './user-authorization.js';
import { CX_APPLICATION } from './command.js';

/** The Cx application as a Diameter node offers it, TS 29.229 4 and 5. */
export const cxApplication: ApplicationDefinition = {
  id: CX_APPLICATION,
  vendorId: VENDOR_3GPP,
  commands: [
    userAuthorizationCommand,
    serverAssignmentCommand,
    locationInfoCommand,
    multimediaAuthCommand,
    registrationTerminationCommand,
    pushProfileCommand,
  ],
  commonAvps: [
    avpOf(base.vendorSpecificApplicationId, [
      avpOf(base.vendorId, VENDOR_3GPP),
      avpOf(base.authApplicationId, CX_APPLICATION),
    ]),
    avpOf(base.authSessionState, AUTH_SESSION_NO_STATE_MAINTAINED), // TS 29.229 5.3: no session is kept
  ],
};
