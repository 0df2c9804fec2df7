import type { Worker } from 'node:worker_threads';
import { UserError } from '@ims-sim/element';
import type { StepVerdict, Verdict } from '@ims-sim/scenario';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { startThread } from '../simulate/start-thread.js';
import { CutShort } from './cut-short.js';
import type { RunFlags } from './flags.js';
import { Interrupted } from './interruptible.js';
import type { Planned } from './plan.js';
import type { Judged } from './result.js';
import type { ThreadAnswer, ThreadQuestion } from './simulated-thread.js';

/** Threads that simulate, each one scenario at a time. */
export class SimulatingThreads {
  readonly #flags: RunFlags;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  constructor(flags: RunFlags) {
    this.#flags = flags;
  }

  /** Plays, judges and writes. Rejects with `UserError` where it cannot be simulated, `Interrupted` after `close`. */
  async play(planned: Planned, seed: number): Promise<Judged> {
    const worker = this.#idle.pop() ?? this.#started();
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      const ended = (): void => {
        reject(
          this.#all.has(worker) ? new Error('a simulating thread has ended by itself') : new Interrupted(),
        );
      };
      worker.once('exit', ended).once('error', reject);
      worker.once('message', (message: ThreadAnswer) => {
        worker.off('exit', ended).off('error', reject);
        resolve(message);
      });
      worker.postMessage({ planned, seed } satisfies ThreadQuestion);
    });
    this.#idle.push(worker);
    switch (answer.kind) {
      case 'judged':
        return ofThread(answer.judged, planned);
      case 'cut-short': {
        const left = ofThread(answer.judged, planned);
        throw new CutShort(left.cutShort ?? '', left, undefined);
      }
      case 'unusable':
        throw new UserError(answer.text);
      case 'bug':
        throw new Error(answer.text);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    await Promise.all(all.map((worker) => worker.terminate()));
  }

  #started(): Worker {
    const worker = startThread(new URL('./simulated-thread.js', import.meta.url), this.#flags);
    this.#all.add(worker);
    return worker;
  }
}

function ofThread(judged: Omit<Judged, 'planned' | 'records'>, planned: Planned): Judged {
  return { ...judged, planned, records: [], verdict: withBuffers(judged.verdict) };
}

/** A Buffer comes out of a thread as a bare Uint8Array, which says its text in another way. */
function withBuffers(verdict: Verdict): Verdict {
  const ofSteps = (step: StepVerdict): StepVerdict => ({
    ...step,
    records: step.records.map(withBuffer),
    ...(step.closest && { closest: step.closest.map(withBuffer) }),
  });
  return {
    ...verdict,
    steps: verdict.steps.map(ofSteps),
    unexpected: verdict.unexpected.map(withBuffer),
    others: verdict.others?.map(withBuffer),
    retransmissions: verdict.retransmissions.map(withBuffer),
  };
}

function withBuffer<T extends TraceRecord | MessageRecord>(record: T): T {
  if (record.kind !== 'message') {
    return record;
  }
  const { buffer, byteOffset, byteLength } = record.bytes;
  return { ...record, bytes: Buffer.from(buffer, byteOffset, byteLength) };
}
