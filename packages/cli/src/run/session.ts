import type { Network } from '@ims-sim/element';
import { UserError } from '@ims-sim/element';
import { nodeNet, systemClock } from '@ims-sim/host';
import { play, type Played, type SoFar } from '@ims-sim/player';
import type { Action, Scenario } from '@ims-sim/scenario';
import { callId, parseMessage } from '@ims-sim/sip';
import { type HepCollector, startCollector, type TraceRecord } from '@ims-sim/trace';
import type { Crash } from '../child-element.js';
import { bind } from '../elements/element-host.js';
import { PROBE } from '../probe.js';
import { type Names, namesOf } from './names.js';
import { type OpenNetwork, openNetwork, type OpenOptions } from './open-network.js';
import { RealGround } from './real-ground.js';

/** Once nothing has come for so long, the flow is over, unless the scenario says how long. */
export const QUIET_MS = 50;
/** The same where each element is asked besides whether it has dealt with all that came to it, and nothing is held back on its way. */
const OWN_QUIET_MS = 10;
/** What is on its way to the collector is there by then. */
const ON_ITS_WAY_MS = 500;
/** Calls of scenarios that are over, whose late messages are none of the next one's. */
const MAX_OLD_CALLS = 100_000;

export interface PlayOptions {
  readonly abort: AbortSignal;
  readonly keepGoing: boolean;
  readonly onAction: (done: string) => void;
  readonly onRecord: (record: TraceRecord) => void;
  readonly onStart: (soFar: SoFar) => void;
  /** What is done when the flow is over, so that another scenario can follow; judged by nobody. */
  readonly after: readonly Action[];
  /** Called while the elements have that to do, with what most probably is the trace of the scenario. */
  readonly onOver: (records: readonly TraceRecord[]) => void;
}

export interface PlayedHere {
  readonly played: Played;
  /** The trace of the scenario, what came after it left out. */
  readonly records: readonly TraceRecord[];
  /** Whether the network is as it was. */
  readonly clean: boolean;
}

/** A network that is up, and its trace: for one scenario after another. */
export class Session {
  readonly #network: Network;
  readonly #collector: HepCollector;
  readonly #names: Names;
  readonly #opened: OpenNetwork;
  readonly #oldCalls = new Set<string>();
  readonly #putOff: (() => void)[] = [];
  readonly #listener: { onRecord: (record: TraceRecord) => void };

  private constructor(
    network: Network,
    collector: HepCollector,
    names: Names,
    opened: OpenNetwork,
    listener: { onRecord: (record: TraceRecord) => void },
  ) {
    this.#network = network;
    this.#collector = collector;
    this.#names = names;
    this.#opened = opened;
    this.#listener = listener;
  }

  /** Rejects with `UserError`, nothing left running, where the network cannot be had. */
  static async open(network: Network, options: Omit<OpenOptions, 'collector'>): Promise<Session> {
    const names = namesOf(network);
    const listener: { onRecord: (record: TraceRecord) => void } = { onRecord: () => undefined };
    const listen = (options.attach ? network.collector : undefined) ?? { address: '127.0.0.1', port: 0 };
    const collector = await bind('the runner', listen, () =>
      startCollector({
        net: nodeNet,
        clock: systemClock,
        listen,
        names: names.of,
        onRecord: (record) => {
          listener.onRecord(record);
        },
      }),
    );
    try {
      const opened = await openNetwork(network, { ...options, collector });
      names.listening(opened.listening);
      return new Session(network, collector, names, opened, listener);
    } catch (error) {
      collector.close();
      throw error;
    }
  }

  /** Resolves when an element ends on its own. */
  get crashed(): Promise<Crash> {
    return this.#opened.crashed;
  }

