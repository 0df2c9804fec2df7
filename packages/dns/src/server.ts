import type { Endpoint, Host, TcpConnection, TcpListener, TcpReceiver, UdpSocket } from '@ims-sim/host';
import { framed, Deframer } from './framing.js';
import { respond } from './message.js';
import { canonicalName } from './name.js';
import { indexZones, type Zone, type ZoneRecord } from './zone.js';

export interface DnsServerOptions {
  readonly host: Host;
  /** One endpoint for UDP and TCP (port 0: one that is free for both), or one each. */
  readonly listen: Endpoint | { readonly udp: Endpoint; readonly tcp: Endpoint };
  readonly zones: readonly Zone[];
}

export interface DnsServer {
  /** Where it answers over UDP, and over TCP too unless `listen` said otherwise. */
  readonly listening: Endpoint;
  readonly listeningTcp: Endpoint;
  /**
   * Puts these zones in the place of those with the same origin; others stay, new ones are added. Throws as
   * `indexZones`.
   */
  update(zones: readonly Zone[]): void;
  close(): void;
}

const MAX_CONNECTIONS = 64;
/** RFC 7766 6.2.3: seconds, and less under load. */
const IDLE_MS = 10_000;
/** A client that asks and does not read is let go. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const FREE_PORT_ATTEMPTS = 20;

/**
 * An authoritative DNS server for `zones` on UDP and TCP (RFC 1034, 1035, 7766, 6891): answers without recursion, in
 * the order of the questions. At most 64 connections, each closed after 10 s without a question. Rejects with the
 * code of the operating system where it cannot listen.
 */
export async function startDnsServer({ host, listen, zones }: DnsServerOptions): Promise<DnsServer> {
  let current = new Map(indexZones(zones));
  const answer = (
    query: Buffer,
    transport: 'udp' | 'tcp',
    local: Endpoint,
    remote: Endpoint,
  ): Buffer | undefined => {
    if (host.trace.enabled) {
      host.trace.message({ protocol: 'dns', transport, direction: 'received', local, remote, bytes: query });
    }
    const response = respond(current, query, transport);
    if (response !== undefined && host.trace.enabled) {
      host.trace.message({ protocol: 'dns', transport, direction: 'sent', local, remote, bytes: response });
    }
    return response;
  };
  const connections = new Set<TcpConnection>();
  const { udp, tcp } = await bind(host, listen, {
    datagram(query, from, socket) {
      const response = answer(query, 'udp', socket.local, from);
      if (response !== undefined) socket.send(response, from);
    },
    accept: (connection) =>
      serve(host, connection, connections, (query) =>
        answer(query, 'tcp', connection.local, connection.remote),
      ),
  });
  return {
    listening: udp.local,
    listeningTcp: tcp.local,
    update(changed) {
      const next = new Map(current);
      for (const zone of changed) {
        const known = current.get(canonicalName(zone.origin));
        for (const [origin, index] of indexZones([after(zone, known?.soa.serial)])) next.set(origin, index);
      }
      current = next;
    },
    close() {
      udp.close();
      tcp.close();
      for (const connection of connections) connection.destroy();
    },
  };
}

/** RFC 1982: a zone that changed has a higher serial than before. */
function after(zone: Zone, serial: number | undefined): Zone {
  if (serial === undefined) return zone;
  const renumbered = (record: ZoneRecord): ZoneRecord =>
    record.type === 'SOA' && record.serial <= serial ? { ...record, serial: (serial + 1) >>> 0 } : record;
  return { ...zone, records: zone.records.map(renumbered) };
}

interface Service {
  datagram(query: Buffer, from: Endpoint, socket: UdpSocket): void;
  accept(connection: TcpConnection): TcpReceiver;
}

async function bind(
  host: Host,
  listen: DnsServerOptions['listen'],
  service: Service,
): Promise<{ udp: UdpSocket; tcp: TcpListener }> {
  const [udpAt, tcpAt] = 'udp' in listen ? [listen.udp, listen.tcp] : [listen, undefined];
  for (let attempt = 1; ; attempt++) {
    const udp: UdpSocket = await host.net.udp(udpAt, {
      onDatagram: (query, from) => service.datagram(query, from, udp),
    });
    try {
      const tcp = await host.net.listen(
        tcpAt ?? { address: udpAt.address, port: udp.local.port },
        service.accept,
      );
      return { udp, tcp };
    } catch (error) {
      udp.close();
      // A port that was free for UDP may be somebody's for TCP.
      const another =
        tcpAt === undefined && udpAt.port === 0 && (error as { code?: string }).code === 'EADDRINUSE';
      if (!another || attempt === FREE_PORT_ATTEMPTS) throw error;
    }
  }
}

function serve(
  { clock }: Host,
  connection: TcpConnection,
  connections: Set<TcpConnection>,
  answer: (query: Buffer) => Buffer | undefined,
): TcpReceiver {
  if (connections.size >= MAX_CONNECTIONS) {
    connection.destroy();
    return { onData: () => undefined, onClose: () => undefined };
  }
  connections.add(connection);
  const deframer = new Deframer();
  const idle = () => clock.timer(IDLE_MS, () => connection.destroy());
  let idleTimer = idle();
  return {
    onData(bytes) {
      for (const query of deframer.push(bytes)) {
        // Only a whole question counts: one that trickles in byte by byte holds no connection.
        idleTimer.cancel();
        idleTimer = idle();
        const response = answer(query);
        if (response === undefined || connection.bufferedBytes > MAX_BUFFERED_BYTES) {
          connection.destroy();
          return;
        }
        connection.write(framed(response));
      }
    },
    onClose() {
      idleTimer.cancel();
      connections.delete(connection);
    },
  };
}
