import { availableParallelism } from 'node:os';
import { UserError } from '@ims-sim/element';
import { systemClock } from '@ims-sim/host';
import { untilSignal } from '../signals.js';
import { writableFolder } from '../writable-folder.js';
import { checkFlags, type RunFlags } from './flags.js';
import { Interrupted } from './interruptible.js';
import { writeOutput, writeOverall } from './output-files.js';
import { claimsOf, plan, type Planned } from './plan.js';
import { playInTurn } from './play-real.js';
import { playSimulated } from './play-simulated.js';
import { type Job, runPool } from './pool.js';
import { type Judged, outcomeOf, type Result, type RunResult } from './result.js';
import { showMany } from './show-many.js';
import { showOne } from './show-one.js';
import type { Show } from './show.js';

/**
 * `ims run`: plays scenarios, several at a time where they have nothing in common; `passed` when all did. Rejects with `UserError`
 * where a file cannot be used, or the only scenario cannot be played; of several, those that can are played. Nothing is left
 * running.
 */
export async function runScenarios(paths: readonly string[], flags: RunFlags): Promise<RunResult> {
  checkFlags(flags);
  const all = plan(paths, flags);
  writableFolder('--out', flags.out);
  const runs = all.length * (flags.seeds ?? 1);
  const show = runs === 1 ? showOne(process.stdout) : showMany(process.stdout, runs, flags.out);
  const over = new AbortController();
  let isInterrupted = false;
  void untilSignal().then(() => {
    isInterrupted = true;
    over.abort();
  });
  const run = new Run(flags, show, runs);
  try {
    if (flags.simulate) {
      await run.simulated(all, over.signal);
    } else {
      await run.real(all, over.signal);
    }
  } finally {
    show.close(run.results);
  }
  if (runs > 1) {
    writeOverall(flags.out, run.results);
  }
  return isInterrupted ? 'interrupted' : outcomeOf(run.results);
}

/** What has come so far, and whether more is to come. */
class Run {
  readonly results: Result[] = [];
  readonly #flags: RunFlags;
  readonly #show: Show;
  readonly #runs: number;

  constructor(flags: RunFlags, show: Show, runs: number) {
    this.#flags = flags;
    this.#show = show;
    this.#runs = runs;
  }

  /** Those that leave a network as they found it follow one another on it; the others have one each. */
  async real(all: readonly Planned[], abort: AbortSignal): Promise<void> {
    const { attach, jobs = availableParallelism() } = this.#flags;
    const groups = new Map<unknown, Planned[]>();
    for (const planned of all) {
      const isShared = planned.leftovers.kind === 'shared' && planned.networkFile !== undefined;
      const key = attach ? 'attached' : isShared ? planned.networkFile : planned;
      const group = groups.get(key);
      groups.set(key, group ?? []);
      groups.get(key)?.push(planned);
    }
    const pool = [...groups.values()].map((group): Job => ({
      claims: new Set(group.flatMap((planned) => [...claimsOf(planned)])),
      run: () => this.#inTurn(group, abort),
    }));
    await runPool(pool, attach ? 1 : jobs, () => abort.aborted || this.#isEnough());
  }

  async simulated(all: readonly Planned[], abort: AbortSignal): Promise<void> {
    const { seed: first = 1, seeds } = this.#flags;
    for (const planned of all) {
      for (let seed = first; seed < first + (seeds ?? 1); seed++) {
        if (abort.aborted || this.#isEnough()) {
          return;
        }
        const beganMs = systemClock.now();
        this.#show.began(planned);
        const chance = seeds !== undefined;
        const end = await playSimulated(planned, { flags: this.#flags, seed, chance, abort }).catch(
          (error: unknown) => error as Error,
        );
        this.#ended(planned, end, (systemClock.now() - beganMs) / 1000);
      }
    }
  }

  async #inTurn(group: readonly Planned[], abort: AbortSignal): Promise<void> {
    const options = { flags: this.#flags, show: this.#show, abort, enough: () => this.#isEnough() };
    await playInTurn(group, options, (planned, end, tookS) => {
      this.#ended(planned, end, tookS);
    });
  }

  #isEnough(): boolean {
    return this.#flags.bail && outcomeOf(this.results) !== 'passed';
  }

  /** Of one scenario alone, what cannot be played is the run's own end; of several it is one of the results. */
  #ended(planned: Planned, end: Judged | Error, tookS: number): void {
    if (end instanceof Interrupted) {
      return;
    }
    const result = end instanceof Error ? this.#unusable(planned, end, tookS) : this.#written({ ...end, tookS });
    this.results.push(result);
    this.#show.ended(result);
  }

  #unusable(planned: Planned, error: Error, tookS: number): Result {
    if (this.#runs === 1 || !(error instanceof UserError)) {
      throw error;
    }
    return { kind: 'unusable', planned, complaint: error.message, tookS };
  }

  /** Of many seeds, only those that fail are worth a folder. */
  #written(judged: Judged): Judged {
    const isOfMany = (this.#flags.seeds ?? 1) > 1;
    if (isOfMany && judged.passed) {
      return judged;
    }
    const { planned, seed } = judged;
    const out = isOfMany && seed !== undefined ? `${planned.out}-seed-${seed}` : planned.out;
    const there = { ...judged, planned: { ...planned, out } };
    return { ...there, files: writeOutput(there) };
  }
}
