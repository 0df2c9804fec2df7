import { Problem } from './problem.js';

/** Changes that are under way or wait, at most. */
const MAX_CHANGES = 1000;
/** When whoever was turned away may come again: by then many have been stored. */
const RETRY_AFTER_S = 2;

/** In which order changes of subscribers are made. */
export interface ChangeQueue {
  /**
   * Begins `change` when all earlier ones of that subscriber are over, what they tell the S-CSCF included, so that this hears of them in
   * the order in which they were stored. Rejects with `Problem` 503 where too many wait.
   */
  ofSubscriber<T>(key: string, change: () => Promise<T>): Promise<T>;
  /** The step of a change that looks and stores: nobody else stores in between. */
  storing<T>(step: () => Promise<T>): Promise<T>;
}

/** `maxChanges`: how many are under way or wait, of all subscribers together. */
export function changeQueue(maxChanges = MAX_CHANGES): ChangeQueue {
  const last = new Map<string, Promise<unknown>>();
  let size = 0;
  let stored: Promise<unknown> = Promise.resolve();
  return {
    async ofSubscriber(key, change) {
      if (size >= maxChanges) {
        throw new Problem(
          503,
          `${maxChanges} changes wait already: try again later`,
          undefined,
          RETRY_AFTER_S,
        );
      }
      size++;
      const result = (last.get(key) ?? Promise.resolve()).then(change);
      const over = result.then(
        () => undefined,
        () => undefined, // told to whoever asked for it
      );
      last.set(key, over);
      try {
        return await result;
      } finally {
        size--;
        if (last.get(key) === over) last.delete(key);
      }
    },
    storing(step) {
      const result = stored.then(step);
      stored = result.catch(() => undefined); // told to whoever asked for it
      return result;
    },
  };
}
