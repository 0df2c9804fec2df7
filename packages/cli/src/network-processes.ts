import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ElementCommand,
  type ElementStart,
  type Listening,
  type ListeningByName,
  type Network,
  UserError,
} from '@ims-sim/element';
import type { Endpoint } from '@ims-sim/host';
import { type ChildElement, type Crash, forkElement } from './child-element.js';
import { counted } from './run/text.js';
import { START_WITHIN_S } from './start-within.js';

/** What a network without authentication says at its start. */
export const NOBODY_AUTHENTICATED = 'auth: none: nobody is authenticated, every REGISTER is believed';

export interface ProcessOptions {
  readonly collector?: Endpoint | undefined;
  readonly logLevel: string;
  /** Whether every HSS offers its provisioning interface. */
  readonly provisioning: boolean;
  /** Seconds in which a start (or a restart) must get on by an element, or it is given up. */
  readonly startWithinS?: number | undefined;
  /** Stops what has started so far; the start then rejects. */
  readonly abort: AbortSignal;
  /** Asked as each element comes up, for a reader who waits. */
  onProgress(text: string): void;
  /** A line that an element logged. */
  onLine(name: string, line: string): void;
  /** An element ended on its own, whichever it is by now; `crashed` tells of the first only. */
  onCrash?(crash: Crash): void;
}

/** A network that runs, a process an element. */
export interface NetworkProcesses {
  /** As they are now: a restart gives an element another. */
  readonly pids: ReadonlyMap<string, number>;
  readonly listening: ListeningByName;
  readonly dns: Endpoint;
  /** Resolves when an element ends on its own. */
  readonly crashed: Promise<Crash>;
  /** An operator's word to an element; gives why it could not be done. Rejects where there is no such element. */
  command(name: string, command: ElementCommand): Promise<string | undefined>;
  /** Resolves once each process has dealt with all that had come to it before, and has told the trace. */
  turn(): Promise<void>;
  /** `kill -9`. */
  kill(name: string): Promise<void>;
  /** Starts a killed element again, at its place and with what it had kept on disk; resolves once it is ready. */
  restart(name: string): Promise<void>;
  /** Somebody who is not started here listens there (an actor of a scenario): resolves once the DNS leads to it. */
  announce(name: string, listening: Listening): Promise<void>;
  /** Ends every process; safe to call again. */
  stop(): Promise<void>;
}

/**
 * Starts every element of `network` but the external ones in a process of its own, tells the DNS where they listen, and
 * resolves once each is ready. Rejects with `UserError`, nothing left running, where one cannot start or no
 * element has come any further for `startWithinS`.
 */
export async function startNetwork(network: Network, options: ProcessOptions): Promise<NetworkProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-sim-'));
  const processes = new Processes(network, options, folder);
  const onAbort = (): void => void processes.stop();
  options.abort.addEventListener('abort', onAbort);
  if (options.abort.aborted) {
    onAbort(); // while the folder was made
  }
  try {
    await processes.bringUp();
    return processes;
  } catch (error) {
    await processes.stop();
    throw error;
  } finally {
    options.abort.removeEventListener('abort', onAbort); // open: from now on its owner stops it
  }
}

class Processes implements NetworkProcesses {
  readonly listening: Record<string, Listening> = {};
  readonly crashed: Promise<Crash>;
  dns: Endpoint = { address: '', port: 0 };
  readonly #network: Network;
  readonly #options: ProcessOptions;
  readonly #folder: string;
  readonly #children = new Map<string, ChildElement>();
  #crash: (crash: Crash) => void = () => undefined;
  #stopping: Promise<void> | undefined;

  constructor(network: Network, options: ProcessOptions, folder: string) {
    this.#network = network;
    this.#options = options;
    this.#folder = folder;
    this.crashed = new Promise((resolve) => {
      this.#crash = resolve;
    });
    if (network.dns.external) {
      this.listening[network.dns.name] = { dns: network.dns.external.at };
    } else {
      this.#fork(network.dns.name, 'dns');
    }
    for (const { name, kind, external, actor } of network.elements) {
      if (actor) {
        continue; // it says where it listens when it is there
      }
      if (external) {
        this.listening[name] = kind === 'hss' ? { diameter: external.at } : { sip: external.at };
      } else {
        this.#fork(name, kind);
      }
    }
  }

