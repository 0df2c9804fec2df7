import { parseUri, uriEquals, type Source } from '@ims-sim/sip';
import type { Registration } from './registration.js';
import type { SecurityAssociation } from './security-associations.js';

/** By what a UE is told from others at its address: its port and transport, and whether they are protected. */
export function portKey({ transport, remote }: Source, association: SecurityAssociation | undefined): number {
  return remote.port * 4 + (association === undefined ? 0 : 2) + (transport === 'TCP' ? 1 : 0);
}

/**
 * By what a request for the UE finds its registration: the contact as registered, its host and port, and where it
 * was sent from.
 */
export function contactKeys({ contact, source }: Registration): Set<string> {
  const { address, port } = source.remote;
  const keys = new Set([contact, hostPort(address.includes(':') ? `[${address}]` : address, port)]);
  const uri = parseUri(contact);
  if (uri?.kind === 'sip') {
    keys.add(hostPort(uri.host, uri.port));
  }
  return keys;
}

/** IPv6 addresses have several spellings: the one that URL gives is compared. */
export function hostPort(host: string, port = 5060): string {
  const canonical =
    host.startsWith('[') && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  return `${canonical}:${port}`;
}

/** RFC 3261 19.1.4; what is no URI is compared as text. */
export function sameUri(a: string, b: string): boolean {
  if (a === b) {
    return true;
  }
  const left = parseUri(a);
  const right = parseUri(b);
  return left !== undefined && right !== undefined && uriEquals(left, right);
}

/** The default public user identity: all registrations of one implicit registration set have the same. */
export function userKey({ identities, publicIdentity }: Registration): string {
  return identities[0]?.text ?? publicIdentity;
}
