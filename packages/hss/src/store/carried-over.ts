import { normalizeIdentity } from '../public-identity.js';
import { settled } from '../registration-state.js';
import type { ImplicitSet, StoredSubscription, Subscription, SubscriptionState } from '../subscription.js';

/**
 * The state that a subscription keeps when it is replaced by another version of itself: an implicit set stays registered
 * where one of its public identities is still in a set, as do sequence numbers; what belongs to a private identity that is
 * gone goes. Where nothing is left that is registered or authenticating, the S-CSCF is forgotten.
 */
export function carriedOver(
  { subscription, state }: StoredSubscription,
  now: Subscription,
): SubscriptionState {
  const privateIdentities = new Set(now.privateIdentities.map(({ identity }) => identity));
  const isLeft = (identity: string): boolean => privateIdentities.has(identity);
  const sets: Record<string, SubscriptionState['sets'][string]> = {};
  for (const [index, set] of Object.entries(state.sets)) {
    const old = subscription.implicitSets[Number(index)];
    const moved = old === undefined ? -1 : counterpartOf(old, now);
    if (moved < 0) continue;
    const there = sets[moved];
    if (set === 'unregistered') sets[moved] = there ?? set;
    else {
      const before = there === undefined || there === 'unregistered' ? [] : there.registeredBy;
      const registeredBy = [...new Set([...before, ...set.registeredBy.filter(isLeft)])];
      if (registeredBy.length > 0) sets[moved] = { registeredBy };
    }
  }
  const { authenticationPending, ...rest } = state;
  const pending = authenticationPending?.filter(isLeft) ?? [];
  return settled({
    ...rest,
    sets,
    sequenceNumbers: only(state.sequenceNumbers, privateIdentities),
    ...(pending.length > 0 && { authenticationPending: pending }),
  });
}

function only<T>(record: Readonly<Record<string, T>>, keys: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.has(key)));
}

/** The index of the set that a set has become: the first that shares a public identity with it; -1 where none does. */
export function counterpartOf(set: ImplicitSet, { implicitSets }: Subscription): number {
  return implicitSets.findIndex((candidate) => shareIdentity(set, candidate));
}

function shareIdentity(a: ImplicitSet, b: ImplicitSet): boolean {
  const identities = new Set(normalized(a));
  return normalized(b).some((identity) => identities.has(identity));
}

function normalized({ serviceProfiles }: ImplicitSet): string[] {
  return serviceProfiles.flatMap(({ publicIdentities }) =>
    publicIdentities.map(({ identity }) => normalizeIdentity(identity)),
  );
}
