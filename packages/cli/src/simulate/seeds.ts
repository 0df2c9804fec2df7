import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Network } from '@ims-sim/element';
import type { Scenario } from '@ims-sim/scenario';
import type { ChanceBounds } from './chance.js';

/** A simulation takes some ten MiB; a thread that takes so much has a leak, and is not to take the machine with it. */
const MAX_THREAD_MIB = 1024;

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly passed: boolean;
  /** Properties that did not hold, and, where no element was restarted, actions that went wrong. */
  readonly failures: readonly string[];
  readonly restarts: number;
}

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly chance: ChanceBounds;
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

/**
 * Simulates the scenario with chance, once for each seed, on all cores. Gives the results by seed; after `abort` those that there are.
 * Rejects where a simulation itself fails, with the command that does it again.
 */
export async function simulateSeeds(
  scenario: Scenario,
  network: Network,
  options: SeedsOptions,
): Promise<readonly SeedResult[]> {
  const { from, count, chance, abort, onResult, threads = availableParallelism() } = options;
  const module = options.module ?? new URL('./seed-result.js', import.meta.url);
  const work: SeedWork = { module: module.href, scenario, network, chance };
  const results: SeedResult[] = [];
  let next = from;
  const workers: Worker[] = [];
  const stop = (): void => {
    for (const worker of workers) {
      void worker.terminate();
    }
  };
  abort?.addEventListener('abort', stop);
  try {
    await Promise.all(
      Array.from({ length: Math.max(1, Math.min(threads, count)) }, () => {
        const worker = new Worker(new URL('./seed-worker.js', import.meta.url), {
          workerData: work,
          resourceLimits: { maxOldGenerationSizeMb: MAX_THREAD_MIB },
        });
        workers.push(worker);
        return served(worker, {
          next: () => (next < from + count && abort?.aborted !== true ? next++ : undefined),
          onResult: (result) => {
            results.push(result);
            onResult?.(result);
          },
          repeat: (seed) => repeatCommand(scenario.file, seed),
          isAborted: () => abort?.aborted === true,
        });
      }),
    );
  } finally {
    stop();
    abort?.removeEventListener('abort', stop);
  }
  return results.sort((a, b) => a.seed - b.seed);
}

/** What does the same again. */
export function repeatCommand(file: string, seed: number): string {
  return `ims run ${file} --simulate --seeds 1 --seed ${seed}`;
}

interface Service {
  next(): number | undefined;
  onResult(result: SeedResult): void;
  repeat(seed: number): string;
  isAborted(): boolean;
}

/** Gives a thread one seed after the other until there is none left. */
function served(worker: Worker, { next, onResult, repeat, isAborted }: Service): Promise<void> {
  let seed = next();
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      const why = error instanceof Error ? error.message : String(error);
      reject(new Error(`seed ${seed ?? 0}: ${why}\n  again: ${repeat(seed ?? 0)}`, { cause: error }));
    };
    const go = (): void => {
      if (seed === undefined) {
        resolve();
      } else {
        worker.postMessage(seed);
      }
    };
    worker.on('message', (answer: SeedResult | { readonly error: string }) => {
      if ('error' in answer) {
        failed(answer.error);
        return;
      }
      onResult(answer);
      seed = next();
      go();
    });
    worker.on('error', failed);
    worker.on('exit', () => {
      if (isAborted()) {
        resolve();
      } else {
        failed('its thread has ended'); // nothing where it has been served
      }
    });
    go();
  });
}
