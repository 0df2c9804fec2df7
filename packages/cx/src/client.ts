import type { Avp, CommandDefinition, DiameterNode, Message, OutgoingRequest } from '@ims-sim/diameter';
import { base, get, resultCode } from '@ims-sim/diameter';
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

export interface CxClientOptions {
  /** A node that offers `cxApplication`; its origin is the client's. */
  readonly node: DiameterNode;
  readonly destinationRealm: string;
  /** The HSS; absent: whichever of the realm answers first, and from then on that one, until it does not. */
  readonly destinationHost?: string;
  /** What this CSCF supports, bits of `cxFeature`, said in each request; `CSCF_FEATURES` unless told. */
  readonly features?: number;
}

/** What the CSCFs of this project support: shared filter criteria sets and restoration. */
export const CSCF_FEATURES = cxFeature.sharedFilterCriteria | cxFeature.restoration;

/** Cx over Diameter, as a CSCF uses it (TS 29.229). Time-out and bounds are the node's. Nothing rejects. */
export function cxClient(options: CxClientOptions): Cx {
  const { node, destinationRealm, destinationHost } = options;
  const features = supportedFeatures(options.features ?? CSCF_FEATURES);
  let learnedHost: string | undefined;

  const send = <T>(
    command: CommandDefinition,
    avps: readonly Avp[],
    decode: (answer: Message) => T,
  ): Promise<T | CxRefusal> => {
    const to = destinationHost ?? learnedHost;
    return ask(
      node,
      { command, destinationRealm, destinationHost: to, avps: [...features, ...avps] },
      decode,
      // TS 29.229 5.4: the HSS that answered is the one to ask again, until it does not answer.
      (host) => {
        if (host === undefined ? learnedHost === to : learnedHost === undefined) learnedHost = host;
      },
    );
  };

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

/**
 * One request and its answer, decoded; `unreachable` where nobody answered, or an agent said that nobody can (3002).
 * `answeredBy` gets the Origin-Host of who answered, or undefined.
 */
export async function ask<T>(
  node: DiameterNode,
  request: Omit<OutgoingRequest, 'sessionId'>,
  decode: (answer: Message) => T,
  answeredBy: (host: string | undefined) => void = () => undefined,
): Promise<T | CxRefusal> {
  const outcome = await node.request({ ...request, sessionId: node.nextSessionId() });
  if (outcome.kind === 'failed') {
    answeredBy(undefined);
    return { kind: 'unreachable', reason: outcome.text };
  }
  const { message } = outcome;
  if (get(message, base.resultCode) === resultCode.UNABLE_TO_DELIVER) {
    answeredBy(undefined);
    return { kind: 'unreachable', reason: get(message, base.errorMessage) ?? 'DIAMETER_UNABLE_TO_DELIVER' };
  }
  answeredBy(get(message, base.originHost));
  return decode(message);
}
