import { type ListeningByName, type Network, UserError } from '@ims-sim/element';
import { type Endpoint, systemClock } from '@ims-sim/host';
import type { HepCollector } from '@ims-sim/trace';
import type { Crash } from '../child-element.js';
import type { RunFlags } from '../main.js';
import { startNetwork } from '../network-processes.js';
import { probe } from '../probe.js';
import { attach } from './attach.js';
import type { Printer } from './print.js';

/** A network to play on, whoever started it. */
export interface OpenNetwork {
  readonly listening: ListeningByName;
  readonly dns: Endpoint;
  readonly crashed: Promise<Crash>;
  stop(): Promise<void>;
}

/** Starts the network, or finds the one that is up already; resolves once every element answers. */
export async function openNetwork(
  network: Network,
  flags: RunFlags,
  collector: HepCollector,
  printer: Printer,
  abort: AbortSignal,
): Promise<OpenNetwork> {
  const beganMs = systemClock.now();
  const count = network.elements.length + 1;
  printer.progress('network', `${flags.attach ? 'waiting for' : 'starting'} ${count} elements`);
  const opened = flags.attach
    ? await attach(network, collector, abort)
    : await startNetwork(network, {
        collector: collector.local,
        logLevel: 'warn',
        abort,
        onProgress: (text) => {
          printer.progress('network', text, 'passing');
        },
        onLine: () => undefined,
      });
  try {
    await answering(network, opened.listening);
  } catch (error) {
    await opened.stop();
    throw error;
  }
  const tookS = (systemClock.now() - beganMs) / 1000;
  printer.progress('network', `${count} elements answer, after ${tookS.toFixed(2)} s`);
  return opened;
}

/** Each element is asked in its own protocol. */
async function answering(network: Network, listening: ListeningByName): Promise<void> {
  const silent = await Promise.all(
    Object.entries(listening).map(async ([name, { sip, diameter, dns }]) => {
      const at = sip ?? diameter ?? dns;
      return at && (await probe(network, name, at)) ? [] : [name];
    }),
  );
  const names = silent.flat();
  if (names.length > 0) {
    throw new UserError(`started, but does not answer: ${names.join(', ')}`);
  }
}
