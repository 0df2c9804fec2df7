import type { ImsUserState, RepositoryData, ShData, UserData, UserIdentity } from '@ims-sim/sh';
import { registrationOf } from '../registration-state.js';
import { placeOf, publicIdentitiesOf } from '../service-profile.js';
import type { FoundByPublicIdentity } from '../store.js';
import type { ImplicitSet } from '../subscription.js';

/** What an AS can have of a user here, TS 29.328 table 7.6.1; undefined: this HSS has nothing of that kind. */
export function shDataOf(
  { user, references, serviceIndications = [], serverName, identitySets = ['all'] }: UserData,
  found: FoundByPublicIdentity,
): ShData | undefined {
  const { subscription, state, set } = found;
  let data: ShData = {};
  for (const reference of references) {
    switch (reference) {
      case 'ims-user-state':
        data = { ...data, imsUserState: imsUserStateOf(found) };
        break;
      case 's-cscf-name':
        if (state.server !== undefined) data = { ...data, sCscfName: state.server.name };
        break;
      case 'ims-public-identity':
        data = { ...data, publicIdentities: identitiesOf(found, identitySets, nameOf(user)) };
        break;
      case 'initial-filter-criteria':
        data = {
          ...data,
          initialFilterCriteria: (subscription.implicitSets[set]?.serviceProfiles ?? [])
            .flatMap(({ initialFilterCriteria }) => initialFilterCriteria)
            .filter(({ applicationServer }) => applicationServer.serverName === serverName),
        };
        break;
      case 'repository-data':
        data = { ...data, repositoryData: repositoryOf(found, serviceIndications) };
        break;
      case 'charging-information':
        if (subscription.charging !== undefined) data = { ...data, charging: subscription.charging };
        break;
      case 'msisdn':
        data = { ...data, msisdns: msisdnsOf(subscription.implicitSets) };
        break;
      default:
        return undefined;
    }
  }
  return data;
}

/** The public identity that is asked for; of an MSISDN, its tel URI. */
export function nameOf(user: UserIdentity): string {
  return user.kind === 'public-identity' ? user.identity : `tel:+${user.msisdn}`;
}

/** TS 29.328 7.6.3. */
export function imsUserStateOf({ state, set }: Pick<FoundByPublicIdentity, 'state' | 'set'>): ImsUserState {
  switch (registrationOf(state, set)) {
    case 'registered':
      return 'registered';
    case 'unregistered':
      return 'registered-unreg-services';
    case 'not-registered':
      return (state.authenticationPending?.length ?? 0) > 0 ? 'authentication-pending' : 'not-registered';
  }
}

/**
 * Deviation: TS 29.328 7.6.1 has repository data of each public identity; here all those of a subscription are aliases of one
 * another, which share it.
 */
export function repositoryOf(
  { state }: Pick<FoundByPublicIdentity, 'state'>,
  serviceIndications: readonly string[],
): RepositoryData[] {
  return serviceIndications.flatMap((serviceIndication) => {
    const entry = Object.hasOwn(state.repository ?? {}, serviceIndication)
      ? state.repository?.[serviceIndication]
      : undefined;
    return entry === undefined
      ? []
      : [{ serviceIndication, sequenceNumber: entry.sequenceNumber, serviceData: entry.data }];
  });
}

/** TS 29.328 7.6.2, by Identity-Set; barred ones are left out. */
function identitiesOf(
  found: FoundByPublicIdentity,
  identitySets: NonNullable<UserData['identitySets']>,
  publicIdentity: string,
): string[] {
  const { subscription, state, set } = found;
  const isAsked = (index: number): boolean =>
    identitySets.some((asked) => {
      if (asked === 'all') return true;
      if (asked === 'registered') return registrationOf(state, index) === 'registered';
      return asked === 'implicit' && index === set;
    });
  const names = namesOf(subscription.implicitSets.filter((_, index) => isAsked(index)));
  return identitySets.includes('alias')
    ? [...new Set([...names, ...aliasesOf(found, publicIdentity)])]
    : names;
}

/** TS 29.228 B.2.1: those of its service profile in the same group; without groups, all of the profile. */
function aliasesOf({ subscription, set }: FoundByPublicIdentity, publicIdentity: string): string[] {
  const place = placeOf(subscription, publicIdentity);
  if (place === undefined) return [];
  const profile = subscription.implicitSets[set]?.serviceProfiles.find(({ publicIdentities }) =>
    publicIdentities.includes(place.publicIdentity),
  );
  return (profile?.publicIdentities ?? []).flatMap(({ identity, barred, aliasIdentityGroupId }) =>
    !barred && aliasIdentityGroupId === place.publicIdentity.aliasIdentityGroupId ? [identity] : [],
  );
}

function msisdnsOf(sets: readonly ImplicitSet[]): string[] {
  return namesOf(sets).flatMap((identity) =>
    // RFC 3966: visual separators and parameters are none of the number.
    identity.startsWith('tel:+') ? [identity.slice(5).replace(/;.*$|[-.()]/g, '')] : [],
  );
}

function namesOf(sets: readonly ImplicitSet[]): string[] {
  return sets.flatMap((set) =>
    publicIdentitiesOf(set).flatMap(({ identity, barred }) => (barred ? [] : [identity])),
  );
}
