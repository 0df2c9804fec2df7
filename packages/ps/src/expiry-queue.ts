import type { Clock, Timer } from '@ims-sim/host';

export interface Expiring {
  /** Milliseconds since the epoch. */
  expiresAtMs: number;
  /** The whole second in whose list it is; the queue's own. */
  dueS: number | undefined;
}

export interface ExpiryQueue<T extends Expiring> {
  /** Puts it where its `expiresAtMs` belongs: for a new one, and whenever that changed. */
  schedule(item: T): void;
  remove(item: T): void;
  readonly size: number;
  close(): void;
}

/**
 * Tens of thousands of things that end by the clock, with one timer for the next: those of one second share a list, and end
 * together, at most a second late.
 */
export function expiryQueue<T extends Expiring>(clock: Clock, onExpired: (item: T) => void): ExpiryQueue<T> {
  const lists = new Map<number, Set<T>>();
  /** The seconds that have a list, in order. */
  const seconds: number[] = [];
  let timer: Timer | undefined;
  let armedS = Infinity;

  const arm = () => {
    const nextS = seconds[0] ?? Infinity;
    if (nextS === armedS) return;
    timer?.cancel();
    armedS = nextS;
    timer = nextS === Infinity ? undefined : clock.timer(nextS * 1000 - clock.now(), fire);
  };
  const fire = () => {
    armedS = Infinity;
    const dueS = seconds.shift();
    const due = dueS === undefined ? undefined : lists.get(dueS);
    if (dueS !== undefined) lists.delete(dueS);
    for (const item of due ?? []) {
      item.dueS = undefined;
      onExpired(item);
    }
    arm();
  };
  const remove = (item: T) => {
    if (item.dueS === undefined) return;
    const list = lists.get(item.dueS);
    list?.delete(item);
    if (list?.size === 0) {
      lists.delete(item.dueS);
      seconds.splice(placeOf(seconds, item.dueS), 1);
      arm();
    }
    item.dueS = undefined;
  };
  return {
    get size() {
      let count = 0;
      for (const list of lists.values()) count += list.size;
      return count;
    },
    schedule(item) {
      const dueS = Math.ceil(item.expiresAtMs / 1000);
      if (item.dueS === dueS) return;
      remove(item);
      item.dueS = dueS;
      const list = lists.get(dueS);
      if (list === undefined) {
        lists.set(dueS, new Set([item]));
        seconds.splice(placeOf(seconds, dueS), 0, dueS);
        arm();
      } else {
        list.add(item);
      }
    },
    remove,
    close: () => timer?.cancel(),
  };
}

/** Where `value` stands, or is to stand, in a list in ascending order. */
function placeOf(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
