import { normalizeIdentity } from '../public-identity.js';
import type { ImplicitSet, StoredSubscription, Subscription, SubscriptionState } from '../subscription.js';

/**
 * The state that a subscription keeps when it is replaced by another version of itself: an implicit set stays registered
 * where one of its public identities is still in a set, as do sequence numbers; what belongs to a private identity that is
 * gone goes. Where nothing is left registered, the S-CSCF is forgotten.
 */
export function carriedOver(
  { subscription, state }: StoredSubscription,
  now: Subscription,
): SubscriptionState {
  const privateIdentities = new Set(now.privateIdentities.map(({ identity }) => identity));
  const setsBefore = Object.entries(state.sets);
  const sets: Record<string, SubscriptionState['sets'][string]> = {};
  for (const [index, set] of setsBefore) {
    const old = subscription.implicitSets[Number(index)];
    const moved = old === undefined ? -1 : counterpartOf(old, now);
    if (moved < 0 || String(moved) in sets) continue;
    if (set === 'unregistered') sets[moved] = set;
    else {
      const registeredBy = set.registeredBy.filter((identity) => privateIdentities.has(identity));
      if (registeredBy.length > 0) sets[moved] = { registeredBy };
    }
  }
  const isLost = setsBefore.length > 0 && Object.keys(sets).length === 0;
  const { server, reassignmentPending, ...rest } = state;
  return {
    ...rest,
    ...(isLost || server === undefined ? {} : { server }),
    ...(isLost || reassignmentPending === undefined ? {} : { reassignmentPending }),
    sets,
    sequenceNumbers: only(state.sequenceNumbers, privateIdentities),
    ...(state.authenticationPending && {
      authenticationPending: state.authenticationPending.filter((identity) =>
        privateIdentities.has(identity),
      ),
    }),
    ...(state.restoration && { restoration: only(state.restoration, privateIdentities) }),
  };
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
