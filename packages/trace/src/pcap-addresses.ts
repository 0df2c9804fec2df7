import { isIP } from 'node:net';
import { parseEndpoint } from '@ims-sim/host';

/** The address that an element has in a capture. */
export type AddressOf = (elementName: string) => string;

/**
 * Addresses for a capture, where on one machine all elements share 127.0.0.1: IPv6 out of the documentation prefix (RFC 3849),
 * `2001:db8:N::M` for the Mth element of the Nth operator's domain in the order in which they are asked for. IPv6 for all,
 * because a UE may have an IPv6 address and a packet has both ends of one family. `known` are addresses that are given, as a
 * UE's `5555::aaa:bbb:ccc:ddd`; a name that is `address:port` (a stranger) keeps its address unless it is a loopback.
 */
export function captureAddresses(known: ReadonlyMap<string, string> = new Map()): AddressOf {
  const addresses = new Map<string, string>();
  const domains = new Map<string, { readonly number: number; elements: number }>();
  return (name) => {
    let address = known.get(name) ?? addresses.get(name) ?? ownAddress(name);
    if (address === undefined) {
      const key = domainOf(name);
      const domain = domains.get(key) ?? { number: domains.size + 1, elements: 0 };
      domains.set(key, domain);
      domain.elements += 1;
      address = `2001:db8:${domain.number.toString(16)}::${domain.elements.toString(16)}`;
    }
    addresses.set(name, address);
    return address;
  };
}

function ownAddress(name: string): string | undefined {
  const address = parseEndpoint(name)?.address;
  return address === undefined || isIP(address) === 0 || address.startsWith('127.') || address === '::1'
    ? undefined
    : address;
}

function domainOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 || parseEndpoint(name) !== undefined ? '' : name.slice(dot + 1);
}
