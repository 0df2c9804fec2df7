import type { Avp, CommandDefinition, DiameterNode, Message } from '@ims-sim/diameter';
import { base, get, resultCode } from '@ims-sim/diameter';
import { decodeLocationInfoAnswer, encodeLocationInfo, locationInfoCommand } from './location-info.js';
import {
  decodeServerAssignmentAnswer,
  encodeServerAssignment,
  serverAssignmentCommand,
} from './server-assignment.js';
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
}

/** Cx over Diameter, as a CSCF uses it (TS 29.229). Time-out and bounds are the node's. Nothing rejects. */
export function cxClient({ node, destinationRealm, destinationHost }: CxClientOptions): Cx {
  let learnedHost: string | undefined;

  const ask = async <T>(
    command: CommandDefinition,
    avps: readonly Avp[],
    decode: (answer: Message) => T,
  ): Promise<T | CxRefusal> => {
    const outcome = await node.request({
      command,
      sessionId: node.nextSessionId(),
      destinationRealm,
      destinationHost: destinationHost ?? learnedHost,
      avps,
    });
    if (outcome.kind === 'failed') {
      learnedHost = undefined;
      return { kind: 'unreachable', reason: outcome.text };
    }
    const { message } = outcome;
    if (get(message, base.resultCode) === resultCode.UNABLE_TO_DELIVER) {
      learnedHost = undefined;
      return { kind: 'unreachable', reason: get(message, base.errorMessage) ?? 'DIAMETER_UNABLE_TO_DELIVER' };
    }
    // TS 29.229 5.4: the HSS that answered is the one to ask again.
    learnedHost ??= get(message, base.originHost);
    return decode(message);
  };

  return {
    userAuthorization: (request) =>
      ask(userAuthorizationCommand, encodeUserAuthorization(request), decodeUserAuthorizationAnswer),
    serverAssignment: (request) =>
      ask(serverAssignmentCommand, encodeServerAssignment(request), decodeServerAssignmentAnswer),
    locationInfo: (request) =>
      ask(locationInfoCommand, encodeLocationInfo(request), decodeLocationInfoAnswer),
  };
}
