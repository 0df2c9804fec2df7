import type { RegistrationTermination, RegistrationTerminationAnswer, ServerAssignment } from '@ims-sim/cx';
import { publicIdentityOf, type Maybe } from '@ims-sim/sip';
import type { ContactEvent } from './registration-event.js';
import { restoredUser } from './restoration.js';
import type { SCscf } from './s-cscf.js';
import { defaultUser, type Binding, type ImplicitSet } from './served-user.js';

const CLAUSE = 'TS 24.229 5.4.1.5';

/** What the UE and the P-CSCF read of it (5.4.1.5): whether to register anew. */
type NetworkEvent = Extract<ContactEvent, 'deactivated' | 'rejected'>;

/**
 * TS 24.229 5.4.1.5, TS 29.228 6.1.3: the HSS takes registrations back. The user is told by the registration event, unless
 * another S-CSCF serves already (`new-server-assigned`) or nobody was registered (`remove-s-cscf`): then this one just
 * forgets.
 */
export function registrationTermination(
  request: RegistrationTermination,
  scscf: SCscf,
): Maybe<RegistrationTerminationAnswer> {
  const identities = new Set([request.privateIdentity, ...request.associatedIdentities]);
  for (const identity of identities) {
    scscf.challenges.forget(identity);
  }
  const isUnderWay = revoke(request, identities, scscf);
  const sets = setsOf(request, identities, scscf);
  if (sets.length > 0 || isUnderWay) {
    return takenBack(request, identities, sets, scscf);
  }
  const [lost] = eventOf(request.reason) === undefined ? [] : request.publicIdentities;
  if (lost === undefined) {
    return { kind: 'unknown-user' };
  }
  // TS 23.380 4: it may have been registered before a restart, and whoever subscribed to that is to be told.
  return restoredUser(publicIdentityOf(lost) ?? lost, scscf).then(() => {
    const restored = setsOf(request, identities, scscf);
    return restored.length === 0 ? { kind: 'unknown-user' } : takenBack(request, identities, restored, scscf);
  });
}

function takenBack(
  request: RegistrationTermination,
  identities: ReadonlySet<string>,
  sets: readonly ImplicitSet[],
  scscf: SCscf,
): RegistrationTerminationAnswer {
  for (const set of sets) {
    const gone = set.bindings.filter(({ privateIdentity }) => identities.has(privateIdentity));
    tell(set, request, scscf);
    remember(set, scscf);
    release(set, gone, eventOf(request.reason), scscf);
  }
  return request.associatedIdentities.length === 0
    ? { kind: 'terminated' }
    : { kind: 'terminated', associatedIdentities: request.associatedIdentities };
}

/** Until its HSS has the answer: a request meanwhile, or the same once more, would bring the registration back out of its store. */
const ANSWERED_WITHIN_MS = 5000;
const MAX_REMEMBERED = 10_000;

function remember({ users }: ImplicitSet, { takenBack: known, clock }: SCscf): void {
  if (known === undefined) {
    return;
  }
  if (known.size >= MAX_REMEMBERED) {
    known.clear();
  }
  for (const { identity } of users) {
    known.set(publicIdentityOf(identity) ?? identity, clock.now() + ANSWERED_WITHIN_MS);
  }
}

/** What the HSS has just assigned, and not yet been bound here, is not to be. */
function revoke(
  { publicIdentities }: RegistrationTermination,
  identities: ReadonlySet<string>,
  { assigning }: SCscf,
): boolean {
  const named = new Set(publicIdentities.map((identity) => publicIdentityOf(identity) ?? identity));
  let isAny = false;
  for (const one of assigning) {
    const key = publicIdentityOf(one.publicIdentity) ?? one.publicIdentity;
    if (identities.has(one.privateIdentity) && (named.size === 0 || named.has(key))) {
      one.isRevoked = true;
      isAny = true;
    }
  }
  return isAny;
}

/** Undefined: nobody is told. */
function eventOf(reason: RegistrationTermination['reason']): NetworkEvent | undefined {
  switch (reason) {
    case 'permanent-termination':
      return 'rejected';
    case 'server-change':
      return 'deactivated';
    case 'new-server-assigned':
    case 'remove-s-cscf':
      return undefined;
  }
}

function setsOf(
  { publicIdentities }: RegistrationTermination,
  identities: ReadonlySet<string>,
  { registrar }: SCscf,
): ImplicitSet[] {
  const isOf = (set: ImplicitSet) =>
    identities.has(set.profileOf) ||
    set.bindings.some(({ privateIdentity }) => identities.has(privateIdentity));
  if (publicIdentities.length === 0) {
    return [...registrar.sets].filter(isOf); // rare enough to look at all
  }
  const sets = new Set<ImplicitSet>();
  for (const identity of publicIdentities) {
    const set = registrar.userOf(publicIdentityOf(identity) ?? identity)?.set;
    if (set !== undefined && isOf(set)) {
      sets.add(set);
    }
  }
  return [...sets];
}

function release(
  set: ImplicitSet,
  gone: readonly Binding[],
  event: NetworkEvent | undefined,
  { registrar }: SCscf,
): void {
  const left = set.bindings.filter((binding) => !gone.includes(binding));
  const changes = event === undefined ? [] : gone.map((binding) => ({ binding, event }));
  registrar.bind(set, left, { changes });
}

function tell(set: ImplicitSet, { reason, reasonInfo }: RegistrationTermination, { trace }: SCscf): void {
  if (trace.enabled) {
    const info = reasonInfo === undefined ? '' : ` (${reasonInfo})`;
    const identity = defaultUser(set)?.identity ?? set.profileOf;
    trace.decision({
      clause: CLAUSE,
      text: `the HSS takes back the registration of ${identity}: ${reason}${info}`,
    });
  }
}

/**
 * TS 24.229 5.4.1.5: the operator takes a registration back: the user is told, the contacts are gone, and the HSS is told
 * with each private identity. Gives why it could not be done.
 */
export async function deregisterByOperator(
  identity: string,
  event: NetworkEvent,
  scscf: SCscf,
): Promise<string | undefined> {
  const set = scscf.registrar.userOf(publicIdentityOf(identity) ?? identity)?.set;
  const user = set === undefined ? undefined : defaultUser(set);
  if (set === undefined || user === undefined || set.bindings.length === 0) {
    return `${identity} is not registered here`;
  }
  const identities = new Set(set.bindings.map(({ privateIdentity }) => privateIdentity));
  release(set, set.bindings, event, scscf);
  if (scscf.trace.enabled) {
    scscf.trace.decision({
      clause: CLAUSE,
      text: `the operator takes back the registration of ${identity}: ${event}`,
    });
  }
  const refusals: string[] = [];
  for (const privateIdentity of identities) {
    const request: ServerAssignment = {
      privateIdentity,
      publicIdentities: [user.identity],
      serverName: scscf.serverName,
      type: 'administrative-deregistration',
      userDataAlreadyAvailable: true,
    };
    const answer = await scscf.cx.serverAssignment(request);
    if (answer.kind === 'unreachable') {
      scscf.untold?.keep(request); // it learns it when it is back
    }
    if (answer.kind !== 'assigned') {
      refusals.push(answer.kind);
    }
  }
  return refusals.length === 0
    ? undefined
    : `${identity} is deregistered here, but the HSS did not take it (${refusals.join(', ')})`;
}
