import {
  type ElementCommand,
  type Listening,
  type ListeningByName,
  type Network,
  UserError,
} from '@ims-sim/element';
import { type Endpoint, systemClock } from '@ims-sim/host';
import type { HepCollector } from '@ims-sim/trace';
import type { Crash } from '../child-element.js';
import type { RunFlags } from '../main.js';
import { NOBODY_AUTHENTICATED, type ProcessOptions, startNetwork } from '../network-processes.js';
import { probe } from '../probe.js';
import { attach } from './attach.js';
import type { Printer } from './print.js';

/** A network to play on, whoever started it. */
export interface OpenNetwork {
  readonly listening: ListeningByName;
  readonly dns: Endpoint;
  readonly crashed: Promise<Crash>;
  /** As `NetworkProcesses`; a network that somebody else started takes none of it: undefined. */
  readonly control?:
    | {
        command(name: string, command: ElementCommand): Promise<string | undefined>;
        kill(name: string): Promise<void>;
        restart(name: string): Promise<void>;
      }
    | undefined;
  stop(): Promise<void>;
}

/** Starts the network, or finds the one that is up already; resolves once every element answers. */
export async function openNetwork(
  network: Network,
  flags: RunFlags,
  collector: HepCollector,
  printer: Printer,
  abort: AbortSignal,
  provisioning: boolean,
): Promise<OpenNetwork> {
  const beganMs = systemClock.now();
  if (network.auth === 'none') {
    printer.progress('network', NOBODY_AUTHENTICATED);
  }
  const own = network.elements.filter(({ external }) => !external);
  const count = own.length + 1;
  printer.progress('network', `${flags.attach ? 'waiting for' : 'starting'} ${count} elements`);
  const opened: OpenNetwork = flags.attach
    ? await attach(network, collector, abort)
    : await started(network, {
        collector: collector.local,
        logLevel: 'warn',
        provisioning,
        abort,
        onProgress: (text) => {
          printer.progress('network', text, 'passing');
        },
        onLine: () => undefined,
      });
  try {
    const theirs = new Set(network.elements.filter(({ external }) => external).map(({ name }) => name));
    await answering(
      network,
      Object.entries(opened.listening).filter(([name]) => !theirs.has(name)),
    );
  } catch (error) {
    await opened.stop();
    throw error;
  }
  const tookS = (systemClock.now() - beganMs) / 1000;
  printer.progress('network', `${count} elements answer, after ${tookS.toFixed(2)} s`);
  return opened;
}

/** Each element is asked in its own protocol. */
async function answering(
  network: Network,
  listening: readonly (readonly [string, Listening])[],
): Promise<void> {
  const silent = await Promise.all(
    listening.map(async ([name, { sip, diameter, dns }]) => {
      const at = sip ?? diameter ?? dns;
      return at && (await probe(network, name, at)) ? [] : [name];
    }),
  );
  const names = silent.flat();
  if (names.length > 0) {
    throw new UserError(`started, but does not answer: ${names.join(', ')}`);
  }
}

async function started(network: Network, options: ProcessOptions): Promise<OpenNetwork> {
  const processes = await startNetwork(network, options);
  const { listening, dns, crashed } = processes;
  return { listening, dns, crashed, control: processes, stop: () => processes.stop() };
}
