import type { Timer } from './clock.js';

/** A timer in a `TimerHeap`. */
export interface HeapTimer extends Timer {
  readonly dueMs: number;
  /** Calls the callback, once. */
  fire(): void;
}

/** Timers by due time and then by the order of setting: a binary heap from which cancelled ones are swept in passing. */
export class TimerHeap {
  #entries: Entry[] = [];
  #cancelled = 0;

  get size(): number {
    return this.#entries.length - this.#cancelled;
  }

  push(dueMs: number, order: number, callback: () => void): HeapTimer {
    const entry = new Entry(this, dueMs, order, callback);
    this.#entries.push(entry);
    this.#up(this.#entries.length - 1);
    return entry;
  }

  peek(): HeapTimer | undefined {
    while (this.#entries[0]?.isCancelled) {
      this.#cancelled--;
      this.#removeTop();
    }
    return this.#entries[0];
  }

  pop(): HeapTimer | undefined {
    const top = this.peek();
    if (top !== undefined) this.#removeTop();
    return top;
  }

  /** An entry of this heap was cancelled. */
  noteCancelled(): void {
    this.#cancelled++;
    if (this.#cancelled < 64 || this.#cancelled * 2 < this.#entries.length) return;
    this.#entries = this.#entries
      .filter((entry) => !entry.isCancelled)
      .sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #removeTop(): void {
    const last = this.#entries.pop();
    if (last === undefined || this.#entries.length === 0) return;
    this.#entries[0] = last;
    this.#down(0);
  }

  #up(index: number): void {
    const entry = this.#entries[index] as Entry;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#entries[above] as Entry;
      if (!before(entry, parent)) break;
      this.#entries[index] = parent;
      index = above;
    }
    this.#entries[index] = entry;
  }

  #down(index: number): void {
    const entry = this.#entries[index] as Entry;
    for (;;) {
      let below = 2 * index + 1;
      let child = this.#entries[below];
      const right = this.#entries[below + 1];
      if (child === undefined) break;
      if (right !== undefined && before(right, child)) {
        child = right;
        below++;
      }
      if (!before(child, entry)) break;
      this.#entries[index] = child;
      index = below;
    }
    this.#entries[index] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

class Entry implements HeapTimer {
  readonly dueMs: number;
  readonly order: number;
  isCancelled = false;
  #callback: (() => void) | undefined;
  readonly #heap: TimerHeap;

  constructor(heap: TimerHeap, dueMs: number, order: number, callback: () => void) {
    this.#heap = heap;
    this.dueMs = dueMs;
    this.order = order;
    this.#callback = callback;
  }

  cancel(): void {
    if (this.#callback === undefined) return;
    this.#callback = undefined;
    this.isCancelled = true;
    this.#heap.noteCancelled();
  }

  fire(): void {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.();
  }
}
