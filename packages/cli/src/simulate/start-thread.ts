import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

/** A thread that takes so much has a leak, and is not to take the machine with it. */
const MAX_THREAD_MIB = 1024;
/** What lives as long as one simulation fits: with V8's own a third of the time goes into copying it. */
const YOUNG_MIB = 96;
/**
 * Bytes of bytecode that a function runs before it is optimised: six times V8's own. A simulation runs much code a little, every thread compiles
 * it anew, and the compiler would take a third of the cores that the threads run on.
 */
const OPTIMISE_AFTER = '--interrupt-budget=400000';

/** A thread that simulates, of `module`; it is given `workerData`. */
export function startThread(module: URL, workerData: unknown): Worker {
  setFlagsFromString(OPTIMISE_AFTER);
  return new Worker(module, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MAX_THREAD_MIB, maxYoungGenerationSizeMb: YOUNG_MIB },
  });
}
