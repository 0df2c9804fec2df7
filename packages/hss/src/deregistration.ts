import type { ServerAssignment, ServerAssignmentAnswer } from '@ims-sim/cx';
import type { Outcome } from './outcome.js';
import { registeredBy, registrationOf, settled, withPending, withSet } from './registration-state.js';
import type { Place } from './service-profile.js';
import type { StoredSubscription, SubscriptionState } from './subscription.js';

type ServerAssignmentOutcome = Outcome<ServerAssignmentAnswer>;

/**
 * TS 29.228 6.1.2.1 step 5, the types of deregistration, from the S-CSCF that is assigned, or where none is: a private identity
 * gives up the sets of the public ones, all of them where none is named; without a private identity each of them does.
 */
export function deregistration(
  request: ServerAssignment,
  { state }: StoredSubscription,
  places: readonly Place[],
): ServerAssignmentOutcome {
  const { privateIdentity, type } = request;
  const sets = places.length > 0 ? places.map(({ set }) => set) : Object.keys(state.sets).map(Number);
  const keepsServer = type.endsWith('store-server-name');
  const there = [...new Set(sets)].filter((set) => registrationOf(state, set) !== 'not-registered');
  if (there.length === 0) {
    return {
      answer: { kind: 'assigned', ...(keepsServer && { serverNameNotStored: true }) },
      reason: 'was not registered',
    };
  }
  let next = state;
  for (const set of there) next = given(next, set, privateIdentity, keepsServer);
  if (privateIdentity !== undefined) next = withPending(next, privateIdentity, false);
  next = settled(next);
  const states = there.map((set) => registrationOf(next, set));
  return {
    answer: { kind: 'assigned' },
    reason: `deregistered, now ${[...new Set(states)].join(' and ')}`,
    state: next,
  };
}

/** A set that a private identity has given up: others that have registered it keep it so. */
function given(
  state: SubscriptionState,
  set: number,
  privateIdentity: string | undefined,
  keepsServer: boolean,
): SubscriptionState {
  const left = registeredBy(state, set).filter(
    (identity) => privateIdentity !== undefined && identity !== privateIdentity,
  );
  if (left.length > 0) return withSet(state, set, { registeredBy: left });
  return withSet(state, set, keepsServer ? 'unregistered' : undefined);
}

/**
 * Step 5, AUTHENTICATION_FAILURE and AUTHENTICATION_TIMEOUT: what was registered stays so; where nothing was, the S-CSCF is
 * forgotten.
 */
export function authenticationEnded(
  { privateIdentity, type }: ServerAssignment,
  { state }: StoredSubscription,
): ServerAssignmentOutcome {
  const reason = `${type}: the registration stays as it is`;
  if (privateIdentity === undefined || state.authenticationPending?.includes(privateIdentity) !== true) {
    return { answer: { kind: 'assigned' }, reason };
  }
  const next = settled(withPending(state, privateIdentity, false));
  return {
    answer: { kind: 'assigned' },
    reason: next.server === undefined ? `${type}: no S-CSCF is assigned any more` : reason,
    state: next,
  };
}
