import type { ServerAssignment, ServerAssignmentAnswer, ServerAssignmentType } from '@ims-sim/cx';
import { resultCode } from '@ims-sim/diameter';
import { authenticationEnded, deregistration } from './deregistration.js';
import type { Outcome, Requester } from './outcome.js';
import { registeredBy, registrationOf, settled, withPending, withSet } from './registration-state.js';
import type { Place, SharedFilterCriteria } from './service-profile.js';
import { isDistinctUserIdentity, placeOf, profileOf } from './service-profile.js';
import type { StoredSubscription, SubscriptionState } from './subscription.js';

type ServerAssignmentOutcome = Outcome<ServerAssignmentAnswer>;
type Assigned = Extract<ServerAssignmentAnswer, { kind: 'assigned' }>;

export interface AssignmentContext {
  readonly requester: Requester;
  /** For S-CSCFs that have not got the shared sets themselves. */
  readonly sharedFilterCriteria: SharedFilterCriteria;
}

/** A request whose identities are known and belong together, on what is stored. */
interface Assignment extends AssignmentContext {
  readonly request: ServerAssignment;
  readonly stored: StoredSubscription;
  readonly place: Place;
}

/**
 * TS 29.228 6.1.2.1 from step 3 (`identify` does the first two): an S-CSCF takes a user, gives it up, or asks for its
 * profile.
 */
export function serverAssignment(
  request: ServerAssignment,
  stored: StoredSubscription,
  context: AssignmentContext,
): ServerAssignmentOutcome {
  const { publicIdentities, type, serverName } = request;
  const places: Place[] = [];
  for (const identity of publicIdentities) {
    const place = placeOf(stored.subscription, identity);
    if (place === undefined) return { answer: { kind: 'unknown-user' }, reason: 'an identity is not known' };
    places.push(place);
  }
  const { server, reassignmentPending } = stored.state;
  const isOther = server !== undefined && server.name !== serverName;
  if (isDeregistration(type)) {
    if (isOther) return assignedElsewhere(server.name);
    return deregistration(request, stored, places);
  }
  // 3: several identities, or none, only where they are deregistered.
  const [place] = places;
  if (place === undefined) return failed(resultCode.MISSING_AVP, `a ${type} without Public-Identity`);
  if (places.length > 1) {
    return failed(resultCode.AVP_OCCURS_TOO_MANY_TIMES, `a ${type} of several public identities`);
  }
  // 4: a service, or one of many that a wildcard stands for, is not registered.
  const registers = type === 'registration' || type === 're-registration';
  if (registers && !isDistinctUserIdentity(place)) {
    return { answer: { kind: 'in-assignment-type' }, reason: `no ${type} of such an identity` };
  }
  // 8.1: what another S-CSCF has is its own, unless it is gone.
  if (isOther && reassignmentPending !== true) {
    if (type !== 'unregistered-user') return assignedElsewhere(server.name);
    const answer = { kind: 'identity-already-registered', serverName: server.name } as const;
    return { answer, reason: `assigned to ${server.name}` };
  }
  // 5: by the assignment type.
  return assign({ ...context, request, stored, place });
}

function assign(assignment: Assignment): ServerAssignmentOutcome {
  const { request, stored, place } = assignment;
  const { state } = stored;
  switch (request.type) {
    case 'registration':
    case 're-registration':
      return registered(assignment);
    case 'unregistered-user':
      return unregistered(assignment);
    case 'no-assignment':
      if (state.server?.name !== request.serverName) {
        const reason = `${request.serverName} is not the S-CSCF of the user`;
        return failed(resultCode.UNABLE_TO_COMPLY, reason);
      }
      return {
        answer: { ...assigned(assignment), ...restorationOf(assignment, registeredBy(state, place.set)) },
        reason: `profile for ${request.serverName}`,
      };
    default:
      return authenticationEnded(request, stored);
  }
}

