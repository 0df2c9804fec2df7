import type { Avp, Message } from '@ims-sim/diameter';
import { avpOf, cx, exactlyOne, experimentalResult3gpp, get, optional, resultCode } from '@ims-sim/diameter';
import { cxCommand } from './command.js';
import { UNREGISTERED_SERVICE, refusalAvp, refusalOf, resultOf, success } from './results.js';
import { serverCapabilitiesAvps, serverCapabilitiesOf } from './server-capabilities.js';
import type { LocationInfo, LocationInfoAnswer } from './types.js';

/** LIR and LIA, TS 29.229 6.1.5 and 6.1.6. */
export const locationInfoCommand = cxCommand('Location-Info', 302, [
  optional(cx.originatingRequest),
  exactlyOne(cx.publicIdentity),
  optional(cx.userAuthorizationType),
  optional(cx.sessionPriority),
]);

const originating = avpOf(cx.originatingRequest, 0);
const REGISTRATION_AND_CAPABILITIES = 2;
const andCapabilities = avpOf(cx.userAuthorizationType, REGISTRATION_AND_CAPABILITIES);

/** The AVPs of a LIR beside those that every request has (TS 29.228 table 6.1.4.1). */
export function encodeLocationInfo(request: LocationInfo): Avp[] {
  const avps = [avpOf(cx.publicIdentity, request.publicIdentity)];
  if (request.originating === true) avps.unshift(originating);
  if (request.wantsCapabilities === true) avps.push(andCapabilities);
  return avps;
}

/** What a LIR that is in order by its grammar asks. */
export function decodeLocationInfo(message: Message): LocationInfo {
  return {
    publicIdentity: get(message, cx.publicIdentity) ?? '',
    ...(get(message, cx.originatingRequest) !== undefined && { originating: true }),
    ...(get(message, cx.userAuthorizationType) === REGISTRATION_AND_CAPABILITIES && {
      wantsCapabilities: true,
    }),
  };
}

/**
 * The AVPs of a LIA: 2001 with the S-CSCF, or capabilities with 2003 and, for a reassignment, with 2001 (TS 29.228
 * 6.1.4.1).
 */
export function encodeLocationInfoAnswer(answer: LocationInfoAnswer): Avp[] {
  switch (answer.kind) {
    case 'served':
      return [
        success,
        avpOf(cx.serverName, answer.serverName),
        ...(answer.capabilities === undefined ? [] : serverCapabilitiesAvps(answer.capabilities)),
        ...wildcarded(answer),
      ];
    case 'unregistered-service':
      return [
        answer.reassignment === true ? success : experimentalResult3gpp(UNREGISTERED_SERVICE),
        ...serverCapabilitiesAvps(answer.capabilities),
        ...wildcarded(answer),
      ];
    default:
      return [refusalAvp(answer)];
  }
}

/**
 * The answer in a LIA. A success without Server-Name is one to select by: capabilities that are absent ask for
 * nothing.
 */
export function decodeLocationInfoAnswer(message: Message): LocationInfoAnswer {
  const result = resultOf(message);
  const { code, experimental } = result;
  if (!experimental && code === resultCode.SUCCESS) {
    const serverName = get(message, cx.serverName);
    if (serverName !== undefined) {
      const capabilities = get(message, cx.serverCapabilities) && serverCapabilitiesOf(message);
      return {
        kind: 'served',
        serverName,
        ...(capabilities !== undefined && { capabilities }),
        ...wildcardOf(message),
      };
    }
  }
  // TS 29.228 6.1.4.1: capabilities come with UNREGISTERED_SERVICE, or with SUCCESS where a new S-CSCF is to be chosen.
  if (code === (experimental ? UNREGISTERED_SERVICE : resultCode.SUCCESS)) {
    return {
      kind: 'unregistered-service',
      capabilities: serverCapabilitiesOf(message),
      ...(!experimental && { reassignment: true }),
      ...wildcardOf(message),
    };
  }
  return refusalOf(result);
}

function wildcarded({ wildcardedIdentity }: { readonly wildcardedIdentity?: string }): Avp[] {
  return wildcardedIdentity === undefined ? [] : [avpOf(cx.wildcardedPublicIdentity, wildcardedIdentity)];
}

function wildcardOf(message: Message): { wildcardedIdentity?: string } {
  const wildcardedIdentity = get(message, cx.wildcardedPublicIdentity);
  return wildcardedIdentity === undefined ? {} : { wildcardedIdentity };
}
