import { networkInterfaces } from 'node:os';
import { cachingResolver, type Resolver } from '@ims-sim/dns';
import { elementNamed, nearestFirst, nearestTo, type Network, processLog, UserError } from '@ims-sim/element';
import {
  canonicalAddress,
  type Endpoint,
  type Host,
  nodeNet,
  systemClock,
  systemRandom,
} from '@ims-sim/host';
import { type Actor, describeAction, type Flow, openRequests, type Scenario } from '@ims-sim/scenario';
import type { HepCollector } from '@ims-sim/trace';
import { startUe, type Ue, type UeOptions } from '@ims-sim/ue';
import { bind } from '../elements/element-host.js';
import type { Names } from './names.js';
import type { OpenNetwork } from './open-network.js';
import { perform, type Stage } from './perform.js';
import type { Printer } from './print.js';

export interface PlayOptions {
  readonly collector: HepCollector;
  readonly names: Names;
  readonly printer: Printer;
  /** The flow is over when nothing has come for so long. */
  readonly quietMs: number;
  /** What an operator's actions act on. */
  readonly opened: OpenNetwork;
  /** Closes the UEs; playing then ends soon, with an error. */
  readonly abort: AbortSignal;
}

/** What came of playing a scenario. */
export interface Played {
  /** Actions that went wrong by themselves, each said in a line. */
  readonly failures: readonly string[];
  /** The flow with the names that this network has. */
  flow(flow: Flow): Flow;
}

const SIP_PORT = 5060;
/** A request that nobody answers does not hold the run up for longer. */
const OVER_WITHIN_MS = 5000;

/** Starts the UEs, plays what comes before, then the flow itself; resolves when the trace has gone quiet. */
export async function play(scenario: Scenario, network: Network, options: PlayOptions): Promise<Played> {
  const { collector, names, printer, quietMs, opened, abort } = options;
  const ues = new Map<string, Ue>();
  const stage: Stage = { ues, opened, network, collector };
  const toClose: (() => void)[] = [];
  const failures: string[] = [];
  let beganMs: number | undefined;
  abort.addEventListener('abort', () => {
    for (const ue of ues.values()) {
      void ue.close();
    }
  });
  try {
    for (const actor of scenario.actors) {
      abort.throwIfAborted();
      const ue = await startActor(actor, scenario, network, options, toClose);
      ues.set(actor.name, ue);
      names.add(actor.name, ue.stack.listening);
    }
    for (const action of scenario.before) {
      abort.throwIfAborted();
      const failure = await perform(action, stage);
      if (failure !== undefined) {
        failures.push(`before the flow: ${describeAction(action)}: ${failure}`);
      }
    }
    if (scenario.before.length > 0) {
      printer.progress('before', scenario.before.map(describeAction).join(', '));
    }
    await over(collector, quietMs);
    if (failures.length === 0) {
      beganMs = systemClock.now();
      for (const action of scenario.play) {
        abort.throwIfAborted();
        const failure = await perform(action, stage);
        if (failure !== undefined) {
          failures.push(`${describeAction(action)}: ${failure}`);
        }
      }
      abort.throwIfAborted();
      await over(collector, quietMs);
      printer.progress('play', scenario.play.map(describeAction).join(', '));
      const tookMs = flowMs(collector, beganMs).toFixed(1);
      printer.progress('took', `${tookMs} ms from the first message to the last`);
    }
  } finally {
    await Promise.all([...ues.values()].map((ue) => ue.close()));
    for (const close of toClose) {
      close();
    }
  }
  const aliases = new Map(
    network.elements.flatMap(({ name, aliases: more }) => more.map((alias) => [alias, name] as const)),
  );
  const beganAtUs = beganMs === undefined ? undefined : beganMs * 1000;
  return { failures, flow: (flow) => ({ ...flow, aliases, beganAtUs }) };
}

/** Nothing has come for `quietMs`, and no request waits for its answer: on a busy machine, an element may take longer. */
async function over(collector: HepCollector, quietMs: number): Promise<void> {
  const deadlineMs = systemClock.now() + OVER_WITHIN_MS;
  do {
    await collector.settle(quietMs);
  } while (openRequests(collector.records()).length > 0 && systemClock.now() < deadlineMs);
}

function flowMs(collector: HepCollector, beganMs: number): number {
  const times = collector.records().flatMap(({ atUs }) => (atUs >= beganMs * 1000 ? [atUs] : []));
  return times.length === 0 ? 0 : ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
}

async function startActor(
  actor: Actor,
  scenario: Scenario,
  network: Network,
  { collector, opened: { dns } }: PlayOptions,
  toClose: (() => void)[],
): Promise<Ue> {
  const host: Host = {
    name: actor.name,
    net: nodeNet,
    clock: systemClock,
    random: systemRandom,
    trace: collector.trace(actor.name),
    log: processLog(actor.name, 'warn'),
  };
  const own = ownAddresses();
  const caching = cachingResolver({ host, server: dns, localAddress: nearestTo(dns.address, own) });
  toClose.push(() => {
    caching.close();
  });
  const resolver: Resolver = nearestFirst(caching, own);
  if (!elementNamed(network, actor.proxy)) {
    throw new UserError(
      `${scenario.file}: actors.${actor.name}.proxy: there is no element ${actor.proxy} in the network`,
    );
  }
  const listen = await localEndpoint(actor, own, resolver);
  const homeDomain = actor.publicIdentity.slice(actor.publicIdentity.indexOf('@') + 1);
  return bind(actor.name, listen, () =>
    startUe({
      host,
      listen,
      resolver,
      identity: { impu: actor.publicIdentity, impi: actor.privateIdentity, homeDomain },
      proxy: actor.proxy,
      profile: scenario.profile,
      securityAgreement: actor.securityAgreement,
      accessNetworkInfo: actor.accessNetworkInfo,
      credentials: credentialsOf(actor, network),
    }),
  );
}

/** What the UE shares with its HSS, out of the network file; nothing where nobody is authenticated. */
function credentialsOf({ name, privateIdentity }: Actor, network: Network): UeOptions['credentials'] {
  if (network.auth === 'none') {
    return undefined;
  }
  const own = network.subscribers
    .flatMap(({ privateIdentities }) => privateIdentities)
    .find(({ identity }) => identity === privateIdentity);
  if (!own) {
    throw new UserError(
      `${name}: the network has no subscriber ${privateIdentity}: it could not authenticate (auth: ${network.auth})`,
    );
  }
  return { aka: own.aka, digest: own.digest };
}

/** The address that the scenario gives the UE, where this machine has it; else the one nearest to its P-CSCF. */
async function localEndpoint(actor: Actor, own: readonly string[], resolver: Resolver): Promise<Endpoint> {
  const given = own.find(
    (address) => actor.address !== undefined && canonicalAddress(address) === canonicalAddress(actor.address),
  );
  if (given !== undefined) {
    return { address: given, port: SIP_PORT };
  }
  for (const type of ['A', 'AAAA'] as const) {
    const answer = await resolver.resolve(actor.proxy, type);
    const remote = answer.kind === 'records' ? answer.records[0]?.address : undefined;
    const address = remote === undefined ? undefined : nearestTo(remote, own);
    if (address !== undefined) {
      return { address, port: 0 };
    }
  }
  throw new UserError(
    `${actor.name}: the DNS has no address for its P-CSCF ${actor.proxy} that this machine could reach`,
  );
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
