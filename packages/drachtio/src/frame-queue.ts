/** A place in the queue where the rest waits for the next turn. */
const PAUSE = Symbol('pause');

/** Frames on their way to an application, at most; more are dropped, as the application is stuck. */
const MAX_QUEUED = 100_000;

export interface FrameQueue {
  /** Delivers at once, or where that would run the application within a call of its own, right after that call. */
  push(frame: Buffer): void;
  /** Delivers in the next turn, and what is pushed after it too. */
  pushLater(frame: Buffer): void;
  /** Runs `call`, which the application makes; what it pushes is delivered when the application's code is done. */
  during(call: () => void): void;
  close(): void;
}

/**
 * Hands frames to an application in the same process: never nested, since the application expects what it gets for a call
 * only after that has returned.
 */
export function frameQueue(deliver: (frame: Buffer) => void): FrameQueue {
  const queue: (Buffer | typeof PAUSE)[] = [];
  /** `busy`: the application runs (it is handed a frame, or calls), or a flush is scheduled. */
  let state: 'idle' | 'busy' | 'closed' = 'idle';
  const flush = () => {
    while (state !== 'closed') {
      const next = queue.shift();
      if (next === PAUSE) {
        setImmediate(flush);
        return;
      }
      if (next === undefined) {
        state = 'idle';
        return;
      }
      deliver(next);
    }
  };
  const add = (entry: Buffer | typeof PAUSE) => {
    if (state !== 'closed' && queue.length < MAX_QUEUED) queue.push(entry);
  };
  const start = () => {
    if (state !== 'idle') return;
    state = 'busy';
    flush();
  };
  return {
    push(frame) {
      add(frame);
      start();
    },
    pushLater(frame) {
      add(PAUSE);
      add(frame);
      start();
    },
    during(call) {
      if (state !== 'idle') {
        call();
        return;
      }
      state = 'busy';
      call();
      queueMicrotask(flush);
    },
    close() {
      state = 'closed';
      queue.length = 0;
    },
  };
}
