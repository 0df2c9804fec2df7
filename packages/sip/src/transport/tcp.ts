import type { Endpoint, Host, TcpConnection, TcpListener, TcpReceiver } from '@ims-sim/host';
import { StreamFramer } from '../message/framer.js';
import { Flow } from './flow.js';
import type { Source, TransportCounters } from './types.js';

export interface TcpLimits {
  /** Connections open at a time, either way. */
  readonly connections: number;
  /** A connection on which nothing happens is closed after this time and before twice of it. */
  readonly idleMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * RFC 3261 18: connections stay open for longer than any transaction takes; RFC 5626 4.4.1: a ping comes every 95 to
 * 120 s.
 */
export const TCP_LIMITS: TcpLimits = { connections: 2000, idleMs: 180_000, connectTimeoutMs: 4000 };

/** What one transport knows of the others of its stack. */
export interface TcpPlace {
  /** It is one of `StackOptions.further`: what comes on a connection that it opened counts as come to its listener. */
  readonly isFurther: boolean;
  /** Connections that the others have, out of the same limit. */
  connectionsElsewhere(): number;
}

const ALONE: TcpPlace = { isFurther: false, connectionsElsewhere: () => 0 };

export interface TcpUser {
  onText(text: string, source: Source, flow: Flow): void;
  /** The head of a message of which nobody knows where it ends. False: it is no SIP, and gets no answer. */
  onEndless(head: string, reason: string, source: Source, flow: Flow): boolean;
}

const CRLF = Buffer.from('\r\n');

/**
 * SIP over TCP (RFC 3261 18): one listener, and connections that are used again both ways, those that were accepted
 * and those that were opened, by the address and port of the peer.
 */
export class TcpTransport {
  readonly #host: Host;
  readonly #user: TcpUser;
  readonly #counters: TransportCounters;
  readonly #limits: TcpLimits;
  readonly #place: TcpPlace;
  readonly #flows = new Set<Flow>();
  readonly #byRemote = new Map<string, Flow>();
  #listener: TcpListener | undefined;
  #closed = false;

  constructor(
    host: Host,
    user: TcpUser,
    counters: TransportCounters,
    limits: TcpLimits = TCP_LIMITS,
    place: TcpPlace = ALONE,
  ) {
    this.#host = host;
    this.#user = user;
    this.#counters = counters;
    this.#limits = limits;
    this.#place = place;
  }

  /** Connections that it has, those included that are being opened. */
  get connections(): number {
    return this.#flows.size;
  }

  async listen(local: Endpoint): Promise<Endpoint> {
    this.#listener = await this.#host.net.listen(local, (connection) => this.#accept(connection));
    return this.#listener.local;
  }

  /** The connection to `remote`, opened where there is none. Undefined: as many as may be are in use. */
  flowTo(remote: Endpoint): Flow | undefined {
    const known = this.#byRemote.get(keyOf(remote));
    if (known?.isOpen === true) {
      return known;
    }
    if (this.#closed || !this.#hasRoom()) {
      return undefined;
    }
    const flow = this.#add(remote);
    const { connectTimeoutMs } = this.#limits;
    // No connection can be opened from a port that is listened on: it has one of its own, and belongs to that one.
    const local = this.#place.isFurther ? this.#listener?.local : undefined;
    this.#host.net
      .connect(remote, connectTimeoutMs, (connection) => this.#receiver(flow, connection, local))
      .catch((error: unknown) => {
        this.#host.log.debug('TCP connection refused', { ...remote, error: String(error) });
        this.#ended(flow);
      });
    return flow;
  }

  /** Sends one message on `flow`, and says so to the trace; false as `Flow.send`. */
  send(flow: Flow, bytes: Buffer, undelivered?: () => void): boolean {
    if (!flow.send(bytes, undelivered)) {
      this.#counters.sendErrors++;
      return false;
    }
    this.#counters.sent++;
    if (this.#host.trace.enabled) {
      const local = flow.source?.local ?? this.#listener?.local ?? { address: '', port: 0 };
      this.#trace('sent', local, flow.remote, bytes);
    }
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#listener?.close();
    for (const flow of [...this.#flows]) {
      flow.end();
    }
    this.#flows.clear();
    this.#byRemote.clear();
  }

  #accept(connection: TcpConnection): TcpReceiver {
    if (this.#closed || !this.#hasRoom()) {
      connection.destroy();
      return { onData: () => undefined, onClose: () => undefined };
    }
    return this.#receiver(this.#add(connection.remote), connection);
  }

  #receiver(flow: Flow, connection: TcpConnection, local = connection.local): TcpReceiver {
    flow.connected(connection, local);
    const framer = new StreamFramer();
    return {
      onData: (bytes) => {
        flow.active = true;
        if (flow.isOpen && !this.#closed) {
          this.#read(flow, framer, bytes);
        }
      },
      onClose: () => {
        this.#ended(flow);
      },
    };
  }

  #read(flow: Flow, framer: StreamFramer, bytes: Buffer): void {
    for (const framed of framer.push(bytes)) {
      const { source } = flow;
      if (source === undefined || !flow.isOpen) {
        return;
      }
      switch (framed.kind) {
        case 'message':
          if (this.#host.trace.enabled) {
            this.#trace('received', source.local, source.remote, Buffer.from(framed.text, 'latin1'));
          }
          this.#user.onText(framed.text, source, flow);
          break;
        case 'ping':
          flow.send(CRLF); // RFC 5626 4.4.1: the pong
          break;
        case 'error':
          this.#fail(flow, source, framed.reason, framed.text);
          return;
      }
    }
  }

  /**
   * Nobody knows where the next message begins: the connection ends (RFC 3261 18.3), behind an answer where there is
   * one.
   */
  #fail(flow: Flow, source: Source, reason: string, head: string | undefined): void {
    if (head !== undefined && this.#user.onEndless(head, reason, source, flow)) {
      flow.end();
      this.#ended(flow);
      return;
    }
    this.#counters.notSip++;
    this.#host.log.debug('TCP stream that is not SIP', { ...source.remote, reason });
    flow.destroy();
  }

  #add(remote: Endpoint): Flow {
    const flow = new Flow(remote);
    this.#flows.add(flow);
    this.#byRemote.set(keyOf(remote), flow);
    this.#watch(flow);
    return flow;
  }

  #watch(flow: Flow): void {
    this.#host.clock.timer(this.#limits.idleMs, () => {
      if (!this.#flows.has(flow)) {
        return;
      }
      if (!flow.active && !flow.isInUse) {
        this.#drop(flow);
        flow.end();
        return;
      }
      flow.active = false;
      this.#watch(flow);
    });
  }

  /** Makes room where all places are taken and one of them is idle. */
  #hasRoom(): boolean {
    if (this.#flows.size + this.#place.connectionsElsewhere() < this.#limits.connections) {
      return true;
    }
    for (const flow of this.#flows) {
      if (!flow.active && !flow.isInUse) {
        this.#drop(flow);
        flow.end();
        return true;
      }
    }
    this.#counters.refused++;
    return false;
  }

  #ended(flow: Flow): void {
    this.#drop(flow);
    flow.ended();
  }

  #drop(flow: Flow): void {
    this.#flows.delete(flow);
    const key = keyOf(flow.remote);
    if (this.#byRemote.get(key) === flow) {
      this.#byRemote.delete(key);
    }
  }

  #trace(direction: 'sent' | 'received', local: Endpoint, remote: Endpoint, bytes: Buffer): void {
    this.#host.trace.message({ protocol: 'sip', transport: 'tcp', direction, local, remote, bytes });
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
