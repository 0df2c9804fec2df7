import type { Avp, Message } from '@ims-sim/diameter';
import {
  avpOf,
  base,
  cx,
  exactlyOne,
  experimentalResult3gpp,
  get,
  optional,
  resultCode,
} from '@ims-sim/diameter';
import { cxCommand } from './command.js';
import {
  FIRST_REGISTRATION,
  SUBSEQUENT_REGISTRATION,
  incomplete,
  refusalAvp,
  refusalOf,
  resultOf,
  success,
} from './results.js';
import { serverCapabilitiesAvps, serverCapabilitiesOf } from './server-capabilities.js';
import type { UserAuthorization, UserAuthorizationAnswer } from './types.js';

/** UAR and UAA, TS 29.229 6.1.1 and 6.1.2. */
export const userAuthorizationCommand = cxCommand('User-Authorization', 300, [
  exactlyOne(base.userName),
  exactlyOne(cx.publicIdentity),
  exactlyOne(cx.visitedNetworkIdentifier),
  optional(cx.userAuthorizationType),
  optional(cx.uarFlags),
]);

/** User-Authorization-Type, TS 29.229 6.3.24, in the order of its values. */
const types = ['registration', 'de-registration', 'registration-and-capabilities'] as const;

/** The AVPs of a UAR (TS 29.228 table 6.1.1.1); the visited network is sent as UTF-8. */
export function encodeUserAuthorization(request: UserAuthorization): Avp[] {
  return [
    avpOf(base.userName, request.privateIdentity),
    avpOf(cx.publicIdentity, request.publicIdentity),
    avpOf(cx.visitedNetworkIdentifier, Buffer.from(request.visitedNetwork)),
    avpOf(cx.userAuthorizationType, types.indexOf(request.type)),
  ];
}

/** What a UAR that is in order by its grammar asks; without a type, it is a registration (TS 29.228 table 6.1.1.1). */
export function decodeUserAuthorization(message: Message): UserAuthorization {
  return {
    privateIdentity: get(message, base.userName) ?? '',
    publicIdentity: get(message, cx.publicIdentity) ?? '',
    visitedNetwork: get(message, cx.visitedNetworkIdentifier)?.toString() ?? '',
    type: types[get(message, cx.userAuthorizationType) ?? 0] ?? 'registration',
  };
}

/**
 * The AVPs of the UAA to a request of `type`: only a registration has results of its own, the others are a success
 * (6.1.1.1).
 */
export function encodeUserAuthorizationAnswer(
  answer: UserAuthorizationAnswer,
  type: UserAuthorization['type'],
): Avp[] {
  switch (answer.kind) {
    case 'first-registration':
      return [
        type === 'registration' ? experimentalResult3gpp(FIRST_REGISTRATION) : success,
        ...serverCapabilitiesAvps(answer.capabilities),
      ];
    case 'subsequent-registration':
      return [
        type === 'registration' ? experimentalResult3gpp(SUBSEQUENT_REGISTRATION) : success,
        avpOf(cx.serverName, answer.serverName),
      ];
    default:
      return [refusalAvp(answer)];
  }
}

/**
 * The answer in a UAA, by its code and by which of Server-Name and Server-Capabilities it has. A 2002 without a
 * name is a failure (5005).
 */
export function decodeUserAuthorizationAnswer(message: Message): UserAuthorizationAnswer {
  const result = resultOf(message);
  const { code, experimental } = result;
  const serverName = get(message, cx.serverName);
  // 6.1.1.1: REGISTRATION_AND_CAPABILITIES is a success with capabilities, whoever serves the user; else a name comes.
  const isNamed = serverName !== undefined && get(message, cx.serverCapabilities) === undefined;
  if (experimental ? code === SUBSEQUENT_REGISTRATION : code === resultCode.SUCCESS && isNamed) {
    return serverName === undefined ? incomplete : { kind: 'subsequent-registration', serverName };
  }
  if (code === (experimental ? FIRST_REGISTRATION : resultCode.SUCCESS)) {
    return { kind: 'first-registration', capabilities: serverCapabilitiesOf(message) };
  }
  return refusalOf(result);
}
