import { type Network, UserError } from '@ims-sim/element';
import { VirtualClock } from '@ims-sim/host';
import type { Ground } from '@ims-sim/player';
import type { Scenario } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import { loadApplications } from '../applications.js';
import { Addresses } from './addresses.js';
import { type ChanceBounds, restartByChance } from './chance.js';
import { type BrokenProperty, brokenProperties, type TablesAround } from './properties/index.js';
import { evidenceOf } from './properties/evidence.js';
import { SimulatedGround } from './simulated-ground.js';
import { type Code, loadCode } from './load-code.js';
import { SimulatedNetwork, type Tables } from './simulated-network.js';

const DAY_MS = 24 * 3_600_000;
/** A scenario that is not over by then, in virtual time, is taken for one that never is. */
const PLAYED_WITHIN_MS = 30 * DAY_MS;
/**
 * A registration may last 600,000 s (TS 24.229 5.1.1.2.1); then what hangs on it ends. One that is restored after a kill may last as long
 * once more: nobody knows how much of it is left.
 */
const ENDED_WITHIN_MS = 8 * DAY_MS;
/** Timers that a whole simulation may fire: more is a loop. */
const MAX_FIRED = 5_000_000;
/** Between two looks at whether everything has ended; the steps grow, as what is left is ever longer. */
const FIRST_LOOK_MS = 40_000;
const LOOK_GROWS = 4;
/** Without chance: long enough that times in the trace say what came before what. */
const WAY_MS = 1;

export interface SimulateOptions {
  /** The same seed gives the same trace. */
  readonly seed: number;
  /** Undefined: nothing goes wrong but what the scenario has. */
  readonly chance?: ChanceBounds | undefined;
  /** Ends the simulation: its promise rejects with the signal's reason. */
  readonly abort?: AbortSignal | undefined;
}

export interface Simulated<P> {
  readonly played: P;
  /** What came until the scenario was over. */
  readonly records: readonly TraceRecord[];
  /** What came until everything had ended. */
  readonly all: readonly TraceRecord[];
  readonly broken: readonly BrokenProperty[];
  readonly tables: TablesAround;
  /** How many elements chance has killed and started again. */
  readonly restarts: number;
  /** How much virtual time went by, in seconds. */
  readonly virtualS: number;
}

/** What a simulation has to know of its scenario. */
export type Cast = Pick<Scenario, 'file' | 'elements' | 'actors' | 'faults'>;

/**
 * Starts the network in this process, and gives what `play` makes of it on virtual time, and which properties did not hold. Rejects with
 * `UserError` where the scenario cannot be simulated.
 */
export async function simulateWith<P>(
  scenario: Cast,
  network: Network,
  { seed, chance, abort }: SimulateOptions,
  play: (ground: Ground, abort: AbortSignal) => Promise<P>,
): Promise<Simulated<P>> {
  const absent = absentOf(scenario, network);
  const code = await codeOf(network);
  await loadApplications(network, absent);
  const clock = new VirtualClock(undefined, MAX_FIRED);
  const startMs = clock.now();
  const addresses = new Addresses(wantedAddresses(scenario));
  const simulated = new SimulatedNetwork({ network, seed, clock, absent, addresses });
  const over = new AbortController();
  const onAbort = (): void => {
    clock.stop();
  };
  abort?.addEventListener('abort', onAbort);
  try {
    abort?.throwIfAborted();
    simulated.memory.faults = { delayMs: [WAY_MS, WAY_MS] };
    await clock.until(simulated.bringUp(code), PLAYED_WITHIN_MS);
    await clock.advance(FIRST_LOOK_MS);
    const before = simulated.tables();
    simulated.memory.faults = chance ?? simulated.memory.faults;
    const restarts = chance && restartByChance(simulated, clock, seed, chance);
    const ground = new SimulatedGround({
      simulated,
      clock,
      addresses,
      seed,
      actorAt: actorsByHost(scenario),
      isLossy: chance !== undefined,
    });
    const playing = Promise.race([play(ground, over.signal), ...(restarts ? [restarts.failed] : [])]);
    const played = await overWithin(clock, playing, scenario.file);
    const { length } = simulated.collector.records();
    await allEnded(clock, simulated, before, restarts?.failed);
    abort?.throwIfAborted();
    const all = simulated.collector.records();
    const tables = { before, after: simulated.tables() };
    return {
      played,
      records: all.slice(0, length),
      all,
      broken: brokenProperties(evidenceOf(scenario, network, all, absent, chance !== undefined), tables),
      tables,
      restarts: restarts?.count ?? 0,
      virtualS: (clock.now() - startMs) / 1000,
    };
  } catch (error) {
    throw abort?.aborted === true ? (abort.reason as unknown) : error;
  } finally {
    over.abort();
    simulated.stop();
    clock.stop();
    abort?.removeEventListener('abort', onAbort);
  }
}

