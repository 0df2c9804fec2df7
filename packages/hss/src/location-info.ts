import type { LocationInfo, LocationInfoAnswer } from '@ims-sim/cx';
import type { Outcome } from './outcome.js';
import { registrationOf } from './registration-state.js';
import type { SharedFilterCriteria } from './service-profile.js';
import { capabilitiesOf, hasUnregisteredServices } from './service-profile.js';
import type { FoundByPublicIdentity } from './store.js';

type LocationInfoOutcome = Outcome<LocationInfoAnswer>;

/** TS 29.228 6.1.4.1: which S-CSCF, or which AS, serves the identity of a request? */
export function locationInfo(
  request: LocationInfo,
  found: FoundByPublicIdentity | undefined,
  sharedFilterCriteria: SharedFilterCriteria = {},
): LocationInfoOutcome {
  // 1: the public identity is known.
  if (found === undefined) return unknown;
  const { subscription, state, set, wildcard } = found;
  const implicitSet = subscription.implicitSets[set];
  if (implicitSet === undefined) return unknown;
  const matched = wildcard === undefined ? noWildcard : { wildcardedIdentity: wildcard };
  // 2: a service that requests go to without an S-CSCF (PSI direct routing); what it originates goes through one.
  const { applicationServer } = implicitSet;
  if (applicationServer !== undefined && request.originating !== true) {
    const answer: LocationInfoAnswer = { kind: 'served', serverName: applicationServer, ...matched };
    return { answer, reason: 'a public service identity of that AS' };
  }
  // 3: the S-CSCF that is assigned does not answer the I-CSCF; another may take over from now on.
  if (request.wantsCapabilities === true && state.server !== undefined) return reassignment(found, matched);
  // 4: by the state of the registration.
  const registration = registrationOf(state, set);
  const { server } = state;
  if (registration === 'registered' && server !== undefined) {
    return { answer: { kind: 'served', serverName: server.name, ...matched }, reason: 'registered' };
  }
  if (request.originating !== true && !hasUnregisteredServices(implicitSet, sharedFilterCriteria))
    return nothingToServe;
  if (server !== undefined) {
    return {
      answer: { kind: 'served', serverName: server.name, ...matched },
      reason:
        registration === 'unregistered'
          ? 'not registered, but an S-CSCF keeps the user'
          : 'not registered, but the subscription has that S-CSCF',
    };
  }
  return {
    answer: { kind: 'unregistered-service', capabilities: capabilitiesOf(subscription), ...matched },
    reason: 'not registered, but there are services for that case',
  };
}

function reassignment(
  { subscription, state }: FoundByPublicIdentity,
  matched: { readonly wildcardedIdentity?: string },
): LocationInfoOutcome {
  return {
    answer: {
      kind: 'unregistered-service',
      capabilities: capabilitiesOf(subscription),
      reassignment: true,
      ...matched,
    },
    reason: `capabilities for a choice of S-CSCF in place of ${state.server?.name ?? 'none'}`,
    ...(state.reassignmentPending !== true && { state: { ...state, reassignmentPending: true } }),
  };
}

const noWildcard = {};
const unknown: LocationInfoOutcome = {
  answer: { kind: 'unknown-user' },
  reason: 'the public identity is not known',
};
const nothingToServe: LocationInfoOutcome = {
  answer: { kind: 'identity-not-registered' },
  reason: 'not registered, and no service for that case',
};
