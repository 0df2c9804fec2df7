import {
  addresses,
  parseUri,
  vias,
  type Because,
  type Decision,
  type Forward,
  type Header,
  type Incoming,
  type NameAddr,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { chargingVectorBack, withChargingVector } from './charging-vector.js';
import type { PCscf } from './p-cscf.js';
import { mayMakeDialog, protectedUri, refreshesTarget, withOpenRecordRoute } from './record-route.js';
import { hostPort } from './registration-keys.js';
import { identityAmong, type Registration } from './registration.js';
import type { SecurityAssociation } from './security-associations.js';
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
    ? terminatingSubsequentRequest(incoming, registrations, pcscf)
    : terminatingInitialRequest(incoming, registrations, pcscf);
}

/**
 * TS 24.229 5.2.6.4.3 and 5.2.6.4.7. The response asserts the identity that was called: to a request for a dialog a 1xx or 2xx
 * (5.2.6.4.4), to a standalone one any (5.2.6.4.8).
 */
function terminatingInitialRequest(
  { request }: Incoming,
  registrations: readonly Registration[],
  pcscf: PCscf,
): Decision {
  const calledParty = addresses(request, 'p-called-party-id')[0];
  const called = calledIdentity(calledParty, registrations);
  const association = associationTo(request, calledParty, registrations, pcscf);
  const vector = pcscf.profile === 'ts-24.141' ? chargingVectorBack(request, pcscf) : undefined;
  return {
    kind: 'forward',
    request: toTheUe(request),
    recordRoute: mayMakeDialog(request) ? recordedUri(association, pcscf) : undefined,
    ...overAssociation(request, association, pcscf),
    onResponse: (response) =>
      response.status >= 300 && mayMakeDialog(request)
        ? intoTheNetworkBack(response, undefined, vector, association, pcscf)
        : intoTheNetworkBack(response, called, vector, association, pcscf),
    because: association === undefined ? TO_REGISTERED_CONTACT : OVER_ASSOCIATION,
  };
}

function recordedUri(association: SecurityAssociation | undefined, pcscf: PCscf): string {
  return association === undefined ? pcscf.ownUri : protectedUri(pcscf);
}

function intoTheNetworkBack(
  response: SipResponse,
  called: Header | undefined,
  vector: Header | undefined,
  association: SecurityAssociation | undefined,
  pcscf: PCscf,
): SipResponse {
  const back = withChargingVector(responseIntoTheNetwork(response, called), vector);
  return association === undefined ? back : withOpenRecordRoute(back, pcscf);
}

/**
 * 5.2.6.4.1: that of the UE which the request is for; undefined: it has none. Others may have registered the same contact, so
 * one counts whose identity was called, or else whose own address and port it is.
 */
function associationTo(
  request: SipRequest,
  called: NameAddr | undefined,
  registrations: readonly Registration[],
  { protectedPorts }: PCscf,
): SecurityAssociation | undefined {
  if (protectedPorts === undefined) {
    return undefined; // nobody has one
  }
  if (registrations.length === 1) {
    return registrations[0]?.association;
  }
  const uri = parseUri(request.uri);
  const at = uri?.kind === 'sip' ? hostPort(uri.host, uri.port) : undefined;
  const isOwn = ({ association }: Registration) => {
    const { address } = association?.source.remote ?? {};
    return (
      address !== undefined &&
      hostPort(address.includes(':') ? `[${address}]` : address, association?.offer.serverPort) === at
    );
  };
  const isCalled = ({ identities }: Registration) =>
    called !== undefined && identityAmong(identities, called) !== undefined;
  return (registrations.findLast(isCalled) ?? registrations.findLast(isOwn) ?? registrations[0])?.association;
}

/**
 * TS 33.203 7.1, TS 24.229 5.2.6.4: from the protected client port to the UE's protected server port; the Via names the protected
 * server port, where the UE is to answer.
 * Deviation: by UDP the answer comes to the protected client port all the same, as every Via of the stack has `rport`.
 */
function overAssociation(
  request: SipRequest,
  association: SecurityAssociation | undefined,
  pcscf: PCscf,
): Pick<Forward, 'targets' | 'sentBy' | 'bySize'> {
  const { protectedPorts } = pcscf;
  if (association === undefined || protectedPorts === undefined) {
    return OVER_ITS_TRANSPORT;
  }
  const uri = parseUri(request.uri);
  const asked = uri?.kind === 'sip' ? uri.params.get('transport') : undefined;
  const transport = typeof asked === 'string' && asked.toLowerCase() === 'tcp' ? 'TCP' : 'UDP';
  const { address } = association.source.remote;
  return {
    targets: [{ transport, address, port: association.offer.serverPort, from: protectedPorts.client }],
    sentBy: protectedUri(pcscf).slice('sip:'.length).split(';')[0],
  };
}

/**
 * Deviation: RFC 3261 18.1.1 has what is too large for a datagram go by TCP. A UE without an association is known by the transport that it
 * registered over, and its answers and later requests within the dialog would come over a connection of nobody.
 */
const OVER_ITS_TRANSPORT = { bySize: false } as const;

function calledIdentity(
  called: NameAddr | undefined,
  registrations: readonly Registration[],
): Header | undefined {
  for (const { identities } of registrations) {
    const identity = called && identityAmong(identities, called);
    if (identity !== undefined) {
      return identity.asserted;
    }
  }
  const [only, ...others] = registrations;
  return others.length === 0
    ? only?.identities.find(({ matches }) => matches === undefined)?.asserted
    : undefined;
}

/** TS 24.229 5.2.6.4.5 and 5.2.6.4.9. */
function terminatingSubsequentRequest(
  { request }: Incoming,
  registrations: readonly Registration[],
  pcscf: PCscf,
): Decision {
  const association = associationTo(request, undefined, registrations, pcscf);
  return {
    kind: 'forward',
    request: toTheUe(request),
    recordRoute: refreshesTarget(request, pcscf) ? recordedUri(association, pcscf) : undefined,
    ...overAssociation(request, association, pcscf),
    onResponse:
      association === undefined
        ? responseWithoutAssertion
        : (response) => intoTheNetworkBack(response, undefined, undefined, association, pcscf),
    because: association === undefined ? TO_REGISTERED_CONTACT : OVER_ASSOCIATION,
  };
}

function responseWithoutAssertion(response: SipResponse): SipResponse {
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
    clause: 'TS 24.229 5.2.6.3.1, 4.4',
    text: 'Route has this P-CSCF, but the source is neither a registered UE nor of the trust domain: 403',
  },
];

const NO_SUCH_CONTACT: Because = [
  { clause: 'TS 24.229 5.2.6.4.1', text: 'the Request-URI is no contact that is registered here: 404' },
];

const TO_REGISTERED_CONTACT: Because = [
  { clause: 'TS 24.229 5.2.6.4', text: 'to a contact that is registered here' },
];

const OVER_ASSOCIATION: Because = [
  {
    clause: 'TS 24.229 5.2.6.4',
    text: 'to a contact that is registered here, from the protected client port to that of the UE',
  },
];
