import type { UserAuthorization, UserAuthorizationAnswer } from '@ims-sim/cx';
import { resultCode } from '@ims-sim/diameter';
import type { Outcome } from './outcome.js';
import { registrationOf } from './registration-state.js';
import type { Place } from './service-profile.js';
import { capabilitiesOf, isDistinctUserIdentity, placeOf, publicIdentitiesOf } from './service-profile.js';
import type { StoredSubscription } from './subscription.js';

type UserAuthorizationOutcome = Outcome<UserAuthorizationAnswer>;

/**
 * TS 29.228 6.1.1.1 from step 3 (`identify` does the first two): may this user register (or deregister) from there, and
 * which S-CSCF is it to be? `homeDomain`: the network that nobody roams in.
 */
export function userAuthorization(
  request: UserAuthorization,
  stored: StoredSubscription,
  homeDomain: string,
): UserAuthorizationOutcome {
  const { type } = request;
  const { subscription, state } = stored;
  const place = placeOf(subscription, request.publicIdentity);
  if (place === undefined || !isDistinctUserIdentity(place)) {
    return { answer: { kind: 'unknown-user' }, reason: 'no public identity that can be registered' };
  }
  // 3: barred, unless the implicit registration set has one that is not.
  if (isBarred(stored, place)) {
    const reason = 'the public identity and all of its implicit registration set are barred';
    return { answer: { kind: 'failed', resultCode: resultCode.AUTHORIZATION_REJECTED }, reason };
  }
  // 4: roaming, for what is no deregistration.
  if (type !== 'de-registration' && !mayRoam(stored, place, request.visitedNetwork, homeDomain)) {
    return {
      answer: { kind: 'roaming-not-allowed' },
      reason: `not allowed to roam in ${request.visitedNetwork}`,
    };
  }
  if (type === 'registration-and-capabilities') return reassignment(stored);
  // 5: by the state of the registration; the S-CSCF is one for all of the subscription.
  const registration = registrationOf(state, place.set);
  if (registration === 'not-registered' && type === 'de-registration') {
    return { answer: { kind: 'identity-not-registered' }, reason: 'there is nothing to deregister' };
  }
  if (state.server !== undefined) {
    const { name } = state.server;
    return {
      answer: { kind: 'subsequent-registration', serverName: name },
      reason: `${registration === 'not-registered' ? 'the subscription is assigned' : registration} at ${name}`,
    };
  }
  return {
    answer: { kind: 'first-registration', capabilities: capabilitiesOf(subscription) },
    reason: 'not registered and no S-CSCF assigned',
  };
}

/** 4: the I-CSCF asks for capabilities because the assigned S-CSCF does not answer; another may take over from now on. */
function reassignment({ subscription, state }: StoredSubscription): UserAuthorizationOutcome {
  const answer = { kind: 'first-registration', capabilities: capabilitiesOf(subscription) } as const;
  if (state.server === undefined || state.reassignmentPending === true) {
    return { answer, reason: 'capabilities for a choice of S-CSCF' };
  }
  return {
    answer,
    reason: `capabilities for a choice of S-CSCF in place of ${state.server.name}`,
    state: { ...state, reassignmentPending: true },
  };
}

function isBarred({ subscription }: StoredSubscription, { publicIdentity, set }: Place): boolean {
  const implicitSet = subscription.implicitSets[set];
  return (
    publicIdentity.barred &&
    (implicitSet === undefined || publicIdentitiesOf(implicitSet).every(({ barred }) => barred))
  );
}

function mayRoam(
  { subscription }: StoredSubscription,
  { set }: Place,
  visitedNetwork: string,
  homeDomain: string,
): boolean {
  const visitedNetworks = subscription.implicitSets[set]?.visitedNetworks;
  const network = visitedNetwork.toLowerCase();
  return (
    visitedNetworks === undefined ||
    network === homeDomain.toLowerCase() ||
    visitedNetworks.some((allowed) => allowed.toLowerCase() === network)
  );
}
