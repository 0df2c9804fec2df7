import { normalizeIdentity } from '../public-identity.js';
import type { FoundByPublicIdentity, IdentityTaken, PutOutcome } from '../store.js';
import type { StoredSubscription, Subscription, SubscriptionState } from '../subscription.js';
import { keyOf, noState } from '../subscription.js';
import type { Wildcard } from '../wildcard.js';
import { bySpecificity, compileWildcard } from '../wildcard.js';
import { carriedOver } from './carried-over.js';

interface Entry {
  readonly key: string;
  stored: StoredSubscription;
}

/** Where a public identity is: the subscription, and the implicit set in it. */
interface Slot {
  readonly entry: Entry;
  readonly set: number;
}
interface WildcardSlot extends Slot {
  readonly wildcard: Wildcard;
}

/** All subscriptions in memory, found by any of their identities. Nothing in it waits. */
export class MemoryIndex {
  readonly #byKey = new Map<string, Entry>();
  readonly #byPrivate = new Map<string, Entry>();
  /** As `SubscriberStore.setLoaded` was given them. */
  loaded: ReadonlyMap<string, string> = new Map();
  /** Normalized, and as written too: what arrives like that is found without being normalized. */
  readonly #byPublic = new Map<string, Slot>();
  readonly #wildcards = new WildcardIndex();
  /** Keys in order; undefined after a change of them. */
  #order: string[] | undefined;

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): StoredSubscription | undefined {
    return this.#byKey.get(key)?.stored;
  }

  byPrivateIdentity(identity: string): StoredSubscription | undefined {
    return this.#byPrivate.get(identity)?.stored;
  }

  /** As `SubscriberStore.byPublicIdentity`. */
  byPublicIdentity(identity: string): FoundByPublicIdentity | undefined {
    const asWritten = this.#byPublic.get(identity);
    if (asWritten !== undefined) return found(asWritten);
    const normal = normalizeIdentity(identity);
    const slot = this.#byPublic.get(normal);
    if (slot !== undefined) return found(slot);
    const wild = this.#wildcards.find(normal);
    return wild && { ...found(wild), wildcard: wild.wildcard.identity };
  }

  /**
   * Adds or replaces a subscription. Its state is `state` where that is given (what a file has), else what is kept of the
   * one before (`carriedOver`). Where another subscription has one of its identities, nothing changes.
   */
  put(subscription: Subscription, state?: SubscriptionState): PutOutcome {
    const key = keyOf(subscription);
    const taken = this.#taken(key, subscription);
    if (taken !== undefined) return taken;
    const before = this.#byKey.get(key);
    if (before !== undefined) this.#unlink(before);
    else this.#order = undefined;
    const kept = state ?? (before === undefined ? noState : carriedOver(before.stored, subscription));
    const entry: Entry = { key, stored: { subscription, state: kept } };
    this.#byKey.set(key, entry);
    this.#link(entry);
    return { kind: 'stored', before: before?.stored };
  }

  /** Gives what is there a new state; nothing where it is not there. */
  setState(key: string, state: SubscriptionState): void {
    const entry = this.#byKey.get(key);
    if (entry !== undefined) entry.stored = { subscription: entry.stored.subscription, state };
  }

  remove(key: string): StoredSubscription | undefined {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return undefined;
    this.#unlink(entry);
    this.#byKey.delete(key);
    this.#order = undefined;
    return entry.stored;
  }

  /** As `SubscriberStore.list`. */
  list(after: string | undefined, limit: number): StoredSubscription[] {
    const order = (this.#order ??= [...this.#byKey.keys()].sort());
    const from = after === undefined ? 0 : firstAbove(order, after);
    return order.slice(from, from + limit).flatMap((key) => this.get(key) ?? []);
  }

  /** All of them, in no order. */
  *values(): Generator<StoredSubscription> {
    for (const { stored } of this.#byKey.values()) yield stored;
  }

  #taken(key: string, subscription: Subscription): IdentityTaken | undefined {
    const own = new Set<string>();
    const taken = (identity: string, of: string): IdentityTaken => ({
      kind: 'identity-taken',
      identity,
      wantedBy: key,
      of,
    });
    for (const { identity } of subscription.privateIdentities) {
      const other = this.#byPrivate.get(identity);
      if (other !== undefined && other.key !== key) return taken(identity, other.key);
      if (own.has(identity)) return taken(identity, key);
      own.add(identity);
    }
    own.clear();
    for (const { identity } of publicIdentitiesOf(subscription)) {
      const normal = normalizeIdentity(identity);
      const other = this.#byPublic.get(normal);
      if (other !== undefined && other.entry.key !== key) return taken(identity, other.entry.key);
      if (own.has(normal)) return taken(identity, key);
      own.add(normal);
    }
    return undefined;
  }

  #link(entry: Entry): void {
    const { subscription } = entry.stored;
    for (const { identity } of subscription.privateIdentities) this.#byPrivate.set(identity, entry);
    for (const { identity, set } of publicIdentitiesOf(subscription)) {
      const slot: Slot = { entry, set };
      this.#byPublic.set(identity, slot);
      this.#byPublic.set(normalizeIdentity(identity), slot);
      const wildcard = compileWildcard(identity);
      if (wildcard !== undefined) this.#wildcards.add({ entry, set, wildcard });
    }
  }

  #unlink({ stored: { subscription } }: Entry): void {
    for (const { identity } of subscription.privateIdentities) this.#byPrivate.delete(identity);
    for (const { identity } of publicIdentitiesOf(subscription)) {
      this.#byPublic.delete(identity);
      this.#byPublic.delete(normalizeIdentity(identity));
      const wildcard = compileWildcard(identity);
      if (wildcard !== undefined) this.#wildcards.remove(wildcard);
    }
  }
}

