import { isIP } from 'node:net';
import type { Endpoint } from '@ims-sim/host';
import type { SipUri, Uri } from '../message/uri.js';
import type { Source } from '../transport/types.js';

/** By what a URI means this element. */
export interface Own {
  /** Host names, lower case. */
  readonly names: ReadonlySet<string>;
  readonly listening: Endpoint;
  /** Its further sockets (`StackOptions.further`): their ports mean it too. */
  readonly further?: readonly Endpoint[] | undefined;
}

/** Whether a URI's host and port mean this element (RFC 3261 16.4): one of its names, or an address that it listens on. */
export function isOwn(uri: Uri, own: Own, source: Source): uri is SipUri {
  if (uri.kind !== 'sip') {
    return false;
  }
  if (own.names.has(uri.host)) {
    // A name without a port is found by SRV, so it may well mean a port that is not 5060.
    return uri.port === undefined || isOwnPort(uri.port, own);
  }
  return isOwnAddress(uri, own, source);
}

function isOwnPort(port: number, { listening, further }: Own): boolean {
  return port === listening.port || further?.some((one) => one.port === port) === true;
}

function isOwnAddress(uri: SipUri, own: Own, source: Source): boolean {
  const last = uri.host.charCodeAt(uri.host.length - 1);
  const mayBeAddress = last === 93 /* ] */ || (last >= 48 && last <= 57);
  if (!mayBeAddress || !isOwnPort(uri.port ?? 5060, own)) {
    return false;
  }
  const address = canonical(uri.host);
  return (
    address === canonical(source.local.address) ||
    address === canonical(own.listening.address) ||
    own.further?.some((one) => canonical(one.address) === address) === true
  );
}

/** One spelling for an IP address; IPv6, which has several, with brackets. */
function canonical(host: string): string {
  if (!host.includes(':')) {
    return host;
  }
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  return isIP(bare) === 6 ? new URL(`http://[${bare.split('%')[0] ?? bare}]`).hostname : bare;
}
