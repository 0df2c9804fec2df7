import type {
  RestorableRegistration,
  RestorationInfo,
  ServerAssignmentAnswer,
  SubscriptionDialog,
} from '@ims-sim/cx';
import { contactExpires, parseNameAddrList, uriEquals, type NameAddr, type SipMessage } from '@ims-sim/sip';
import { alongPath, qOf } from './registration-request.js';
import { contactText } from './registration-response.js';
import type { SCscf } from './s-cscf.js';
import {
  defaultUser,
  type Binding,
  type ImplicitSet,
  type KeptSubscriptions,
  type ServedUser,
} from './served-user.js';

/**
 * TS 23.380 4.2, TS 29.228 6.1.2: what the HSS keeps for an S-CSCF that comes back without its memory, or another in its
 * place: the contacts of a private identity with their Paths, and the subscriptions to the registration state.
 */
export function restorationInfo(
  privateIdentity: string,
  bindings: readonly Binding[],
  subscriptions: ImplicitSet['subscriptions'],
  nowMs: number,
): RestorationInfo {
  const kept = subscriptions?.get(privateIdentity);
  return {
    privateIdentity,
    registrations: bindings
      .filter((binding) => binding.privateIdentity === privateIdentity && binding.expiresAtMs > nowMs)
      .map((binding): RestorableRegistration => ({
        path: binding.path,
        contact: contactText(binding, nowMs),
        callId: binding.callId,
        initialCSeq: binding.cseq,
        ...kept,
      })),
  };
}

/**
 * TS 23.380 4.2: the UE, or its P-CSCF, has subscribed to its registration state (undefined: it has ended that): the HSS keeps it
 * with the contacts. What changes while the HSS is being told is told after it, at once.
 */
export async function keepSubscription(
  set: ImplicitSet,
  privateIdentity: string,
  by: keyof KeptSubscriptions,
  subscription: SubscriptionDialog | undefined,
  scscf: SCscf,
): Promise<void> {
  const { [by]: before, ...other } = set.subscriptions?.get(privateIdentity) ?? {};
  if (before === undefined && subscription === undefined) {
    return;
  }
  const subscriptions = new Map(set.subscriptions);
  const now: KeptSubscriptions = subscription === undefined ? other : { ...other, [by]: subscription };
  if (Object.keys(now).length === 0) {
    subscriptions.delete(privateIdentity);
  } else {
    subscriptions.set(privateIdentity, now);
  }
  set.subscriptions = subscriptions.size === 0 ? undefined : subscriptions;
  const keeping = (set.keeping ??= new Map());
  if (keeping.has(privateIdentity)) {
    keeping.set(privateIdentity, 'again');
    return;
  }
  try {
    do {
      keeping.set(privateIdentity, 'once');
      await tellSubscriptions(set, privateIdentity, scscf);
    } while (keeping.get(privateIdentity) === 'again');
  } finally {
    keeping.delete(privateIdentity);
  }
}

async function tellSubscriptions(
  set: ImplicitSet,
  privateIdentity: string,
  { cx, serverName, clock, log }: SCscf,
): Promise<void> {
  const user = defaultUser(set);
  const restoration = restorationInfo(privateIdentity, set.bindings, set.subscriptions, clock.now());
  if (user === undefined || restoration.registrations.length === 0) {
    return; // not registered any more
  }
  const { kind } = await cx.serverAssignment({
    privateIdentity,
    publicIdentities: [user.identity],
    serverName,
    type: 're-registration',
    userDataAlreadyAvailable: true,
    restoration,
  });
  if (kind !== 'assigned') {
    log.warn('The HSS did not keep a subscription', { identity: user.identity, answer: kind });
  }
}

/**
 * TS 23.380 4.3: the HSS says that this S-CSCF serves the user; what it has in store of the registration is taken over.
 * Undefined: it is not so, or nothing was in store.
 */
export async function restoredUser(publicIdentity: string, scscf: SCscf): Promise<ServedUser | undefined> {
  const user = await restoredOrUnknown(publicIdentity, scscf);
  return user === 'unknown-user' ? undefined : user;
}