/** What a scenario waits for never comes, or it goes on for longer than any. */
export class NeverOver extends UserError {}

/** Moves time until the scenario is over. Rejects with `NeverOver` where what it waits for never comes. */
async function overWithin<P>(clock: VirtualClock, playing: Promise<P>, file: string): Promise<P> {
  let isOver = false;
  const watched = playing.finally(() => {
    isOver = true;
  });
  try {
    return await clock.until(watched, PLAYED_WITHIN_MS);
  } catch (error) {
    if (isOver) {
      throw error;
    }
    const days = PLAYED_WITHIN_MS / DAY_MS;
    const why =
      clock.pendingTimers === 0
        ? 'it waits for something that never comes: nobody has anything to do any more'
        : `it was not over within ${days} days of virtual time, or ${MAX_FIRED} events`;
    throw new NeverOver(`${file}: ${why}`, { cause: error });
  }
}

/** Until everything has ended that the scenario began; `failed`: an element cannot be started again. */
async function allEnded(
  clock: VirtualClock,
  simulated: SimulatedNetwork,
  before: Tables,
  failed: Promise<never> | undefined,
): Promise<void> {
  await clock.until(repaired(simulated), PLAYED_WITHIN_MS);
  await Promise.race([ended(clock, simulated, before), ...(failed === undefined ? [] : [failed])]);
}

/** What the scenario killed and left so comes back, as in any network, before it is waited for what has to end. */
async function repaired(simulated: SimulatedNetwork): Promise<void> {
  for (const name of simulated.names.filter((each) => simulated.isDown(each))) {
    await simulated.restart(name);
  }
}

/** Lets time pass until the tables are as they were, or what is left lasts longer than anything may. */
async function ended(clock: VirtualClock, simulated: SimulatedNetwork, before: Tables): Promise<void> {
  const overMs = clock.now();
  const leftMs = (): number => overMs + ENDED_WITHIN_MS * (1 + simulated.kills) - clock.now(); // kills may still come
  for (let stepMs = FIRST_LOOK_MS; leftMs() > 0; stepMs *= LOOK_GROWS) {
    await clock.advance(Math.min(stepMs, leftMs()));
    if (areSmall(simulated.tables(), before)) {
      return;
    }
  }
}

function areSmall(now: Tables, before: Tables): boolean {
  return [...now].every(([name, tables]) =>
    Object.entries(tables).every(([table, size]) => size <= (before.get(name)?.[table] ?? 0)),
  );
}

function actorsByHost({ actors }: Cast): Map<string, string> {
  return new Map(actors.flatMap((actor) => (actor.kind === 'ue' ? [] : [[actor.host, actor.name] as const])));
}

function wantedAddresses({ actors }: Cast): Map<string, string> {
  return new Map(
    actors.flatMap((actor) =>
      actor.kind === 'ue' && actor.address !== undefined ? [[actor.name, actor.address] as const] : [],
    ),
  );
}

/** Elements that are not started: nobody is to be there, or an actor is. */
function absentOf({ elements, actors, file }: Cast, network: Network): Set<string> {
  const played = new Set(actors.flatMap((actor) => (actor.kind === 'ue' ? [] : [actor.host])));
  const absent = new Set(played);
  for (const { name, operator, external, actor } of network.elements) {
    const role = elements.get(name) ?? elements.get(operator);
    if (role?.kind === 'nothing' || actor === true) {
      absent.add(name);
    } else if (!played.has(name) && (role?.kind === 'external' || external !== undefined)) {
      throw new UserError(
        `${file}: ${name} is external, and a simulation has nobody outside: run it without --simulate, or give it \`play\``,
      );
    }
  }
  return absent;
}

const codes = new Map<string, Promise<Code>>();

function codeOf(network: Network): Promise<Code> {
  const kinds = [...new Set(network.elements.map(({ kind }) => kind))].sort().join(' ');
  const known = codes.get(kinds) ?? loadCode(network);
  codes.set(kinds, known);
  return known;
}
