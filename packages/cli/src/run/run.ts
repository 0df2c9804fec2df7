import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@ims-sim/element';
import { systemClock } from '@ims-sim/host';
import { untilSignal } from '../signals.js';
import type { SeedResult } from '../simulate/seeds.js';
import { writableFolder } from '../writable-folder.js';
import { checkFlags, type RunFlags } from './flags.js';
import { CutShort } from './cut-short.js';
import { Interrupted } from './interruptible.js';
import { withExcerpt } from './ladder-excerpt.js';
import { clearOutput, writeOutput, writeOverall } from './output-files.js';
import { claimsOf, plan, type Planned } from './plan.js';
import { playInTurn } from './play-real.js';
import { playSeeds, playSimulated } from './play-simulated.js';
import { type Job, runPool } from './pool.js';
import { type Judged, outcomeOf, type Result, type RunResult, type Seeds } from './result.js';
import { SimulatingThreads } from './simulating-threads.js';
import { showMany } from './show-many.js';
import { showOne } from './show-one.js';
import type { Show } from './show.js';
import { noteLines, visible } from './text.js';

/** Reports of seeds that failed, at most. */
const SEEDS_WRITTEN = 5;

/**
 * `ims run`: plays scenarios, several at a time where they have nothing in common; `passed` when all did. Rejects with `UserError`
 * where a file cannot be used, or the only scenario cannot be played; of several, those that can are played. Nothing is left
 * running.
 */
export async function runScenarios(paths: readonly string[], flags: RunFlags): Promise<RunResult> {
  checkFlags(flags);
  const all = plan(paths, flags, (text) => {
    console.log(noteLines(text).join('\n'));
  });
  writableFolder('--out', flags.out);
  for (const folder of new Set([flags.out, ...all.map(({ out }) => out)])) {
    clearOutput(folder);
  }
  if (flags.seeds !== undefined) {
    for (const { out } of all) {
      clearSeeds(out);
    }
  }
  const isMany = all.length > 1;
  const isPlain = !isMany && (flags.seeds ?? 1) === 1;
  const show = isPlain ? showOne(process.stdout) : showMany(process.stdout, all.length, flags.out);
  const over = new AbortController();
  let isInterrupted = false;
  void untilSignal().then(() => {
    isInterrupted = true;
    over.abort();
  });
  const run = new Run(flags, show, isMany);
  try {
    if (flags.simulate) {
      await run.simulated(all, over.signal);
    } else {
      await run.real(all, over.signal);
    }
  } catch (error) {
    if (!isInterrupted || !(error instanceof CutShort)) {
      throw error;
    }
    console.error(`ims: ${visible(error.message)}`);
  } finally {
    show.close(run.inOrder(all));
  }
  if (!isPlain || (isInterrupted && run.results.length === 0)) {
    const why = isInterrupted ? 'not played to its end: interrupted' : 'not played: another failed (--bail)';
    writeOverall(flags.out, run.inOrder(all), run.unplayed(all), why);
  }
  return isInterrupted ? 'interrupted' : outcomeOf(run.results);
}

/** Of seeds that an earlier run found failing. */
function clearSeeds(out: string): void {
  for (const name of existsSync(out) ? readdirSync(out) : []) {
    if (/^seed-\d+$/.test(name)) {
      clearOutput(join(out, name));
      removeIfEmpty(join(out, name));
    }
  }
}

function removeIfEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) {
    rmdirSync(folder);
  }
}

/** What has come so far, and whether more is to come. */
class Run {
  readonly results: Result[] = [];
  readonly #flags: RunFlags;
  readonly #show: Show;
  readonly #isOneOfMany: boolean;

  constructor(flags: RunFlags, show: Show, isOneOfMany: boolean) {
    this.#flags = flags;
    this.#show = show;
    this.#isOneOfMany = isOneOfMany;
  }

  /** As they were named, not as they ended. */
  inOrder(all: readonly Planned[]): Result[] {
    return this.results.toSorted((a, b) => all.indexOf(a.planned) - all.indexOf(b.planned));
  }

  unplayed(all: readonly Planned[]): Planned[] {
    const played = new Set(this.results.map(({ planned }) => planned));
    return all.filter((planned) => !played.has(planned));
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
    const { seed = 1, seeds } = this.#flags;
    if (seeds === undefined && all.length > 1) {
      await this.#onThreads(all, seed, abort);
      return;
    }
    for (const planned of all) {
      if (abort.aborted || this.#isEnough()) {
        return;
      }
      const beganMs = systemClock.now();
      this.#show.began(planned);
      const end =
        seeds === undefined || seeds === 1
          ? await this.#oneSeed(planned, seed, seeds === 1, abort)
          : await this.#manySeeds(planned, seed, seeds, abort);
      this.#ended(planned, end, (systemClock.now() - beganMs) / 1000);
    }
  }

