import {
  addresses,
  contactExpires,
  header,
  parseUri,
  routeAlong,
  to,
  uriEquals,
  without,
  type Because,
  type Decision,
  type Incoming,
  type NameAddr,
  type SipRequest,
  type SipResponse,
  type Source,
} from '@ims-sim/sip';
import { optionTags, intoTheNetwork, toTheUe } from './trust-boundary.js';
import { withoutIntegrityProtected } from './authorization.js';
import type { PCscf } from './p-cscf.js';
import { registeredIdentity } from './registrations.js';

/**
 * TS 24.229 5.2.2.1: a REGISTER goes to the UE's home network by its Request-URI (RFC 3263), with a Path back to this
 * P-CSCF; out of the 200 the P-CSCF keeps the contact with its expiry, the P-Associated-URI and the Service-Route.
 */
export function register(incoming: Incoming, pcscf: PCscf): Decision {
  const { request, source } = incoming;
  const home = parseUri(request.uri);
  if (home?.kind !== 'sip' || to(request) === undefined) {
    return { kind: 'reply', status: 400, reason: 'Bad Request-URI', because: NO_HOME };
  }
  if (pcscf.homeDomain !== undefined && home.host !== pcscf.homeDomain) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NO_ROAMING };
  }
  return {
    kind: 'forward',
    request: toHomeNetwork(request, pcscf),
    onResponse: (response) => {
      learn(request, response, source, pcscf);
      return toTheUe(response);
    },
    because: pcscf.trace.enabled
      ? [{ clause: 'TS 24.229 5.2.2.1', text: `to the home network ${home.host}, Path <${pcscf.ownUri}>` }]
      : undefined,
  };
}

const NO_HOME: Because = [{ clause: 'TS 24.229 5.2.2.1', text: 'the Request-URI is no home domain: 400' }];
const NO_ROAMING: Because = [
  { clause: 'TS 24.229 5.2.2.1', text: 'the home domain is none that this P-CSCF serves: 403' },
];

/** A UE has no say in the way to its home network: its Routes are dropped, and what only the network may write. */
function toHomeNetwork(request: SipRequest, { ownUri, visitedNetwork }: PCscf): SipRequest {
  const required = [
    'path',
    ...optionTags(request, 'require').filter((tag) => tag !== 'sec-agree' && tag !== 'path'),
  ];
  const headers = intoTheNetwork(without(without(request.headers, 'require'), 'route'), {
    asserted: undefined,
    hinted: true,
    added: [
      header('Path', `<${ownUri}>`),
      header('Require', required.join(', ')),
      header('P-Visited-Network-ID', tokenOrQuoted(visitedNetwork)),
    ],
  });
  return {
    ...request,
    headers: headers.map((h) => (h.key === 'authorization' ? withoutIntegrityProtected(h) : h)),
  };
}

/** RFC 7315 5.3. */
function tokenOrQuoted(text: string): string {
  return /^[\w.!%*+`'~-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function learn(request: SipRequest, response: SipResponse, source: Source, pcscf: PCscf): void {
  const publicIdentity = to(request)?.uriText;
  if (response.status < 200 || response.status > 299 || publicIdentity === undefined) {
    return;
  }
  if (request.headers.some((h) => h.key === 'contact' && h.value === '*')) {
    pcscf.registrations.unbind(source, publicIdentity);
    return;
  }
  const granted = addresses(response, 'contact');
  for (const contact of addresses(request, 'contact')) {
    const seconds = grantedSeconds(contact, granted, response);
    if (seconds <= 0) {
      pcscf.registrations.unbind(source, publicIdentity, contact.uriText);
    } else {
      bind(contact, seconds, publicIdentity, request, response, source, pcscf);
    }
  }
}

function bind(
  contact: NameAddr,
  seconds: number,
  publicIdentity: string,
  request: SipRequest,
  response: SipResponse,
  source: Source,
  { registrations, clock }: PCscf,
): void {
  const associated = addresses(response, 'p-associated-uri');
  const registered = to(request);
  const identities = associated.length > 0 || registered === undefined ? associated : [registered];
  const serviceRoute = addresses(response, 'service-route');
  registrations.bind({
    source,
    publicIdentity,
    contact: contact.uriText,
    identities: identities.map(registeredIdentity),
    serviceRoute,
    route: routeAlong(serviceRoute),
    expiresAtMs: clock.now() + seconds * 1000,
  });
}

/** How long the registrar keeps this contact; 0: it does not. */
function grantedSeconds(contact: NameAddr, granted: readonly NameAddr[], response: SipResponse): number {
  const same = granted.find(({ uriText, uri }) => uriText === contact.uriText || uriEquals(uri, contact.uri));
  if (same === undefined) {
    return 0;
  }
  return contactExpires(same, response) ?? 0;
}
