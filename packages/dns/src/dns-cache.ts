/** Values by name, each until its time; at most `maxEntries`, of which those not used lately go first. */
export class DnsCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = Math.max(1, maxEntries);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is known of `name`, spelled as it was set, at `nowMs`. */
  get(name: string, nowMs: number): T | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.untilMs <= nowMs) return undefined;
    entry.used = true;
    return entry.value;
  }

  set(name: string, value: T, untilMs: number): void {
    this.#entries.delete(name);
    if (this.#entries.size >= this.#maxEntries) this.#evict();
    this.#entries.set(name, { value, untilMs, used: false });
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The oldest goes; one that was used since it came, or since it was spared, is spared once (the "clock" algorithm). */
  #evict(): void {
    for (const [name, entry] of this.#entries) {
      this.#entries.delete(name);
      if (!entry.used) return;
      entry.used = false;
      this.#entries.set(name, entry);
    }
  }
}

interface Entry<T> {
  readonly value: T;
  readonly untilMs: number;
  used: boolean;
}