  async #onThreads(all: readonly Planned[], seed: number, abort: AbortSignal): Promise<void> {
    // More than there are cores would only take each other's time.
    const jobs = Math.min(this.#flags.jobs ?? Infinity, availableParallelism());
    const threads = new SimulatingThreads(this.#flags);
    abort.addEventListener('abort', () => void threads.close());
    const pool = all.map((planned): Job => ({
      claims: new Set(),
      run: async () => {
        const beganMs = systemClock.now();
        this.#show.began(planned);
        const end = await threads.play(planned, seed).catch((error: unknown) => error as Error);
        this.#ended(planned, end, (systemClock.now() - beganMs) / 1000);
      },
    }));
    try {
      await runPool(pool, jobs, () => abort.aborted || this.#isEnough());
    } finally {
      await threads.close();
    }
  }

  #oneSeed(planned: Planned, seed: number, chance: boolean, abort: AbortSignal): Promise<Judged | Error> {
    const options = { flags: this.#flags, seed, chance, abort };
    return playSimulated(planned, options).catch((error: unknown) => error as Error);
  }

  /** Of the seeds that fail, the first ones are played again, for their traces and reports. */
  async #manySeeds(
    planned: Planned,
    from: number,
    count: number,
    abort: AbortSignal,
  ): Promise<Seeds | Error> {
    let done = 0;
    let failed = 0;
    const onResult = ({ passed }: SeedResult): void => {
      done++;
      failed += passed ? 0 : 1;
      const text = `seed ${done} of ${count}${failed > 0 ? `, ${failed} failed` : ''}`;
      this.#show.progress(planned, 'seeds', text, 'passing');
    };
    const options = { flags: this.#flags, from, count, abort, onResult };
    try {
      const seeds = await playSeeds(planned, options);
      if (abort.aborted) {
        return new Interrupted();
      }
      const files: string[] = [];
      const again: Judged[] = [];
      const toWrite = seeds.filter(({ passed, isGivenUp }) => !passed && isGivenUp !== true);
      for (const { seed } of toWrite.slice(0, SEEDS_WRITTEN)) {
        if (abort.aborted) {
          break; // one cut short would say that it failed otherwise than it did
        }
        const end = await this.#oneSeed(planned, seed, true, abort);
        const judged = end instanceof CutShort ? end.left : end;
        if (!(judged instanceof Error)) {
          const out = join(planned.out, `seed-${seed}`);
          writeOutput({ ...judged, planned: { ...planned, out } });
          files.push(out);
          again.push(withExcerpt(judged, { isTableJudged: false }));
        }
      }
      const passed = seeds.length === count && seeds.every((each) => each.passed);
      return { kind: 'seeds', planned, passed, seeds, again, tookS: 0, files };
    } catch (error) {
      return error as Error;
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
  #ended(planned: Planned, end: Judged | Seeds | Error, tookS: number): void {
    if (end instanceof Interrupted) {
      return;
    }
    const result = this.#result(planned, end, tookS);
    if (!this.#isOneOfMany && result.kind === 'unusable') {
      if (result.left === undefined) {
        writeOverall(planned.out, [result]);
      }
      this.results.push(result);
      this.#show.ended(result);
      throw end as Error;
    }
    this.results.push(result);
    this.#show.ended(result);
  }

  #result(planned: Planned, end: Judged | Seeds | Error, tookS: number): Result {
    if (!(end instanceof Error)) {
      const isWritten = end.kind === 'seeds' || end.files.length > 0; // by the thread that played it
      return isWritten ? { ...end, tookS } : this.#written({ ...end, tookS });
    }
    if (!(end instanceof UserError)) {
      throw end;
    }
    const left = end instanceof CutShort ? this.#leftBy(end, tookS) : undefined;
    const { simulate, seed = 1 } = this.#flags;
    const simulated = simulate ? { seed } : {};
    return { kind: 'unusable', planned, complaint: end.message, tookS, left, ...simulated };
  }

  #leftBy({ left }: CutShort, tookS: number): Judged {
    return left.files.length > 0 ? { ...left, tookS } : this.#written({ ...left, tookS });
  }

  /** Of many, no trace is kept once it is written. */
  #written(judged: Judged): Judged {
    const written = { ...judged, files: writeOutput(judged) };
    return this.#isOneOfMany ? { ...withExcerpt(written), records: [] } : written;
  }
}
