import { UserError } from '@ims-sim/element';
import { type Ground, play, type Played, type SoFar } from '@ims-sim/player';
import { judge } from '@ims-sim/scenario';
import { systemClock } from '@ims-sim/host';
import type { SeedResult } from '../simulate/seeds.js';
import type { Simulated } from '../simulate/simulate.js';
import type { RunFlags } from './flags.js';
import { cutShort, type Standing, standingOf } from './cut-short.js';
import { idleFaults } from './idle-faults.js';
import { forTheUser, withinLimit } from './interruptible.js';
import type { Planned } from './plan.js';
import type { Judged } from './result.js';
import { QUIET_MS } from './session.js';

export interface SimulatedOptions {
  readonly flags: RunFlags;
  readonly seed: number;
  /** Messages are lost, late or doubled, and elements restarted, by chance. */
  readonly chance: boolean;
  readonly abort: AbortSignal;
}

/**
 * Plays a scenario in this process. Rejects with `UserError` where it cannot be simulated, with `CutShort` where it takes
 * too long or is interrupted after it began, with `Interrupted` before. */
export async function playSimulated(planned: Planned, options: SimulatedOptions): Promise<Judged> {
  const { seed, chance } = options;
  const { scenario, againWith } = planned;
  // All elements' code, which a run on real processes does without.
  const [{ repeatCommand }, { chancyFailures }] = await Promise.all([
    import('../simulate/seeds.js'),
    import('../simulate/seed-result.js'),
  ]);
  const beganMs = systemClock.now();
  const command = chance
    ? repeatCommand(scenario.file, seed, againWith)
    : `ims run ${scenario.file} --simulate --seed ${seed}${againWith}`;
  const { played, records, broken, restarts } = await simulatedWithin(planned, command, options);
  const verdict = judge(played.flow(scenario.flow), records);
  // By chance a message may not come that a fault is for, or come too often.
  const idle = chance || played.beganAtUs === undefined ? [] : idleFaults(scenario, records);
  const failures = [...played.failures, ...idle];
  // With losses and kills by chance what comes is not what the table says; what must always hold is what counts.
  const passed = chance
    ? chancyFailures({ broken, failures, restarts }).length === 0
    : broken.length === 0 && verdict.passed && failures.length === 0;
  const judged = { kind: 'judged', planned, passed, verdict, failures, broken, records } as const;
  return { ...judged, tookS: (systemClock.now() - beganMs) / 1000, command, seed, files: [] };
}

/** The simulation itself. One that does not end, by itself or in time, or is interrupted, rejects with `CutShort`: what came, and what was going on. */
async function simulatedWithin(
  planned: Planned,
  command: string,
  { flags, seed, chance, abort }: SimulatedOptions,
): Promise<Simulated<Played>> {
  const [{ simulateWith }, { DEFAULT_CHANCE }] = await Promise.all([
    import('../simulate/simulate.js'),
    import('../simulate/chance.js'),
  ]);
  const { scenario, network } = planned;
  const over = new AbortController();
  let begun: { readonly soFar: SoFar; readonly ground: Ground } | undefined;
  let standing: Standing | undefined;
  const begin = (ground: Ground, ends: AbortSignal): Promise<Played> =>
    play(scenario, network, ground, {
      quietMs: scenario.quietMs ?? QUIET_MS,
      abort: ends,
      seed,
      keepGoing: flags.keepGoing,
      onStart: (soFar) => {
        begun = { soFar, ground };
        ends.addEventListener('abort', () => {
          standing = standingOf(soFar); // it ends all that is going on
        });
      },
    });
  const bounds = chance ? DEFAULT_CHANCE : undefined;
  const simulating = simulateWith(scenario, network, { seed, chance: bounds, abort: over.signal }, begin);
  try {
    return await withinLimit(simulating, flags.timeout, abort);
  } catch (error) {
    const why = forTheUser(error);
    if (!(why instanceof UserError) || begun === undefined) {
      throw error;
    }
    const { soFar, ground } = begun;
    const records = ground.records();
    throw cutShort(why, planned, standing ?? standingOf(soFar), { records, command, seed });
  } finally {
    over.abort();
  }
}

export interface ManySeedsOptions {
  readonly flags: RunFlags;
  readonly from: number;
  readonly count: number;
  readonly abort: AbortSignal;
  readonly onResult: (result: SeedResult) => void;
}

/** Plays a scenario with many seeds, on all cores; after `abort` with those that were done. */
export async function playSeeds(
  { scenario, network }: Planned,
  { flags, from, count, abort, onResult }: ManySeedsOptions,
): Promise<readonly SeedResult[]> {
  const [{ simulateSeeds }, { DEFAULT_CHANCE }] = await Promise.all([
    import('../simulate/seeds.js'),
    import('../simulate/chance.js'),
  ]);
  return simulateSeeds(scenario, network, {
    from,
    count,
    chance: DEFAULT_CHANCE,
    limitS: flags.timeout,
    threads: flags.jobs,
    abort,
    onResult,
  });
}
