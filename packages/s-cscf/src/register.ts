import type { CxRefusal, ServerAssignmentAnswer } from '@ims-sim/cx';
import { header, uriEquals, type Because, type Decision, type Incoming, type Maybe } from '@ims-sim/sip';
import { deregister } from './deregister.js';
import {
  bindingOf,
  pathOf,
  readRegistration,
  type AskedContact,
  type RegistrationRequest,
} from './registration-request.js';
import { registered } from './registration-response.js';
import type { SCscf } from './s-cscf.js';
import type { Binding, ServedUser } from './served-user.js';

const CLAUSE = 'TS 24.229 5.4.1.2.2F';
const ABNORMAL = 'TS 24.229 5.4.1.2.3';

/**
 * TS 24.229 5.4.1.2: a REGISTER of a user of this network. The HSS notes this S-CSCF and gives the profile; the
 * contact is bound with its Path; the 200 has the Service-Route and the identities that came with the registration.
 * Nobody is challenged here (`auth: none`), so each REGISTER is treated as one whose authentication has succeeded.
 */
export function register({ request }: Incoming, scscf: SCscf): Maybe<Decision> {
  const { registrar } = scscf;
  const asked = readRegistration(request, registrar.limits);
  if (typeof asked === 'string') {
    return { kind: 'reply', status: 400, reason: asked, because: MALFORMED };
  }
  const user = registrar.user(asked.to);
  if (asked.contacts === 'all') {
    return deregister(asked, user, 'all', scscf);
  }
  if (user !== undefined && isOutOfOrder(asked, user)) {
    return { kind: 'reply', status: 500, reason: 'CSeq Out of Order', because: OUT_OF_ORDER };
  }
  if (asked.contacts.length === 0) {
    return registered(asked, user, scscf, QUERY); // RFC 3261 10.2.3
  }
  const kept = asked.contacts.filter(({ expiresS }) => expiresS > 0);
  if (kept.length === 0) {
    return deregister(asked, user, asked.contacts, scscf);
  }
  if (kept.some(({ expiresS }) => expiresS < registrar.limits.minExpiresS)) {
    const headers = [header('Min-Expires', String(registrar.limits.minExpiresS))];
    return { kind: 'reply', status: 423, reason: 'Interval Too Brief', headers, because: TOO_BRIEF };
  }
  return assign(asked, asked.contacts, user, scscf);
}

const MALFORMED: Because = [{ clause: 'RFC 3261 10.3', text: 'the REGISTER cannot be read: 400' }];
const OUT_OF_ORDER: Because = [
  {
    clause: 'RFC 3261 10.3',
    text: 'step 7: the CSeq is not above that of the binding with the same Call-ID: 500',
  },
];
const TOO_BRIEF: Because = [
  { clause: ABNORMAL, text: 'the expiry is below what this registrar accepts: 423' },
];
const QUERY: Because = [{ clause: 'RFC 3261 10.2.3', text: 'no Contact: the bindings that there are' }];

/** RFC 3261 10.3 step 7. */
function isOutOfOrder({ callId, cseq, privateIdentity }: RegistrationRequest, { set }: ServedUser): boolean {
  return set.bindings.some(
    (binding) =>
      binding.callId === callId && binding.privateIdentity === privateIdentity && cseq <= binding.cseq,
  );
}

/**
 * TS 24.229 5.4.1.2.2F and TS 29.228 6.1.2: the HSS is told of a first registration, and of one from elsewhere than
 * before; a mere refresh is not its affair.
 */
function assign(
  asked: RegistrationRequest,
  contacts: readonly AskedContact[],
  user: ServedUser | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const { privateIdentity, publicIdentity } = asked;
  const nowMs = scscf.clock.now();
  const own = user?.set.bindings.filter(
    (binding) => binding.privateIdentity === privateIdentity && binding.expiresAtMs > nowMs,
  );
  const isFirst = user === undefined || own === undefined || own.length === 0;
  if (
    user !== undefined &&
    own !== undefined &&
    !isFirst &&
    contacts.every((it) => isRefresh(it, asked, own))
  ) {
    return bind(asked, contacts, user, scscf, REFRESHED);
  }
  const type = isFirst ? 'registration' : 're-registration';
  return scscf.cx
    .serverAssignment({
      privateIdentity,
      publicIdentities: [publicIdentity],
      serverName: scscf.serverName,
      type,
      userDataAlreadyAvailable: !isFirst,
    })
    .then((answer) => assigned(answer, asked, contacts, scscf, isFirst));
}

const REFRESHED: Because = [{ clause: CLAUSE, text: 'refreshed: contact and Path are as before' }];

function isRefresh(it: AskedContact, asked: RegistrationRequest, own: readonly Binding[]): boolean {
  const path = pathOf(asked.request);
  return own.some((binding) => sameContact(binding, it) && binding.path === path);
}

