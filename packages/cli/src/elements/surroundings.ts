import { type ElementStart, processLog } from '@ims-sim/element';
import {
  type Clock,
  type Endpoint,
  type Log,
  type Net,
  nodeNet,
  noTrace,
  prettyEndpoint,
  type Random,
  systemClock,
  systemRandom,
  type Trace,
} from '@ims-sim/host';
import type { SubscriberStore } from '@ims-sim/hss';
import { type HepTrace, hepTrace } from '@ims-sim/trace/sender';

/** What one element has of the world: a process's machine, or its part of a simulation. */
export interface Surroundings {
  readonly net: Net;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly log: Log;
  /** Where an HSS keeps its subscribers; undefined: as the network file says. */
  readonly hssStore?: (() => SubscriberStore) | undefined;
  /** RFC 3539's Tw; undefined: 30 s. */
  readonly watchdogMs?: number | undefined;
  /** Says on the trace that the element serves: what a runner waits for that attaches and cannot reach it. */
  sayReady(): void;
  /** Sends what of the trace is held back, then closes it. */
  close(): Promise<void>;
}

/** What an element that serves says on its trace, belonging to no call. */
export const READY = 'ready';
/** A runner that attaches waits for the traces of all elements: they look for it as often. */
const COLLECTOR_RETRY_MS = 250;

/** The machine's sockets, clock and chance; log lines on standard error, and the trace to the collector. */
export function processSurroundings({ name, network, collector, logLevel }: ElementStart): Surroundings {
  const trace = collector && readyTrace(name, collector);
  const also = network.collector;
  const isOther =
    collector !== undefined && also !== undefined && prettyEndpoint(collector) !== prettyEndpoint(also);
  const further = isOther ? hepTrace({ ...FURTHER, name, collector: also }) : undefined;
  return {
    net: nodeNet,
    clock: systemClock,
    random: systemRandom,
    trace: trace === undefined ? noTrace : further === undefined ? trace.hep : both(trace.hep, further),
    log: processLog(name, logLevel),
    sayReady: () => trace?.sayReady(),
    close: async () => {
      await Promise.all([trace?.hep.close(), further?.close()]);
    },
  };
}

/** The network file's collector, beside a runner that takes the trace itself: it may be there or not, and nobody waits for it. */
const FURTHER = { net: nodeNet, clock: systemClock, maxRetryMs: 1000, closeTimeoutMs: 200 } as const;

function both(one: Trace, other: Trace): Trace {
  return {
    enabled: true,
    message(message) {
      one.message(message);
      other.message(message);
    },
    decision(decision) {
      one.decision(decision);
      other.decision(decision);
    },
  };
}

/** A trace that says `READY` to each collector that it is connected with, as soon as the element is. */
function readyTrace(name: string, collector: Endpoint): { readonly hep: HepTrace; sayReady(): void } {
  let isReady = false;
  let wasConnected = false;
  const say = (): void => {
    hep.note(READY);
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
