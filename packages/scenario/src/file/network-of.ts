import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ElementSettings, elementNamed, type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import type { Actor, ServerActor } from '../actor.js';
import type { ElementRole, Scenario } from '../scenario.js';
import { whyUnread } from './nearest-file.js';
import { placeInFile } from './place-in-file.js';

/**
 * The network that a scenario plays on: its file or what stands in it, with the elements that the scenario gives to others, and its
 * application servers and network agents as hosts (`actor`). Throws `UserError` where the file cannot be used. `instead` is another
 * network than the scenario names.
 */
export function networkOf(scenario: Scenario, instead?: Network): Network {
  const { network: source, elements, actors, file } = scenario;
  const network = instead ?? (source.kind === 'inline' ? source.network : readNamed(source));
  const overridden: Network = {
    ...network,
    dns: dnsOf(network.dns, elements.get(network.dns.name)),
    elements: network.elements.map((element) => {
      const role = elements.get(element.name) ?? elements.get(element.operator);
      return role === undefined ? element : played(element, role);
    }),
  };
  const stranger = actors.find(
    (actor): actor is ServerActor => actor.kind !== 'ue' && operatorOf(actor, network) === undefined,
  );
  if (stranger) {
    const key = stranger.kind === 'network-agent' ? 'agent' : 'as';
    const place = placeInFile(file, ['actors', stranger.name, key]);
    throw new UserError(`${place}: actors.${stranger.name}.${key}: ${noOperator(stranger, network)}`);
  }
  return withServers(overridden, actors);
}

/** Nobody can be without it: `nothing` is a complaint. */
function dnsOf(dns: Network['dns'], role: ElementRole | undefined): Network['dns'] {
  switch (role?.kind) {
    case 'external': {
      const { transport, address, port } = role;
      return { ...dns, listen: undefined, external: { transport, at: { address, port } } };
    }
    case 'play':
      return { ...dns, external: undefined };
    default:
      return dns;
  }
}

/** One that is not there is wrong in the scenario; what is wrong within it, in the network file. */
function readNamed({ path, named }: Extract<Scenario['network'], { kind: 'file' }>): Network {
  if (named !== undefined) {
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      const { file, line, column } = named.at;
      const text = whyUnread(named.file, dirname(file), error);
      throw new UserError(`${file}:${line}:${column}: network: ${text}`, { cause: error });
    }
  }
  return readNetworkFile(path);
}

/** The port of RFC 863, that nobody listens on: what is sent there is lost, or refused. */
const NOBODY = { address: '127.0.0.1', port: 9 };

function played(element: ElementSettings, role: ElementRole): ElementSettings {
  switch (role.kind) {
    case 'play':
      return { ...element, external: undefined };
    case 'nothing': {
      const transport = element.kind === 'hss' ? 'tcp' : 'udp';
      return { ...element, listen: undefined, addresses: [], external: { transport, at: NOBODY } };
    }
    case 'external': {
      const { transport, address, port } = role;
      return { ...element, listen: undefined, addresses: [], external: { transport, at: { address, port } } };
    }
  }
}

/** The network with each server actor as a host: in the place of the element of its name, or a new one of the operator's domain. */
export function withServers(network: Network, actors: readonly Actor[]): Network {
  const elements = [...network.elements];
  for (const actor of actors) {
    if (actor.kind === 'ue') {
      continue;
    }
    const index = elements.findIndex(
      ({ name, aliases }) => name === actor.host || aliases.includes(actor.host),
    );
    const there = elements[index];
    if (there) {
      elements[index] = { ...there, listen: undefined, addresses: [], external: undefined, actor: true };
      continue;
    }
    const operator = operatorOf(actor, network);
    if (operator !== undefined) {
      // a `ps` is what has nothing of a CSCF: a server that is called by SIP
      const host = {
        name: actor.host,
        kind: 'ps',
        operator,
        aliases: [],
        addresses: [],
        capabilities: [],
      } as const;
      elements.push({ ...host, actor: true });
    }
  }
  return { ...network, elements };
}

/** The operator under whose domain a server stands. */
export function operatorOf({ host }: ServerActor, network: Network): string | undefined {
  return (
    elementNamed(network, host)?.operator ??
    network.operators.find(({ domain }) => host.endsWith(`.${domain}`))?.domain
  );
}

export function noOperator({ host }: ServerActor, { operators }: Network): string {
  const domains = operators.map(({ domain }) => domain);
  return `${host} is under no operator's domain; there are: ${domains.join(', ')}`;
}

/** The network that a scenario names, for its names; undefined where it cannot be read: `networkOf` says why. */
export function networkAtHand(network: Scenario['network']): Network | undefined {
  if (network.kind === 'inline') {
    return network.network;
  }
  try {
    const { mtimeMs, size } = statSync(network.path);
    const known = read.get(network.path);
    if (known?.mtimeMs === mtimeMs && known.size === size) {
      return known.network;
    }
    if (read.size >= MAX_READ) {
      read.clear();
    }
    const its = size > MAX_LOOKED_INTO_BYTES ? undefined : readNetworkFile(network.path);
    read.set(network.path, { mtimeMs, size, network: its });
    return its;
  } catch {
    return undefined; // networkOf meets the same error, and says it
  }
}

/** A folder of scenarios names the same network a hundred times. */
const read = new Map<
  string,
  { readonly mtimeMs: number; readonly size: number; readonly network: Network | undefined }
>();
const MAX_READ = 16;
const MAX_LOOKED_INTO_BYTES = 1024 * 1024;