function sameContact({ contact }: Binding, { contact: { uri, uriText } }: AskedContact): boolean {
  return contact.uriText === uriText || uriEquals(contact.uri, uri);
}

function assigned(
  answer: ServerAssignmentAnswer,
  asked: RegistrationRequest,
  contacts: readonly AskedContact[],
  scscf: SCscf,
  isFirst: boolean,
): Decision {
  if (answer.kind !== 'assigned') {
    return refused(answer, scscf);
  }
  const known = scscf.registrar.user(asked.to);
  if (known === undefined && !scscf.registrar.hasRoom) {
    return { kind: 'reply', status: 503, reason: 'Service Unavailable', because: FULL };
  }
  const user =
    answer.profile === undefined ? known : scscf.registrar.assign(answer.profile, asked.publicIdentity);
  if (user === undefined) {
    return { kind: 'reply', status: 500, reason: 'Server Internal Error', because: NO_PROFILE };
  }
  const text = `${isFirst ? 'registered' : 'registered from elsewhere'}: the HSS has ${scscf.serverName} for ${asked.publicIdentity}`;
  return bind(asked, contacts, user, scscf, [{ clause: CLAUSE, text }]);
}

const FULL: Because = [{ clause: ABNORMAL, text: 'this registrar is full: 503' }];
const NO_PROFILE: Because = [{ clause: ABNORMAL, text: 'the HSS gave no profile with this identity: 500' }];

/**
 * TS 24.229 5.4.1.2.3: what the HSS refuses is forbidden; where it cannot say, the I-CSCF may try another S-CSCF
 * (5.3.1.3).
 */
function refused(answer: CxRefusal, { trace }: SCscf): Decision {
  const [status, reason, text] = ((): [number, string, string] => {
    switch (answer.kind) {
      case 'unknown-user':
      case 'identities-dont-match':
      case 'identity-not-registered':
      case 'identity-already-registered':
      case 'roaming-not-allowed':
      case 'auth-scheme-not-supported':
        return [403, 'Forbidden', `the HSS refuses the assignment (${answer.kind})`];
      case 'in-assignment-type':
      case 'too-much-data':
      case 'not-supported-user-data':
        return [500, 'Server Internal Error', `the HSS cannot do it (${answer.kind})`];
      case 'failed':
        return [500, 'Server Internal Error', `the HSS answers ${answer.resultCode}`];
      case 'unreachable':
        return [480, 'Temporarily Unavailable', `the HSS cannot be asked (${answer.reason})`];
    }
  })();
  const because = trace.enabled ? [{ clause: ABNORMAL, text: `${text}: ${status}` }] : undefined;
  return { kind: 'reply', status, reason, because };
}

/** RFC 3261 10.3 step 7: each contact takes the place of the binding that is the same, or that of an earlier REGISTER. */
function bind(
  asked: RegistrationRequest,
  contacts: readonly AskedContact[],
  user: ServedUser,
  scscf: SCscf,
  because: Because,
): Decision {
  const nowMs = scscf.clock.now();
  const others = user.set.bindings.filter(
    (binding) => binding.expiresAtMs > nowMs && !contacts.some((it) => sameContact(binding, it)),
  );
  const changes = contacts.flatMap((it) => changed(it, asked, user, nowMs, scscf));
  const added = changes.filter(({ event }) => event !== 'unregistered').map(({ binding }) => binding);
  if (others.length + added.length > scscf.registrar.limits.maxContacts) {
    return { kind: 'reply', status: 403, reason: 'Too Many Contacts', because: TOO_MANY };
  }
  scscf.registrar.bind(user.set, [...others, ...added], { changes, request: asked.request });
  return registered(asked, user, scscf, because);
}

/** What becomes of one contact: a new one, one that was there, or one to go; of which nothing was there, nothing. */
function changed(
  it: AskedContact,
  asked: RegistrationRequest,
  { set }: ServedUser,
  nowMs: number,
  { registrar }: SCscf,
): { readonly binding: Binding; readonly event: 'created' | 'refreshed' | 'unregistered' }[] {
  const before = set.bindings.find((binding) => binding.expiresAtMs > nowMs && sameContact(binding, it));
  if (it.expiresS === 0) {
    return before === undefined ? [] : [{ binding: before, event: 'unregistered' }];
  }
  const identity = before ?? { id: registrar.newId(), registeredAtMs: nowMs };
  return [
    {
      binding: bindingOf(it, asked, nowMs, identity),
      event: before === undefined ? 'created' : 'refreshed',
    },
  ];
}

const TOO_MANY: Because = [{ clause: CLAUSE, text: 'more contacts than one user may have here: 403' }];
