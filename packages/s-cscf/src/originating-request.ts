import {
  addresses,
  first,
  publicIdentity,
  topVia,
  type Because,
  type Decision,
  type Incoming,
  type Maybe,
  type NameAddr,
  type SipRequest,
} from '@ims-sim/sip';
import { evaluateCriteria } from './application-server.js';
import { toDestination } from './destination.js';
import { bareUri } from './headers.js';
import type { SCscf } from './s-cscf.js';
import { isRegistered, type ServedUser } from './served-user.js';
import { unregisteredUser } from './unregistered-user.js';

const CLAUSE = 'TS 24.229 5.4.3.2';

/** Why a request is the served user's own (TS 24.229 5.4.3.1). */
export type Origin =
  /** From the UE: along the Service-Route of the registration. */
  | { readonly kind: 'ue'; readonly user: ServedUser | undefined }
  /** From an AS on behalf of a user: the Route has the parameter `orig`. */
  | { readonly kind: 'as' };

/**
 * TS 24.229 5.4.3.1: whether an initial request makes use of what the Service-Route said. In the profile `ts-24.141`
 * that is the user part `orig`. The draft's Service-Route says nothing: there a request originates here when its top
 * Via is the P-CSCF by whose Path the user that it asserts has registered.
 */
export function originOf(incoming: Incoming, scscf: SCscf): Origin | undefined {
  const own = incoming.ownRoutes[0]?.uri;
  if (own?.kind === 'sip' && own.params.size > 1 && own.params.has('orig')) {
    return { kind: 'as' };
  }
  if (scscf.profile === 'ts-24.141') {
    return own?.kind === 'sip' && own.user === 'orig'
      ? { kind: 'ue', user: servedUser(incoming.request, scscf) }
      : undefined;
  }
  const host = topVia(incoming.request)?.host.toLowerCase();
  if (host === undefined || !scscf.registrar.isPCscf(host)) {
    return undefined;
  }
  const user = servedUser(incoming.request, scscf);
  return user?.set.bindings.some(({ pathHost }) => pathHost === host) === true
    ? { kind: 'ue', user }
    : undefined;
}

/** The first asserted identity that this S-CSCF serves. */
function servedUser(request: SipRequest, { registrar }: SCscf): ServedUser | undefined {
  const line = first(request.headers, 'p-asserted-identity');
  const bare = line === undefined ? undefined : bareUri(line);
  const spelled = bare === undefined ? undefined : registrar.userSpelled(bare);
  if (line === undefined || spelled !== undefined) {
    return spelled;
  }
  for (const address of addresses(request, 'p-asserted-identity')) {
    const user = registrar.user(address);
    if (user !== undefined) {
      return user;
    }
  }
  return undefined;
}

/** TS 24.229 5.4.3.2: an initial request from the served user: its criteria first, then the way to whom it is for. */
export function originatingRequest(incoming: Incoming, origin: Origin, scscf: SCscf): Maybe<Decision> {
  const { request } = incoming;
  if (origin.kind === 'as') {
    return onBehalf(request, scscf);
  }
  const { user } = origin;
  if (user === undefined || !isRegistered(user.set, scscf.clock.now())) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_REGISTERED };
  }
  return serve(request, user, scscf);
}

const NOT_REGISTERED: Because = [{ clause: CLAUSE, text: 'the asserted user is not registered here: 403' }];
const BARRED: Because = [{ clause: CLAUSE, text: 'the asserted identity is barred: 403' }];

function serve(request: SipRequest, user: ServedUser, scscf: SCscf): Maybe<Decision> {
  if (user.barred) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: BARRED };
  }
  const registered = isRegistered(user.set, scscf.clock.now());
  return evaluateCriteria(
    {
      request,
      user,
      sessionCase: registered ? 'originating' : 'originating-unregistered',
      from: 0,
      otherwise: (unserved, because) => toDestination(unserved, user, because, scscf),
    },
    scscf,
  );
}

/** An AS sends for a user, who need not be registered (5.4.3.2, TS 23.218 6.4). */
function onBehalf(request: SipRequest, scscf: SCscf): Maybe<Decision> {
  const served = addresses(request, 'p-served-user')[0] ?? addresses(request, 'p-asserted-identity')[0];
  const user = served === undefined ? undefined : scscf.registrar.user(served);
  if (user !== undefined) {
    return serve(request, user, scscf);
  }
  const key = served === undefined ? undefined : keyInDomain(served, scscf);
  if (key === undefined) {
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_REGISTERED };
  }
  return unregisteredUser(key, scscf).then((found) =>
    found.kind === 'user'
      ? serve(request, found.user, scscf)
      : { kind: 'reply', status: 403, reason: 'Forbidden', because: NOT_REGISTERED },
  );
}

function keyInDomain({ uri }: NameAddr, { domains }: SCscf): string | undefined {
  return uri.kind === 'sip' && !domains.has(uri.host) ? undefined : publicIdentity(uri);
}
