/** Something that is due at a time; the queue writes both fields. */
export interface Due {
  /** Infinity: not in the queue. */
  dueMs: number;
  /** Where it stands in the heap. */
  dueIndex: number;
}

/**
 * What is due next, of very many: a binary heap that knows where each of its items stands, so that one whose time
 * changes is moved and never there twice. Each change costs the logarithm of their number.
 */
export class DueQueue<T extends Due> {
  readonly #heap: T[] = [];

  get next(): T | undefined {
    return this.#heap[0];
  }

  /** Puts the item where `atMs` belongs, whether or not it was in the queue. */
  put(item: T, atMs: number): void {
    if (item.dueMs === Infinity) {
      item.dueIndex = this.#heap.length;
      this.#heap.push(item);
    }
    item.dueMs = atMs;
    this.#up(item);
    this.#down(item);
  }

  remove(item: T): void {
    if (item.dueMs === Infinity) {
      return;
    }
    item.dueMs = Infinity;
    const last = this.#heap.pop();
    if (last !== undefined && last !== item) {
      this.#place(last, item.dueIndex);
      this.#up(last);
      this.#down(last);
    }
  }

  #up(item: T): void {
    for (;;) {
      const parent = this.#heap[(item.dueIndex - 1) >> 1];
      if (item.dueIndex === 0 || parent === undefined || parent.dueMs <= item.dueMs) {
        return;
      }
      this.#swap(item, parent);
    }
  }

  #down(item: T): void {
    for (;;) {
      const left = this.#heap[2 * item.dueIndex + 1];
      const right = this.#heap[2 * item.dueIndex + 2];
      const least = right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left;
      if (least === undefined || least.dueMs >= item.dueMs) {
        return;
      }
      this.#swap(item, least);
    }
  }

  #swap(a: T, b: T): void {
    const at = a.dueIndex;
    this.#place(a, b.dueIndex);
    this.#place(b, at);
  }

  #place(item: T, at: number): void {
    this.#heap[at] = item;
    item.dueIndex = at;
  }
}
