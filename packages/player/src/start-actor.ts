import { cachingResolver, type Resolver } from '@ims-sim/dns';
import { elementNamed, nearestFirst, nearestTo, type Network, UserError } from '@ims-sim/element';
import { canonicalAddress, type Endpoint, type Host, prettyEndpoint } from '@ims-sim/host';
import type { Reaction, Scenario, ServerActor, UeActor } from '@ims-sim/scenario';
import { startServer, startUe, type UeOptions } from '@ims-sim/ue';
import type { Ground } from './ground.js';
import type { Made, RunningActor } from './stage.js';

const SIP_PORT = 5060;

/** What every actor has, whatever it is. */
interface Standing {
  readonly host: Host;
  readonly resolver: Resolver;
  readonly own: readonly string[];
  readonly claims: Map<string, number>;
  readonly made: Made[];
  readonly reacts: {
    reaction(method: string): Reaction | undefined;
    claimed(method: string): number;
  };
  closeResolver(): void;
}

/** Starts an actor and tells the ground where it listens. Rejects with `UserError` where it cannot be where it is to be. */
export async function startActor(
  actor: Scenario['actors'][number],
  scenario: Scenario,
  network: Network,
  ground: Ground,
): Promise<RunningActor> {
  const standing = standingOf(actor, ground);
  try {
    return actor.kind === 'ue'
      ? await startUeActor(actor, scenario, network, ground, standing)
      : await startServerActor(actor, network, ground, standing);
  } catch (error) {
    standing.closeResolver();
    throw error;
  }
}

function standingOf({ name, on }: Scenario['actors'][number], ground: Ground): Standing {
  const host = ground.hostOf(name);
  const own = ground.addressesOf(name);
  const caching = cachingResolver({
    host,
    server: ground.dns,
    localAddress: nearestTo(ground.dns.address, own),
  });
  const claims = new Map<string, number>();
  return {
    host,
    own,
    resolver: nearestFirst(caching, own),
    claims,
    made: [],
    reacts: { reaction: (method) => on.get(method), claimed: (method) => claims.get(method) ?? 0 },
    closeResolver: () => {
      caching.close();
    },
  };
}

async function startUeActor(
  actor: UeActor,
  scenario: Scenario,
  network: Network,
  ground: Ground,
  standing: Standing,
): Promise<RunningActor> {
  const { host, resolver, own, reacts, claims, made } = standing;
  if (!elementNamed(network, actor.proxy)) {
    throw new UserError(
      `${scenario.file}: actors.${actor.name}.proxy: there is no element ${actor.proxy} in the network`,
    );
  }
  const listen = await ueEndpoint(actor, own, resolver);
  const homeDomain = actor.publicIdentity.slice(actor.publicIdentity.indexOf('@') + 1);
  const ue = await bound(actor.name, listen, () =>
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
      onRegistrationChange: () => {
        ue.peer.watch.changed();
      },
      ...reacts,
    }),
  );
  await ground.listens(actor.name, undefined, ue.stack.listening);
  const { peer } = ue;
  const close = () => {
    standing.closeResolver();
    return ue.close();
  };
  return { name: actor.name, peer, ue, server: undefined, resolver, made, claims, close };
}

async function startServerActor(
  { name, host: hostName }: ServerActor,
  network: Network,
  ground: Ground,
  standing: Standing,
): Promise<RunningActor> {
  const { host, resolver, own, reacts, claims, made } = standing;
  const given = elementNamed(network, hostName)?.listen;
  const isOwn =
    given !== undefined && own.some((it) => canonicalAddress(it) === canonicalAddress(given.address));
  const address = nearestTo(ground.dns.address, own) ?? own[0];
  if (address === undefined) {
    throw new UserError(`${name}: there is no address for ${hostName} to listen at`);
  }
  const listen = isOwn ? given : { address, port: ground.virtualTime ? SIP_PORT : 0 };
  const server = await bound(name, listen, () =>
    startServer({ host, name: hostName, listen, resolver, ...reacts }),
  );
  await ground.listens(name, hostName, server.stack.listening);
  const { peer } = server;
  const close = () => {
    standing.closeResolver();
    return server.close();
  };
  return { name, peer, ue: undefined, server, resolver, made, claims, close };
}

/** What the UE shares with its HSS, out of the network file, and what the scenario has in its place; nothing where nobody is authenticated. */
function credentialsOf(
  { name, privateIdentity, credentials }: UeActor,
  network: Network,
): UeOptions['credentials'] {
  if (network.auth === 'none') {
    return credentials;
  }
  const own = network.subscribers
    .flatMap(({ privateIdentities }) => privateIdentities)
    .find(({ identity }) => identity === privateIdentity);
  if (!own && credentials === undefined) {
    throw new UserError(
      `${name}: the network has no subscriber ${privateIdentity}: it could not authenticate (auth: ${network.auth})`,
    );
  }
  const aka = credentials?.aka === undefined ? own?.aka : { ...own?.aka, ...credentials.aka };
  const digest = credentials?.digest === undefined ? own?.digest : { ...own?.digest, ...credentials.digest };
  return { aka, digest };
}

/** The address that the scenario gives the UE, where it can have it; else the one nearest to its P-CSCF. */
async function ueEndpoint(actor: UeActor, own: readonly string[], resolver: Resolver): Promise<Endpoint> {
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

async function bound<T>(name: string, listen: Endpoint, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    const at = prettyEndpoint(listen);
    switch (code) {
      case 'EADDRINUSE':
        throw new UserError(`${name}: ${at} is in use: stop what listens there`, { cause: error });
      case 'EADDRNOTAVAIL':
        throw new UserError(`${name}: this machine has no address ${listen.address}`, { cause: error });
      case 'EACCES':
        throw new UserError(`${name}: not allowed to listen at ${at}`, { cause: error });
      default:
        throw error;
    }
  }
}