  get pids(): ReadonlyMap<string, number> {
    return new Map([...this.#children].map(([name, { pid }]) => [name, pid]));
  }

  bringUp(): Promise<void> {
    return this.#startingWithin((progress) => this.#bringUp(progress));
  }

  async #bringUp(progress: () => void): Promise<void> {
    const { name, external } = this.#network.dns;
    const dnsChild = external ? undefined : this.#child(name);
    if (dnsChild !== undefined) {
      await this.#begin(dnsChild, this.#network);
      progress();
    }
    const dns = this.listening[name]?.dns;
    if (!dns) {
      throw new UserError(`${name} did not say where it listens`);
    }
    this.dns = dns;
    const others = [...this.#children.values()].filter((child) => child !== dnsChild);
    await Promise.all(
      others.map(async (child) => {
        await this.#begin(child, this.#network);
        progress();
      }),
    );
    if (dnsChild !== undefined) {
      await this.#introduce(dnsChild);
    }
    let ready = dnsChild === undefined ? 0 : 1;
    await Promise.all(
      others.map(async (child) => {
        await this.#introduce(child);
        ready += 1;
        progress();
        this.#options.onProgress(`${ready} of ${counted(this.#children.size, 'element')} ready`);
      }),
    );
  }

  command(name: string, command: ElementCommand): Promise<string | undefined> {
    return this.#child(name).command(command);
  }

  async turn(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.turn()));
  }

  kill(name: string): Promise<void> {
    return this.#child(name).kill();
  }

  async restart(name: string): Promise<void> {
    const kind =
      name === this.#network.dns.name
        ? 'dns'
        : this.#network.elements.find((element) => element.name === name)?.kind;
    if (kind === undefined) {
      throw new UserError(`there is no element ${name}`);
    }
    const replaces = await Promise.race([this.#child(name).ended, Promise.resolve(undefined)]);
    if (replaces === undefined) {
      throw new UserError(`${name} runs: only an element that has ended can be restarted`);
    }
    const child = this.#fork(name, kind);
    const network = inPlace(this.#network, name, this.listening[name]);
    await this.#startingWithin(async (progress) => {
      await this.#begin(child, network, replaces);
      progress();
      await this.#introduce(child);
    });
  }

  async announce(name: string, listening: Listening): Promise<void> {
    this.listening[name] = listening;
    // The DNS for its records, the others for whom they trust.
    await Promise.all([...this.#children.values()].map((child) => this.#introduce(child)));
  }

  stop(): Promise<void> {
    this.#stopping ??= Promise.all([...this.#children.values()].map((child) => child.stop())).then(() =>
      rm(this.#folder, { recursive: true, force: true }),
    );
    return this.#stopping;
  }

  #startingWithin<T>(work: (progress: () => void) => Promise<T>): Promise<T> {
    return gettingOn(this.#options.startWithinS ?? START_WITHIN_S, work);
  }

  #fork(name: string, kind: string): ChildElement {
    const child = forkElement(name, kind, (line) => {
      this.#options.onLine(name, line);
    });
    this.#children.set(name, child);
    void child.crashed.then((crash) => {
      this.#crash(crash);
      this.#options.onCrash?.(crash);
    });
    return child;
  }

  #child(name: string): ChildElement {
    const child = this.#children.get(name);
    if (!child) {
      throw new UserError(`no element ${name} was started here`);
    }
    return child;
  }

  async #begin(child: ChildElement, network: Network, replaces?: string): Promise<void> {
    const { collector, logLevel, provisioning } = this.#options;
    const start: ElementStart = {
      name: child.name,
      network,
      dns: this.dns,
      collector,
      stateFolder: this.#folder,
      waitsForOthers: true,
      logLevel,
      replaces,
      provisioning,
    };
    this.listening[child.name] = await child.start(start);
  }

  #introduce(child: ChildElement): Promise<void> {
    return child.meetOthers({ kind: 'others', network: this.#network, listening: this.listening });
  }
}

/** The network with an element at the sockets that it had: the others have them from the DNS, for its TTL. */
function inPlace(network: Network, name: string, had: Listening | undefined): Network {
  const listen = had?.sip ?? had?.diameter ?? had?.dns;
  const provisioning = had?.http && { listen: had.http };
  return {
    ...network,
    dns: name === network.dns.name ? { ...network.dns, listen } : network.dns,
    elements: network.elements.map((element) =>
      element.name === name
        ? {
            ...element,
            listen,
            ...(provisioning && { provisioning: { ...element.provisioning, ...provisioning } }),
          }
        : element,
    ),
  };
}

/** `work`, unless it makes no progress for `limitS`: how often it may is bounded by the number of elements. */
export async function gettingOn<T>(limitS: number, work: (progress: () => void) => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let progress: () => void = () => undefined;
  const limit = new Promise<never>((_, reject) => {
    progress = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const text = `the network was not ready: for ${limitS} s no element of it came up (--start-timeout)`;
        reject(new UserError(text));
      }, limitS * 1000);
    };
  });
  progress();
  let isOver = false;
  try {
    return await Promise.race([
      work(() => {
        if (!isOver) {
          progress(); // later, it would leave a timer behind
        }
      }),
      limit,
    ]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
