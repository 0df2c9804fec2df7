import { UserError } from '@ims-sim/element';
import { type Ground, play, type SoFar } from '@ims-sim/player';
import { judge } from '@ims-sim/scenario';
import { systemClock } from '@ims-sim/host';
import type { SeedResult } from '../simulate/seeds.js';
import type { RunFlags } from './flags.js';
import { cutShort, type Standing, standingOf } from './cut-short.js';
import { idleFaults } from './idle-faults.js';
import { withinLimit } from './interruptible.js';
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

/** Plays a scenario in this process. Rejects with `UserError` where it cannot be simulated, or takes too long. */
export async function playSimulated(planned: Planned, options: SimulatedOptions): Promise<Judged> {
  // All elements' code, which a run on real processes does without.
  const [{ simulateWith }, { DEFAULT_CHANCE }, { repeatCommand }, { chancyFailures }] = await Promise.all([
    import('../simulate/simulate.js'),
    import('../simulate/chance.js'),
    import('../simulate/seeds.js'),
    import('../simulate/seed-result.js'),
  ]);
  const { flags, seed, chance, abort } = options;
  const { scenario, network } = planned;
  const beganMs = systemClock.now();
  const command = chance
    ? repeatCommand(scenario.file, seed, planned.againWith)
    : `ims run ${scenario.file} --simulate --seed ${seed}${planned.againWith}`;
  const over = new AbortController();
  let begun: { readonly soFar: SoFar; readonly ground: Ground } | undefined;
  let standing: Standing | undefined;
  const simulating = simulateWith(
    scenario,
    network,
    { seed, chance: chance ? DEFAULT_CHANCE : undefined, abort: over.signal },
    (ground, abort) =>
      play(scenario, network, ground, {
        quietMs: scenario.quietMs ?? QUIET_MS,
        abort,
        seed,
        keepGoing: flags.keepGoing,
        onStart: (soFar) => {
          begun = { soFar, ground };
          abort.addEventListener('abort', () => {
            standing = standingOf(soFar); // it ends all that is going on
          });
        },
      }),
  );
  const { played, records, broken, restarts } = await withinLimit(simulating, flags.timeout, abort)
    .catch((error: unknown) => {
      if (!(error instanceof UserError) || begun === undefined) {
        throw error;
      }
      const { soFar, ground } = begun;
      const records = ground.records();
      throw cutShort(error, planned, standing ?? standingOf(soFar), { records, command, seed });
    })
    .finally(() => {
      over.abort();
    });
  const verdict = judge(played.flow(scenario.flow), records);
  // By chance a message may not come that a fault is for, or come too often.
  const idle = chance || played.beganAtUs === undefined ? [] : idleFaults(scenario, records);
  const failures = [...played.failures, ...idle];
  // With losses and kills by chance what comes is not what the table says; what must always hold is what counts.
  const passed = chance
    ? chancyFailures({ broken, failures, restarts }).length === 0
    : broken.length === 0 && verdict.passed && failures.length === 0;
  return {
    kind: 'judged',
    planned,
    passed,
    verdict,
    failures,
    broken,
    records,
    tookS: (systemClock.now() - beganMs) / 1000,
    command,
    seed,
    files: [],
  };
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
