import { isIP } from 'node:net';
import type { Clock } from './clock.js';
import { canonicalAddress } from './endpoint.js';
import { fateByChance, type DatagramFate, type DatagramFates, type Faults } from './faults.js';
import { MemoryHost } from './memory-host.js';
import type { Endpoint } from './net.js';
import type { Random } from './random.js';

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** What happens to datagrams on the way; TCP, which repairs losses, only takes the delay. None: all arrive, at once, in order. */
  readonly faults?: Faults | DatagramFates | undefined;
  /** Cuts TCP bytes into pieces of at most this size, so that framing is put to the test; 65536 if not given. */
  readonly maxSegmentBytes?: number | undefined;
  /** Free ports of one host are not those of another, as on one machine: a reader tells them apart. */
  readonly portsApart?: boolean | undefined;
}

/** Free ports that a host takes before another's come. */
const PORTS_OF_A_HOST = 199;

/**
 * A network in memory. Every delivery is a timer of the clock, also without a delay: asynchronous, in order, and with a
 * `VirtualClock` and a `seededRandom` the same every time.
 */
export class MemoryNetwork {
  readonly clock: Clock;
  readonly maxSegmentBytes: number;
  /** May be changed at any time. */
  faults: Faults | DatagramFates;
  readonly #portsApart: boolean;
  readonly #random: Random;
  readonly #hosts = new Map<string, MemoryHost>();
  readonly #canonical = new Map<string, string>();

  constructor(options: MemoryNetworkOptions) {
    const { clock, random, faults = {}, maxSegmentBytes = 65_536, portsApart = false } = options;
    this.clock = clock;
    this.#random = random;
    this.#portsApart = portsApart;
    this.faults = faults;
    this.maxSegmentBytes = Math.max(1, maxSegmentBytes);
  }

  /** A new host that has these IP addresses; each belongs to one host only. */
  host(...addresses: string[]): MemoryHost {
    const canonical = addresses.map((address) => this.canonical(address));
    const host = new MemoryHost(this, canonical, this.#portsApart ? this.#hosts.size * PORTS_OF_A_HOST : 0);
    for (const [index, address] of canonical.entries()) {
      if (isIP(address) === 0) throw new Error(`${addresses[index]} is not an IP address`);
      if (this.#hosts.has(address))
        throw new Error(`${address} already belongs to another host of this network`);
    }
    for (const address of canonical) this.#hosts.set(address, host);
    return host;
  }

  hostAt(address: string): MemoryHost | undefined {
    return this.#hosts.get(address) ?? this.#hosts.get(this.canonical(address));
  }

  fate(datagram: Buffer, from: Endpoint, to: Endpoint): DatagramFate {
    return typeof this.faults === 'function'
      ? this.faults(datagram, from, to)
      : fateByChance(this.faults, this.#random);
  }

  /** How long a TCP segment takes. */
  segmentDelayMs(): number {
    if (typeof this.faults === 'function' || this.faults.delayMs === undefined) return 0;
    const fate = fateByChance({ delayMs: this.faults.delayMs }, this.#random);
    return typeof fate === 'object' ? fate.delayMs : 0;
  }

  /** One spelling for an address: IPv6 has several. Anything that is no address stays as it is. */
  canonical(address: string): string {
    if (!address.includes(':')) return address;
    let canonical = this.#canonical.get(address);
    if (canonical === undefined) {
      canonical = canonicalAddress(address);
      if (this.#canonical.size < 10_000) this.#canonical.set(address, canonical);
    }
    return canonical;
  }
}
