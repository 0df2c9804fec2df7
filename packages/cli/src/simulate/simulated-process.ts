import type { Clock, Log, MemoryHost, Net, Random, TcpReceiver, Timer, Trace } from '@ims-sim/host';
import { silentLog } from '@ims-sim/host';
import type { SubscriberStore } from '@ims-sim/hss';
import type { Surroundings } from '../elements/surroundings.js';

/**
 * RFC 3539's Tw in a simulation, in milliseconds.
 * Deviation: 30 s, as elsewhere, would be most of what happens in the days until a registration has expired. Nothing is missed: a TCP
 * connection in memory does not go silent, its end is always heard of.
 */
const WATCHDOG_MS = 12 * 3_600_000;

export interface SimulatedProcessOptions {
  readonly machine: MemoryHost;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  /** The HSS's disk. */
  readonly hssStore: (() => SubscriberStore) | undefined;
}

/**
 * What would be one process: its part of the simulated world, which `kill` takes from it. Nothing that it has set going is called
 * after that, and nothing that is still called reaches anybody.
 */
export class SimulatedProcess implements Surroundings {
  readonly net: Net;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly log: Log = silentLog;
  readonly hssStore: (() => SubscriberStore) | undefined;
  readonly watchdogMs = WATCHDOG_MS;
  readonly #machine: MemoryHost;
  readonly #life: Life = { isOver: false, pendingTimers: 0 };

  constructor({ machine, clock, random, trace, hssStore }: SimulatedProcessOptions) {
    const life = this.#life;
    this.#machine = machine;
    this.net = netOf(machine, life);
    this.clock = {
      now: () => clock.now(),
      timer: (delayMs, callback) => timer(clock, delayMs, callback, life),
    };
    this.random = random;
    this.trace = traceOf(trace, life);
    this.hssStore = hssStore;
  }

  /** Timers that it has set and that have neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#life.pendingTimers;
  }

  get isKilled(): boolean {
    return this.#life.isOver;
  }

  /** `kill -9`. */
  kill(): void {
    this.#life.isOver = true;
    this.#machine.crash();
  }

  sayReady(): void {
    this.trace.decision({ clause: '', text: 'ready' });
  }

  async close(): Promise<void> {
    // Its trace is the simulation's.
  }
}

interface Life {
  isOver: boolean;
  pendingTimers: number;
}

function timer(clock: Clock, delayMs: number, callback: () => void, life: Life): Timer {
  life.pendingTimers++;
  let isPending = true;
  const set = clock.timer(delayMs, () => {
    isPending = false;
    life.pendingTimers--;
    if (!life.isOver) {
      callback();
    }
  });
  return {
    cancel: () => {
      if (isPending) {
        isPending = false;
        life.pendingTimers--;
        set.cancel();
      }
    },
  };
}

const NOBODY: TcpReceiver = { onData: () => undefined, onClose: () => undefined };

/** Who is dead does not get an answer, of whatever kind. */
function netOf(machine: MemoryHost, life: Life): Net {
  return {
    udp: (local, receiver) => (life.isOver ? never() : machine.udp(local, receiver)),
    listen: (local, accept) =>
      life.isOver ? never() : machine.listen(local, (connection) => accept(connection)),
    connect: (remote, timeoutMs, receive) =>
      life.isOver
        ? never()
        : machine.connect(remote, timeoutMs, (connection) => {
            if (!life.isOver) {
              return receive(connection);
            }
            connection.destroy();
            return NOBODY;
          }),
  };
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

function traceOf(trace: Trace, life: Life): Trace {
  return {
    enabled: true,
    message: (message) => {
      if (!life.isOver) {
        trace.message(message);
      }
    },
    decision: (decision) => {
      if (!life.isOver) {
        trace.decision(decision);
      }
    },
  };
}
