import { sameIdentity } from './identity.js';
import type { Peer } from './peer.js';

/** Where a request wants to go. */
export interface Destination {
  readonly destinationHost?: string | undefined;
  readonly destinationRealm: string;
}

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
   * The peer to send to: the destination itself, or one of its realm (an agent, or a server where any will do), in the order
   * of configuration; one that the watchdog suspects only where there is no other. Never `except`.
   */
  choose({ destinationHost, destinationRealm }: Destination, except?: Peer): Peer | undefined {
    let suspect: Peer | undefined;
    if (destinationHost !== undefined) {
      const direct = this.find(destinationHost);
      if (direct !== undefined) return direct.isOpen && direct !== except ? direct : undefined;
    }
    for (const peer of this.#peers.values()) {
      if (!peer.isOpen || peer === except || !sameIdentity(peer.realm, destinationRealm)) continue;
      if (peer.isUsable) return peer;
      suspect ??= peer;
    }
    return suspect;
  }
}
