import type { Avp, CommandDefinition, Message, RealmClientOptions } from '@ims-sim/diameter';
import { answerOf, realmClient } from '@ims-sim/diameter';
import { decodeLocationInfoAnswer, encodeLocationInfo, locationInfoCommand } from './location-info.js';
import {
  decodeMultimediaAuthAnswer,
  encodeMultimediaAuth,
  multimediaAuthCommand,
} from './multimedia-auth.js';
import {
  decodeServerAssignmentAnswer,
  encodeServerAssignment,
  serverAssignmentCommand,
} from './server-assignment.js';
import { cxFeature, supportedFeatures } from './supported-features.js';
import type { Cx, CxRefusal } from './types.js';
import {
  decodeUserAuthorizationAnswer,
  encodeUserAuthorization,
  userAuthorizationCommand,
} from './user-authorization.js';

/** `node` offers `cxApplication`; its origin is the client's. */
export interface CxClientOptions extends RealmClientOptions {
  /** What this CSCF supports, bits of `cxFeature`, said in each request; `CSCF_FEATURES` unless told. */
  readonly features?: number;
}

/** What the CSCFs of this project support: shared filter criteria sets and restoration. */
export const CSCF_FEATURES = cxFeature.sharedFilterCriteria | cxFeature.restoration;

/** Cx over Diameter, as a CSCF uses it (TS 29.229). Time-out and bounds are the node's. Nothing rejects. */
export function cxClient(options: CxClientOptions): Cx {
  const request = realmClient(options);
  const features = supportedFeatures(options.features ?? CSCF_FEATURES);

  const send = async <T>(
    command: CommandDefinition,
    avps: readonly Avp[],
    decode: (answer: Message) => T,
  ): Promise<T | CxRefusal> => answerOf(await request(command, [...features, ...avps]), decode);

  return {
    userAuthorization: (request) =>
      send(userAuthorizationCommand, encodeUserAuthorization(request), decodeUserAuthorizationAnswer),
    serverAssignment: (request) =>
      send(serverAssignmentCommand, encodeServerAssignment(request), decodeServerAssignmentAnswer),
    locationInfo: (request) =>
      send(locationInfoCommand, encodeLocationInfo(request), decodeLocationInfoAnswer),
    multimediaAuth: (request) =>
      send(multimediaAuthCommand, encodeMultimediaAuth(request), decodeMultimediaAuthAnswer),
  };
}
