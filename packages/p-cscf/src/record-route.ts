import { addresses, formatUri, header, type NameAddr, type SipResponse } from '@ims-sim/sip';
import type { PCscf } from './p-cscf.js';

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
