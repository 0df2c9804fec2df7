import type { UserAuthorization, UserAuthorizationAnswer } from '@ims-sim/cx';
import { resultCode } from '@ims-sim/diameter';
import type { Registration, Subscriber } from './subscriber.js';
import { normalizeIdentity } from './subscriber.js';
import type { Outcome, SubscriberView } from './subscribers.js';

type UserAuthorizationOutcome = Outcome<UserAuthorizationAnswer>;

/** TS 29.228 6.1.1.1: may this user register (or deregister) from there, and which S-CSCF is it to be? */
export function userAuthorization(
  request: UserAuthorization,
  subscribers: SubscriberView,
): UserAuthorizationOutcome {
  const { type } = request;
  // 1: both identities are known.
  const subscriber = subscribers.byPrivateIdentity(request.privateIdentity);
  const owner = subscribers.byPublicIdentity(request.publicIdentity);
  if (subscriber === undefined || owner === undefined) {
    const which = subscriber === undefined ? 'private' : 'public';
    return { answer: { kind: 'unknown-user' }, reason: `the ${which} identity is not known` };
  }
  // 2: they belong together.
  if (subscriber !== owner) {
    return {
      answer: { kind: 'identities-dont-match' },
      reason: 'the public identity is another subscription’s',
    };
  }
  // 3: barred, unless the implicit registration set has one that is not.
  if (isBarred(subscriber, request.publicIdentity)) {
    return rejected('the public identity and all of its implicit registration set are barred');
  }
  // 4: roaming, for what is no deregistration.
  if (type !== 'de-registration' && !mayRoam(subscriber, request.visitedNetwork)) {
    return {
      answer: { kind: 'roaming-not-allowed' },
      reason: `not allowed to roam in ${request.visitedNetwork}`,
    };
  }
  const registration = subscribers.registrationOf(subscriber);
  if (type === 'registration-and-capabilities') return reassignment(subscriber, registration);
  // 5: by the state of the registration, one for all of the subscription.
  if (registration.state !== 'not-registered') {
    const { serverName } = registration;
    return {
      answer: { kind: 'subsequent-registration', serverName },
      reason: `${registration.state} at ${serverName}`,
    };
  }
  if (type === 'de-registration') {
    return { answer: { kind: 'identity-not-registered' }, reason: 'there is nothing to deregister' };
  }
  return {
    answer: { kind: 'first-registration', capabilities: subscriber.capabilities },
    reason: 'not registered and no S-CSCF assigned',
  };
}

/** 4: the I-CSCF asks for capabilities because the assigned S-CSCF does not answer; another may take over from now on. */
function reassignment(subscriber: Subscriber, registration: Registration): UserAuthorizationOutcome {
  const answer = { kind: 'first-registration', capabilities: subscriber.capabilities } as const;
  if (registration.state === 'not-registered' || registration.reassignmentPending) {
    return { answer, reason: 'capabilities for a choice of S-CSCF' };
  }
  return {
    answer,
    reason: `capabilities for a choice of S-CSCF in place of ${registration.serverName}`,
    change: { subscriber, registration: { ...registration, reassignmentPending: true } },
  };
}

function isBarred({ publicIdentities }: Subscriber, identity: string): boolean {
  if (publicIdentities.get(normalizeIdentity(identity)) !== true) return false;
  for (const barred of publicIdentities.values()) if (!barred) return false;
  return true;
}

function mayRoam({ visitedNetworks }: Subscriber, visitedNetwork: string): boolean {
  return visitedNetworks === undefined || visitedNetworks.has(visitedNetwork.toLowerCase());
}

function rejected(reason: string): UserAuthorizationOutcome {
  return { answer: { kind: 'failed', resultCode: resultCode.AUTHORIZATION_REJECTED }, reason };
}
