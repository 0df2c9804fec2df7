import { cachingResolver, type Resolver } from '@ims-sim/dns';
import {
  type ElementSettings,
  type ElementStart,
  errorCode,
  isUnspecified,
  nearestFirst,
  nearestTo,
  processHost,
  processLog,
  UserError,
} from '@ims-sim/element';
import { type Endpoint, type Host, nodeNet, noTrace, prettyEndpoint, systemClock } from '@ims-sim/host';
import { hepTrace } from '@ims-sim/trace';

const ANY_PORT: Endpoint = { address: '127.0.0.1', port: 0 };

/** What every element's process stands on. */
export interface ElementHost {
  readonly host: Host;
  /** Sends what of the trace is held back, then closes. */
  closeTrace(): Promise<void>;
}

export function elementHost({ name, collector, logLevel }: ElementStart): ElementHost {
  const log = processLog(name, logLevel);
  const hep = collector && hepTrace({ net: nodeNet, clock: systemClock, name, collector });
  return {
    host: processHost(name, hep ?? noTrace, log),
    closeTrace: async () => hep?.close(),
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
    switch (errorCode(error)) {
      case 'EADDRINUSE':
        throw new UserError(`${name}: ${at} is in use: stop what listens there, or give it another \`listen\``, { cause: error });
      case 'EADDRNOTAVAIL':
        throw new UserError(`${name}: this machine has no address ${listen.address}: give it another \`listen\``, { cause: error });
      case 'EACCES':
        throw new UserError(`${name}: not allowed to listen at ${at}: give it a port above 1023`, { cause: error });
      default:
        throw error;
    }
  }
}

/** The element's resolver; where it listens on every address, names give the peer's nearest one first. */
export function resolverFor(host: Host, start: ElementStart): Resolver {
  const { listen, addresses } = ownSettings(start);
  const own = [...addresses, listenAt(listen).address].filter((address) => !isUnspecified(address));
  const resolver = cachingResolver({ host, server: start.dns, localAddress: nearestTo(start.dns.address, own) });
  return listen && isUnspecified(listen.address) ? nearestFirst(resolver, addresses) : resolver;
}
