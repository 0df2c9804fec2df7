import { addresses, formatUri, header, type NameAddr, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { PCscf } from './p-cscf.js';

/** Methods whose requests out of a dialog make none: what TS 24.229 calls standalone (RFC 3261 11, RFC 3428 4, RFC 3903 4). */
const STANDALONE: ReadonlySet<string> = new Set(['MESSAGE', 'OPTIONS', 'PUBLISH']);

/** 5.2.6.3.3, 5.2.6.4.3: whether a request out of a dialog gets Record-Route: not a standalone one (5.2.6.3.7, 5.2.6.4.7). */
export function mayMakeDialog({ method }: SipRequest): boolean {
  return !STANDALONE.has(method);
}

/** Requests within a dialog that get Record-Route (RFC 3261 6, RFC 3311 5.1, RFC 6665 4.1.2.2). */
const TARGET_REFRESHES: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'UPDATE']);

/**
 * TS 24.229 5.2.6.3.5, 5.2.6.4.5, RFC 3261 16.6 step 4: whether a request within a dialog gets Record-Route, as the initial one did: in
 * the final text a target refresh request.
 * Deviation: NOTIFY can refresh the target too, and gets none: none of the tables has it (TS 24.228 6.5, TR 24.841 6.1.1).
 */
export function refreshesTarget({ method }: SipRequest, { profile }: PCscf): boolean {
  return profile === 'ts-24.141' && TARGET_REFRESHES.has(method);
}

/**
 * TS 24.229 5.2.6.3.4: in a response towards a UE that has a security association, the P-CSCF's own Record-Route entry, which is
 * the last, leads to its protected server port.
 */
export function withProtectedRecordRoute(
  response: SipResponse,
  { names, protectedPorts }: PCscf,
): SipResponse {
  const port = protectedPorts?.server.port;
  const entries = addresses(response, 'record-route');
  const at = entries.findLastIndex(({ uri }) => uri.kind === 'sip' && names.has(uri.host));
  return port === undefined || at < 0
    ? response
    : withRecordRoute(
        response,
        entries.map((entry, i) => (i === at ? textAt(entry, port) : entry.text)),
      );
}

/**
 * 5.2.6.4.4: in a response of such a UE into the network, the entries that lead to the protected server port lead to where the
 * P-CSCF awaits requests of the network.
 */
export function withOpenRecordRoute(response: SipResponse, { names, protectedPorts }: PCscf): SipResponse {
  const port = protectedPorts?.server.port;
  const entries = addresses(response, 'record-route');
  const isProtected = ({ uri }: NameAddr) =>
    uri.kind === 'sip' && uri.port !== undefined && uri.port === port && names.has(uri.host);
  return entries.some(isProtected)
    ? withRecordRoute(
        response,
        entries.map((entry) => (isProtected(entry) ? textAt(entry, undefined) : entry.text)),
      )
    : response;
}

/** What the P-CSCF records in a request towards a UE that has a security association (5.2.6.4.3). */
export function protectedUri({ ownUri, protectedPorts }: PCscf): string {
  const port = protectedPorts?.server.port;
  return port === undefined ? ownUri : ownUri.replace(/^(sip:[^;:]+)/, `$1:${port}`);
}

function textAt({ uri, text }: NameAddr, port: number | undefined): string {
  return uri.kind === 'sip' ? `<${formatUri({ ...uri, port })}>` : text;
}

/** All entries in one line, in the place of the first. */
function withRecordRoute(response: SipResponse, entries: readonly string[]): SipResponse {
  const at = response.headers.findIndex((h) => h.key === 'record-route');
  const headers = response.headers.filter((h) => h.key !== 'record-route');
  headers.splice(at, 0, header('Record-Route', entries.join(', ')));
  return { ...response, headers };
}
