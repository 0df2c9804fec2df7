import { addresses, first, type Header, type SipRequest } from '@ims-sim/sip';
import type { SCscf } from './s-cscf.js';

/** Methods whose requests out of a dialog make none: what TS 24.229 calls standalone (RFC 3261 11, RFC 3428 4, RFC 3903 4). */
const STANDALONE: ReadonlySet<string> = new Set(['MESSAGE', 'OPTIONS', 'PUBLISH']);

/**
 * TS 24.229 5.4.3.2 and 5.4.3.3: what an initial request gets as Record-Route, where it may make a dialog and does not have it
 * already (`isRecorded`).
 */
export function recordRouteOf(request: SipRequest, { names, ownUri }: SCscf): string | undefined {
  return STANDALONE.has(request.method) || isRecorded(request, names) ? undefined : ownUri;
}

/** Requests within a dialog that get Record-Route (RFC 3261 6, RFC 3311 5.1, RFC 6665 4.1.2.2). */
const TARGET_REFRESHES: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'UPDATE']);

/**
 * TS 24.229 5.4.3.2 and 5.4.3.3, RFC 3261 16.6 step 4: a target refresh request gets Record-Route as the initial one did, for an endpoint
 * that has lost its route set.
 * Deviation: NOTIFY can refresh the target too, and gets none: none of the tables has it (TS 24.228 6.5, TR 24.841 6.1.1).
 */
export function recordRouteWithin({ method }: SipRequest, { ownUri }: SCscf): string | undefined {
  return TARGET_REFRESHES.has(method) ? ownUri : undefined;
}

/**
 * Whether the topmost Record-Route is this element's: a request that has been at an application server is in the
 * dialog already.
 */
function isRecorded(request: SipRequest, names: ReadonlySet<string>): boolean {
  const line = first(request.headers, 'record-route');
  if (line === undefined || !mentions(line, names)) {
    return false; // most requests: nothing to parse
  }
  const top = addresses(request, 'record-route')[0]?.uri;
  return top?.kind === 'sip' && names.has(top.host);
}

function mentions({ line }: Header, names: ReadonlySet<string>): boolean {
  const text = line.toLowerCase();
  for (const name of names) {
    if (text.includes(name)) {
      return true;
    }
  }
  return false;
}
