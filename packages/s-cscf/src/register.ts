import type { ServerAssignmentAnswer } from '@ims-sim/cx';
import {
  chain,
  header,
  uriEquals,
  type Because,
  type Decision,
  type Incoming,
  type Maybe,
} from '@ims-sim/sip';
import { authenticate, type Authenticated } from './authentication.js';
import { refusedByHss } from './cx-refusal.js';
import { deregister } from './deregister.js';
import {
  bindingOf,
  pathOf,
  readRegistration,
  type AskedContact,
  type RegistrationRequest,
} from './registration-request.js';
import { registered } from './registration-response.js';
import type { RegistrationEvent } from './registration-event.js';
import { unknownExtension } from './required-extensions.js';
import { restorationInfo, restore } from './restoration.js';
import type { SCscf } from './s-cscf.js';
import type { Binding, ServedUser } from './served-user.js';
import { tellHss } from './tell-hss.js';

const CLAUSE = 'TS 24.229 5.4.1.2.2F';
const ABNORMAL = 'TS 24.229 5.4.1.2.3';

/**
 * TS 24.229 5.4.1.2: a REGISTER of a user of this network. Once it is known to be the user's (`authenticate`), the HSS
 * notes this S-CSCF and gives the profile; the contact is bound with its Path; the 200 has the Service-Route and the
 * identities that came with the registration.
 */
