import type { ServerAssignment, ServerAssignmentAnswer, ServerAssignmentType } from '@ims-sim/cx';
import { resultCode } from '@ims-sim/diameter';
import type { Registration, Subscriber } from './subscriber.js';
import { notRegistered } from './subscriber.js';
import type { Outcome, SubscriberView } from './subscribers.js';

type ServerAssignmentOutcome = Outcome<ServerAssignmentAnswer>;

/** TS 29.228 6.1.2.1: an S-CSCF takes a user, gives it up, or asks for its profile. */
export function serverAssignment(
  request: ServerAssignment,
  subscribers: SubscriberView,
): ServerAssignmentOutcome {
  const { privateIdentity, publicIdentities, type } = request;
  // 1: the identities are known.
  const byPrivate =
    privateIdentity === undefined ? undefined : subscribers.byPrivateIdentity(privateIdentity);
  const owners = publicIdentities.map((identity) => subscribers.byPublicIdentity(identity));
  if ((privateIdentity !== undefined && byPrivate === undefined) || owners.includes(undefined)) {
    return { answer: { kind: 'unknown-user' }, reason: 'an identity is not known' };
  }
  const subscriber = byPrivate ?? owners[0];
  if (subscriber === undefined)
    return failed(resultCode.MISSING_AVP, 'neither User-Name nor Public-Identity');
  // 2: they belong together.
  if (owners.some((owner) => owner !== subscriber)) {
    return {
      answer: { kind: 'identities-dont-match' },
      reason: 'the identities are of several subscriptions',
    };
  }
  // 3: several identities, or none, only where they are deregistered.
  if (!isDeregistration(type) && publicIdentities.length !== 1) {
    return publicIdentities.length === 0
      ? failed(resultCode.MISSING_AVP, `a ${type} without Public-Identity`)
      : failed(resultCode.AVP_OCCURS_TOO_MANY_TIMES, `a ${type} of several public identities`);
  }
  // 5: by the assignment type. (4 is about public service identities, which this HSS has not.)
  return assign(request, subscriber, subscribers.registrationOf(subscriber));
}

function assign(
  request: ServerAssignment,
  subscriber: Subscriber,
  registration: Registration,
): ServerAssignmentOutcome {
  const { serverName, type } = request;
  const isOther = registration.state !== 'not-registered' && registration.serverName !== serverName;
  const mayTakeOver = registration.state !== 'not-registered' && registration.reassignmentPending === true;
  switch (type) {
    case 'registration':
    case 're-registration':
      if (isOther && !mayTakeOver) return assignedElsewhere(registration.serverName); // 8.1
      return taken(request, subscriber, registration, 'registered');
    case 'unregistered-user':
      if (isOther && !mayTakeOver) {
        const answer = { kind: 'identity-already-registered', serverName: registration.serverName } as const;
        return { answer, reason: `assigned to ${registration.serverName}` };
      }
      return taken(request, subscriber, registration, 'unregistered');
    case 'no-assignment':
      if (isOther || registration.state === 'not-registered') {
        return failed(resultCode.UNABLE_TO_COMPLY, `${serverName} is not the S-CSCF of the user`);
      }
      return { answer: assigned(request, subscriber), reason: `profile for ${serverName}` };
    case 'timeout-deregistration-store-server-name':
    case 'user-deregistration-store-server-name':
      if (isOther) return assignedElsewhere(registration.serverName);
      return left(subscriber, registration, { state: 'unregistered', serverName });
    case 'timeout-deregistration':
    case 'user-deregistration':
    case 'administrative-deregistration':
    case 'deregistration-too-much-data':
      if (isOther) return assignedElsewhere(registration.serverName);
      return left(subscriber, registration, notRegistered);
    case 'authentication-failure':
    case 'authentication-timeout':
      // What was registered stays so; where nothing was, there is no S-CSCF name to forget.
      if (isOther) return assignedElsewhere(registration.serverName);
      return { answer: { kind: 'assigned' }, reason: `${type}: the registration stays as it is` };
  }
}

/** The S-CSCF has the user from now on: name and state are stored, where they are not already, and the profile goes out. */
function taken(
  request: ServerAssignment,
  subscriber: Subscriber,
  before: Registration,
  state: 'registered' | 'unregistered',
): ServerAssignmentOutcome {
  const { serverName } = request;
  const answer = assigned(request, subscriber);
  const reason = `${state} at ${serverName}`;
  const isSame =
    before.state === state && before.serverName === serverName && before.reassignmentPending === undefined;
  return isSame
    ? { answer, reason }
    : { answer, reason, change: { subscriber, registration: { state, serverName } } };
}

function left(
  subscriber: Subscriber,
  before: Registration,
  registration: Registration,
): ServerAssignmentOutcome {
  const answer = { kind: 'assigned' } as const;
  if (before.state === 'not-registered') return { answer, reason: 'was not registered' };
  const reason = `deregistered, now ${registration.state}`;
  return { answer, reason, change: { subscriber, registration } };
}

function assigned(
  request: ServerAssignment,
  { privateIdentity, profile }: Subscriber,
): ServerAssignmentAnswer {
  return request.userDataAlreadyAvailable
    ? { kind: 'assigned', privateIdentity }
    : { kind: 'assigned', privateIdentity, profile };
}

function isDeregistration(type: ServerAssignmentType): boolean {
  return type.includes('deregistration');
}

function assignedElsewhere(serverName: string): ServerAssignmentOutcome {
  return failed(resultCode.UNABLE_TO_COMPLY, `assigned to ${serverName}`);
}

function failed(code: number, reason: string): ServerAssignmentOutcome {
  return { answer: { kind: 'failed', resultCode: code }, reason };
}
