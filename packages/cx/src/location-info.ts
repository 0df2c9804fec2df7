import type { Avp, Message } from '@ims-sim/diameter';
import { avpOf, cx, exactlyOne, get, optional, resultCode } from '@ims-sim/diameter';
import { cxCommand } from './command.js';
import {
  UNREGISTERED_SERVICE,
  experimentalResult,
  refusalAvp,
  refusalOf,
  resultOf,
  success,
} from './results.js';
import { serverCapabilitiesAvp, serverCapabilitiesOf } from './server-capabilities.js';
import type { LocationInfo, LocationInfoAnswer } from './types.js';

/** LIR and LIA, TS 29.229 6.1.5 and 6.1.6. */
export const locationInfoCommand = cxCommand('Location-Info', 302, [
  optional(cx.originatingRequest),
  exactlyOne(cx.publicIdentity),
  optional(cx.userAuthorizationType),
  optional(cx.sessionPriority),
]);

const originating = avpOf(cx.originatingRequest, 0);

export function encodeLocationInfo(request: LocationInfo): Avp[] {
  const publicIdentity = avpOf(cx.publicIdentity, request.publicIdentity);
  return request.originating === true ? [originating, publicIdentity] : [publicIdentity];
}

/** What a LIR that is in order by its grammar asks. */
export function decodeLocationInfo(message: Message): LocationInfo {
  const publicIdentity = get(message, cx.publicIdentity) ?? '';
  return get(message, cx.originatingRequest) === undefined
    ? { publicIdentity }
    : { publicIdentity, originating: true };
}

export function encodeLocationInfoAnswer(answer: LocationInfoAnswer): Avp[] {
  switch (answer.kind) {
    case 'served':
      return [success, avpOf(cx.serverName, answer.serverName)];
    case 'unregistered-service':
      return [experimentalResult(UNREGISTERED_SERVICE), serverCapabilitiesAvp(answer.capabilities)];
    default:
      return [refusalAvp(answer)];
  }
}

export function decodeLocationInfoAnswer(message: Message): LocationInfoAnswer {
  const result = resultOf(message);
  const { code, experimental } = result;
  if (!experimental && code === resultCode.SUCCESS) {
    const serverName = get(message, cx.serverName);
    if (serverName !== undefined) return { kind: 'served', serverName };
  }
  // TS 29.228 6.1.4.1: capabilities come with UNREGISTERED_SERVICE, or with SUCCESS where a new S-CSCF is to be chosen.
  if (code === (experimental ? UNREGISTERED_SERVICE : resultCode.SUCCESS)) {
    return { kind: 'unregistered-service', capabilities: serverCapabilitiesOf(message) };
  }
  return refusalOf(result);
}
