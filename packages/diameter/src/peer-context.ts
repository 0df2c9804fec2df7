import type { Host } from '@ims-sim/host';
import type { Identity } from './identity.js';
import type { LinkEvents } from './link.js';
import type { Settings } from './options.js';
import type { Peer } from './peer.js';
import type { PendingRequest } from './pending.js';

/** What a peer has of its node. */
export interface PeerContext {
  readonly host: Host;
  readonly identity: Identity;
  readonly settings: Settings;
  /** What a connection to that peer reports to. */
  eventsFor(peer: Peer): LinkEvents;
  onUp(peer: Peer): void;
  /** Whether there is another peer that requests can be sent to. */
  canFailOver(peer: Peer): boolean;
  /** The peer is gone or suspect; `requests` waited on it and may be sent to another. */
  onDown(peer: Peer, requests: readonly PendingRequest[]): void;
  onTimeout(peer: Peer, request: PendingRequest): void;
  /** The peer has no connection and, unless configured, no future. */
  onClosed(peer: Peer): void;
}
