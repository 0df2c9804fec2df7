import { prettyEndpoint } from './endpoint.js';
import type { MemoryHost } from './memory-host.js';
import type { Endpoint, UdpReceiver, UdpSocket } from './net.js';
import { netError } from './net-error.js';

/** What an IPv4 datagram can carry: 65,535 less the headers of IP and UDP. */
const MAX_DATAGRAM_BYTES = 65_507;

/** A UDP socket of a `MemoryHost`. A datagram that nobody listens for is lost, as on an unconnected socket. */
export class MemoryUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  readonly #host: MemoryHost;
  readonly #receiver: UdpReceiver;
  readonly #unbind: () => void;
  #closed = false;
  /** When the last datagram of this socket that keeps its place arrives. */
  #lastArrivalMs = 0;

  constructor(host: MemoryHost, local: Endpoint, receiver: UdpReceiver, unbind: () => void) {
    this.local = local;
    this.#host = host;
    this.#receiver = receiver;
    this.#unbind = unbind;
  }

  send(datagram: Uint8Array, to: Endpoint): void {
    if (this.#closed) return;
    const source = this.#host.sourceFor(to.address);
    const sameFamily = to.address.includes(':') === this.local.address.includes(':');
    if (source === undefined || !sameFamily || !(to.port > 0 && to.port <= 65_535)) {
      this.#fail('EINVAL', to);
    } else if (datagram.length > MAX_DATAGRAM_BYTES) {
      this.#fail('EMSGSIZE', to);
    } else {
      const isWildcard = this.local.address === '::' || this.local.address === '0.0.0.0';
      const from = { address: isWildcard ? source : this.local.address, port: this.local.port };
      this.#transmit(Buffer.from(datagram), from, { address: to.address, port: to.port });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unbind();
  }

  deliver(datagram: Buffer, from: Endpoint): void {
    if (!this.#closed) this.#receiver.onDatagram(datagram, from);
  }

  #transmit(datagram: Buffer, from: Endpoint, to: Endpoint): void {
    const fate = this.#host.network.fate(datagram, from, to);
    if (fate === 'drop') return;
    const { delayMs, duplicate, overtakable } =
      typeof fate === 'object' ? fate : { delayMs: 0, duplicate: fate === 'duplicate', overtakable: false };
    this.#arriveIn(this.#inOrder(delayMs, overtakable === true), datagram, from, to);
    if (duplicate === true) {
      this.#arriveIn(this.#inOrder(delayMs, overtakable === true), Buffer.from(datagram), from, to);
    }
  }

  #inOrder(delayMs: number, overtakable: boolean): number {
    if (overtakable) return delayMs;
    const nowMs = this.#host.network.clock.now();
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, nowMs + delayMs);
    return this.#lastArrivalMs - nowMs;
  }

  #arriveIn(delayMs: number, datagram: Buffer, from: Endpoint, to: Endpoint): void {
    const { network } = this.#host;
    network.clock.timer(delayMs, () => network.hostAt(to.address)?.socketAt(to)?.deliver(datagram, from));
  }

  #fail(code: string, to: Endpoint): void {
    this.#host.network.clock.timer(0, () => {
      if (!this.#closed) this.#receiver.onError?.(netError(code, `send ${prettyEndpoint(to)}`), to);
    });
  }
}