/** The same; `unknown-user`: the HSS has no such user at all. */
export async function restoredOrUnknown(
  publicIdentity: string,
  scscf: SCscf,
): Promise<ServedUser | 'unknown-user' | undefined> {
  if ((scscf.takenBack?.get(publicIdentity) ?? 0) > scscf.clock.now()) {
    return undefined;
  }
  const answer = await scscf.cx.serverAssignment({
    publicIdentities: [publicIdentity],
    serverName: scscf.serverName,
    type: 'no-assignment',
    userDataAlreadyAvailable: false,
  });
  const known = scscf.registrar.userOf(publicIdentity);
  if (known !== undefined && known.set.bindings.length > 0) {
    return known; // another request was faster
  }
  if (answer.kind === 'unknown-user') {
    return 'unknown-user';
  }
  if (answer.kind !== 'assigned' || answer.profile === undefined || countOf(answer) === 0) {
    return undefined;
  }
  const user = scscf.registrar.assign(answer.profile, publicIdentity, answer.charging);
  return user !== undefined && restore(user, answer, scscf) > 0 ? user : undefined;
}

function countOf({ restoration = [] }: Extract<ServerAssignmentAnswer, { kind: 'assigned' }>): number {
  let count = 0;
  for (const { registrations } of restoration) {
    count += registrations.length;
  }
  return count;
}

/**
 * Takes over what an answer of the HSS has in store, but for contacts that are there already; gives how many contacts that
 * were. What cannot be read is left out: its UE registers anew once its time is over.
 * How much time a contact has left nobody knows: refreshes are not told to the HSS. It gets the whole of it.
 */
export function restore(
  { identity, set }: ServedUser,
  answer: Extract<ServerAssignmentAnswer, { kind: 'assigned' }>,
  scscf: SCscf,
): number {
  const { registrar, trace } = scscf;
  const bindings: Binding[] = [];
  for (const { privateIdentity, registrations } of answer.restoration ?? []) {
    for (const stored of registrations) {
      const binding = bindingFrom(stored, privateIdentity, scscf);
      const isThere = (other: NameAddr) => binding !== undefined && uriEquals(other.uri, binding.contact.uri);
      const others = [...set.bindings, ...bindings];
      if (
        binding !== undefined &&
        others.length < registrar.limits.maxContacts &&
        !others.some(({ contact }) => isThere(contact))
      ) {
        bindings.push(binding);
        takeSubscription(set, privateIdentity, stored);
      }
    }
  }
  if (bindings.length > 0) {
    const changes = bindings.map((binding) => ({ binding, event: 'registered' as const }));
    registrar.bind(set, [...set.bindings, ...bindings], { changes, kind: 're-registration' });
    if (trace.enabled) {
      const contacts = bindings.map(({ contact }) => contact.uriText).join(', ');
      const text = `restored from the HSS: ${identity} is registered at ${contacts}`;
      trace.decision({ clause: 'TS 23.380 4.3', text });
    }
  }
  return bindings.length;
}

function takeSubscription(
  set: ImplicitSet,
  privateIdentity: string,
  { subscription, pCscfSubscription }: RestorableRegistration,
): void {
  if (subscription !== undefined || pCscfSubscription !== undefined) {
    const kept: KeptSubscriptions = {
      ...(subscription && { subscription }),
      ...(pCscfSubscription && { pCscfSubscription }),
    };
    set.subscriptions = new Map([...(set.subscriptions ?? []), [privateIdentity, kept]]);
  }
}

function bindingFrom(
  { path, contact, callId = '', initialCSeq = 0 }: RestorableRegistration,
  privateIdentity: string,
  { registrar, clock }: SCscf,
): Binding | undefined {
  const contacts = parseNameAddrList(contact);
  const only = contacts?.length === 1 ? contacts[0] : undefined;
  if (only === undefined) {
    return undefined;
  }
  const { defaultExpiresS, maxExpiresS } = registrar.limits;
  const expiresS = Math.min(contactExpires(only, WITHOUT_EXPIRES) ?? defaultExpiresS, maxExpiresS);
  const nowMs = clock.now();
  return {
    id: registrar.newId(),
    privateIdentity,
    contact: only,
    q: qOf(only),
    ...alongPath(path),
    callId,
    cseq: initialCSeq,
    registeredAtMs: nowMs,
    expiresAtMs: nowMs + expiresS * 1000,
  };
}

/** Nothing but the contact says how long it is for. */
const WITHOUT_EXPIRES: SipMessage = { kind: 'response', status: 200, reason: 'OK', headers: [], body: '' };
