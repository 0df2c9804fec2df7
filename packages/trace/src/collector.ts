import type {
  Clock,
  Endpoint,
  Net,
  TcpConnection,
  TcpListener,
  TcpReceiver,
  Trace,
  UdpSocket,
} from '@ims-sim/host';
import { hepFramer } from './hep-framer.js';
import { decodeHep } from './hep.js';
import { recordStore, type RecordStore } from './record-store.js';
import { canonicalEndpoint, reportOf } from './report.js';
import type { TraceRecord } from './record.js';

export interface CollectorOptions {
  readonly clock: Clock;
  /** The name of the element that has this endpoint, for the end of a message that did not report it itself. */
  readonly names: (endpoint: Endpoint, transport: 'udp' | 'tcp') => string | undefined;
  /**
   * Once for each record: a message when both ends have reported it, or `mergeWindowMs` after its first report; a decision
   * at once. Its `id` is the place in this order; `records()` numbers again, by time.
   */
  readonly onRecord?: (record: TraceRecord) => void;
  /** How far apart a sender's and a receiver's time of one message may be; 2,000 unless told. */
  readonly mergeWindowMs?: number;
  /** What is kept; records past it are dropped and counted. 200,000 and 256 MiB unless told. */
  readonly maxRecords?: number;
  readonly maxBytes?: number;
}

export interface Collector {
  /** All records by time, numbered from 1. An end without a name is its `address:port`. */
  records(): TraceRecord[];
  /** Begins anew: what came so far is no part of `records()` any more. */
  forget(): void;
  /** A trace for what runs in the collector's own process, without HEP. */
  trace(name: string): Trace;
  /** Resolves when nothing has come for `quietMs`, after `limitMs` (5,000 unless told) at the latest. */
  settle(quietMs: number, limitMs?: number): Promise<void>;
  /** Reports that have come so far. */
  readonly arrived: number;
  /** Records dropped over the bounds, and reports that were not HEP or not ours. */
  readonly dropped: number;
  readonly rejected: number;
  close(): void;
}

export interface HepCollector extends Collector {
  /** Where it listens. */
  readonly local: Endpoint;
}

export interface HepCollectorOptions extends CollectorOptions {
  readonly net: Net;
  readonly listen: Endpoint;
  /** Elements at a time; 256 unless told. One more is closed at once. */
  readonly maxConnections?: number;
  /** Takes HEP over UDP at the same endpoint too: Kamailio, OpenSIPS and sngrep send it so. Not unless told. */
  readonly udp?: boolean;
}

/** Takes HEP v3 over TCP, and UDP where told, from any number of elements. Rejects where `listen` cannot be bound, with the code of `Net`. */
export async function startCollector(options: HepCollectorOptions): Promise<HepCollector> {
  const { net, listen, maxConnections = 256, udp = false } = options;
  const store = recordStore(options);
  const connections = new Set<TcpConnection>();
  let count = 0;
  const accept = (connection: TcpConnection): TcpReceiver => {
    if (connections.size >= maxConnections) {
      store.rejected += 1;
      connection.destroy();
      return { onData: () => undefined, onClose: () => undefined };
    }
    connections.add(connection);
    count += 1;
    return receiver(store, connection, `connection ${count}`, () => connections.delete(connection));
  };
  const listener = await net.listen(listen, accept);
  const socket = udp ? await datagrams(net, listener, store) : undefined;
  return collector(options.clock, store, listener.local, () => {
    listener.close();
    socket?.close();
    for (const connection of connections) {
      connection.destroy();
    }
  });
}

/** A collector without a socket, for a network that runs in this process alone. */
export function localCollector(options: CollectorOptions): Collector {
  return collector(options.clock, recordStore(options), { address: '', port: 0 }, () => undefined);
}

/** One HEP packet a datagram, at the endpoint that `listener` has. */
async function datagrams(net: Net, listener: TcpListener, store: RecordStore): Promise<UdpSocket> {
  try {
    return await net.udp(listener.local, {
      onDatagram: (bytes, { address, port }) => {
        take(store, bytes, `${address} port ${port}`);
      },
    });
  } catch (error) {
    listener.close();
    throw error;
  }
}

function receiver(
  store: RecordStore,
  connection: TcpConnection,
  reporter: string,
  onGone: () => void,
): TcpReceiver {
  const framer = hepFramer((bytes) => {
    take(store, bytes, reporter);
  });
  return {
    onData(bytes) {
      if (!framer.push(bytes)) {
        store.rejected += 1;
        connection.destroy();
      }
    },
    onClose: onGone,
  };
}

function take(store: RecordStore, bytes: Buffer, reporter: string): void {
  const decoded = decodeHep(bytes);
  const report = decoded.kind === 'packet' ? reportOf(decoded.packet, reporter) : undefined;
  if (report === undefined) {
    store.rejected += 1;
  } else {
    store.add(report);
  }
}

function collector(clock: Clock, store: RecordStore, local: Endpoint, close: () => void): HepCollector {
  return {
    local,
    records: () => store.records(),
    forget: () => {
      store.forget();
    },
    trace: (name) => localTrace(clock, store, name),
    settle: (quietMs, limitMs = 5000) => settle(clock, store, quietMs, limitMs),
    get arrived() {
      return store.arrived;
    },
    get dropped() {
      return store.dropped;
    },
    get rejected() {
      return store.rejected;
    },
    close() {
      store.announceAll();
      close();
    },
  };
}

function localTrace(clock: Clock, store: RecordStore, name: string): Trace {
  const atUs = (): number => Math.round(clock.now() * 1000);
  return {
    enabled: true,
    message(message) {
      const sent = message.direction === 'sent';
      store.add({
        atUs: atUs(),
        direction: message.direction,
        reporter: name,
        node: name,
        protocol: message.protocol,
        transport: message.transport,
        source: canonicalEndpoint(sent ? message.local : message.remote),
        destination: canonicalEndpoint(sent ? message.remote : message.local),
        bytes: Buffer.from(message.bytes),
      });
    },
    decision(decision) {
      store.add({ kind: 'decision', atUs: atUs(), element: name, ...decision });
    },
  };
}

function settle(clock: Clock, store: RecordStore, quietMs: number, limitMs: number): Promise<void> {
  const startMs = clock.now();
  return new Promise((resolve) => {
    const wait = (): void => {
      const nowMs = clock.now();
      const quietAtMs = Math.max(startMs, store.lastArrivalMs) + quietMs;
      const untilMs = Math.min(quietAtMs, startMs + limitMs);
      if (nowMs >= untilMs) {
        store.announceAll();
        resolve();
      } else {
        clock.timer(untilMs - nowMs, wait);
      }
    };
    wait();
  });
}
