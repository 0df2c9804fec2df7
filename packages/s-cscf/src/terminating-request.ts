import type { CxRefusal, SessionCase } from '@ims-sim/cx';
import {
  header,
  parseUri,
  publicIdentity,
  withHeaders,
  without,
  withTopRoute,
  type Because,
  type Decision,
  type ForwardFailure,
  type Incoming,
  type Maybe,
  type SipRequest,
  type Uri,
} from '@ims-sim/sip';
import { evaluateCriteria } from './application-server.js';
import { insertAfter, isRecorded } from './headers.js';
import type { SCscf } from './s-cscf.js';
import { isRegistered, type Binding, type ServedUser } from './served-user.js';
import { unregisteredUser, type UnregisteredUser } from './unregistered-user.js';

const CLAUSE = 'TS 24.229 5.4.3.3';

/**
 * TS 24.229 5.4.3.3: an initial request for the served user: its criteria first, then the registered contact. A user
 * whom this S-CSCF does not know is asked for at the HSS, for the services that there are without registration.
 */
export function terminatingRequest({ request }: Incoming, scscf: SCscf): Maybe<Decision> {
  const spelled = scscf.registrar.userSpelled(request.uri);
  if (spelled !== undefined) {
    return serve(request, spelled, scscf);
  }
  const uri = parseUri(request.uri);
  const user = uri === undefined ? undefined : scscf.registrar.user({ uriText: request.uri, uri });
  if (user !== undefined) {
    return serve(request, user, scscf);
  }
  const key = uri === undefined ? undefined : keyInDomain(uri, scscf);
  if (key === undefined) {
    return { kind: 'reply', status: 404, reason: 'Not Found', because: NOT_OURS };
  }
  return unregisteredUser(key, scscf).then((found) => serveUnregistered(request, found, scscf));
}

const NOT_OURS: Because = [{ clause: CLAUSE, text: 'the Request-URI is no user of this domain: 404' }];
const BARRED: Because = [{ clause: CLAUSE, text: 'the identity is barred: 404' }];

function keyInDomain(uri: Uri, { domains }: SCscf): string | undefined {
  if (uri.kind === 'sip') {
    const isOurs = domains.has(uri.host) || [...domains].some((domain) => uri.host.endsWith(`.${domain}`));
    return isOurs ? publicIdentity(uri) : undefined;
  }
  return publicIdentity(uri);
}

function serveUnregistered(request: SipRequest, found: UnregisteredUser, scscf: SCscf): Maybe<Decision> {
  switch (found.kind) {
    case 'user':
      return serve(request, found.user, scscf);
    case 'no-profile':
      return refused(480, 'Temporarily Unavailable', 'the HSS gave no profile for it', scscf);
    case 'refused':
      return refusedBy(found.answer, scscf);
  }
}

function refusedBy(answer: CxRefusal, scscf: SCscf): Decision {
  switch (answer.kind) {
    case 'unknown-user':
    case 'identities-dont-match':
      return refused(404, 'Not Found', 'the HSS does not know the user', scscf);
    case 'identity-not-registered':
    case 'identity-already-registered':
    case 'roaming-not-allowed':
      return refused(480, 'Temporarily Unavailable', 'the user is not registered here', scscf);
    case 'failed':
      return refused(480, 'Temporarily Unavailable', `the HSS answers ${answer.resultCode}`, scscf);
    case 'unreachable':
      return refused(480, 'Temporarily Unavailable', `the HSS cannot be asked (${answer.reason})`, scscf);
    default:
      return refused(480, 'Temporarily Unavailable', `the HSS refuses (${answer.kind})`, scscf);
  }
}

function refused(status: number, reason: string, text: string, { trace }: SCscf): Decision {
  return {
    kind: 'reply',
    status,
    reason,
    because: trace.enabled ? [{ clause: CLAUSE, text: `${text}: ${status}` }] : undefined,
  };
}

function serve(request: SipRequest, user: ServedUser, scscf: SCscf): Maybe<Decision> {
  if (user.barred) {
    return { kind: 'reply', status: 404, reason: 'Not Found', because: BARRED };
  }
  const sessionCase: SessionCase = isRegistered(user.set, scscf.clock.now())
    ? 'terminating-registered'
    : 'terminating-unregistered';
  return evaluateCriteria(
    {
      request,
      user,
      sessionCase,
      from: 0,
      otherwise: (unserved, because) => toUser(unserved, user, because, scscf),
    },
    scscf,
  );
}

/**
 * TS 24.229 5.4.3.3: to the contact of the user along its Path, with the identity that was called in
 * P-Called-Party-ID. Of several contacts the one with the highest q is tried, and the next where that fails.
 * Deviation: 5.4.3.3 forks in parallel to contacts of equal q; here each is tried in turn, the newest first: an old
 * one may be that of a UE which went without a word, and a request to it is lost where nobody answers.
 */
export function toUser(
  request: SipRequest,
  user: ServedUser,
  because: Because | undefined,
  scscf: SCscf,
): Decision {
  const nowMs = scscf.clock.now();
  const bindings = user.set.bindings
    .filter(({ expiresAtMs }) => expiresAtMs > nowMs)
    .reverse()
    .sort((a, b) => b.q - a.q);
  const known = scscf.trace.enabled ? [...(because ?? []), where(user, bindings)] : undefined;
  return bindings.length === 0
    ? { kind: 'reply', status: 480, reason: 'Temporarily Unavailable', because: known }
    : toContact(request, bindings, 0, known, scscf);
}

function where({ identity }: ServedUser, bindings: readonly Binding[]): Because[number] {
  const contacts = bindings.map(({ contact }) => contact.uriText).join(', ');
  return bindings.length === 0
    ? { clause: CLAUSE, text: `${identity} is not registered, and no service takes the request: 480` }
    : { clause: CLAUSE, text: `${identity} is registered at ${contacts}` };
}

function toContact(
  request: SipRequest,
  bindings: readonly Binding[],
  index: number,
  because: Because | undefined,
  scscf: SCscf,
): Decision {
  const binding = bindings[index] as Binding;
  const called = header('P-Called-Party-ID', `<${request.uri}>`);
  let headers = insertAfter(without(without(request.headers, 'route'), 'p-called-party-id'), 'event', called);
  if (binding.route !== undefined) {
    headers = withTopRoute(headers, binding.route);
  }
  const hasNext = index + 1 < bindings.length;
  return {
    kind: 'forward',
    request: withHeaders(request, headers, binding.contact.uriText),
    recordRoute: isRecorded(request, scscf.names) ? undefined : scscf.ownUri,
    onFailure: hasNext
      ? (failure) =>
          isFinal(failure) ? undefined : toContact(request, bindings, index + 1, undefined, scscf)
      : undefined,
    because,
  };
}

/** RFC 3261 16.7 step 5: 6xx is for all contacts. */
function isFinal(failure: ForwardFailure): boolean {
  return failure.kind === 'response' && failure.response.status >= 600;
}
