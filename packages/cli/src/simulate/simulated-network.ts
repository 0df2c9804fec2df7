import {
  type ElementCommand,
  type ElementKind,
  type ElementStart,
  type Listening,
  type Network,
  type RunningElement,
  UserError,
} from '@ims-sim/element';
import {
  type DatagramFates,
  type Endpoint,
  type Faults,
  type HttpRequest,
  type MemoryHost,
  MemoryNetwork,
  seededRandom,
  type VirtualClock,
} from '@ims-sim/host';
import { loadProvisioning, memoryStore, type SubscriberStore } from '@ims-sim/hss';
import { type Collector, localCollector } from '@ims-sim/trace';
import type { StartElement } from '../load-element.js';
import type { Addresses } from './addresses.js';
import { keptByHss } from './kept-by-hss.js';
import type { Code } from './load-code.js';
import { SimulatedProcess } from './simulated-process.js';

const SIP_PORT = 5060;
const DIAMETER_PORT = 3868;
const DNS_PORT = 53;
/** A scenario's trace, with days of subscriptions that are refreshed. */
const MAX_RECORDS = 1_000_000;

export interface SimulatedNetworkOptions {
  readonly network: Network;
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly faults?: Faults | DatagramFates | undefined;
  /** Elements that are not there, by host name: nobody is, or an actor stands in their place. */
  readonly absent: ReadonlySet<string>;
  readonly addresses: Addresses;
}

interface Place {
  readonly start: StartElement;
  readonly machine: MemoryHost;
  readonly settings: Network;
  readonly hssStore: (() => SubscriberStore) | undefined;
  process: SimulatedProcess;
  /** Undefined while it is killed. */
  running: RunningElement | undefined;
  /** How often it has been started. */
  starts: number;
  /** The last one, which it is told again when it has started again. */
  faults: ElementCommand | undefined;
}

/** Numbers of entries, by element and table. */
export type Tables = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** All elements of a network in this process, on a network in memory and a clock that others move. */
export class SimulatedNetwork {
  readonly listening: Record<string, Listening> = {};
  readonly dns: Endpoint;
  readonly collector: Collector;
  readonly memory: MemoryNetwork;
  readonly #options: SimulatedNetworkOptions;
  readonly #network: Network;
  readonly #places = new Map<string, Place>();
  /** How often an element was killed. */
  kills = 0;

  constructor(options: SimulatedNetworkOptions) {
    const { network, seed, clock, addresses } = options;
    this.#options = options;
    this.#network = unplaced(network);
    const random = seededRandom(`${seed} network`);
    this.memory = new MemoryNetwork({ clock, random, faults: options.faults, portsApart: true });
    this.collector = localCollector({
      clock,
      names: ({ address }) => addresses.nameAt(address),
      maxRecords: MAX_RECORDS,
    });
    this.dns = { address: addresses.of(network.dns.name), port: DNS_PORT };
  }

