/** Tasks of one key one after the other, in the order in which they came; those of different keys side by side. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const result = before === undefined ? task() : before.then(task);
    const tail: Promise<unknown> = result.then(ended, ended).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return result;
  }

  /** Resolves when everything that was asked for so far has ended, well or not. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}

/** How it went is for whoever asked for it. */
function ended(): void {
  return undefined;
}
