// What stands in for `play` of @ims-sim/player until it is there.
import { cachingResolver, type Resolver } from '@ims-sim/dns';
import { elementNamed, nearestFirst, nearestTo, type Network, UserError } from '@ims-sim/element';
import { canonicalAddress, type Endpoint } from '@ims-sim/host';
import {
  type Action,
  type Flow,
  isActorAction,
  type Place,
  type Scenario,
  type UeActor,
} from '@ims-sim/scenario';
import { startUe, type Outcome, type Ue } from '@ims-sim/ue';
import type { Ground } from '@ims-sim/player';

export interface ActionFailure {
  readonly at: Place;
  readonly text: string;
}
export interface Played {
  readonly failures: readonly ActionFailure[];
  readonly beganAtUs?: number | undefined;
  flow(flow: Flow): Flow;
}
export interface PlayOptions {
  readonly quietMs: number;
  readonly abort: AbortSignal;
  readonly keepGoing?: boolean;
  readonly onAction?: (done: string) => void;
  readonly after?: { readonly actions: readonly Action[]; onOver(): void; onFailure(): void };
}

export async function play(
  scenario: Scenario,
  network: Network,
  ground: Ground,
  options: PlayOptions,
): Promise<Played> {
  const ues = new Map<string, Ue>();
  const closes: (() => void)[] = [];
  const failures: ActionFailure[] = [];
  let beganAtUs: number | undefined;
  options.abort.addEventListener('abort', () => {
    for (const ue of ues.values()) void ue.close();
  });
  try {
    for (const actor of scenario.actors) {
      options.abort.throwIfAborted();
      if (actor.kind !== 'ue') continue;
      const ue = await startActor(actor, scenario, network, ground, closes);
      ues.set(actor.name, ue);
      await ground.listens(actor.name, undefined, ue.stack.listening);
    }
    const doAll = async (actions: readonly Action[], on: (f: ActionFailure) => void): Promise<void> => {
      for (const action of actions) {
        options.abort.throwIfAborted();
        const text = await perform(action, ues, ground);
        options.onAction?.(action.kind);
        if (text !== undefined) on({ at: action.at, text: `${action.kind}: ${text}` });
      }
    };
    await doAll(scenario.before, (f) => failures.push(f));
    await ground.settle(options.quietMs, 5000);
    if (failures.length === 0) {
      beganAtUs = ground.clock.now() * 1000;
      await doAll(scenario.play, (f) => failures.push(f));
      await ground.settle(options.quietMs, 5000);
    }
    if (options.after !== undefined && options.after.actions.length > 0 && failures.length === 0) {
      options.after.onOver();
      await doAll(options.after.actions, () => options.after?.onFailure());
      await ground.settle(options.quietMs, 5000);
    }
  } finally {
    await Promise.all([...ues.values()].map((ue) => ue.close()));
    for (const close of closes) close();
  }
  const aliases = new Map(
    network.elements.flatMap(({ name, aliases: more }) => more.map((alias) => [alias, name] as const)),
  );
  return { failures, beganAtUs, flow: (flow) => ({ ...flow, aliases, beganAtUs }) };
}

async function startActor(
  actor: UeActor,
  scenario: Scenario,
  network: Network,
  ground: Ground,
  closes: (() => void)[],
): Promise<Ue> {
  const host = ground.hostOf(actor.name);
  const own = ground.addressesOf(actor.name);
  const caching = cachingResolver({
    host,
    server: ground.dns,
    localAddress: nearestTo(ground.dns.address, own),
  });
  closes.push(() => {
    caching.close();
  });
  const resolver = nearestFirst(caching, own);
  if (!elementNamed(network, actor.proxy)) throw new UserError(`no proxy ${actor.proxy}`);
  const listen = await localEndpoint(actor, own, resolver);
  const sub = network.subscribers
    .flatMap(({ privateIdentities }) => privateIdentities)
    .find(({ identity }) => identity === actor.privateIdentity);
  return startUe({
    host,
    listen,
    resolver,
    identity: {
      impu: actor.publicIdentity,
      impi: actor.privateIdentity,
      homeDomain: actor.publicIdentity.slice(actor.publicIdentity.indexOf('@') + 1),
    },
    proxy: actor.proxy,
    profile: scenario.profile,
    securityAgreement: actor.securityAgreement,
    accessNetworkInfo: actor.accessNetworkInfo,
    credentials: network.auth === 'none' ? undefined : { aka: sub?.aka, digest: sub?.digest },
  });
}

