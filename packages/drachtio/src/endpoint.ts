import type { Host } from '@ims-sim/host';
import type { SipStack, StackOptions } from '@ims-sim/sip';
import type { App } from './app.js';
import type { DialogTable } from './dialog-table.js';
import type { PendingRequests } from './pending-requests.js';
import type { PendingSubscribes } from './pending-subscribes.js';

/** The endpoint's state: what its procedures work on. */
export interface Endpoint {
  readonly host: Host;
  readonly stack: SipStack;
  readonly resolver: StackOptions['resolver'];
  readonly secret: string;
  /** CSeq of the first request in a dialog, and of a request outside; random below 2^31 if undefined (RFC 3261 8.1.1.5). */
  readonly initialCSeq: number | undefined;
  /** In the order in which requests are dealt out to them. */
  readonly apps: App[];
  readonly dialogs: DialogTable;
  /** Requests from the network that an application has to answer. */
  readonly pendingRequests: PendingRequests;
  /** SUBSCRIBEs of the applications that have no final response yet. */
  readonly pendingSubscribes: PendingSubscribes;
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

/** An application is gone, and its dialogs with it. */
export function dropApp({ apps, dialogs }: Endpoint, app: App): void {
  const at = apps.indexOf(app);
  if (at >= 0) apps.splice(at, 1);
  app.authenticated = false;
  dialogs.removeAllOf(app);
}
