import type { ServiceProfile } from '@ims-sim/cx';
import { readUserProfile, writeUserProfile } from '@ims-sim/cx';
import { normalizeIdentity } from '../public-identity.js';
import { profileOf } from '../service-profile.js';
import type {
  ImplicitSet,
  PrivateIdentity,
  StoredSubscription,
  SubscribedServices,
  Subscription,
} from '../subscription.js';
import { keyOf } from '../subscription.js';
import type { Reading } from './subscription-schema.js';
import { readSubscription } from './subscription-schema.js';

/** The services of a subscription as the XML of TS 29.228 Annex E: all implicit sets, under its first private identity. */
export function subscriptionXml(subscription: Subscription): string {
  const profiles = subscription.implicitSets.map((set) => profileOf(subscription, set, keyOf(subscription)));
  const [first] = profiles;
  return writeUserProfile({
    privateIdentity: keyOf(subscription),
    ...first,
    serviceProfiles: profiles.flatMap(({ serviceProfiles }) => serviceProfiles),
  });
}

/**
 * A subscription from that XML. What Annex E has no place for stays as it is in the one that is there (`existing`, asked by
 * private identity): credentials, further private identities, capabilities, and which public identities are registered
 * together; a new one has one implicit set and no credentials. What a subscription has no place for is in `notKept`.
 */
export async function subscriptionFromXml(
  xml: string,
  existing: (
    privateIdentity: string,
  ) => Promise<StoredSubscription | undefined> | StoredSubscription | undefined,
): Promise<Reading<Subscription>> {
  const reading = readUserProfile(xml);
  if (reading.kind === 'unreadable') {
    return { kind: 'wrong', fields: [{ pointer: '#', detail: `TS 29.228 Annex E: ${reading.reason}` }] };
  }
  const { profile, ignored } = reading;
  const { privateIdentity, imsi, referenceLocations, serviceProfiles } = profile;
  const there = (await existing(privateIdentity))?.subscription;
  const identities: readonly PrivateIdentity[] = there?.privateIdentities ?? [{ identity: privateIdentity }];
  // Through the schema, for what its types leave open: addresses, expressions, sizes.
  const read = readSubscription({
    ...there,
    privateIdentities: identities.map((one) =>
      one.identity === privateIdentity ? { ...one, imsi, referenceLocations } : one,
    ),
    implicitSets: setsOf(serviceProfiles, there?.implicitSets ?? []),
  });
  return read.kind === 'wrong' || ignored.length === 0 ? read : { ...read, notKept: ignored };
}

/** Each profile goes to the implicit set that has its first identity already, else to the first. */
function setsOf(profiles: readonly ServiceProfile[], there: readonly ImplicitSet[]): object[] {
  const sets = there.map((set) => ({ ...set, serviceProfiles: [] as ServiceProfile[] }));
  const first = sets[0] ?? { serviceProfiles: [] as ServiceProfile[] };
  for (const profile of profiles) {
    const identity = normalizeIdentity(profile.publicIdentities[0]?.identity ?? '');
    const at = there.findIndex(({ serviceProfiles }) =>
      serviceProfiles.some((services) => hasIdentity(services, identity)),
    );
    (sets[at] ?? first).serviceProfiles.push(profile);
  }
  return sets.length === 0 ? [first] : sets.filter(({ serviceProfiles }) => serviceProfiles.length > 0);
}

function hasIdentity({ publicIdentities }: SubscribedServices, normal: string): boolean {
  return publicIdentities.some(({ identity }) => normalizeIdentity(identity) === normal);
}
