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
import { type Action, type Actor, describeAction, type Flow, type Scenario } from '@ims-sim/scenario';
import type { HepCollector } from '@ims-sim/trace';
import { type Outcome, startUe, type Ue } from '@ims-sim/ue';
import { bind } from '../elements/element-host.js';
import type { Names } from './names.js';
import type { Printer } from './print.js';

export interface PlayOptions {
  readonly collector: HepCollector;
  readonly names: Names;
  readonly printer: Printer;
  /** The flow is over when nothing has come for so long. */
  readonly quietMs: number;
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
/** RFC 6665 4.1.2.4: Timer N, 64*T1, would be 32 s; a network on one machine is faster. */
const NOTIFY_WITHIN_MS = 5000;

/** Starts the UEs, plays what comes before, then the flow itself; resolves when the trace has gone quiet. */
export async function play(
  scenario: Scenario,
  network: Network,
  dns: Endpoint,
  options: PlayOptions,
): Promise<Played> {
  const { collector, names, printer, quietMs, abort } = options;
  const ues = new Map<string, Ue>();
  const toClose: (() => void)[] = [];
  const failures: string[] = [];
  abort.addEventListener('abort', () => {
    for (const ue of ues.values()) {
      void ue.close();
    }
  });
  try {
    for (const actor of scenario.actors) {
      abort.throwIfAborted();
      const ue = await startActor(actor, scenario, network, dns, options, toClose);
      ues.set(actor.name, ue);
      names.add(actor.name, ue.stack.listening);
    }
    for (const action of scenario.before) {
      abort.throwIfAborted();
      const failure = await perform(action, ues);
      if (failure !== undefined) {
        failures.push(`before the flow: ${describeAction(action)}: ${failure}`);
      }
    }
    printer.progress('before', scenario.before.map(describeAction).join(', '));
    await collector.settle(quietMs);
    if (failures.length === 0) {
      const beganMs = systemClock.now();
      for (const action of scenario.play) {
        abort.throwIfAborted();
        const failure = await perform(action, ues);
        if (failure !== undefined) {
          failures.push(`${describeAction(action)}: ${failure}`);
        }
      }
      abort.throwIfAborted();
      await collector.settle(quietMs);
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
  return { failures, flow: (flow) => ({ ...flow, aliases }) };
}

function flowMs(collector: HepCollector, beganMs: number): number {
  const times = collector.records().flatMap(({ atUs }) => (atUs >= beganMs * 1000 ? [atUs] : []));
  return times.length === 0 ? 0 : ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
}

async function startActor(
  actor: Actor,
  scenario: Scenario,
  network: Network,
  dns: Endpoint,
  { collector }: PlayOptions,
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
    }),
  );
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

/** Does one action; a string says what went wrong. */
async function perform(action: Action, ues: ReadonlyMap<string, Ue>): Promise<string | undefined> {
  const ue = ues.get(action.actor);
  if (!ue) {
    return `there is no actor ${action.actor}`;
  }
  switch (action.kind) {
    case 'register':
      return wrong(await ue.register({ expiresS: action.expiresS }));
    case 'publish': {
      const { event, contentType, body, expiresS } = action;
      return wrong(await ue.publish({ event, contentType, body, expiresS }));
    }
    case 'subscribe':
      return subscribe(action, ue);
  }
}

/** Subscribes and waits for the answer and for the first NOTIFY, whichever comes first (RFC 6665 4.1.2.4). */
async function subscribe(action: Action & { kind: 'subscribe' }, ue: Ue): Promise<string | undefined> {
  const { to, event, accept, expiresS, cseq } = action;
  const subscription = ue.subscribe({ uri: to, event, accept, expiresS, cseq });
  const failure = wrong(await subscription.response);
  if (failure !== undefined) {
    return failure;
  }
  const first = await subscription.notification(0, NOTIFY_WITHIN_MS);
  return first ? undefined : `no NOTIFY within ${NOTIFY_WITHIN_MS / 1000} s`;
}

function wrong(outcome: Outcome): string | undefined {
  if (outcome.kind === 'failure') {
    return outcome.failure;
  }
  const { status, reason } = outcome.response;
  return status < 300 ? undefined : `${status} ${reason}`;
}
