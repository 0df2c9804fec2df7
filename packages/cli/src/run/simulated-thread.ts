import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '@ims-sim/element';
import { CutShort } from './cut-short.js';
import type { RunFlags } from './flags.js';
import { ladderExcerpt } from './ladder-excerpt.js';
import { writeOutput } from './output-files.js';
import type { Planned } from './plan.js';
import { playSimulated } from './play-simulated.js';
import type { Judged } from './result.js';

/** What a thread is asked. */
export interface ThreadQuestion {
  readonly planned: Planned;
  readonly seed: number;
}

/** The trace stays in the thread, which has written it. `unusable`: for the user. */
export type ThreadAnswer =
  | { readonly kind: 'judged' | 'cut-short'; readonly judged: Omit<Judged, 'planned' | 'records'> }
  | { readonly kind: 'unusable' | 'bug'; readonly text: string };

/** A thread of `SimulatingThreads`: plays and judges one scenario after the other, and writes its files. */
const flags = workerData as RunFlags;
const never = new AbortController().signal; // the whole thread is ended instead

async function answerTo({ planned, seed }: ThreadQuestion): Promise<ThreadAnswer> {
  try {
    const judged = await playSimulated(planned, { flags, seed, chance: false, abort: never });
    return { kind: 'judged', judged: written(judged) };
  } catch (error) {
    if (error instanceof CutShort) {
      return { kind: 'cut-short', judged: written(error.left) };
    }
    return error instanceof UserError
      ? { kind: 'unusable', text: error.message }
      : { kind: 'bug', text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function written(judged: Judged): Omit<Judged, 'planned' | 'records'> {
  const files = writeOutput(judged);
  const broken = judged.broken.map((each) => ({ ...each, records: [] }));
  const excerpt = judged.passed ? undefined : ladderExcerpt(judged);
  const { kind, passed, verdict, failures, tookS, command, cutShort, seed } = judged;
  return { kind, passed, verdict, failures, broken, tookS, command, cutShort, seed, files, excerpt };
}

parentPort?.on('message', (question: ThreadQuestion) => {
  void answerTo(question).then((answer) => parentPort?.postMessage(answer));
});
