import type { StoredSubscription } from '../subscription.js';
import type { MemoryIndex } from './memory-index.js';

/** Changes that one write brings to disk. */
interface Group {
  /** By key: what was there before the first of them. */
  readonly before: Map<string, StoredSubscription | undefined>;
  /** Why it will not be written: the write before it failed, on which it builds. */
  refusal: { readonly cause: unknown } | undefined;
  readonly done: Promise<void>;
}

/**
 * Writes an index to disk, in groups: the changes of one turn share a write, as do all that come while one is under way. Where
 * the disk refuses, the index gets back what the disk has.
 */
export class GroupedWrites {
  readonly #index: MemoryIndex;
  readonly #write: () => Promise<void>;
  #underWay: Group | undefined;
  #next: Group | undefined;

  /** `write` brings the index as it is when it is called to disk. */
  constructor(index: MemoryIndex, write: () => Promise<void>) {
    this.#index = index;
    this.#write = write;
  }

  /** Something of the index has changed: what it was before. Within the turn of the change. */
  before(key: string, stored: StoredSubscription | undefined): void {
    const { before } = this.#group();
    if (!before.has(key)) before.set(key, stored);
  }

  /** Resolves when all changes so far are on disk. Rejects where the disk refuses; they are taken back then. */
  written(): Promise<void> {
    return this.#group().done;
  }

  /** As `written`, for those of one key; undefined where they are on disk. */
  pendingOf(key: string): Promise<void> | undefined {
    if (this.#next?.before.has(key) === true) return this.#next.done;
    return this.#underWay?.before.has(key) === true ? this.#underWay.done : undefined;
  }

  /** Resolves when nothing is being written any more, well or not. */
  async idle(): Promise<void> {
    await (this.#next ?? this.#underWay)?.done.catch(() => undefined); // Told to those who asked for the changes.
  }

  #group(): Group {
    if (this.#next !== undefined) return this.#next;
    const begin = (): Promise<void> => this.#begin(group);
    const group: Group = {
      before: new Map(),
      refusal: undefined,
      done: (this.#underWay?.done ?? Promise.resolve()).then(begin, begin),
    };
    return (this.#next = group);
  }

  async #begin(group: Group): Promise<void> {
    this.#next = undefined;
    if (group.refusal !== undefined) throw group.refusal.cause;
    this.#underWay = group;
    try {
      await this.#write();
    } catch (cause) {
      this.#takeBack(group, { cause });
      throw cause;
    } finally {
      this.#underWay = undefined;
    }
  }

  /** What came meanwhile was decided on what is taken back here, and goes with it. */
  #takeBack(group: Group, refusal: { readonly cause: unknown }): void {
    const before = new Map([...(this.#next?.before ?? []), ...group.before]);
    // First all out, then in: an identity may have gone from one to the other.
    for (const key of before.keys()) this.#index.remove(key);
    for (const stored of before.values()) {
      if (stored !== undefined) this.#index.put(stored.subscription, stored.state);
    }
    if (this.#next !== undefined) this.#next.refusal = refusal;
  }
}
