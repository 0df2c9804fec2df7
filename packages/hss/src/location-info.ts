import type { LocationInfo, LocationInfoAnswer } from '@ims-sim/cx';
import type { Outcome, SubscriberView } from './subscribers.js';

/** TS 29.228 6.1.4.1: which S-CSCF serves the user of a request? */
export function locationInfo(
  request: LocationInfo,
  subscribers: SubscriberView,
): Outcome<LocationInfoAnswer> {
  // 1: the public identity is known.
  const subscriber = subscribers.byPublicIdentity(request.publicIdentity);
  if (subscriber === undefined) return unknown;
  // 3: by the state of the registration. (2 is about public service identities, which this HSS has not.)
  const registration = subscribers.registrationOf(subscriber);
  if (registration.state === 'registered') {
    const { serverName } = registration;
    return { answer: { kind: 'served', serverName }, reason: 'registered' };
  }
  if (request.originating !== true && !subscriber.hasUnregisteredServices) return nothingToServe;
  if (registration.state === 'unregistered') {
    const { serverName } = registration;
    return { answer: { kind: 'served', serverName }, reason: 'not registered, but an S-CSCF keeps the user' };
  }
  const { capabilities } = subscriber;
  return {
    answer: { kind: 'unregistered-service', capabilities },
    reason: 'not registered, but there are services for that case',
  };
}

const unknown: Outcome<LocationInfoAnswer> = {
  answer: { kind: 'unknown-user' },
  reason: 'the public identity is not known',
};
const nothingToServe: Outcome<LocationInfoAnswer> = {
  answer: { kind: 'identity-not-registered' },
  reason: 'not registered, and no service for that case',
};
