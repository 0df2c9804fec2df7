import { networkInterfaces } from 'node:os';
import {
  commonPrefix,
  type ElementSettings,
  isUnspecified,
  type ListeningByName,
  type Network,
  UserError,
} from '@ims-sim/element';
import { type Endpoint, systemClock } from '@ims-sim/host';
import type { HepCollector } from '@ims-sim/trace';
import { READY } from '../elements/element-host.js';
import { probe } from '../probe.js';
import type { OpenNetwork } from './open-network.js';

const ATTACH_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 50;

/**
 * Finds a network that is up, or is coming up: resolves once each element that this machine can reach answers, and each
 * has said on its trace that it is ready. Rejects with `UserError` that names those that have not within 30 s.
 */
export async function attach(
  network: Network,
  collector: HepCollector,
  abort: AbortSignal,
): Promise<OpenNetwork> {
  const { dns, elements } = network;
  const dnsAt = dns.external?.at ?? dns.listen;
  const unplaced = elements.filter((element) => isOurs(element) && !element.listen);
  const unknown = [...(dnsAt ? [] : [dns]), ...unplaced].map(({ name }) => name);
  if (unknown.length > 0 || !dnsAt) {
    throw new UserError(`--attach: the network file does not say where they listen: ${unknown.join(', ')}`);
  }
  const deadlineMs = systemClock.now() + ATTACH_WITHIN_MS;
  const reachable = elements.flatMap((element): [ElementSettings, Endpoint][] => {
    const at = reachableAt(element);
    return at ? [[element, at]] : [];
  });
  const places = [[dns.name, dnsAt] as const, ...reachable.map(([{ name }, at]) => [name, at] as const)];
  await Promise.all(
    places.map(async ([name, at]) => {
      while (!(await probe(network, name, at))) {
        await pauseUntil(deadlineMs, abort, () => `${name} does not answer`);
      }
    }),
  );
  // Without a collector of its own in the network file, the elements report elsewhere or nowhere.
  if (network.collector) {
    const own = elements.filter(isOurs);
    const names = [...(dns.external ? [] : [dns]), ...own].map(({ name }) => name);
    await allReady(names, collector, deadlineMs, abort);
  }
  return {
    listening: listeningOf(network, reachable),
    dns: dnsAt,
    crashed: new Promise<never>(() => undefined),
    stop: () => Promise.resolve(),
  };
}

function isOurs({ external, actor }: ElementSettings): boolean {
  return !external && !actor;
}

function listeningOf(
  { elements }: Network,
  reachable: readonly [ElementSettings, Endpoint][],
): ListeningByName {
  const external = elements.flatMap((element): [ElementSettings, Endpoint][] =>
    element.external ? [[element, element.external.at]] : [],
  );
  return Object.fromEntries(
    [...reachable, ...external].map(([{ name, kind }, at]) => [
      name,
      kind === 'hss' ? { diameter: at } : { sip: at },
    ]),
  );
}

/** Where this machine reaches an element: of one that listens everywhere, an address on a network that both are on. */
function reachableAt({ listen, external, actor, addresses }: ElementSettings): Endpoint | undefined {
  if (external || actor) {
    return undefined; // somebody else's: it is there when it is
  }
  if (!listen || !isUnspecified(listen.address)) {
    return listen;
  }
  const links = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const near = addresses.find((address) =>
    links.some(
      ({ address: own, cidr }) => commonPrefix(address, own) >= Number(cidr?.split('/')[1] ?? Infinity),
    ),
  );
  return near === undefined ? undefined : { address: near, port: listen.port };
}

/** Each element says to a collector that it is ready; its connection stands then, and its records come without delay. */
async function allReady(
  names: readonly string[],
  collector: HepCollector,
  deadlineMs: number,
  abort: AbortSignal,
): Promise<void> {
  for (;;) {
    const heard = new Set(
      collector
        .records()
        .flatMap((record) => (record.kind === 'decision' && record.text === READY ? [record.element] : [])),
    );
    const silent = names.filter((name) => !heard.has(name));
    if (silent.length === 0) {
      return;
    }
    await pauseUntil(deadlineMs, abort, () => `not ready: ${silent.join(', ')}`);
  }
}

async function pauseUntil(deadlineMs: number, abort: AbortSignal, complaint: () => string): Promise<void> {
  abort.throwIfAborted();
  if (systemClock.now() > deadlineMs) {
    throw new UserError(`--attach: ${complaint()}; is the network up?`);
  }
  await new Promise<void>((resolve) => {
    systemClock.timer(ASK_AGAIN_MS, resolve);
  });
}
