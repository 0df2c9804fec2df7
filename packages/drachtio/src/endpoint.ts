import type { Host } from '@ims-sim/host';
import type { Actor, Own, ProxyCore, SipStack, StackOptions, TimerSettings } from '@ims-sim/sip';
import type { App } from './app.js';
import type { DialogTable } from './dialog-table.js';
import type { IncomingInvites } from './incoming-invite.js';
import type { OutgoingInvites } from './outgoing-invite.js';
import type { PendingRequests } from './pending-requests.js';
import type { PendingSubscribes } from './pending-subscribes.js';
import type { RequestHandler } from './request-handler.js';

/** The endpoint's state: what its procedures work on. */
export interface Endpoint {
  readonly host: Host;
  readonly stack: SipStack;
  readonly timers: TimerSettings;
  /** Forwards what an application proxies. */
  readonly actor: Actor;
  readonly own: Own;
  readonly passes: ProxyCore['passes'];
  readonly resolver: StackOptions['resolver'];
  readonly secret: string;
  /** CSeq of the first request in a dialog, and of a request outside; random below 2^31 if undefined (RFC 3261 8.1.1.5). */
  readonly initialCSeq: number | undefined;
  /** In the order in which requests are dealt out to them. */
  readonly apps: App[];
  readonly dialogs: DialogTable;
  /** Requests from the network that an application has to answer. */
  readonly pendingRequests: PendingRequests;
  /** INVITEs from the network that an application has to answer. */
  readonly incomingInvites: IncomingInvites;
  /** INVITEs of the applications that have no final response yet. */
  readonly outgoingInvites: OutgoingInvites;
  /** Where to find applications that are dialled (drachtio-server's request handlers), in order. */
  readonly requestHandlers: readonly RequestHandler[];
  /** SUBSCRIBEs of the applications that have no final response yet. */
  readonly pendingSubscribes: PendingSubscribes;
  /** Whether call data records are written. */
  readonly writesCdrs: boolean;
  /** Call data records written so far. */
  cdrs: number;
  /** Nothing is to be opened any more. */
  closed: boolean;
  newId(): string;
  /** Now, as the protocol writes it. */
  timeToken(): string;
}

/** Applications connected at once, at most. */
export const MAX_APPS = 100;

/** The URI by which this endpoint is reached, for a Contact or From that the application did not give. */
export function ownUri({ stack }: Endpoint): string {
  return `sip:${stack.sentBy}`;
}

export function firstCSeq({ initialCSeq, host }: Endpoint): number {
  return initialCSeq ?? host.random.uint32() >>> 1;
}