async function localEndpoint(actor: UeActor, own: readonly string[], resolver: Resolver): Promise<Endpoint> {
  const given = own.find(
    (a) => actor.address !== undefined && canonicalAddress(a) === canonicalAddress(actor.address),
  );
  if (given !== undefined) return { address: given, port: 5060 };
  for (const type of ['A', 'AAAA'] as const) {
    const answer = await resolver.resolve(actor.proxy, type);
    const remote = answer.kind === 'records' ? answer.records[0]?.address : undefined;
    const address = remote === undefined ? undefined : nearestTo(remote, own);
    if (address !== undefined) return { address, port: 0 };
  }
  throw new UserError(`${actor.name}: no address for ${actor.proxy}`);
}

interface Done {
  subscription?: ReturnType<Ue['subscribe']>;
  publication?: { readonly event: string; readonly etag: string };
}

const lastOf = new WeakMap<Ue, Done>();

async function perform(
  action: Action,
  ues: ReadonlyMap<string, Ue>,
  ground: Ground,
): Promise<string | undefined> {
  if (!isActorAction(action)) {
    return operate(action, ground);
  }
  const ue = ues.get(action.actor);
  return ue === undefined ? `there is no actor ${action.actor}` : act(action, ue, ground);
}

async function act(
  action: Action & { actor: string },
  ue: Ue,
  { clock }: Ground,
): Promise<string | undefined> {
  const done = lastOf.get(ue) ?? {};
  lastOf.set(ue, done);
  switch (action.kind) {
    case 'register':
      return wrong(await ue.register({ expiresS: action.expiresS, all: action.all }));
    case 'publish': {
      const { event, contentType = '', body = '', expiresS } = action;
      const outcome = await ue.publish({ event, contentType, body, expiresS });
      if (outcome.kind !== 'failure' && outcome.etag !== undefined) {
        done.publication = { event, etag: outcome.etag };
      }
      return wrong(outcome);
    }
    case 'unpublish':
      return done.publication === undefined
        ? 'nothing published'
        : wrong(
            await ue.publish({ event: done.publication.event, ifMatch: done.publication.etag, expiresS: 0 }),
          );
    case 'subscribe': {
      const { to, event, accept, expiresS, cseq } = action;
      done.subscription = ue.subscribe({ uri: to, event, accept, expiresS, cseq });
      return notified(done.subscription);
    }
    case 'unsubscribe':
      return done.subscription === undefined
        ? 'not subscribed'
        : wrong(await done.subscription.unsubscribe());
    case 'registrationState':
      return notified(ue.registrationState());
    case 'until': {
      const deadlineMs = clock.now() + action.withinS * 1000;
      while ((ue.registration !== undefined) !== action.registered) {
        if (clock.now() > deadlineMs) return 'too late';
        await new Promise<void>((resolve) => {
          clock.timer(5, resolve);
        });
      }
      return undefined;
    }
    default:
      return `${action.kind}: not yet`;
  }
}

async function operate(action: Action, { clock, control }: Ground): Promise<string | undefined> {
  switch (action.kind) {
    case 'wait':
      await new Promise<void>((resolve) => {
        clock.timer(action.forS * 1000, resolve);
      });
      return undefined;
    case 'terminate':
      return control?.command(action.hss, {
        kind: 'terminate',
        privateIdentity: action.privateIdentity,
        reason: action.reason,
      });
    case 'deregister':
      return control?.command(action.sCscf, {
        kind: 'deregister',
        publicIdentity: action.publicIdentity,
        event: 'deactivated',
      });
    case 'reauthenticate':
      return control?.command(action.sCscf, action);
    case 'kill':
      return control?.kill(action.element).then(() => undefined);
    case 'restart':
      return control?.restart(action.element).then(() => undefined);
    default:
      return `${action.kind}: not yet`;
  }
}

async function notified(subscription: ReturnType<Ue['subscribe']>): Promise<string | undefined> {
  const failure = wrong(await subscription.response);
  if (failure !== undefined) return failure;
  return (await subscription.notification(0, 5000)) ? undefined : 'no NOTIFY';
}

function wrong(outcome: Outcome): string | undefined {
  if (outcome.kind === 'failure') return outcome.failure;
  const { status, reason } = outcome.response;
  return status < 300 ? undefined : `${status} ${reason}`;
}
export function describeAction(action: Action): string {
  return 'actor' in action ? `${action.actor} ${action.kind}s` : action.kind;
}
