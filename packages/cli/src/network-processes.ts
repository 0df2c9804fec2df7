import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ElementStart,
  type Listening,
  type ListeningByName,
  type Network,
  UserError,
} from '@ims-sim/element';
import { type Endpoint, prettyEndpoint } from '@ims-sim/host';
import { type ChildElement, type Crash, forkElement } from './child-element.js';

const READY_WITHIN_MS = 20_000;

export interface ProcessOptions {
  readonly collector?: Endpoint | undefined;
  readonly logLevel: string;
  /** Stops what has started so far; the start then rejects. */
  readonly abort: AbortSignal;
  /** Asked as each element comes up, for a reader who waits. */
  onProgress(text: string): void;
  /** A line that an element logged. */
  onLine(name: string, line: string): void;
}

/** A network that runs, a process an element. */
export interface NetworkProcesses {
  readonly pids: ReadonlyMap<string, number>;
  readonly listening: ListeningByName;
  readonly dns: Endpoint;
  /** Resolves when an element ends on its own. */
  readonly crashed: Promise<Crash>;
  /** Ends every process; safe to call again. */
  stop(): Promise<void>;
}

/**
 * Starts every element of `network` in a process of its own, tells the DNS where they listen, and resolves once each is
 * ready. Rejects with `UserError`, nothing left running, where one cannot start or is not ready within 20 s.
 */
export async function startNetwork(network: Network, options: ProcessOptions): Promise<NetworkProcesses> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-sim-'));
  const children = forkAll(network, options);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= Promise.all([...children.values()].map((child) => child.stop())).then(() =>
      rm(folder, { recursive: true, force: true }),
    );
    return stopping;
  };
  const onAbort = (): void => void stop();
  options.abort.addEventListener('abort', onAbort);
  if (options.abort.aborted) {
    onAbort(); // while the folder was made
  }
  const crashed = Promise.race([...children.values()].map((child) => child.crashed));
  try {
    const listening = await within(READY_WITHIN_MS, bringUp(network, children, folder, options));
    const dns = listening[network.dns.name]?.dns;
    if (!dns) {
      throw new UserError(`${network.dns.name} did not say where it listens`);
    }
    const pids = new Map([...children].map(([name, child]) => [name, child.pid]));
    return { pids, listening, dns, crashed, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    options.abort.removeEventListener('abort', onAbort); // open: from now on its owner stops it
  }
}

function forkAll(network: Network, options: ProcessOptions): Map<string, ChildElement> {
  const kinds: [string, string][] = [
    [network.dns.name, 'dns'],
    ...network.elements.map(({ name, kind }): [string, string] => [name, kind]),
  ];
  return new Map(
    kinds.map(([name, kind]) => [
      name,
      forkElement(name, kind, (line) => {
        options.onLine(name, line);
      }),
    ]),
  );
}

async function bringUp(
  network: Network,
  children: ReadonlyMap<string, ChildElement>,
  folder: string,
  { collector, logLevel, onProgress }: ProcessOptions,
): Promise<ListeningByName> {
  const common = { network, collector, stateFolder: folder, logLevel, waitsForOthers: true };
  const listening: Record<string, Listening> = {};
  const begin = async (child: ChildElement, dns: Endpoint): Promise<void> => {
    const start: ElementStart = { ...common, name: child.name, dns };
    listening[child.name] = await child.start(start);
  };
  const dnsChild = children.get(network.dns.name);
  if (!dnsChild) {
    throw new Error('no DNS among the children');
  }
  await begin(dnsChild, { address: '', port: 0 });
  const dns = listening[dnsChild.name]?.dns ?? { address: '', port: 0 };
  const others = [...children.values()].filter((child) => child !== dnsChild);
  await Promise.all(others.map((child) => begin(child, dns)));
  const message = { kind: 'others', network, listening } as const;
  await dnsChild.meetOthers(message);
  let ready = 1;
  await Promise.all(
    others.map(async (child) => {
      await child.meetOthers(message);
      ready += 1;
      onProgress(`${ready} of ${children.size} elements ready`);
    }),
  );
  return listening;
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new UserError(`the network was not ready within ${limitMs / 1000} s`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes the ready file of `design`: pids and sockets of every element, whole at once. */
export function writeReadyFile(file: string, { pids, listening, dns }: NetworkProcesses): void {
  const elements = Object.fromEntries(
    Object.entries(listening).map(([name, sockets]) => [
      name,
      {
        pid: pids.get(name),
        ...(sockets.sip && { sip: `udp:${prettyEndpoint(sockets.sip)}` }),
        ...(sockets.diameter && { diameter: `tcp:${prettyEndpoint(sockets.diameter)}` }),
        ...(sockets.dns && { dns: `udp:${prettyEndpoint(sockets.dns)}` }),
      },
    ]),
  );
  const ready = { elements, dns: `udp:${prettyEndpoint(dns)}` };
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(ready, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  } catch (error) {
    rmSync(`${file}.new`, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`--ready-file ${file}: cannot be written: ${why}`, { cause: error });
  }
}
