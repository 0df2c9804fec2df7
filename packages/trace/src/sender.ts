import type {
  Clock,
  Endpoint,
  Net,
  TcpConnection,
  Timer,
  Trace,
  TracedDecision,
  TracedMessage,
} from '@ims-sim/host';
import { encodeHep, HEP_TYPE, type HepPacket } from './hep.js';
import { encodeDecision } from './log-record.js';

export interface HepTraceOptions {
  readonly net: Net;
  readonly clock: Clock;
  /** The element's host name, HEP's capture node name. */
  readonly name: string;
  /** Where HEP is taken over TCP: the runner, or any collector that speaks HEP v3. */
  readonly collector: Endpoint;
  /** What is held back while the collector is not there or does not keep up; 4 MiB unless told. What is more is dropped. */
  readonly maxBufferedBytes?: number;
  readonly connectTimeoutMs?: number;
  /** The wait before the second try; it doubles up to `maxRetryMs`. */
  readonly retryMs?: number;
  readonly maxRetryMs?: number;
  /** How long `close` waits for what is held back to be sent. */
  readonly closeTimeoutMs?: number;
  /** HEP's capture agent id and authentication key, for collectors that ask for them. */
  readonly agentId?: number;
  readonly authKey?: string;
}

/** An element's trace over HEP. */
export interface HepTrace extends Trace {
  /**
   * Messages and decisions that were not sent: over the bound, too long for HEP, or held back when `close` gave up. What a
   * lost connection had under way nobody can count; the next one begins with a note that says so.
   */
  readonly dropped: number;
  /** A decision of no call that somebody waits for: it comes through however much is held back. */
  note(text: string): void;
  /** Sends what is held back, then closes. Resolves within `closeTimeoutMs`, whatever the collector does. */
  close(): Promise<void>;
}

type ReportedPacket = Omit<HepPacket, 'atUs' | 'node' | 'agentId' | 'authKey'>;

const NOWHERE: Endpoint = { address: '0.0.0.0', port: 0 };

/**
 * Reports an element's messages and decisions to a HEP collector over TCP. Dials at once and again with back-off for as
 * long as it is open; records are held back within a bound meanwhile and sent in one write a turn. Never throws or waits.
 */
export function hepTrace(options: HepTraceOptions): HepTrace {
  return new HepSender(options);
}

type Link =
  | { readonly kind: 'dialling' }
  | { readonly kind: 'connected'; readonly connection: TcpConnection }
  | { readonly kind: 'waiting'; readonly timer: Timer }
  | { readonly kind: 'closed' };

class HepSender implements HepTrace {
  readonly enabled = true;
  dropped = 0;
  readonly #options: HepTraceOptions;
  readonly #maxBufferedBytes: number;
  #link: Link = { kind: 'waiting', timer: { cancel: () => undefined } };
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #flushIsDue = false;
  #reportedDrops = 0;
  #linkWasLost = false;
  #retryMs: number;
  #closing: { readonly done: () => void; readonly promise: Promise<void> } | undefined;

  constructor(options: HepTraceOptions) {
    this.#options = options;
    this.#maxBufferedBytes = options.maxBufferedBytes ?? 4 * 1024 * 1024;
    this.#retryMs = options.retryMs ?? 50;
    this.#dial();
  }

