import { prettyEndpoint } from './endpoint.js';
import type { MemoryHost } from './memory-host.js';
import type { MemoryNetwork } from './memory-network.js';
import type { Endpoint, TcpConnection, TcpListener, TcpReceiver } from './net.js';
import { netError } from './net-error.js';

type Receive = (connection: TcpConnection) => TcpReceiver;

export interface MemoryListener extends TcpListener {
  accept: Receive;
}

/**
 * `Net.connect` in memory: ECONNREFUSED where the host has no listener at that port, ETIMEDOUT after `timeoutMs` where no host
 * has the address.
 */
export function memoryConnect(
  host: MemoryHost,
  local: Endpoint,
  remote: Endpoint,
  timeoutMs: number,
  receive: Receive,
): Promise<TcpConnection> {
  const { network } = host;
  return new Promise((resolve, reject) => {
    const fail = (code: string) => {
      host.connectionEnded(local.port);
      reject(netError(code, `connect ${prettyEndpoint(remote)}`));
    };
    const wayMs = network.segmentDelayMs();
    if (network.hostAt(remote.address) === undefined || wayMs > timeoutMs) {
      network.clock.timer(timeoutMs, () => fail('ETIMEDOUT'));
      return;
    }
    network.clock.timer(wayMs, () => {
      const farHost = network.hostAt(remote.address);
      const listener = farHost?.listenerAt(remote);
      if (listener === undefined) {
        fail('ECONNREFUSED');
        return;
      }
      const near = new MemoryConnection(network, local, { address: remote.address, port: remote.port });
      const far = new MemoryConnection(network, near.remote, near.local);
      near.peer = far;
      far.peer = near;
      near.ended = () => host.connectionEnded(local.port, near);
      far.ended = () => farHost?.connectionClosed(far);
      host.connectionOpened(near);
      farHost?.connectionOpened(far);
      far.receiver = listener.accept(far);
      near.receiver = receive(near);
      resolve(near);
    });
  });
}

/** One end of a connection. What it writes arrives at its peer through the clock, in order; so does its FIN, behind it. */
export class MemoryConnection implements TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  peer: MemoryConnection | undefined;
  receiver: TcpReceiver | undefined;
  ended: () => void = () => undefined;
  bufferedBytes = 0;
  readonly #network: MemoryNetwork;
  /** `ending`: its FIN is sent, the peer's has not come. */
  #state: 'open' | 'ending' | 'closed' = 'open';
  #destroyed = false;
  #lastArrivalMs = 0;

  constructor(network: MemoryNetwork, local: Endpoint, remote: Endpoint) {
    this.#network = network;
    this.local = local;
    this.remote = remote;
  }

  write(bytes: Uint8Array): void {
    if (this.#state !== 'open') return;
    const { maxSegmentBytes } = this.#network;
    for (let start = 0; start < bytes.length; start += maxSegmentBytes) {
      this.#transmit(Buffer.from(bytes.subarray(start, start + maxSegmentBytes)));
    }
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#inOrder(() => this.peer?.finArrived());
  }

  destroy(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#destroyed = true;
    this.bufferedBytes = 0;
    this.#inOrder(() => this.peer?.finArrived());
    this.#network.clock.timer(0, () => this.#close());
  }

  /** The process is gone: the kernel takes leave of the peer, and nobody here hears of it. */
  crash(): void {
    this.receiver = undefined;
    this.destroy();
  }

  /** Node answers a FIN with its own (`allowHalfOpen` is off), behind what was written. */
  finArrived(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#inOrder(() => this.peer?.finArrived());
    this.#state = 'closed';
    this.#close();
  }

  #close(): void {
    this.ended();
    this.receiver?.onClose();
  }

  #transmit(segment: Buffer): void {
    this.bufferedBytes += segment.length;
    this.#inOrder(() => {
      if (this.#destroyed) return;
      this.bufferedBytes -= segment.length;
      if (this.peer !== undefined && this.peer.#state !== 'closed') this.peer.receiver?.onData(segment);
    });
  }

  #inOrder(arrive: () => void): void {
    const nowMs = this.#network.clock.now();
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, nowMs + this.#network.segmentDelayMs());
    this.#network.clock.timer(this.#lastArrivalMs - nowMs, arrive);
  }
}
