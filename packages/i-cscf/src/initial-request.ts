import {
  addresses,
  publicIdentity,
  withHeaders,
  without,
  type Because,
  type Decision,
  type Incoming,
  type Maybe,
  type SipRequest,
} from '@ims-sim/sip';
import { withChargingVector } from './charging-vector.js';
import type { ICscf } from './i-cscf.js';
import { locate } from './located.js';
import { translated } from './request-uri.js';
import { isOfDomain, withoutClaims } from './trust-domain.js';
import { withUserDatabase } from './user-database.js';

const CLAUSE = 'TS 24.229 5.3.2.1';

/**
 * TS 24.229 5.3.2.1: an initial request enters the home network of the user it is for. The HSS says which S-CSCF serves
 * that user; it is asked each time, since the next request may find another. The I-CSCF stays out of the dialog.
 */
export function initialRequest(incoming: Incoming, icscf: ICscf): Maybe<Decision> {
  const target = translated(incoming.request.uri, icscf.domain);
  const impu = target === undefined ? undefined : publicIdentity(target.uri);
  if (target === undefined || impu === undefined) {
    return { kind: 'reply', status: 416, reason: 'Unsupported URI Scheme', because: NO_IDENTITY };
  }
  if (target.uri.kind === 'sip') {
    if (target.uri.scheme === 'sips') {
      return { kind: 'reply', status: 416, reason: 'Unsupported URI Scheme', because: NO_TLS };
    }
    if (!isOfDomain(target.uri.host, icscf.domain)) {
      return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_OURS };
    }
  }
  const request = withHeaders(incoming.request, trustedHeaders(incoming, icscf), target.text);
  return locate({
    request: withUserDatabase(withChargingVector(request, icscf), icscf),
    asked: { publicIdentity: impu },
    icscf,
    clause: CLAUSE,
    parameter: '',
    tried: NONE,
  });
}

/**
 * TS 24.229 5.3.2.1A: the Route has `orig`: an AS sends on behalf of a user, who is named by P-Served-User or
 * asserted. The HSS says which S-CSCF serves that user, and the S-CSCF is told by the same parameter.
 */
export function originatingRequest(incoming: Incoming, icscf: ICscf): Maybe<Decision> {
  const { request, source } = incoming;
  const impu = icscf.trusted(source) ? servedUser(request) : undefined;
  if (impu === undefined) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NO_SERVED_USER };
  }
  return locate({
    request: withUserDatabase(withChargingVector(request, icscf), icscf),
    asked: { publicIdentity: impu, originating: true },
    icscf,
    clause: 'TS 24.229 5.3.2.1A',
    parameter: ';orig',
    tried: NONE,
  });
}

function servedUser(request: SipRequest): string | undefined {
  const served = addresses(request, 'p-served-user')[0] ?? addresses(request, 'p-asserted-identity')[0];
  return served === undefined ? undefined : publicIdentity(served.uri);
}

const NONE: ReadonlySet<string> = new Set();
const NO_TLS: Because = [
  { clause: 'RFC 3261 16.3 step 2', text: 'a sips URI asks for TLS, which is not spoken here: 416' },
];
const NO_IDENTITY: Because = [
  { clause: CLAUSE, text: 'the Request-URI is no public identity (sip, tel, pres, im): 416' },
];
const NOT_OURS: Because = [
  { clause: CLAUSE, text: 'the Request-URI is of another domain, and this I-CSCF offers no transit: 403' },
];
const NO_SERVED_USER: Because = [
  { clause: 'TS 24.229 5.3.2.1A', text: 'orig without a served user that the trust domain vouches for: 403' },
];

/** A stranger's Route is not followed past the S-CSCF: those on it would trust what comes from there (4.4). */
function trustedHeaders({ request, source }: Incoming, icscf: ICscf): SipRequest['headers'] {
  return icscf.trusted(source) ? request.headers : without(withoutClaims(request.headers), 'route');
}
