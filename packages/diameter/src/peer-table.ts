import { sameIdentity } from './identity.js';
import type { OutgoingRequest } from './options.js';
import type { Peer } from './peer.js';

/** Where a request wants to go; absent `command`: a request of whatever application. */
export type Destination = Pick<OutgoingRequest, 'destinationHost' | 'destinationRealm'> &
  Partial<Pick<OutgoingRequest, 'command'>>;

/** The peers of a node, by identity (RFC 6733 2.6), and the choice among them (2.7). */
export class PeerTable {
  readonly #peers = new Map<string, Peer>();

  get size(): number {
    return this.#peers.size;
  }

  add(peer: Peer): void {
    this.#peers.set(peer.host.toLowerCase(), peer);
  }

  remove(peer: Peer): void {
    this.#peers.delete(peer.host.toLowerCase());
  }

  find(host: string): Peer | undefined {
    return this.#peers.get(host.toLowerCase());
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#peers.values();
  }

  /**
   * The peer to send to, never `except` (RFC 6733 6.1.5, 6.1.6, 2.4): the destination itself; or, of those that have the
   * application, a server of the realm where any will do, or an agent. In the order of configuration; one that the watchdog
   * suspects only where there is no other.
   */
  choose(destination: Destination, except?: Peer): Peer | undefined {
    const { destinationHost } = destination;
    const direct = destinationHost === undefined ? undefined : this.find(destinationHost);
    if (direct?.isOpen === true && direct !== except) return direct;
    let best: Peer | undefined;
    let bestRank = Infinity;
    for (const peer of this.#peers.values()) {
      if (!peer.isOpen || peer === except) continue;
      const rank = rankOf(peer, destination, direct !== undefined) + (peer.isUsable ? 0 : SUSPECT);
      if (rank < bestRank) [best, bestRank] = [peer, rank];
    }
    return best;
  }
}

const SUSPECT = 10;

/** The less, the better; Infinity: the peer is none for that destination. `isKnown`: the destination is a peer, and not open. */
function rankOf(
  peer: Peer,
  { destinationHost, destinationRealm, command }: Destination,
  isKnown: boolean,
): number {
  if (command !== undefined && !peer.capabilities.offers(command.application)) return Infinity;
  const isOfRealm = sameIdentity(peer.realm, destinationRealm);
  if (isOfRealm && (destinationHost === undefined || peer.capabilities.isRelay)) return 0;
  if (peer.capabilities.isRelay) return 1;
  // One that is configured may be a proxy, which offers only the applications that it knows.
  return isOfRealm && peer.configured !== undefined && !isKnown ? 2 : Infinity;
}
