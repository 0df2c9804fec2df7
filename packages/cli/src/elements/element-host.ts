import { cachingResolver, type Resolver } from '@ims-sim/dns';
import {
  type ElementSettings,
  type ElementStart,
  errorCode,
  isUnspecified,
  nearestFirst,
  nearestTo,
  UserError,
} from '@ims-sim/element';
import { type Endpoint, type Host, prettyEndpoint } from '@ims-sim/host';
import { commandedFaults, type FaultsOfHost } from './commanded-faults.js';
import { Places } from './places.js';
import type { Surroundings } from './surroundings.js';
import { portHolder } from '../port-holder.js';

export { READY } from './surroundings.js';

const ANY_PORT: Endpoint = { address: '127.0.0.1', port: 0 };

/** What every element stands on, in a process or in a simulation. */
export interface ElementHost {
  readonly host: Host;
  /** The element's resolver; where it listens on every address, names give the peer's nearest one first. */
  readonly resolver: Resolver;
  readonly surroundings: Surroundings;
  /** Where the others are, for faults that befall what goes to one of them. */
  readonly places: Places;
  /** Undefined where nobody can command any: a started element's messages do not pass through them for nothing. */
  readonly faults: FaultsOfHost | undefined;
  /** Closes the resolver and the trace. */
  close(): Promise<void>;
}

export function elementHost(start: ElementStart, surroundings: Surroundings): ElementHost {
  const { net, clock, random, trace, log } = surroundings;
  const plain: Host = { name: start.name, net, clock, random, trace, log };
  const places = new Places(start.network);
  const faults = start.waitsForOthers ? commandedFaults(plain, places.nameOf) : undefined;
  const host = faults?.host ?? plain;
  const { resolver, close } = resolverFor(host, start);
  return {
    host,
    resolver,
    surroundings,
    places,
    faults,
    close: async () => {
      close();
      await surroundings.close();
    },
  };
}

/** The element of the network file that this process is. */
export function ownSettings({ network, name }: ElementStart): ElementSettings {
  const settings = network.elements.find((element) => element.name === name);
  if (!settings) {
    throw new UserError(`there is no element ${name} in the network`);
  }
  return settings;
}

/** Where the element is to listen: as the network file says, or any free port of the loopback address. */
export function listenAt(listen: Endpoint | undefined): Endpoint {
  return listen ?? ANY_PORT;
}

/** Runs `start`; an address that cannot be bound becomes one clear complaint. */
export async function bind<T>(name: string, listen: Endpoint, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const at = prettyEndpoint(listen);
    const taken = { ...listen, port: portOf(error) ?? listen.port };
    // A P-CSCF's other ports; the provisioning interface has its own complaint.
    const key = taken.port === listen.port ? 'another `listen`' : 'other `protectedPorts`';
    switch (errorCode(error)) {
      case 'EADDRINUSE': {
        const holder = portHolder(taken.port);
        throw new UserError(
          `${name}: ${prettyEndpoint(taken)} is in use${holder === undefined ? '' : ` by ${holder}`}: stop what listens there, or give it ${key}`,
          { cause: error },
        );
      }
      case 'EADDRNOTAVAIL':
        throw new UserError(
          `${name}: this machine has no address ${listen.address}: give it another \`listen\``,
          { cause: error },
        );
      case 'EACCES':
        throw new UserError(`${name}: not allowed to listen at ${at}: give it a port above 1023`, {
          cause: error,
        });
      default:
        throw error;
    }
  }
}

/** The port that the operating system's error is about. */
function portOf(error: unknown): number | undefined {
  const { port } = error as { readonly port?: unknown };
  return typeof port === 'number' && port > 0 ? port : undefined;
}

function resolverFor(
  host: Host,
  { name, network, dns }: ElementStart,
): { resolver: Resolver; close(): void } {
  const own = network.elements.find((element) => element.name === name);
  const listen = listenAt(own?.listen);
  const addresses = own?.addresses ?? [];
  // On several networks the DNS may be on one of its own, from which no answer finds the way to `addresses`.
  const everywhere = isUnspecified(listen.address);
  const localAddress = everywhere ? undefined : nearestTo(dns.address, [...addresses, listen.address]);
  const caching = cachingResolver({ host, server: dns, localAddress });
  return {
    resolver: everywhere ? nearestFirst(caching, addresses) : caching,
    close: () => {
      caching.close();
    },
  };
}
