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
  type ForkBranch,
  type Incoming,
  type Maybe,
  type SipRequest,
  type Uri,
} from '@ims-sim/sip';
import { evaluateCriteria } from './application-server.js';
import { contactGroups, dispositionOf } from './contact-groups.js';
import { insertAfter } from './headers.js';
import { headersTowards } from './headers-towards.js';
import { responseOfUser } from './response-of-user.js';
import { recordRouteOf } from './record-route.js';
import type { SCscf } from './s-cscf.js';
import { isRegistered, type Binding, type ServedUser } from './served-user.js';
import { unregisteredUser, type UnregisteredUser } from './unregistered-user.js';

const CLAUSE = 'TS 24.229 5.4.3.3';

/**
 * TS 24.229 5.4.3.3: an initial request for the served user: its criteria first, then the registered contact. A user
 * whom this S-CSCF does not know is asked for at the HSS, for the services that there are without registration.
 */
export function terminatingRequest(incoming: Incoming, scscf: SCscf): Maybe<Decision> {
  const { request } = incoming;
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
  return unregisteredUser(key, scscf).then(
    (found) => toRegistrationState(incoming, found, scscf) ?? serveUnregistered(request, found, scscf),
  );
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

/** 5.4.2.1.1: who subscribes to the state of a registration that is there again is served here, not by the UE. */
function toRegistrationState(
  incoming: Incoming,
  { kind }: UnregisteredUser,
  { registrationEvents }: SCscf,
): Decision | undefined {
  return kind === 'user' && incoming.request.method === 'SUBSCRIBE'
    ? registrationEvents?.subscribe(incoming)
    : undefined;
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

/** How long a contact of the last group may take to a request that is no INVITE, in times of that of the others. */
const LAST_PATIENCE = 3;

/**
 * TS 24.229 5.4.3.3: to the contacts of the user, each along its Path, with the identity that was called in
 * P-Called-Party-ID: the groups of `contactGroups` in series, those of one group at once (RFC 3261 16.6). A contact that does
 * not answer a request other than INVITE makes room for the next well before the caller gives up.
 */
export function toUser(
  request: SipRequest,
  user: ServedUser,
  because: Because | undefined,
  scscf: SCscf,
): Decision {
  const nowMs = scscf.clock.now();
  const bindings = user.set.bindings.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  const [only] = bindings;
  if (only !== undefined && bindings.length === 1) {
    // Most users: no order to find.
    const known = scscf.trace.enabled ? [...(because ?? []), where(user, [bindings])] : undefined;
    return { kind: 'forward', ...branchTo(only, request, user, scscf), because: known };
  }
  const groups = contactGroups(bindings, dispositionOf(request.headers));
  const known = scscf.trace.enabled ? [...(because ?? []), where(user, groups)] : undefined;
  const [first] = groups;
  if (first?.[0] === undefined) {
    return { kind: 'reply', status: 480, reason: 'Temporarily Unavailable', because: known };
  }
  if (groups.length === 1 && first.length === 1) {
    return { kind: 'forward', ...branchTo(first[0], request, user, scscf), because: known };
  }
  const fork = groups.map((group, index) => {
    const isLast = index + 1 === groups.length;
    const timeoutMs = request.method === 'INVITE' ? undefined : patienceMs(group, isLast, scscf);
    return group.map((binding) => ({ ...branchTo(binding, request, user, scscf), timeoutMs }));
  });
  return { kind: 'fork', groups: fork, because: known };
}

function patienceMs(group: readonly Binding[], isLast: boolean, { asTimeoutMs }: SCscf): number | undefined {
  if (!isLast) {
    return asTimeoutMs;
  }
  return group.length === 1 ? undefined : LAST_PATIENCE * asTimeoutMs;
}

function where({ identity }: ServedUser, groups: readonly (readonly Binding[])[]): Because[number] {
  const contacts = groups.map((group) => group.map(({ contact }) => contact.uriText).join(' and '));
  return groups.length === 0
    ? { clause: CLAUSE, text: `${identity} is not registered, and no service takes the request: 480` }
    : { clause: CLAUSE, text: `${identity} is registered at ${contacts.join(', then ')}` };
}

function branchTo(
  { contact, route, pathHost }: Binding,
  request: SipRequest,
  user: ServedUser,
  scscf: SCscf,
): ForkBranch {
  const called = header('P-Called-Party-ID', `<${request.uri}>`);
  let headers = insertAfter(without(without(request.headers, 'route'), 'p-called-party-id'), 'event', called);
  const host = pathHost ?? (contact.uri.kind === 'sip' ? contact.uri.host : undefined);
  const kind = route === undefined ? 'element' : 'p-cscf';
  headers = headersTowards({ kind, host }, headers, user, scscf);
  if (route !== undefined) {
    headers = withTopRoute(headers, route);
  }
  return {
    request: withHeaders(request, headers, contact.uriText),
    recordRoute: recordRouteOf(request, scscf),
    onResponse: responseOfUser(request, user, scscf),
  };
}
