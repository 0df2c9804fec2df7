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
import {
  type Endpoint,
  type Host,
  type Net,
  nodeNet,
  noTrace,
  prettyEndpoint,
  systemClock,
} from '@ims-sim/host';
import { type HepTrace, hepTrace } from '@ims-sim/trace';

const ANY_PORT: Endpoint = { address: '127.0.0.1', port: 0 };
/** What an element that serves says on its trace, belonging to no call. */
export const READY = 'ready';
/** A runner that attaches waits for the traces of all elements: they look for it as often. */
const COLLECTOR_RETRY_MS = 250;

/** What every element's process stands on. */
export interface ElementHost {
  readonly host: Host;
  /** Says on the trace that the element serves: what a runner waits for that attaches and cannot reach it. */
  readonly sayReady: () => void;
  /** The element's resolver; where it listens on every address, names give the peer's nearest one first. */
  readonly resolver: Resolver;
  /** Sends what of the trace is held back, then closes it and the resolver. */
  close(): Promise<void>;
}

export function elementHost(start: ElementStart): ElementHost {
  const { name, collector, logLevel } = start;
  const log = processLog(name, logLevel);
  const trace = collector && readyTrace(name, collector);
  const host = processHost(name, trace?.hep ?? noTrace, log);
  const { resolver, close } = resolverFor(host, start);
  return {
    host,
    resolver,
    sayReady: () => trace?.sayReady(),
    close: async () => {
      close();
      await trace?.hep.close();
    },
  };
}

/** A trace that says `READY` to each collector that it is connected with, as soon as the element is. */
function readyTrace(name: string, collector: Endpoint): { readonly hep: HepTrace; sayReady(): void } {
  let isReady = false;
  let wasConnected = false;
  const say = (): void => {
    hep.decision({ clause: '', text: READY });
  };
  const net: Net = {
    ...nodeNet,
    async connect(...to) {
      const connection = await nodeNet.connect(...to);
      wasConnected = true;
      if (isReady) {
        say();
      }
      return connection;
    },
  };
  const hep = hepTrace({ net, clock: systemClock, name, collector, maxRetryMs: COLLECTOR_RETRY_MS });
  return {
    hep,
    sayReady: () => {
      isReady = true;
      if (wasConnected) {
        say();
      }
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
      case 'EADDRINUSE':
        throw new UserError(
          `${name}: ${prettyEndpoint(taken)} is in use: stop what listens there, or give it ${key}`,
          { cause: error },
        );
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