/** 5, REGISTRATION and RE_REGISTRATION: the private identity has registered the set at this S-CSCF from now on. */
function registered(assignment: Assignment): ServerAssignmentOutcome {
  const { request, stored, place, requester } = assignment;
  const { privateIdentity, restoration } = request;
  if (privateIdentity === undefined) {
    return failed(resultCode.MISSING_AVP, `a ${request.type} without User-Name`);
  }
  const before = registeredBy(stored.state, place.set);
  const isThere = before.includes(privateIdentity);
  const others = before.filter((identity) => identity !== privateIdentity);
  if (isThere && request.type === 'registration' && request.multipleRegistration === true) {
    // What the S-CSCF adds to has been registered before, which it does not know: it is to restore, not to replace.
    const kept = restorationOf(assignment, before);
    if (kept.restoration !== undefined) {
      const answer = { ...assigned(assignment), ...kept, inAssignmentType: true } as const;
      return { answer, reason: 'registered before: restoration data in place of a first registration' };
    }
  }
  let state = withServer(assignment);
  if (!isThere) state = withSet(state, place.set, { registeredBy: [...before, privateIdentity] });
  state = withPending(state, privateIdentity, false);
  if (restoration !== undefined && requester.restores) {
    state = { ...state, restoration: { ...state.restoration, [privateIdentity]: restoration } };
  }
  return {
    answer: { ...assigned(assignment), ...restorationOf(assignment, others) },
    reason: `registered at ${request.serverName}`,
    state: changed(stored.state, state),
  };
}

/** 5, UNREGISTERED_USER: the S-CSCF serves a user whom nobody has registered, or one whom it does not know any more. */
function unregistered(assignment: Assignment): ServerAssignmentOutcome {
  const { request, stored, place } = assignment;
  const withName = withServer(assignment);
  const kept = restorationOf(assignment, registeredBy(stored.state, place.set));
  if (kept.restoration !== undefined) {
    // Registered, and the S-CSCF can have back what it needs to know of that (TS 23.380 4.4).
    return {
      answer: { ...assigned(assignment), ...kept, inAssignmentType: true },
      reason: `registered at ${request.serverName}, which gets its restoration data`,
      state: changed(stored.state, withName),
    };
  }
  const state =
    registrationOf(stored.state, place.set) === 'unregistered'
      ? withName
      : settled(withSet(withName, place.set, 'unregistered'));
  return {
    answer: assigned(assignment),
    reason: `unregistered at ${request.serverName}`,
    state: changed(stored.state, state),
  };
}

/** The state with the S-CSCF that asks as the one that is assigned, where it is not already. */
function withServer({ request, stored: { state }, requester }: Assignment): SubscriptionState {
  const { server, reassignmentPending, ...rest } = state;
  const { host, realm } = requester;
  const isSame = server?.name === request.serverName && server.host === host && server.realm === realm;
  if (isSame && reassignmentPending === undefined) return state;
  const named = {
    name: request.serverName,
    ...(host !== undefined && { host }),
    ...(realm !== undefined && { realm }),
  };
  return { ...rest, server: named };
}

/** 6.6: the profile and the charging functions, unless the S-CSCF has them already. */
function assigned({ request, stored, place, requester, sharedFilterCriteria }: Assignment): Assigned {
  const { privateIdentities, implicitSets, charging } = stored.subscription;
  const privateIdentity = request.privateIdentity ?? privateIdentities[0].identity;
  const set = implicitSets[place.set];
  const expand = requester.sharesFilterCriteria ? undefined : sharedFilterCriteria;
  return {
    kind: 'assigned',
    privateIdentity,
    ...(set !== undefined &&
      !request.userDataAlreadyAvailable && {
        profile: profileOf(stored.subscription, set, privateIdentity, expand),
        ...(charging !== undefined && { charging }),
      }),
    ...(privateIdentities.length > 1 && {
      associatedIdentities: privateIdentities.map(({ identity }) => identity),
    }),
    ...(place.wildcard !== undefined && { wildcardedIdentity: place.wildcard }),
  };
}

/** TS 23.380 4: what is kept of some private identities, for an S-CSCF that restores. */
function restorationOf(
  { stored: { state }, requester }: Assignment,
  privateIdentities: readonly string[],
): Pick<Assigned, 'restoration'> {
  if (!requester.restores || state.restoration === undefined) return {};
  const kept = privateIdentities.flatMap((identity) => state.restoration?.[identity] ?? []);
  return kept.length === 0 ? {} : { restoration: kept };
}

function changed(before: SubscriptionState, now: SubscriptionState): SubscriptionState | undefined {
  return now === before ? undefined : now;
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