export function register({ request }: Incoming, scscf: SCscf): Maybe<Decision> {
  const { registrar } = scscf;
  const unknown = unknownExtension(request);
  if (unknown !== undefined) {
    return unknown;
  }
  const asked = readRegistration(request, registrar.limits);
  if (typeof asked === 'string') {
    return { kind: 'reply', status: 400, reason: asked, because: MALFORMED };
  }
  if (isTooBrief(asked, scscf)) {
    const headers = [header('Min-Expires', String(registrar.limits.minExpiresS))];
    return { kind: 'reply', status: 423, reason: 'Interval Too Brief', headers, because: TOO_BRIEF };
  }
  return chain(authenticate(asked, registrar.user(asked.to), scscf), (result) =>
    result.kind === 'authenticated'
      ? chain(accepted(asked, result, scscf), (decision) => withAuthentication(decision, result, scscf))
      : result,
  );
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

function isTooBrief({ contacts }: RegistrationRequest, { registrar }: SCscf): boolean {
  const { minExpiresS } = registrar.limits;
  return contacts !== 'all' && contacts.some(({ expiresS }) => expiresS > 0 && expiresS < minExpiresS);
}

/** The REGISTER is its user's: what it asks for. */
function accepted(asked: RegistrationRequest, how: Authenticated, scscf: SCscf): Maybe<Decision> {
  const user = scscf.registrar.user(asked.to); // may have been restored meanwhile
  if (user !== undefined && isOutOfOrder(asked, user)) {
    return { kind: 'reply', status: 500, reason: 'CSeq Out of Order', because: OUT_OF_ORDER };
  }
  if (how.hasAnswered && user?.set.toAuthenticate?.has(asked.privateIdentity) === true) {
    const left = [...user.set.toAuthenticate].filter((identity) => identity !== asked.privateIdentity);
    user.set.toAuthenticate = left.length === 0 ? undefined : new Set(left);
  }
  if (asked.contacts === 'all') {
    return deregister(asked, user, 'all', scscf);
  }
  if (asked.contacts.length === 0) {
    return registered(asked, user, scscf, QUERY); // RFC 3261 10.2.3
  }
  return asked.contacts.every(({ expiresS }) => expiresS === 0)
    ? deregister(asked, user, asked.contacts, scscf)
    : assign(asked, asked.contacts, user, scscf);
}

/** Why it was let in stands in the trace before what came of it; Authentication-Info is for a 2xx (RFC 7616 3.5). */
function withAuthentication(
  decision: Decision,
  { headers, because }: Authenticated,
  { trace }: SCscf,
): Decision {
  const why = trace.enabled ? [...because, ...(decision.because ?? [])] : undefined;
  return decision.kind === 'reply' && decision.status < 300 && headers.length > 0
    ? { ...decision, headers: [...(decision.headers ?? []), ...headers], because: why }
    : { ...decision, because: why };
}

/** RFC 3261 10.3 step 7. */
function isOutOfOrder({ callId, cseq, privateIdentity }: RegistrationRequest, { set }: ServedUser): boolean {
  return set.bindings.some(
    (binding) =>
      binding.callId === callId && binding.privateIdentity === privateIdentity && cseq <= binding.cseq,
  );
}

/**
 * TS 24.229 5.4.1.2.2F and TS 29.228 6.1.2: the HSS is told of a first registration, and of one from elsewhere than
 * before, with what it is to keep for a restoration (TS 23.380 4.2); a mere refresh is not its affair.
 */
function assign(
  asked: RegistrationRequest,
  contacts: readonly AskedContact[],
  user: ServedUser | undefined,
  scscf: SCscf,
): Maybe<Decision> {
  const { privateIdentity, publicIdentity } = asked;
  const nowMs = scscf.clock.now();
  const next = nextBindings(asked, contacts, user, scscf);
  if (next === undefined) {
    return { kind: 'reply', status: 403, reason: 'Too Many Contacts', because: TOO_MANY };
  }
  const own = (user?.set.bindings ?? []).filter(
    (binding) => binding.privateIdentity === privateIdentity && binding.expiresAtMs > nowMs,
  );
  const isFirst = own.length === 0;
  if (user !== undefined && !isFirst && contacts.every((it) => isRefresh(it, asked, own))) {
    return bind(asked, contacts, user, scscf, REFRESHED);
  }
  const isFurther = !isFirst && next.changes.some(({ event }) => event === 'created');
  const assigning = { privateIdentity, publicIdentity, isRevoked: false };
  scscf.assigning.add(assigning);
  return scscf.cx
    .serverAssignment({
      privateIdentity,
      publicIdentities: [publicIdentity],
      ...(user?.wildcarded !== undefined && { wildcardedIdentity: user.wildcarded }),
      serverName: scscf.serverName,
      type: isFirst ? 'registration' : 're-registration',
      userDataAlreadyAvailable: !isFirst,
      ...(isFurther && { multipleRegistration: true }),
      restoration: restorationInfo(privateIdentity, next.bindings, user?.set.subscriptions, nowMs),
    })
    .then((answer) => {
      scscf.assigning.delete(assigning);
      return assigning.isRevoked ? REVOKED : assigned(answer, asked, contacts, scscf, isFirst);
    });
}

/** Not 480, by which the I-CSCF would give the user to another S-CSCF. */
const REVOKED: Decision = {
  kind: 'reply',
  status: 403,
  reason: 'Forbidden',
  because: [{ clause: 'TS 24.229 5.4.1.5', text: 'the HSS took the registration back meanwhile: 403' }],
};

const REFRESHED: Because = [{ clause: CLAUSE, text: 'refreshed: contact and Path are as before' }];

function isRefresh(it: AskedContact, asked: RegistrationRequest, own: readonly Binding[]): boolean {
  const path = pathOf(asked.request);
  return it.expiresS > 0 && own.some((binding) => sameContact(binding, it) && binding.path === path);
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
    return refusedByHss(answer, 'assignment', scscf);
  }
  const { registrar } = scscf;
  const known = registrar.user(asked.to);
  if (known === undefined && !registrar.hasRoom) {
    tellHss('deregistration-too-much-data', asked, scscf);
    return { kind: 'reply', status: 503, reason: 'Service Unavailable', because: FULL };
  }
  const user =
    answer.profile === undefined
      ? known
      : registrar.assign(answer.profile, asked.publicIdentity, answer.charging);
  if (user === undefined) {
    return { kind: 'reply', status: 500, reason: 'Server Internal Error', because: NO_PROFILE };
  }
  if (user.set.users.every(({ barred }) => barred)) {
    tellHss('administrative-deregistration', asked, scscf);
    return { kind: 'reply', status: 403, reason: 'Forbidden', because: ALL_BARRED };
  }
  if (user.set.bindings.length === 0) {
    // What is in store of this private identity is what this REGISTER says.
    const of = (answer.restoration ?? []).filter(
      ({ privateIdentity }) => privateIdentity !== asked.privateIdentity,
    );
    restore(user, { ...answer, restoration: of }, scscf);
  }
  if (nextBindings(asked, contacts, user, scscf) === undefined) {
    // Only now the profile says so: the HSS is not to have for registered what is not.
    if (user.set.bindings.every(({ privateIdentity }) => privateIdentity !== asked.privateIdentity)) {
      tellHss('administrative-deregistration', asked, scscf);
    }
    return { kind: 'reply', status: 403, reason: 'Too Many Contacts', because: TOO_MANY };
  }
  const text = `${isFirst ? 'registered' : 'registered from elsewhere'}: the HSS has ${scscf.serverName} for ${asked.publicIdentity}`;
  return bind(asked, contacts, user, scscf, [{ clause: CLAUSE, text }]);
}

