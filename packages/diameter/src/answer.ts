import type { Avp, RawAvp } from './avp.js';
import { avpOf, rawAvp } from './avp.js';
import { base } from './dictionary-base.js';
import { encodeMessage } from './encode.js';
import type { Fault } from './fault.js';
import type { Header } from './header.js';
import { FLAG_ERROR, FLAG_PROXIABLE } from './header.js';
import { isProtocolError } from './result-code.js';

/** The request that an answer is for: its header, and what could be read of it. */
export interface Answerable extends Header {
  readonly avps: readonly RawAvp[];
}

/** The Origin-Host and Origin-Realm of this node. */
export type OriginAvps = readonly [Avp, Avp];

/**
 * The answer to a request, RFC 6733 6.2: its identifiers and P bit, its Session-Id first and its Proxy-Info last, as
 * they came, and `avps` between them.
 */
export function encodeAnswer(
  request: Answerable,
  origin: OriginAvps,
  avps: readonly Avp[],
  error = false,
): Buffer {
  const sessionId = request.avps.find((raw) => raw.code === base.sessionId.code && raw.vendorId === 0);
  const all = sessionId === undefined ? [] : [rawAvp(sessionId)];
  all.push(...avps, ...origin);
  for (const raw of request.avps) {
    if (raw.code === base.proxyInfo.code && raw.vendorId === 0) all.push(rawAvp(raw));
  }
  const { command, application, hopByHop, endToEnd } = request;
  const flags = (request.flags & FLAG_PROXIABLE) | (error ? FLAG_ERROR : 0);
  return encodeMessage({ flags, command, application, hopByHop, endToEnd, avps: all });
}

/**
 * The answer that refuses a request. `common`: what the application puts into each of its answers; an answer with the
 * E bit is of the form of RFC 6733 7.2 and goes without.
 */
export function encodeRefusal(
  request: Answerable,
  origin: OriginAvps,
  fault: Fault,
  common: readonly Avp[] = [],
): Buffer {
  const error = isProtocolError(fault.resultCode);
  return encodeAnswer(request, origin, [...(error ? [] : common), ...refusalAvps(fault)], error);
}

/** Result-Code, Error-Message and Failed-AVP (RFC 6733 7.1, 7.3, 7.5). */
function refusalAvps({ resultCode, text, failedAvps }: Fault): Avp[] {
  const avps = [avpOf(base.resultCode, resultCode), avpOf(base.errorMessage, text)];
  if (failedAvps.length > 0) avps.push(avpOf(base.failedAvp, failedAvps));
  return avps;
}