  message(message: TracedMessage): void {
    const sent = message.direction === 'sent';
    this.#report({
      source: sent ? message.local : message.remote,
      destination: sent ? message.remote : message.local,
      ipProtocol: message.transport === 'tcp' ? 6 : 17,
      type: HEP_TYPE[message.protocol],
      payload: message.bytes,
      direction: message.direction,
    });
  }

  decision(decision: TracedDecision): void {
    this.#report(logPacket(decision));
  }

  close(): Promise<void> {
    if (this.#closing !== undefined) {
      return this.#closing.promise;
    }
    let done: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#closing = { done, promise };
    const giveUp = this.#options.clock.timer(this.#options.closeTimeoutMs ?? 1000, () => {
      this.#closed();
    });
    void promise.then(() => {
      giveUp.cancel();
    });
    if (this.#link.kind === 'waiting') {
      this.#link.timer.cancel();
      this.#dial(); // One last try.
    } else if (this.#link.kind === 'connected') {
      this.#finish(this.#link.connection);
    }
    return promise;
  }

  #report(packet: ReportedPacket): void {
    if (this.#closing !== undefined || this.#heldBytes() + packet.payload.length > this.#maxBufferedBytes) {
      this.dropped += 1;
      return;
    }
    const bytes = this.#encode(packet);
    if (bytes === undefined) {
      this.dropped += 1;
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#flushSoon();
  }

  note(text: string): void {
    if (this.#closing === undefined) {
      this.#note(text);
      this.#flushSoon();
    }
  }

  #flushSoon(): void {
    if (this.#link.kind === 'connected' && !this.#flushIsDue) {
      this.#flushIsDue = true;
      queueMicrotask(() => {
        this.#flushIsDue = false;
        if (this.#link.kind === 'connected') {
          this.#flush(this.#link.connection);
        }
      });
    }
  }

  #heldBytes(): number {
    return this.#queuedBytes + (this.#link.kind === 'connected' ? this.#link.connection.bufferedBytes : 0);
  }

  /** Hands all that is held back to the connection in one write; first what the reader must know is missing. */
  #flush(connection: TcpConnection): void {
    if (this.#linkWasLost) {
      this.#linkWasLost = false;
      this.#note('trace connection was lost and made again: what was under way may be missing');
    }
    if (this.dropped > this.#reportedDrops) {
      this.#note(`trace incomplete: ${this.dropped - this.#reportedDrops} records were dropped`);
      this.#reportedDrops = this.dropped;
    }
    const queue = this.#queue;
    const first = queue[0];
    if (first === undefined) {
      return;
    }
    this.#queue = [];
    this.#queuedBytes = 0;
    connection.write(queue.length === 1 ? first : Buffer.concat(queue));
  }

  #note(text: string): void {
    const bytes = this.#encode(logPacket({ clause: '', text }));
    if (bytes !== undefined) {
      this.#queue.push(bytes);
    }
  }

  #encode(packet: ReportedPacket): Buffer | undefined {
    const { clock, name, agentId, authKey } = this.#options;
    return encodeHep({ ...packet, atUs: Math.round(clock.now() * 1000), node: name, agentId, authKey });
  }

  #dial(): void {
    const { net, collector, connectTimeoutMs = 2000 } = this.#options;
    this.#link = { kind: 'dialling' };
    const receive = (): { onData(): void; onClose(): void } => ({
      onData: () => undefined, // A collector says nothing.
      onClose: () => {
        this.#lost();
      },
    });
    net.connect(collector, connectTimeoutMs, receive).then(
      (connection) => {
        this.#connected(connection);
      },
      () => {
        this.#lost();
      },
    );
  }

  #connected(connection: TcpConnection): void {
    if (this.#link.kind !== 'dialling') {
      connection.destroy(); // Closed, or lost again, before the promise came.
      return;
    }
    this.#link = { kind: 'connected', connection };
    this.#retryMs = this.#options.retryMs ?? 50;
    this.#flush(connection);
    if (this.#closing !== undefined) {
      this.#finish(connection);
    }
  }

  #finish(connection: TcpConnection): void {
    this.#flush(connection);
    connection.end();
  }

  #lost(): void {
    if (this.#link.kind === 'closed') {
      return;
    }
    if (this.#closing !== undefined) {
      this.#closed();
      return;
    }
    this.#linkWasLost ||= this.#link.kind === 'connected';
    const { clock, maxRetryMs = 2000 } = this.#options;
    const timer = clock.timer(this.#retryMs, () => {
      this.#dial();
    });
    this.#link = { kind: 'waiting', timer };
    this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs);
  }

  #closed(): void {
    if (this.#link.kind === 'connected') {
      this.#link.connection.destroy();
    }
    this.#link = { kind: 'closed' };
    this.dropped += this.#queue.length;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#closing?.done();
  }
}

function logPacket(decision: TracedDecision): ReportedPacket {
  return {
    source: NOWHERE,
    destination: NOWHERE,
    ipProtocol: 17,
    type: HEP_TYPE.log,
    payload: encodeDecision(decision),
    correlationId: decision.callId,
  };
}