  /** Names of the elements that are started here, killed ones among them. */
  get names(): readonly string[] {
    return [...this.#places.keys()];
  }

  /** Starts all elements and resolves once each is ready: somebody must move the clock. Their code is loaded before (`loadCode`). */
  async bringUp(code: Code): Promise<void> {
    const { network, absent, addresses } = this.#options;
    const { dns, elements } = network;
    await this.#begin(this.#place(dns.name, 'dns', code), dns.name);
    for (const { name, kind } of elements) {
      if (absent.has(name)) {
        this.machineOf(name);
        const at = { address: addresses.of(name), port: kind === 'hss' ? DIAMETER_PORT : SIP_PORT };
        this.listening[name] = kind === 'hss' ? { diameter: at } : { sip: at };
      } else {
        await this.#begin(this.#place(name, kind, code), name);
      }
    }
    this.tellAll();
    await Promise.all([...this.#places.values()].map(({ running }) => running?.ready()));
  }

  /** A machine of the network, for an element or an actor; the same one for the same name. */
  machineOf(name: string): MemoryHost {
    const address = this.#options.addresses.of(name);
    return this.memory.hostAt(address) ?? this.memory.host(address);
  }

  /** Tells every element where the others listen. */
  tellAll(): void {
    for (const { running } of this.#places.values()) {
      running?.update?.(this.#network, { ...this.listening });
    }
  }

  async command(name: string, command: ElementCommand): Promise<string | undefined> {
    const place = this.#known(name);
    const { running } = place;
    if (command.kind === 'faults') {
      place.faults = command;
      return running?.command?.(command); // one that is down is told once it is up
    }
    return running?.command === undefined ? `${name} is not up` : running.command(command);
  }

  /** An HTTP request to an HSS. Rejects where it is not up, or is none. */
  async ask(name: string, request: HttpRequest): Promise<Response> {
    const release = this.#options.clock.hold(); // the code comes from a disk
    await loadProvisioning().finally(release);
    const { running } = this.#known(name);
    if (running?.ask === undefined) {
      throw new Error(running === undefined ? 'it is not up' : 'it is no HSS');
    }
    return running.ask(request);
  }

  isUp(name: string): boolean {
    return this.#known(name).running !== undefined;
  }

  /** Killed, and not being started again. */
  isDown(name: string): boolean {
    const { running, process } = this.#known(name);
    return running === undefined && process.isKilled;
  }

  /** `kill -9`: its sockets and its memory are gone, without a word. */
  kill(name: string): void {
    const place = this.#known(name);
    this.kills++;
    place.running = undefined;
    place.process.kill();
  }

  /** Starts a killed element again at its place, with what an HSS had on disk; resolves once it is ready. */
  async restart(name: string): Promise<void> {
    const place = this.#known(name);
    if (!this.isDown(name)) {
      throw new UserError(`restart: ${name} was not killed`);
    }
    place.process = this.#process(name, place);
    const running = await this.#begin(place, name);
    running.update?.(this.#network, { ...this.listening });
    await running.ready();
  }

  tables(): Tables {
    return new Map(
      [...this.#places].map(([name, { running, process, hssStore }]) => [
        name,
        { ...running?.tables?.(), ...keptByHss(hssStore), timers: process.pendingTimers },
      ]),
    );
  }

  /** Ends everything at once. */
  stop(): void {
    for (const { process } of this.#places.values()) {
      process.kill();
    }
    this.collector.close();
  }

  #known(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) {
      throw new UserError(`no element ${name} was started here`);
    }
    return place;
  }

  #place(name: string, kind: ElementKind | 'dns', code: Code): Place {
    const start = code.get(kind);
    if (start === undefined) {
      throw new Error(`the code of a ${kind} was not loaded`);
    }
    const store = kind === 'hss' ? memoryStore() : undefined;
    const partial = {
      start,
      machine: this.machineOf(name),
      settings: this.#placed(name),
      hssStore: store && (() => store),
      running: undefined,
      starts: 0,
      faults: undefined,
    };
    const place: Place = { ...partial, process: this.#process(name, partial) };
    this.#places.set(name, place);
    return place;
  }

  #process(name: string, place: Omit<Place, 'process'>): SimulatedProcess {
    const { seed, clock } = this.#options;
    const { machine, hssStore, starts } = place;
    const random = seededRandom(`${seed} ${name} ${starts}`);
    const trace = this.collector.trace(name);
    return new SimulatedProcess({ machine, clock, random, trace, hssStore });
  }

  async #begin(place: Place, name: string): Promise<RunningElement> {
    const start: ElementStart = {
      name,
      network: place.settings,
      dns: this.dns,
      stateFolder: '',
      waitsForOthers: true,
      logLevel: 'silent',
      provisioning: false,
    };
    place.starts++;
    const running = await place.start(start, place.process);
    place.running = running;
    if (place.faults !== undefined) {
      await running.command?.(place.faults);
    }
    this.listening[name] = running.listening;
    return running;
  }

  /** The network as an element is told of it that is to listen at its machine's address, at its protocol's own port. */
  #placed(name: string): Network {
    const { dns, elements } = this.#network;
    const address = this.#options.addresses.of(name);
    return {
      ...this.#network,
      dns: dns.name === name ? { ...dns, listen: { address, port: DNS_PORT } } : dns,
      elements: elements.map((element) =>
        element.name === name
          ? { ...element, listen: { address, port: element.kind === 'hss' ? DIAMETER_PORT : SIP_PORT } }
          : element,
      ),
    };
  }
}

/** The network without the addresses of the real one. */
function unplaced(network: Network): Network {
  return {
    ...network,
    dns: { ...network.dns, listen: undefined },
    elements: network.elements.map((element) => ({
      ...element,
      listen: undefined,
      addresses: [],
      provisioning: undefined,
    })),
  };
}