  /** Rejects with `UserError` where this network cannot do what the scenario asks, or the trace has holes. */
  async play(scenario: Scenario, options: PlayOptions): Promise<PlayedHere> {
    const { abort, onAction, keepGoing, after } = options;
    let overAtUs = Infinity;
    let failedAfter = false;
    let early: readonly TraceRecord[] | undefined;
    this.#listener.onRecord = (record) => {
      if (overAtUs === Infinity && this.#isOwn(record)) {
        options.onRecord(record);
      }
    };
    const ground = new RealGround(scenario, {
      network: this.#network,
      opened: this.#opened,
      collector: this.#collector,
      names: this.#names,
      records: () => this.#records(),
      idle: () => {
        this.#doPutOff();
      },
    });
    const played = await play(scenario, this.#network, ground, {
      quietMs: scenario.quietMs ?? this.#quietMs(scenario),
      abort,
      onAction,
      onStart: options.onStart,
      keepGoing,
      after: {
        actions: after,
        onOver: () => {
          overAtUs = systemClock.now() * 1000;
          setImmediate(() => {
            early = this.#records().filter(({ atUs }) => atUs <= overAtUs);
            options.onOver(early);
          });
        },
        onFailure: () => {
          failedAfter = true;
        },
      },
    });
    const { dropped, rejected } = this.#collector;
    if (dropped + rejected > 0) {
      throw new UserError(`the trace has holes (${dropped} records dropped, ${rejected} not to be read)`);
    }
    const all = this.#records();
    const these = all.filter(({ atUs }) => atUs <= overAtUs);
    const records = early?.length === these.length ? early : these; // else a report was late
    this.#forget(all);
    return { played, records, clean: !failedAfter };
  }

  #quietMs({ faults }: Scenario): number {
    const areOurs = this.#opened.control !== undefined && !this.#network.elements.some((one) => one.external);
    const isHeldBack = faults.length > 0;
    return areOurs && !isHeldBack ? OWN_QUIET_MS : QUIET_MS;
  }

  /** The trace of the scenario that plays, as far as it has come, with what elements are about to report. */
  async recordsSoFar(): Promise<readonly TraceRecord[]> {
    await this.#collector.settle(QUIET_MS, ON_ITS_WAY_MS);
    return this.#records();
  }

  /** Puts work off until the next scenario only waits, or this network ends: it then costs no time. */
  putOff(work: () => void): void {
    this.#putOff.push(work);
  }

  #doPutOff(): void {
    for (const work of this.#putOff.splice(0)) {
      work();
    }
  }

  /** Ends every process of it. */
  async close(): Promise<void> {
    this.#doPutOff();
    await this.#opened.stop();
    this.#collector.close();
  }

  #records(): TraceRecord[] {
    return this.#collector.records().filter((record) => this.#isOwn(record));
  }

  /** Not the questions by which `probe` found out that the elements answer, and not what an earlier scenario began. */
  #isOwn(record: TraceRecord): boolean {
    if (record.kind === 'decision') {
      return (
        record.callId === undefined || !(record.callId.startsWith(PROBE) || this.#oldCalls.has(record.callId))
      );
    }
    if (record.bytes.includes(PROBE)) {
      return false;
    }
    return (
      this.#oldCalls.size === 0 || record.protocol !== 'sip' || !this.#oldCalls.has(callOf(record) ?? '')
    );
  }

  #forget(records: readonly TraceRecord[]): void {
    if (this.#oldCalls.size > MAX_OLD_CALLS) {
      this.#oldCalls.clear(); // of the first ones nothing comes any more
    }
    for (const record of records) {
      const call = record.kind === 'message' && record.protocol === 'sip' ? callOf(record) : undefined;
      if (call !== undefined) {
        this.#oldCalls.add(call);
      }
    }
    this.#collector.forget();
  }
}

function callOf({ bytes }: TraceRecord & { kind: 'message' }): string | undefined {
  const parsed = parseMessage(bytes.toString('latin1'));
  return parsed.kind === 'message' ? callId(parsed.message) : undefined;
}
