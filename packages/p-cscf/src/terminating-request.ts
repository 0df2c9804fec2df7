import { addresses, vias, type Because, type Decision, type Header, type Incoming } from '@ims-sim/sip';
import type { PCscf } from './p-cscf.js';
import type { Registration } from './registrations.js';
import { responseIntoTheNetwork, toTheUe } from './trust-boundary.js';

/**
 * TS 24.229 5.2.6.4: a request towards a UE. It comes from the trust domain, along the P-CSCF's own entry in Path or
 * Record-Route, and its Request-URI is a contact that is registered here; anything else from a source that is no
 * registered UE gets 403 (5.2.6.3.1).
 */
export function terminatingRequest(incoming: Incoming, pcscf: PCscf): Decision {
  const { request, source, ownRoutes, inDialog } = incoming;
  if (ownRoutes.length === 0) {
    return forbidden(NOT_REGISTERED);
  }
  if (!pcscf.trusted(source)) {
    return forbidden(NOT_TRUSTED);
  }
  const registrations = pcscf.registrations.ofContact(request.uri);
  if (registrations.length === 0) {
    // A request that came through the network has the Vias of its elements; a UE's own has one.
    return vias(request).length > 1
      ? { kind: 'reply', status: 404, reason: 'Not Found', because: NO_SUCH_CONTACT }
      : forbidden(NOT_REGISTERED);
  }
  return inDialog
    ? terminatingSubsequentRequest(incoming)
    : terminatingInitialRequest(incoming, registrations, pcscf);
}

/** TS 24.229 5.2.6.4.3 and 5.2.6.4.7. The response asserts the identity that was called (5.2.6.4.4, 5.2.6.4.8). */
function terminatingInitialRequest(
  { request }: Incoming,
  registrations: readonly Registration[],
  pcscf: PCscf,
): Decision {
  const called = calledIdentity(addresses(request, 'p-called-party-id')[0]?.uriText, registrations);
  return {
    kind: 'forward',
    request: toTheUe(request),
    recordRoute: pcscf.ownUri,
    onResponse: (response) => responseIntoTheNetwork(response, called),
    because: TO_REGISTERED_CONTACT,
  };
}

function calledIdentity(
  called: string | undefined,
  registrations: readonly Registration[],
): Header | undefined {
  for (const { identities } of registrations) {
    const identity = identities.find(({ text }) => text === called);
    if (identity !== undefined) {
      return identity.asserted;
    }
  }
  return registrations.length === 1 ? registrations[0]?.identities[0]?.asserted : undefined;
}

/** TS 24.229 5.2.6.4.5 and 5.2.6.4.9. */
function terminatingSubsequentRequest({ request }: Incoming): Decision {
  return {
    kind: 'forward',
    request: toTheUe(request),
    onResponse: responseWithoutAssertion,
    because: TO_REGISTERED_CONTACT,
  };
}

function responseWithoutAssertion(response: Parameters<typeof responseIntoTheNetwork>[0]) {
  return responseIntoTheNetwork(response);
}

function forbidden(because: Because): Decision {
  return { kind: 'reply', status: 403, reason: 'Forbidden', because };
}

const NOT_REGISTERED: Because = [
  {
    clause: 'TS 24.229 5.2.6.3.1',
    text: 'nobody is registered from this address, port and transport: 403',
  },
];

const NOT_TRUSTED: Because = [
  {
    clause: 'TS 24.229 4.4',
    text: 'Route has this P-CSCF, but the source is neither a registered UE nor of the trust domain: 403',
  },
];

const NO_SUCH_CONTACT: Because = [
  { clause: 'TS 24.229 5.2.6.4.1', text: 'the Request-URI is no contact that is registered here: 404' },
];

const TO_REGISTERED_CONTACT: Because = [
  { clause: 'TS 24.229 5.2.6.4', text: 'to a contact that is registered here' },
];
