import type { Host } from '@ims-sim/host';
import { cseq } from '../message/access.js';
import type { Via } from '../message/fields.js';
import type { SipRequest, SipResponse } from '../message/message.js';
import { serialize } from '../message/serialize.js';
import type { Source, Target, TransportCounters } from '../transport/types.js';
import { ClientEntry, type ClientEntryUser, type ClientSide, type Outgoing } from './client-transaction.js';
import { Lingering } from './lingering.js';
import { clientKey } from './matching.js';
import type { OutgoingContext } from './outgoing.js';

export interface ClientTableOptions {
  readonly host: Host;
  readonly context: OutgoingContext;
  readonly counters: TransportCounters;
  /** Transactions at a time, at most. */
  readonly max: number;
  readonly onStray?: ((response: SipResponse, source: Source) => void) | undefined;
  readonly side: Pick<ClientSide, 'timers' | 'sendDatagram' | 'flowTo' | 'sendOnFlow'>;
}

/** All client transactions of a stack, by branch and method (RFC 3261 17.1.3). */
export class ClientTable {
  readonly host: Host;
  readonly context: OutgoingContext;
  readonly #counters: TransportCounters;
  readonly #max: number;
  readonly #onStray: ClientTableOptions['onStray'];
  readonly #side: ClientSide;
  readonly #entries = new Map<string, ClientEntry | typeof COMPLETED>();
  /** Timer K. */
  readonly #lingering: Lingering;

  constructor({ host, context, counters, max, side, onStray }: ClientTableOptions) {
    this.host = host;
    this.context = context;
    this.#counters = counters;
    this.#max = max;
    this.#onStray = onStray;
    this.#lingering = new Lingering(host.clock, side.timers.t4Ms, (key) => {
      this.#entries.delete(key);
    });
    this.#side = {
      clock: host.clock,
      ...side,
      retransmitted: () => {
        counters.retransmissionsSent++;
      },
      onCompleted: ({ key }) => {
        this.#entries.set(key, COMPLETED);
        this.#lingering.add(key);
      },
      onEnded: (entry) => {
        this.#entries.delete(entry.key);
      },
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Undefined: the table is full. */
  create(ready: Outgoing, user: ClientEntryUser): ClientEntry | undefined {
    if (this.#entries.size >= this.#max) {
      this.#counters.refused++;
      return undefined;
    }
    const entry = new ClientEntry(this.#side, ready, user);
    this.#entries.set(ready.key, entry);
    return entry;
  }

  /** `via` is the response's top Via. One that nobody waits for is dropped (RFC 6026 8.9 for those of an INVITE too). */
  receive(response: SipResponse, via: Via, source: Source): void {
    const method = cseq(response)?.method;
    const entry =
      via.branch === undefined || method === undefined
        ? undefined
        : this.#entries.get(clientKey(via.branch, method));
    if (entry === COMPLETED) {
      return; // 17.1.2.2: absorbed
    }
    // RFC 3261 18.1.2: the sent-by must be the one that was put there.
    if (entry === undefined || entry.method !== method || !isSentBy(via, entry.sentBy)) {
      this.#counters.stray++;
      this.#onStray?.(response, source);
      return;
    }
    entry.receive(response, source);
  }

  /**
   * Sends the CANCEL of `invite` in a transaction of its own, whose answer means nothing; 64*T1 later an INVITE without a
   * final response counts as cancelled (RFC 3261 9.1).
   */
  sendCancel(cancel: SipRequest, invite: ClientEntry): void {
    const ready: Outgoing = {
      request: cancel,
      bytes: Buffer.from(serialize(cancel), 'latin1'),
      target: invite.target,
      key: clientKey(invite.key, 'CANCEL'),
      sentBy: invite.sentBy,
    };
    this.create(ready, NOBODY)?.start();
    this.#side.clock.timer(this.#side.timers.longMs, () => {
      invite.abandon();
    });
  }

  /** The network says that datagrams to this address and port do not arrive. */
  unreachable({ address, port }: { readonly address: string; readonly port: number }): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry !== COMPLETED && entry.isWaiting && isAt(entry.target, address, port)) {
        entry.transportFailed();
      }
    }
  }

  close(): void {
    for (const entry of this.#entries.values()) {
      if (entry !== COMPLETED) {
        entry.close();
      }
    }
    this.#lingering.close();
    this.#entries.clear();
  }
}

/** In the place of a non-INVITE transaction in its Completed state, which only absorbs. */
const COMPLETED = 'completed';

const NOBODY: ClientEntryUser = { onResponse: () => undefined, onEnded: () => undefined };

function isAt(target: Target, address: string, port: number): boolean {
  return target.port === port && target.address === address && target.transport === 'UDP';
}

function isSentBy(via: Via, sentBy: string): boolean {
  const text = via.port === undefined ? via.host : `${via.host}:${via.port}`;
  return text === sentBy || text.toLowerCase() === sentBy.toLowerCase();
}
