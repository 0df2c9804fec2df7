import { prettyEndpoint, type Endpoint, type Host } from '@ims-sim/host';
import { bindBoth } from './bind-both.js';
import { TCP_LIMITS, TcpTransport, type TcpUser } from './tcp.js';
import type { TransportCounters } from './types.js';
import { UdpTransport, type UdpUser } from './udp.js';

/** UDP and TCP at one address and port. */
export interface SocketPair {
  readonly listening: Endpoint;
  /** What the Via of requests that leave from it has. */
  readonly sentBy: string;
  readonly udp: UdpTransport;
  readonly tcp: TcpTransport;
}

export interface SocketsOptions {
  readonly host: Host;
  readonly user: UdpUser & TcpUser;
  readonly counters: TransportCounters;
  /** TCP connections of all of them together, at most. */
  readonly connections: number;
  /** As `StackOptions.sentBy`. */
  readonly sentBy: string | undefined;
}

/** The sockets of one stack: the first, which most elements have alone, and further ones (`StackOptions.further`). */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #further: SocketPair[] = [];
  #first: SocketPair;

  constructor(listen: Endpoint, options: SocketsOptions) {
    this.#options = options;
    this.#first = { listening: listen, sentBy: options.sentBy ?? '', ...this.#transports(false) };
  }

  get first(): SocketPair {
    return this.#first;
  }

  get further(): readonly SocketPair[] {
    return this.#further;
  }

  /** Binds all of them. Rejects with the operating system's code, and leaves none bound then. */
  async listen(first: Endpoint, further: readonly Endpoint[]): Promise<void> {
    const { sentBy } = this.#options;
    const { udp, tcp } = this.#first;
    const listening = await bindBoth(first, udp, tcp);
    this.#first = { listening, sentBy: sentBy ?? prettyEndpoint(listening), udp, tcp };
    try {
      for (const one of further) {
        const transports = this.#transports(true);
        const bound = await bindBoth(one, transports.udp, transports.tcp);
        this.#further.push({ listening: bound, sentBy: sentByAt(sentBy, bound), ...transports });
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The pair that listens at `from`; the first, where there is none or it is not given. */
  at(from: Endpoint | undefined): SocketPair {
    if (from === undefined || this.#further.length === 0) {
      return this.#first;
    }
    // One that listens at every address has the connection's own here, so the port alone tells it then.
    return (
      this.#find(({ address, port }) => port === from.port && address === from.address) ??
      this.#find(({ address, port }) => port === from.port && isWildcard(address)) ??
      this.#first
    );
  }

  close(): void {
    for (const { udp, tcp } of [this.#first, ...this.#further]) {
      tcp.close();
      udp.close();
    }
  }

  #find(is: (listening: Endpoint) => boolean): SocketPair | undefined {
    return is(this.#first.listening) ? this.#first : this.#further.find(({ listening }) => is(listening));
  }

  #transports(isFurther: boolean): Pick<SocketPair, 'udp' | 'tcp'> {
    const { host, user, counters, connections } = this.#options;
    const udp = new UdpTransport(host, user, counters);
    const tcp: TcpTransport = new TcpTransport(
      host,
      user,
      counters,
      { ...TCP_LIMITS, connections },
      { isFurther, connectionsElsewhere: () => this.#connectionsBut(tcp) },
    );
    return { udp, tcp };
  }

  #connectionsBut(tcp: TcpTransport): number {
    let others = this.#first.tcp === tcp ? 0 : this.#first.tcp.connections;
    for (const pair of this.#further) {
      others += pair.tcp === tcp ? 0 : pair.tcp.connections;
    }
    return others;
  }
}

/** Whether a socket at this address takes what comes to any of the machine: nothing that a peer could be told. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** The element's name, with the port without which a peer would answer, or come back, to the first socket. */
function sentByAt(sentBy: string | undefined, listening: Endpoint): string {
  if (sentBy === undefined) {
    return prettyEndpoint(listening);
  }
  return `${sentBy.replace(/:\d+$/, '')}:${listening.port}`;
}
