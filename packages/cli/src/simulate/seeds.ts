import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { type Network, UserError } from '@ims-sim/element';
import { systemClock } from '@ims-sim/host';
import type { Scenario } from '@ims-sim/scenario';
import type { ChanceBounds } from './chance.js';
import { startThread } from './start-thread.js';

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly passed: boolean;
  /** Properties that did not hold, and, where no element was restarted, actions that went wrong. */
  readonly failures: readonly string[];
  readonly restarts: number;
  /** Virtual seconds from the flow's beginning to its last message; undefined: it was not played to its end. */
  readonly tookS?: number | undefined;
  /** It was given up after `limitS`. */
  readonly isGivenUp?: boolean | undefined;
}

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly chance: ChanceBounds;
  /** How long one seed may take, in seconds of the machine's time; no limit unless told. One that takes longer has failed. */
  readonly limitS?: number | undefined;
  /** At a time; as many as the machine has cores unless told. */
  readonly threads?: number | undefined;
  /** A module whose `seedResult` is called; `seed-result.js` unless told. */
  readonly module?: URL | undefined;
  /** Ends the threads; no result comes after it. */
  readonly abort?: AbortSignal | undefined;
  /** After each, in the order in which they are done. */
  readonly onResult?: ((result: SeedResult) => void) | undefined;
}

/** What a thread is given once; then it gets seeds, one at a time, and answers each with a `SeedResult`. */
export interface SeedWork {
  readonly module: string;
  readonly scenario: Scenario;
  readonly network: Network;
  readonly chance: ChanceBounds;
}

/** What a thread answers; `isUsers`: it cannot be simulated, and the user can do something about it. */
export type SeedAnswer = SeedResult | { readonly error: string; readonly isUsers: boolean };

/**
 * Simulates the scenario with chance, once for each seed, on all cores. Gives the results by seed; after `abort` those that there are.
 * Rejects where a simulation itself fails, with the command that does it again; with `UserError` where the scenario cannot be simulated.
 */
export async function simulateSeeds(
  scenario: Scenario,
  network: Network,
  options: SeedsOptions,
): Promise<readonly SeedResult[]> {
  const {
    from,
    count,
    chance,
    abort,
    onResult,
    limitS = Infinity,
    threads = availableParallelism(),
  } = options;
  const module = options.module ?? new URL('./seed-result.js', import.meta.url);
  const work: SeedWork = { module: module.href, scenario, network, chance };
  const results: SeedResult[] = [];
  let next = from;
  const workers = new Set<Worker>();
  const stop = (): void => {
    for (const worker of workers) {
      void worker.terminate();
    }
  };
  const start = (): Worker => {
    const worker = startThread(new URL('./seed-worker.js', import.meta.url), work);
    workers.add(worker);
    worker.once('exit', () => workers.delete(worker));
    return worker;
  };
  abort?.addEventListener('abort', stop);
  try {
    await Promise.all(
      Array.from({ length: Math.max(1, Math.min(threads, count)) }, () =>
        served({
          start,
          limitS,
          next: () => (next < from + count && abort?.aborted !== true ? next++ : undefined),
          onResult: (result) => {
            results.push(result);
            onResult?.(result);
          },
          repeat: (seed) => repeatCommand(scenario.file, seed),
          isAborted: () => abort?.aborted === true,
        }),
      ),
    );
  } finally {
    stop();
    abort?.removeEventListener('abort', stop);
  }
  return results.sort((a, b) => a.seed - b.seed);
}

/** What does the same again; `more`: further options, each behind a space. */
export function repeatCommand(file: string, seed: number, more = ''): string {
  return `ims run ${file} --simulate --seeds 1 --seed ${seed}${more}`;
}

interface Service {
  start(): Worker;
  readonly limitS: number;
  next(): number | undefined;
  onResult(result: SeedResult): void;
  repeat(seed: number): string;
  isAborted(): boolean;
}

type Answer = SeedResult | 'too long' | 'aborted';

/** Gives a thread one seed after the other until there is none left; after one that took too long, another thread. */
async function served({ start, limitS, next, onResult, repeat, isAborted }: Service): Promise<void> {
  let worker: Worker | undefined;
  for (let seed = next(); seed !== undefined; seed = next()) {
    worker ??= start();
    const answer = await answerOf(worker, seed, limitS, isAborted).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      const text = `seed ${seed ?? 0}: ${why}\n  again: ${repeat(seed ?? 0)}`;
      throw error instanceof UserError
        ? new UserError(text, { cause: error })
        : new Error(text, { cause: error });
    });
    if (answer === 'aborted') {
      return;
    }
    if (answer === 'too long') {
      void worker.terminate();
      worker = undefined;
      const failures = [`not over within ${limitS} s (--timeout)`];
      onResult({ seed, passed: false, failures, restarts: 0, isGivenUp: true });
    } else {
      onResult(answer);
    }
  }
}

function answerOf(worker: Worker, seed: number, limitS: number, isAborted: () => boolean): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const timer =
      limitS === Infinity
        ? undefined
        : systemClock.timer(limitS * 1000, () => {
            done(() => {
              resolve('too long');
            });
          });
    const done = (settle: () => void): void => {
      timer?.cancel();
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    const onMessage = (answer: SeedAnswer): void => {
      done(() => {
        if (!('error' in answer)) {
          resolve(answer);
        } else {
          reject(answer.isUsers ? new UserError(answer.error) : new Error(answer.error));
        }
      });
    };
    const onError = (error: Error): void => {
      done(() => {
        reject(error);
      });
    };
    const onExit = (): void => {
      done(() => {
        if (isAborted()) {
          resolve('aborted');
        } else {
          reject(new Error('its thread has ended'));
        }
      });
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(seed);
  });
}
