import { isIP } from 'node:net';
import type { Endpoint } from './net.js';

/** `127.0.0.1:5060`, `[::1]:5060`. */
export function prettyEndpoint(endpoint: Endpoint): string {
  const { address, port } = endpoint;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Reads what `prettyEndpoint` writes: an IP literal (IPv6 in brackets, in any spelling) and a port of 0 to 65535; else undefined. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([^\]]{2,64})\]|([\d.]{7,15})):(\d{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (address === undefined || port > 65535) return undefined;
  if (isIP(address) !== (match?.[1] === undefined ? 4 : 6)) return undefined;
  return { address: canonicalAddress(address), port };
}

/** The one spelling that the operating system gives an address (RFC 5952); what is no IPv6 address stays as it is. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':') || isIP(address) !== 6) return address;
  const [bare = '', scope] = address.split('%');
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  return scope === undefined ? canonical : `${canonical}%${scope}`;
}

/** Whether nobody but this machine reaches that IP literal: 127.0.0.0/8 or `::1`, as `canonicalAddress` spells it. A name is none. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (address.startsWith('127.') && isIP(address) === 4);
}
