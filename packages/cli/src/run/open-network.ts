import { type Listening, type ListeningByName, type Network, UserError } from '@ims-sim/element';
import { type Endpoint, systemClock } from '@ims-sim/host';
import type { GroundControl } from '@ims-sim/player';
import type { HepCollector } from '@ims-sim/trace';
import type { Crash } from '../child-element.js';
import { NOBODY_AUTHENTICATED, type ProcessOptions, startNetwork } from '../network-processes.js';
import { probe } from '../probe.js';
import { attach } from './attach.js';
import { counted } from './text.js';

/** A network to play on, whoever started it. */
export interface OpenNetwork {
  readonly listening: ListeningByName;
  readonly dns: Endpoint;
  readonly crashed: Promise<Crash>;
  /** As `NetworkProcesses`; a network that somebody else started takes none of it: undefined. */
  readonly control?: OpenControl | undefined;
  stop(): Promise<void>;
}

export interface OpenControl extends GroundControl {
  announce(name: string, listening: Listening): Promise<void>;
  /** As `NetworkProcesses`: of those that were started here. */
  turn(): Promise<void>;
}

export interface OpenOptions {
  readonly attach: boolean;
  /** As `ProcessOptions`. */
  readonly provisioning: boolean;
  readonly collector: HepCollector;
  /** As `ProcessOptions`. */
  readonly startWithinS?: number | undefined;
  readonly abort: AbortSignal;
  /** A line about how far it is; `passing`: of interest only until the next one. */
  progress(text: string, passing?: 'passing'): void;
}

/** Starts the network, or finds the one that is up already; resolves once every element answers. */
export async function openNetwork(network: Network, options: OpenOptions): Promise<OpenNetwork> {
  const { collector, abort, progress, startWithinS } = options;
  const beganMs = systemClock.now();
  if (network.auth === 'none') {
    progress(NOBODY_AUTHENTICATED);
  }
  const own = network.elements.filter(({ external, actor }) => !external && !actor);
  const { name: dnsName, external: dnsElsewhere } = network.dns;
  const names = [...(dnsElsewhere ? [] : [dnsName]), ...own.map(({ name }) => name)];
  const count = names.length;
  progress(`${options.attach ? 'waiting for' : 'starting'} ${counted(count, 'element')}`);
  const opened: OpenNetwork = options.attach
    ? await attach(network, collector, abort)
    : await started(network, {
        collector: collector.local,
        logLevel: 'warn',
        provisioning: options.provisioning,
        startWithinS,
        abort,
        onProgress: (text) => {
          progress(text, 'passing');
        },
        onLine: () => undefined,
      });
  try {
    const started = new Set(names);
    await answering(
      network,
      Object.entries(opened.listening).filter(([name]) => started.has(name)),
    );
  } catch (error) {
    await opened.stop();
    throw error;
  }
  const tookS = (systemClock.now() - beganMs) / 1000;
  progress(`${counted(count, 'element')} ${count === 1 ? 'answers' : 'answer'}, after ${tookS.toFixed(2)} s`);
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
