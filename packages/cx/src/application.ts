import type { ApplicationDefinition } from '@ims-sim/diameter';
import { application3gpp } from '@ims-sim/diameter';
import { locationInfoCommand } from './location-info.js';
import { multimediaAuthCommand } from './multimedia-auth.js';
import { pushProfileCommand } from './push-profile.js';
import { registrationTerminationCommand } from './registration-termination.js';
import { serverAssignmentCommand } from './server-assignment.js';
import { userAuthorizationCommand } from './user-authorization.js';
import { CX_APPLICATION } from './command.js';

/** The Cx application as a Diameter node offers it, TS 29.229 4 and 5. */
export const cxApplication: ApplicationDefinition = application3gpp(CX_APPLICATION, [
  userAuthorizationCommand,
  serverAssignmentCommand,
  locationInfoCommand,
  multimediaAuthCommand,
  registrationTerminationCommand,
  pushProfileCommand,
]);
