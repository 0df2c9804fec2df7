import type { Endpoint, Host, UdpSocket } from '@ims-sim/host';
import { LIMITS } from '../message/parse.js';
import type { Source, TransportCounters } from './types.js';

export interface UdpUser {
  onText(text: string, source: Source): void;
  /** Datagrams to `to` do not get there. */
  onUnreachable(to: Endpoint): void;
}

/** What a datagram over IPv4 holds; over IPv6 it is 20 more, which is as good as the same. */
export const MAX_DATAGRAM_BYTES = 65_507;

const SOURCES_KEPT = 256;

/** The machine is busy: as good as lost on the way, and to be sent again by a timer. */
const PASSING = new Set(['ENOBUFS', 'EAGAIN', 'ENOMEM', 'EINTR']);

/** SIP over UDP: one socket, from which everything is sent (RFC 3581: symmetric), one message a datagram. */
export class UdpTransport {
  readonly #host: Host;
  readonly #user: UdpUser;
  readonly #counters: TransportCounters;
  readonly #sources: (Source | undefined)[] = new Array<Source | undefined>(SOURCES_KEPT).fill(undefined);
  #socket: UdpSocket | undefined;

  constructor(host: Host, user: UdpUser, counters: TransportCounters) {
    this.#host = host;
    this.#user = user;
    this.#counters = counters;
  }

  async listen(local: Endpoint): Promise<Endpoint> {
    this.#socket = await this.#host.net.udp(local, {
      onDatagram: (datagram, from) => {
        this.#receive(datagram, from);
      },
      onError: (error, to) => {
        this.#failed(error, to);
      },
    });
    return this.#socket.local;
  }

  /** False: it is longer than a datagram can be, and not sent. What else goes wrong comes by `onUnreachable`. */
  send(bytes: Buffer, to: Endpoint): boolean {
    if (this.#socket === undefined) {
      return true;
    }
    if (bytes.length > MAX_DATAGRAM_BYTES) {
      this.#counters.sendErrors++;
      return false;
    }
    this.#counters.sent++;
    if (this.#host.trace.enabled) {
      this.#trace('sent', to, bytes);
    }
    this.#socket.send(bytes, to);
    return true;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #receive(datagram: Buffer, from: Endpoint): void {
    const local = this.#socket?.local;
    if (local === undefined) {
      return;
    }
    if (datagram.length > LIMITS.messageBytes || isKeepAlive(datagram)) {
      return;
    }
    if (this.#host.trace.enabled) {
      this.#trace('received', from, datagram);
    }
    this.#user.onText(datagram.toString('latin1'), this.#sourceOf(from, local));
  }

  /** The same object for the same peer, mostly: an element has few, and responses that are kept keep where they went. */
  #sourceOf(from: Endpoint, local: Endpoint): Source {
    const place = from.port % SOURCES_KEPT;
    const kept = this.#sources[place];
    if (kept !== undefined && kept.remote.port === from.port && kept.remote.address === from.address) {
      return kept;
    }
    const source: Source = { transport: 'UDP', remote: from, local };
    this.#sources[place] = source;
    return source;
  }

  #failed(error: Error & { readonly code?: unknown }, to: Endpoint | undefined): void {
    this.#counters.sendErrors++;
    if (to === undefined || PASSING.has(String(error.code))) {
      return;
    }
    this.#host.log.debug('UDP send failed', { ...to, error: error.message });
    this.#user.onUnreachable(to);
  }

  #trace(direction: 'sent' | 'received', remote: Endpoint, bytes: Buffer): void {
    const local = this.#socket?.local ?? remote;
    this.#host.trace.message({ protocol: 'sip', transport: 'udp', direction, local, remote, bytes });
  }
}

/** Empty lines, or a lone zero: what phones send to keep a NAT's binding (RFC 5626 has STUN for it, few do). */
function isKeepAlive(datagram: Buffer): boolean {
  if (datagram.length > 4) {
    return false;
  }
  return datagram.every((byte) => byte === 13 || byte === 10 || byte === 0);
}
