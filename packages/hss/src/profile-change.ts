import { isDeepStrictEqual } from 'node:util';
import type { PushProfile, RegistrationTermination } from '@ims-sim/cx';
import { digestItem } from './digest-item.js';
import { registeredBy, registrationOf } from './registration-state.js';
import { defaultIdentityOf, profileOf, publicIdentitiesOf } from './service-profile.js';
import { counterpartOf } from './store/carried-over.js';
import type {
  DigestCredentials,
  ImplicitSet,
  StoredSubscription,
  SubscriptionState,
} from './subscription.js';
import { compileWildcard } from './wildcard.js';

/** What an S-CSCF is to be told. */
export type Push =
  | {
      readonly kind: 'profile';
      /** Each of them the S-CSCF may know; the first that it does is the right one (TS 29.228 6.2.2.1). */
      readonly privateIdentities: readonly [string, ...string[]];
      readonly content: Omit<PushProfile, 'privateIdentity'>;
    }
  | {
      readonly kind: 'termination';
      readonly request: RegistrationTermination;
      /** Sets of the subscription as it is now that are not registered after it. */
      readonly sets: readonly number[];
      /** A private identity that has registered none of them after it. */
      readonly device?: string;
    };

/**
 * What the S-CSCF of a subscription is to be told once that has been replaced by another version (TS 29.228 6.2.2, 6.5.2).
 * `homeDomain`: the realm of SIP Digest where a user has none of its own.
 */
export function pushesFor(before: StoredSubscription, now: StoredSubscription, homeDomain: string): Push[] {
  if (before.state.server === undefined) return [];
  const { subscription } = now;
  const pushes = [...goneDevices(before, now), ...otherCredentials(before, now, homeDomain)];
  const hasOtherCharging = !isDeepStrictEqual(before.subscription.charging, subscription.charging);
  for (const [index, set] of before.subscription.implicitSets.entries()) {
    if (registrationOf(before.state, index) === 'not-registered') continue;
    const moved = counterpartOf(set, subscription);
    const successor = subscription.implicitSets[moved];
    if (successor === undefined) {
      pushes.push(terminationOf(before, [index], 'permanent-termination', []));
      continue;
    }
    if (registrationOf(now.state, moved) === 'not-registered') continue; // nobody is left who has registered it
    if (
      registrationOf(before.state, index) === 'registered' &&
      defaultIdentityOf(set) !== defaultIdentityOf(successor)
    ) {
      // 6.5.2.1: a PPR must not change the default public identity of a registered set.
      pushes.push(terminationOf(before, [index], 'server-change', [moved]));
      continue;
    }
    const changed = profileChange(now, moved, set, successor, hasOtherCharging);
    if (changed !== undefined) pushes.push(changed);
  }
  return pushes;
}

function profileChange(
  { subscription, state }: StoredSubscription,
  index: number,
  before: ImplicitSet,
  now: ImplicitSet,
  hasOtherCharging: boolean,
): Push | undefined {
  const hasOtherProfile = !isDeepStrictEqual(before.serviceProfiles, now.serviceProfiles);
  const { charging } = subscription;
  if (!hasOtherProfile && !(hasOtherCharging && charging !== undefined)) return undefined;
  const [first, ...others] = registeredBy(state, index);
  const privateIdentity = first ?? subscription.privateIdentities[0].identity;
  return {
    kind: 'profile',
    privateIdentities: [privateIdentity, ...others],
    content: {
      ...(hasOtherProfile && { profile: profileOf(subscription, now, privateIdentity) }),
      ...(hasOtherCharging && charging !== undefined && { charging }),
    },
  };
}

/**
 * Who has registered something with credentials that are no more. A new password the S-CSCF is given, in place of the one that
 * it has (TS 29.228 6.2.2.1); where it is gone, or the USIM has other keys, the UE registers again with what there is now.
 */
function otherCredentials(before: StoredSubscription, now: StoredSubscription, homeDomain: string): Push[] {
  const registered = devicesOf(before.state);
  return now.subscription.privateIdentities.flatMap(({ identity, aka, digest }): Push[] => {
    const old = before.subscription.privateIdentities.find((one) => one.identity === identity);
    if (old === undefined || !registered.has(identity)) return [];
    const itemOf = (credentials: DigestCredentials | undefined) =>
      credentials && digestItem(identity, credentials, homeDomain);
    const item = itemOf(digest);
    const hasNoDigest = old.digest !== undefined && item === undefined;
    if (hasNoDigest || (old.aka !== undefined && !isDeepStrictEqual(old.aka, aka))) {
      return [{ ...deviceTermination(identity, 'server-change'), device: identity }];
    }
    if (item === undefined || isDeepStrictEqual(item, itemOf(old.digest))) return [];
    return [{ kind: 'profile', privateIdentities: [identity], content: { digest: item } }];
  });
}

function devicesOf(state: SubscriptionState): Set<string> {
  return new Set(Object.keys(state.sets).flatMap((set) => registeredBy(state, Number(set))));
}

/** Private identities that are gone, and had something registered. */
function goneDevices(before: StoredSubscription, { subscription }: StoredSubscription): Push[] {
  const left = new Set(subscription.privateIdentities.map(({ identity }) => identity));
  return [...devicesOf(before.state)]
    .filter((identity) => !left.has(identity))
    .map((privateIdentity) => deviceTermination(privateIdentity, 'permanent-termination'));
}

/** All that a private identity has registered. */
function deviceTermination(
  privateIdentity: string,
  reason: RegistrationTermination['reason'],
): Extract<Push, { kind: 'termination' }> {
  return {
    kind: 'termination',
    request: { privateIdentity, associatedIdentities: [], publicIdentities: [], reason },
    sets: [],
  };
}

/** TS 29.228 6.1.3: an RTR for sets of a subscription, in the name of who has registered them. `sets`: as `Push` has them. */
export function terminationOf(
  { subscription, state }: StoredSubscription,
  indexes: readonly number[],
  reason: RegistrationTermination['reason'],
  sets: readonly number[],
  reasonInfo?: string,
): Extract<Push, { kind: 'termination' }> {
  const devices = [...new Set(indexes.flatMap((index) => registeredBy(state, index)))];
  const [privateIdentity = subscription.privateIdentities[0].identity, ...associatedIdentities] = devices;
  return {
    kind: 'termination',
    request: {
      privateIdentity,
      associatedIdentities,
      publicIdentities: indexes.flatMap((index) => namesOf(subscription.implicitSets[index])),
      reason,
      ...(reasonInfo !== undefined && { reasonInfo }),
    },
    sets,
  };
}

/** 6.1.3.1: of a set with wildcards, the distinct identities that stand for it. */
function namesOf(set: ImplicitSet | undefined): string[] {
  const identities = set === undefined ? [] : publicIdentitiesOf(set).map(({ identity }) => identity);
  const distinct = identities.filter((identity) => compileWildcard(identity) === undefined);
  return distinct.length > 0 ? distinct : identities;
}
