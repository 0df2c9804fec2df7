import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachingResolver } from '@ims-sim/dns';
import type { Network } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { nodeNet, silentLog, systemClock, systemRandom } from '@ims-sim/host';
import { type HepCollector, startCollector, type TraceRecord } from '@ims-sim/trace';
import { type Outcome, startUe, type Ue } from '@ims-sim/ue';
import { type NetworkProcesses, startNetwork } from '../../src/network-processes.js';
import { namesOf } from '../../src/run/names.js';
import { SCENARIOS, USIM } from '../ims.js';

/** Limits of what is waited for: only what never comes takes so long. */
const NOTIFY_WITHIN_MS = 20_000;
const CRASH_WITHIN_MS = 30_000;
const SERVED_WITHIN_MS = 30_000;
const TRY_AGAIN_MS = 200;

/** The network of the main flow in processes, and a watcher and a presentity. */
export interface World {
  readonly processes: NetworkProcesses;
  readonly collector: HepCollector;
  readonly watcher: Ue;
  readonly presentity: Ue;
  /** Both register and the presentity publishes; gives what went wrong. */
  prepare(): Promise<string | undefined>;
  /** The watcher registers; gives what went wrong. */
  register(): Promise<string | undefined>;
  /** The watcher subscribes; gives what went wrong, or undefined once the NOTIFY with what was published has come. */
  subscribe(): Promise<string | undefined>;
  /** `kill -9` as soon as the trace has a message that `when` picks, then the start again. */
  crash(name: string, when: (record: TraceRecord) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** `database`: the URL of an empty PostgreSQL database, for each HSS one; a file each unless given. */
export async function openWorld(database?: () => string): Promise<World> {
  const network = stored(readNetworkFile(join(SCENARIOS, 'network.yaml')), database);
  const names = namesOf(network);
  const collector = await startCollector({
    net: nodeNet,
    clock: systemClock,
    listen: { address: '127.0.0.1', port: 0 },
    names: names.of,
  });
  const processes = await startNetwork(network, {
    collector: collector.local,
    logLevel: 'silent',
    provisioning: false,
    abort: new AbortController().signal,
    onProgress: () => undefined,
    onLine: () => undefined,
  });
  names.listening(processes.listening);
  const host = { net: nodeNet, clock: systemClock, random: systemRandom, log: silentLog };
  const resolver = cachingResolver({
    host: { ...host, name: 'test', trace: collector.trace('test') },
    server: processes.dns,
  });
  const ue = (user: 'user1' | 'user2', domain: string, proxy: string): Promise<Ue> =>
    startUe({
      host: { ...host, name: user, trace: collector.trace(user) },
      listen: { address: '127.0.0.1', port: 0 },
      resolver,
      identity: {
        impu: `sip:${user}_public1@${domain}`,
        impi: `${user}_private@${domain}`,
        homeDomain: domain,
      },
      proxy,
      profile: 'tr-24.841',
      credentials: { aka: USIM[user] },
      timers: { t1Ms: 100, t2Ms: 400 }, // sent again soon: what was killed is back within a second or two
    });
  const watcher = await ue('user1', 'home1.net', 'pcscf1.home1.net');
  const presentity = await ue('user2', 'home2.net', 'pcscf2.home2.net');
  const body = readFileSync(join(SCENARIOS, 'user2-presence.xml'), 'utf8');

  async function prepare(): Promise<string | undefined> {
    for (const each of [watcher, presentity]) {
      const failure = wrong('REGISTER', await each.register());
      if (failure !== undefined) {
        return failure;
      }
    }
    const contentType = 'application/cpim-pidf+xml';
    const published = await presentity.publish({ event: 'presence', contentType, body, expiresS: 600 });
    return wrong('PUBLISH', published);
  }

  async function subscribe(): Promise<string | undefined> {
    const subscription = watcher.subscribe({
      uri: 'tel:+1-212-555-2222',
      event: 'presence',
      accept: 'application/cpim-pidf+xml',
      expiresS: 600,
    });
    const failure = wrong('SUBSCRIBE', await subscription.response);
    if (failure !== undefined) {
      return failure;
    }
    const notification = await subscription.notification(0, NOTIFY_WITHIN_MS);
    if (notification === undefined) {
      return 'no NOTIFY';
    }
    return notification.body.includes('<basic>open</basic>')
      ? undefined
      : `NOTIFY without it: ${notification.body}`;
  }

  async function crash(name: string, when: (record: TraceRecord) => boolean): Promise<void> {
    const from = collector.records().length;
    const beganMs = systemClock.now();
    while (!collector.records().slice(from).some(when)) {
      if (systemClock.now() - beganMs > CRASH_WITHIN_MS) {
        throw new Error(`${name} was not killed: what it was to be killed at did not come`);
      }
      await pause(1);
    }
    await processes.kill(name);
    const killed = collector.records().length;
    await processes.restart(name);
    for (const text of ['started again; before: killed by SIGKILL', 'ready']) {
      const saysSo = (record: TraceRecord): boolean =>
        record.kind === 'decision' && record.element === name && record.text === text;
      const restartedMs = systemClock.now();
      while (!collector.records().slice(killed).some(saysSo)) {
        if (systemClock.now() - restartedMs > CRASH_WITHIN_MS) {
          throw new Error(`the trace does not say that ${name} is ${text}`);
        }
        await pause(1);
      }
    }
  }

  return {
    processes,
    collector,
    watcher,
    presentity,
    prepare,
    register: async () => wrong('REGISTER', await watcher.register()),
    subscribe,
    crash,
    async close() {
      await Promise.all([watcher.close(), presentity.close()]);
      resolver.close();
      await processes.stop();
      collector.close();
    },
  };
}

function stored(network: Network, database: (() => string) | undefined): Network {
  if (database === undefined) {
    return network;
  }
  const elements = network.elements.map((element) =>
    element.kind === 'hss' ? { ...element, postgresql: database() } : element,
  );
  return { ...network, elements };
}

/** What a user does whose phone says no: tries again. The last failure, where it goes wrong for 30 s. */
export async function inTheEnd(attempt: () => Promise<string | undefined>): Promise<string | undefined> {
  const deadlineMs = systemClock.now() + SERVED_WITHIN_MS;
  for (;;) {
    const failure = await attempt();
    if (failure === undefined || systemClock.now() > deadlineMs) {
      return failure;
    }
    await pause(TRY_AGAIN_MS);
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    systemClock.timer(delayMs, resolve);
  });
}

function wrong(what: string, outcome: Outcome): string | undefined {
  if (outcome.kind === 'failure') {
    return `${what}: ${outcome.failure}`;
  }
  const { status, reason } = outcome.response;
  return status < 300 ? undefined : `${what}: ${status} ${reason}`;
}
