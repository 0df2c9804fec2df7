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

  const send = async <T>(
    command: CommandDefinition,
    avps: readonly Avp[],
    decode: (answer: Message) => T,
  ): Promise<T | CxRefusal> => {
    const request = { command, destinationRealm, avps: [...features, ...avps] };
    if (destinationHost !== undefined) return ask(node, { ...request, destinationHost }, decode);
    // TS 29.229 5.4: the HSS that answered is the one to ask again, until it does not answer.
    const learned = learnedHost;
    let outcome = await exchange(node, { ...request, destinationHost: learned });
    if (outcome.kind === 'nobody') {
      if (learnedHost === learned) learnedHost = undefined;
      if (learned !== undefined && !outcome.mayBeServed) outcome = await exchange(node, request);
    }
    if (outcome.kind === 'nobody') return { kind: 'unreachable', reason: outcome.reason };
    learnedHost ??= get(outcome.message, base.originHost);
    return decode(outcome.message);
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

/** One request and its answer, decoded; `unreachable` where nobody answered. */
export async function ask<T>(
  node: DiameterNode,
  request: Omit<OutgoingRequest, 'sessionId'>,
  decode: (answer: Message) => T,
): Promise<T | CxRefusal> {
  const outcome = await exchange(node, request);
  return outcome.kind === 'nobody'
    ? { kind: 'unreachable', reason: outcome.reason }
    : decode(outcome.message);
}

type Exchange =
  | { readonly kind: 'answer'; readonly message: Message }
  /** `mayBeServed`: the request was sent, and may have been served without its answer coming back. */
  | { readonly kind: 'nobody'; readonly reason: string; readonly mayBeServed: boolean };

/** Nobody has answered too where an agent says that nobody can be reached (3002). */
async function exchange(node: DiameterNode, request: Omit<OutgoingRequest, 'sessionId'>): Promise<Exchange> {
  const outcome = await node.request({ ...request, sessionId: node.nextSessionId() });
  if (outcome.kind === 'failed') {
    return { kind: 'nobody', reason: outcome.text, mayBeServed: outcome.reason !== 'no-peer' };
  }
  const { message } = outcome;
  if (get(message, base.resultCode) !== resultCode.UNABLE_TO_DELIVER) return { kind: 'answer', message };
  const reason = get(message, base.errorMessage) ?? 'DIAMETER_UNABLE_TO_DELIVER';
  return { kind: 'nobody', reason, mayBeServed: false };
}