const FULL: Because = [{ clause: ABNORMAL, text: 'this registrar is full: 503' }];
const NO_PROFILE: Because = [{ clause: ABNORMAL, text: 'the HSS gave no profile with this identity: 500' }];
const ALL_BARRED: Because = [
  { clause: ABNORMAL, text: 'every identity of the implicit registration set is barred: 403' },
];
const TOO_MANY: Because = [
  {
    clause: CLAUSE,
    text: 'more contacts than one user may have here, or than the HSS allows (TS 29.228 B.2.1): 403',
  },
];

/** RFC 3261 10.3 step 7: each contact takes the place of the binding that is the same, or that of an earlier REGISTER. */
function bind(
  asked: RegistrationRequest,
  contacts: readonly AskedContact[],
  user: ServedUser,
  scscf: SCscf,
  because: Because,
): Decision {
  const next = nextBindings(asked, contacts, user, scscf);
  if (next === undefined) {
    return { kind: 'reply', status: 403, reason: 'Too Many Contacts', because: TOO_MANY };
  }
  scscf.registrar.bind(user.set, next.bindings, { changes: next.changes, request: asked.request });
  return registered(asked, user, scscf, because);
}

/** The bindings after this REGISTER, and what changes with it; undefined: they are too many. */
function nextBindings(
  asked: RegistrationRequest,
  contacts: readonly AskedContact[],
  user: ServedUser | undefined,
  scscf: SCscf,
): { readonly bindings: readonly Binding[]; readonly changes: RegistrationEvent['changes'] } | undefined {
  const nowMs = scscf.clock.now();
  const before = (user?.set.bindings ?? []).filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  const others = before.filter((binding) => !contacts.some((it) => sameContact(binding, it)));
  const changes = contacts.flatMap((it) => changed(it, asked, before, nowMs, scscf));
  const added = changes.filter(({ event }) => event !== 'unregistered').map(({ binding }) => binding);
  const bindings = [...others, ...added];
  const { maxContacts } = scscf.registrar.limits;
  return bindings.length > Math.min(maxContacts, user?.maxContacts ?? maxContacts)
    ? undefined
    : { bindings, changes };
}

/** What becomes of one contact: a new one, one that was there, or one to go; of which nothing was there, nothing. */
function changed(
  it: AskedContact,
  asked: RegistrationRequest,
  bindings: readonly Binding[],
  nowMs: number,
  { registrar }: SCscf,
): { readonly binding: Binding; readonly event: 'created' | 'refreshed' | 'unregistered' }[] {
  const before = bindings.find((binding) => sameContact(binding, it));
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
