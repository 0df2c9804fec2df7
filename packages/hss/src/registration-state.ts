import type { SubscriptionState } from './subscription.js';
import { without } from './without.js';

type SetState = SubscriptionState['sets'][string];

/** TS 23.228 5.12.1, TS 29.228 3.1: the state of an implicit registration set. */
export function registrationOf(
  { sets }: SubscriptionState,
  set: number,
): 'registered' | 'unregistered' | 'not-registered' {
  const state = sets[set];
  if (state === undefined) return 'not-registered';
  return state === 'unregistered' ? state : 'registered';
}

/** The private identities that have registered a set. */
export function registeredBy({ sets }: SubscriptionState, set: number): readonly string[] {
  const state = sets[set];
  return state === undefined || state === 'unregistered' ? [] : state.registeredBy;
}

/** The state with a set in another one; `undefined`: not registered. */
export function withSet(
  state: SubscriptionState,
  set: number,
  registration: SetState | undefined,
): SubscriptionState {
  const key = String(set);
  const sets = registration === undefined ? without(state.sets, key) : { ...state.sets, [key]: registration };
  return { ...state, sets };
}

/** The state after a private identity has begun to authenticate, or has ended it. */
export function withPending(
  state: SubscriptionState,
  privateIdentity: string,
  isPending: boolean,
): SubscriptionState {
  const { authenticationPending = [], ...rest } = state;
  if (authenticationPending.includes(privateIdentity) === isPending) return state;
  const pending = isPending
    ? [...authenticationPending, privateIdentity]
    : authenticationPending.filter((identity) => identity !== privateIdentity);
  return pending.length === 0 ? rest : { ...rest, authenticationPending: pending };
}

/**
 * The state without what nothing needs any more: the S-CSCF where no set is registered or kept and nobody authenticates, and
 * restoration data of private identities that have nothing registered.
 */
export function settled(state: SubscriptionState): SubscriptionState {
  const { server, reassignmentPending, restoration, ...rest } = state;
  const isServed = Object.keys(state.sets).length > 0 || (state.authenticationPending?.length ?? 0) > 0;
  const active = new Set(Object.keys(state.sets).flatMap((set) => registeredBy(state, Number(set))));
  const kept = Object.entries(restoration ?? {}).filter(([identity]) => active.has(identity));
  return {
    ...rest,
    ...(isServed && server !== undefined && { server }),
    ...(isServed && reassignmentPending !== undefined && { reassignmentPending }),
    ...(kept.length > 0 && { restoration: Object.fromEntries(kept) }),
  };
}
