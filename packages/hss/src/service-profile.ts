import type { InitialFilterCriteria, PublicIdentity, ServerCapabilities, UserProfile } from '@ims-sim/cx';
import { normalizeIdentity } from './public-identity.js';
import type { FoundByPublicIdentity } from './store.js';
import type { ImplicitSet, StoredSubscription, Subscription } from './subscription.js';
import { compileWildcard } from './wildcard.js';

/** Where in a subscription a public identity is. */
export interface Place {
  readonly set: number;
  readonly publicIdentity: PublicIdentity;
  /** The wildcarded identity that it matches; absent where it is there itself. */
  readonly wildcard?: string;
}

/** Shared sets of filter criteria by their numbers (TS 29.228 B.2.1A). */
export type SharedFilterCriteria = Readonly<Record<number, readonly InitialFilterCriteria[]>>;

/** Finds a public identity in a subscription, itself before a wildcard that matches (TS 29.228 6.1.4.1). */
export function placeOf({ implicitSets }: Subscription, identity: string): Place | undefined {
  const normal = normalizeIdentity(identity);
  let matched: Place | undefined;
  for (const [set, { serviceProfiles }] of implicitSets.entries()) {
    for (const { publicIdentities } of serviceProfiles) {
      for (const publicIdentity of publicIdentities) {
        const { identity: own } = publicIdentity;
        if (own === identity || normalizeIdentity(own) === normal) return { set, publicIdentity };
        if (matched === undefined && compileWildcard(own)?.matches(normal) === true) {
          matched = { set, publicIdentity, wildcard: own };
        }
      }
    }
  }
  return matched;
}

/**
 * A user who was found before, in the subscription as it is now: provisioning may have moved the identity to another set
 * meanwhile, or have taken it away (undefined).
 */
export function foundAgain(
  now: StoredSubscription,
  publicIdentity: string,
  { wildcard }: Pick<FoundByPublicIdentity, 'wildcard'>,
): FoundByPublicIdentity | undefined {
  const place = placeOf(now.subscription, wildcard ?? publicIdentity);
  return place && { ...now, set: place.set, wildcard };
}

/** Whether a public identity is one that somebody can register: neither a service's nor a wildcard's (TS 29.228 6.1.1.1). */
export function isDistinctUserIdentity({ publicIdentity: { identity, type }, wildcard }: Place): boolean {
  return type === undefined && wildcard === undefined && compileWildcard(identity) === undefined;
}

/** All public identities of an implicit registration set, barred ones and wildcards included, in their order. */
export function publicIdentitiesOf({ serviceProfiles }: ImplicitSet): readonly PublicIdentity[] {
  return serviceProfiles.flatMap(({ publicIdentities }) => publicIdentities);
}

/** TS 29.228 3.1: the default public identity of a set, the first that is not barred; undefined where all are. */
export function defaultIdentityOf(set: ImplicitSet): string | undefined {
  return publicIdentitiesOf(set).find(({ barred }) => !barred)?.identity;
}

/**
 * What Server-Capabilities says of a subscriber (TS 29.229 6.3.4); a subscription that asks for none gets empty
 * lists.
 */
export function capabilitiesOf({ capabilities, serverNames }: Subscription): ServerCapabilities {
  return {
    mandatory: capabilities?.mandatory ?? [],
    optional: capabilities?.optional ?? [],
    serverNames: serverNames ?? [],
  };
}

/**
 * The user profile of a set, as an S-CSCF gets it (TS 29.228 6.6): with the numbers of shared sets, or for one that has not
 * those sets (`expand`) with their content.
 */
export function profileOf(
  { privateIdentities }: Subscription,
  set: ImplicitSet,
  privateIdentity: string,
  expand?: SharedFilterCriteria,
): UserProfile {
  const { imsi, referenceLocations } =
    privateIdentities.find(({ identity }) => identity === privateIdentity) ?? {};
  return {
    privateIdentity,
    ...(imsi !== undefined && { imsi }),
    ...(referenceLocations !== undefined && { referenceLocations }),
    serviceProfiles: set.serviceProfiles.map(
      ({
        publicIdentities,
        coreNetworkServicesAuthorization,
        initialFilterCriteria,
        sharedIfcSetIds = [],
      }) => ({
        publicIdentities,
        ...(coreNetworkServicesAuthorization !== undefined && { coreNetworkServicesAuthorization }),
        initialFilterCriteria:
          expand === undefined
            ? initialFilterCriteria
            : [...initialFilterCriteria, ...sharedIfcSetIds.flatMap((id) => expand[id] ?? [])],
        ...(expand === undefined && sharedIfcSetIds.length > 0 && { sharedIfcSetIds }),
      }),
    ),
  };
}

/**
 * Whether a request to a set is served while nobody has it registered (TS 29.228 6.1.4.1). Of a shared set whose content is not
 * among `shared` the S-CSCF knows: it may have a service for that case.
 */
export function hasUnregisteredServices(
  { serviceProfiles }: ImplicitSet,
  shared: SharedFilterCriteria = {},
): boolean {
  return serviceProfiles.some(
    ({ initialFilterCriteria, sharedIfcSetIds = [] }) =>
      initialFilterCriteria.some(servesUnregistered) ||
      sharedIfcSetIds.some((id) => shared[id]?.some(servesUnregistered) ?? true),
  );
}

/**
 * Whether a criterion can match a request to a user who is not registered: by its part of the profile and its session
 * cases.
 */
function servesUnregistered({ profilePartIndicator, triggerPoint }: InitialFilterCriteria): boolean {
  if (profilePartIndicator === 'registered') return false;
  const cases = (triggerPoint?.servicePointTriggers ?? []).flatMap((trigger) =>
    trigger.kind === 'session-case'
      ? [(trigger.sessionCase === 'terminating-unregistered') !== trigger.negated]
      : [],
  );
  return cases.length === 0 || cases.includes(true);
}