/** Wildcards by their prefix, so that a lookup takes as many steps as there are lengths of prefixes. */
class WildcardIndex {
  readonly #byPrefix = new Map<string, WildcardSlot[]>();
  /** The longest first. */
  #lengths: readonly number[] = [];

  add(slot: WildcardSlot): void {
    const { prefix } = slot.wildcard;
    const there = this.#byPrefix.get(prefix);
    if (there === undefined) this.#byPrefix.set(prefix, [slot]);
    else {
      there.push(slot);
      there.sort((a, b) => bySpecificity(a.wildcard, b.wildcard));
    }
    if (!this.#lengths.includes(prefix.length)) {
      this.#lengths = [...this.#lengths, prefix.length].sort((a, b) => b - a);
    }
  }

  remove({ prefix, identity }: Wildcard): void {
    const left = this.#byPrefix.get(prefix)?.filter(({ wildcard }) => wildcard.identity !== identity) ?? [];
    if (left.length > 0) this.#byPrefix.set(prefix, left);
    else this.#byPrefix.delete(prefix);
  }

  find(normal: string): WildcardSlot | undefined {
    for (const length of this.#lengths) {
      if (length > normal.length) continue;
      const slots = this.#byPrefix.get(normal.slice(0, length));
      const slot = slots?.find(({ wildcard }) => wildcard.matches(normal));
      if (slot !== undefined) return slot;
    }
    return undefined;
  }
}

function found({ entry: { stored }, set }: Slot): FoundByPublicIdentity {
  return { subscription: stored.subscription, state: stored.state, set };
}

/** Every public identity with the index of its implicit set. */
export function* publicIdentitiesOf({
  implicitSets,
}: Subscription): Generator<{ readonly identity: string; readonly set: number }> {
  for (const [set, { serviceProfiles }] of implicitSets.entries()) {
    for (const { publicIdentities } of serviceProfiles) {
      for (const { identity } of publicIdentities) yield { identity, set };
    }
  }
}

function firstAbove(order: readonly string[], after: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((order[middle] as string) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
