import { isIP } from 'node:net';
import { prettyEndpoint } from './endpoint.js';
import type { MemoryNetwork } from './memory-network.js';
import { memoryConnect, type MemoryConnection, type MemoryListener } from './memory-tcp.js';
import { MemoryUdpSocket } from './memory-udp.js';
import type {
  Endpoint,
  Net,
  TcpConnection,
  TcpListener,
  TcpReceiver,
  UdpReceiver,
  UdpSocket,
} from './net.js';
import { netError } from './net-error.js';

const FIRST_EPHEMERAL_PORT = 49_152;
const EPHEMERAL_PORTS = 65_536 - FIRST_EPHEMERAL_PORT;
const WILDCARDS: Readonly<Record<string, 4 | 6>> = { '0.0.0.0': 4, '::': 6 };

type Receive = (connection: TcpConnection) => TcpReceiver;

/** One host of a `MemoryNetwork`: its addresses and what is bound to them. Ports of UDP and TCP are apart. */
export class MemoryHost implements Net {
  readonly network: MemoryNetwork;
  readonly #addresses: readonly string[];
  readonly #sockets = new Map<string, MemoryUdpSocket>();
  readonly #listeners = new Map<string, MemoryListener>();
  readonly #connectionPorts = new Set<number>();
  readonly #connections = new Set<MemoryConnection>();
  #lastPort: number;

  /** `portsFrom`: how far from the first ephemeral port its free ports begin. */
  constructor(network: MemoryNetwork, addresses: readonly string[], portsFrom: number) {
    this.network = network;
    this.#addresses = addresses;
    this.#lastPort = FIRST_EPHEMERAL_PORT + (portsFrom % EPHEMERAL_PORTS) - 1;
  }

  async udp(local: Endpoint, receiver: UdpReceiver): Promise<UdpSocket> {
    const bound = this.#bind(local, this.#sockets);
    const socket = new MemoryUdpSocket(this, bound, receiver, () => this.#sockets.delete(key(bound)));
    this.#sockets.set(key(bound), socket);
    return socket;
  }

  async listen(local: Endpoint, accept: Receive): Promise<TcpListener> {
    const bound = this.#bind(local, this.#listeners);
    const listener = { local: bound, accept, close: () => void this.#listeners.delete(key(bound)) };
    this.#listeners.set(key(bound), listener);
    return listener;
  }

  connect(remote: Endpoint, timeoutMs: number, receive: Receive): Promise<TcpConnection> {
    const source = this.sourceFor(remote.address);
    if (source === undefined || !(remote.port > 0 && remote.port <= 65_535)) {
      return Promise.reject(netError('EINVAL', `connect ${prettyEndpoint(remote)}`));
    }
    const local = { address: source, port: this.#freePort((port) => this.#connectionPorts.has(port)) };
    this.#connectionPorts.add(local.port);
    return memoryConnect(this, local, remote, timeoutMs, receive);
  }

  connectionEnded(port: number, connection?: MemoryConnection): void {
    this.#connectionPorts.delete(port);
    if (connection !== undefined) this.#connections.delete(connection);
  }

  connectionOpened(connection: MemoryConnection): void {
    this.#connections.add(connection);
  }

  connectionClosed(connection: MemoryConnection): void {
    this.#connections.delete(connection);
  }

  /**
   * What the operating system does when the process that has all sockets of this host is killed: UDP sockets and listeners are
   * gone, peers of connections get a FIN, and no receiver of this host is called any more. The host can be used again at once.
   */
  crash(): void {
    for (const socket of [...this.#sockets.values()]) socket.close();
    for (const connection of [...this.#connections]) connection.crash();
    this.#listeners.clear();
    this.#connections.clear();
    this.#connectionPorts.clear();
  }

  socketAt({ address, port }: Endpoint): MemoryUdpSocket | undefined {
    return at(this.#sockets, this.network.canonical(address), port);
  }

  listenerAt({ address, port }: Endpoint): MemoryListener | undefined {
    return at(this.#listeners, this.network.canonical(address), port);
  }

  /** The host's own address that it would send from; undefined if it has none of that family. */
  sourceFor(address: string): string | undefined {
    const canonical = this.network.canonical(address);
    if (this.#addresses.includes(canonical)) return canonical;
    const family = isIP(canonical);
    return family === 0 ? undefined : this.#addresses.find((own) => isIP(own) === family);
  }

  #bind(local: Endpoint, bound: ReadonlyMap<string, unknown>): Endpoint {
    const address = this.network.canonical(local.address);
    if (WILDCARDS[address] === undefined && !this.#addresses.includes(address)) {
      throw netError('EADDRNOTAVAIL', `bind ${prettyEndpoint(local)}`);
    }
    const taken = (port: number) => this.#isTaken(address, port, bound);
    const port = local.port === 0 ? this.#freePort(taken) : local.port;
    if (taken(port)) throw netError('EADDRINUSE', `bind ${prettyEndpoint(local)}`);
    return { address, port };
  }

  #isTaken(address: string, port: number, bound: ReadonlyMap<string, unknown>): boolean {
    const family = isIP(address);
    const wildcard = family === 6 ? '::' : '0.0.0.0';
    if (bound.has(key({ address, port })) || bound.has(key({ address: wildcard, port }))) return true;
    if (address !== wildcard) return false;
    return this.#addresses.some((own) => isIP(own) === family && bound.has(key({ address: own, port })));
  }

  #freePort(taken: (port: number) => boolean): number {
    for (let tried = 0; tried < EPHEMERAL_PORTS; tried++) {
      this.#lastPort = this.#lastPort >= 65_535 ? FIRST_EPHEMERAL_PORT : this.#lastPort + 1;
      if (!taken(this.#lastPort)) return this.#lastPort;
    }
    throw netError('EADDRINUSE', 'No free port');
  }
}

function key({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function at<T>(bound: ReadonlyMap<string, T>, address: string, port: number): T | undefined {
  return bound.get(`${address} ${port}`) ?? bound.get(`${address.includes(':') ? '::' : '0.0.0.0'} ${port}`);
}
