import type { CxPushClient, PushProfileAnswer, RegistrationTerminationAnswer } from '@ims-sim/cx';
import type { Trace } from '@ims-sim/host';
import type { Push } from './profile-change.js';
import { pushesFor, terminationOf } from './profile-change.js';
import type { ProvisioningEvents } from './provisioning-events.js';
import { registeredBy, registrationOf, settled, withSet } from './registration-state.js';
import { placeOf } from './service-profile.js';
import type { SubscriberStore } from './store.js';
import type { StoredSubscription, SubscriptionState } from './subscription.js';
import { keyOf } from './subscription.js';

export interface PushOptions {
  readonly client: CxPushClient;
  readonly store: SubscriberStore;
  readonly trace: Trace;
  /** The realm of SIP Digest where a user has none of its own. */
  readonly homeDomain: string;
}

type Server = NonNullable<SubscriptionState['server']>;
type Answer = PushProfileAnswer | RegistrationTerminationAnswer;

/**
 * RTR and PPR (TS 29.228 6.1.3, 6.2.2): to the S-CSCF that is assigned, by the names that its requests had. The state follows
 * the answer: what an S-CSCF has not been told, or refuses, stays as it was.
 */
export function createPush(options: PushOptions): ProvisioningEvents {
  return {
    changed: async (before, now) => {
      const { server } = before.state;
      if (server === undefined) return 'no S-CSCF is assigned';
      const lines: string[] = [];
      for (const push of pushesFor(before, now, options.homeDomain)) {
        lines.push(
          push.kind === 'profile'
            ? await pushProfile(now, server, push, options)
            : await terminate(keyOf(now.subscription), server, push, options),
        );
      }
      return lines.length === 0 ? `nothing that ${server.name} has to know` : lines.join('; ');
    },

    removed: async (before) => {
      const { server } = before.state;
      const sets = Object.keys(before.state.sets).map(Number);
      if (server === undefined || sets.length === 0) return 'was not registered';
      const termination = terminationOf(before, sets, 'permanent-termination', []);
      return terminate(keyOf(before.subscription), server, termination, options);
    },

    deregister: async (key, reason, publicIdentities, reasonInfo) => {
      const stored = await options.store.byPrivateIdentity(key);
      if (stored === undefined) return undefined;
      const { server } = stored.state;
      const sets = setsOf(stored, publicIdentities);
      if (server === undefined || sets.length === 0) return 'was not registered';
      const termination = terminationOf(stored, sets, reason, sets, reasonInfo);
      return terminate(keyOf(stored.subscription), server, termination, options);
    },
  };
}

/** 6.1.3: the RTR, and what is not registered any more after its answer. Gives what was done, in words. */
async function terminate(
  key: string,
  server: Server,
  { request, sets, device }: Extract<Push, { kind: 'termination' }>,
  { client, store, trace }: PushOptions,
): Promise<string> {
  const answer = await sent(server, (to) => client.registrationTermination(to, request));
  // Who does not know the user has nothing to give up.
  if (answer.kind === 'terminated' || answer.kind === 'unknown-user') {
    if (sets.length > 0) {
      await store.update(key, ({ state }) => ({
        result: undefined,
        state: terminated(state, server, sets),
      }));
    }
    if (device !== undefined) {
      await store.update(key, ({ state }) => ({
        result: undefined,
        state: withoutDevices(state, server, [device]),
      }));
    }
  }
  const of =
    request.publicIdentities.length > 0 ? request.publicIdentities.join(', ') : request.privateIdentity;
  return said(trace, '6.1.3', `RTR (${request.reason}) for ${of} to ${server.name}`, answer);
}

/** 6.2.2: the PPR, by the first private identity that the S-CSCF knows. Gives what was done, in words. */
async function pushProfile(
  now: StoredSubscription,
  server: Server,
  { privateIdentities, content }: Extract<Push, { kind: 'profile' }>,
  options: PushOptions,
): Promise<string> {
  const { client, store, trace } = options;
  const key = keyOf(now.subscription);
  const unknown: string[] = [];
  let text = '';
  for (const privateIdentity of privateIdentities) {
    const profile = content.profile && { ...content.profile, privateIdentity };
    const request = { ...content, privateIdentity, ...(profile !== undefined && { profile }) };
    const answer = await sent(server, (to) => client.pushProfile(to, request));
    text = said(trace, '6.2.2', `PPR for ${privateIdentity} to ${server.name}`, answer);
    if (answer.kind === 'too-much-data') {
      // 6.2.2.1: another S-CSCF is to have the user.
      const sets = Object.keys(now.state.sets).map(Number);
      text += `; ${await terminate(key, server, terminationOf(now, sets, 'server-change', sets), options)}`;
    }
    if (answer.kind !== 'unknown-user') break;
    unknown.push(privateIdentity);
  }
  if (unknown.length > 0) {
    await store.update(key, ({ state }) => ({ result: undefined, state: forgotten(state, server, unknown) }));
  }
  return text;
}

/** The registered or kept sets that public identities are in; all of them where none is given. */
function setsOf({ subscription, state }: StoredSubscription, publicIdentities: readonly string[]): number[] {
  const sets =
    publicIdentities.length === 0
      ? Object.keys(state.sets).map(Number)
      : publicIdentities.flatMap((identity) => placeOf(subscription, identity)?.set ?? []);
  return [...new Set(sets)].filter((set) => registrationOf(state, set) !== 'not-registered');
}

async function sent<A extends Answer>(
  { name, host, realm }: Server,
  send: (to: { readonly host: string; readonly realm: string }) => Promise<A>,
): Promise<A | { readonly kind: 'unreachable'; readonly reason: string }> {
  if (host === undefined || realm === undefined) {
    return { kind: 'unreachable', reason: `${name} has said no Origin-Host yet` };
  }
  return send({ host, realm });
}

/** 6.1.3.1: what an S-CSCF has given up; another one may have the user by now. */
function terminated(
  state: SubscriptionState,
  { name }: Server,
  sets: readonly number[],
): SubscriptionState | undefined {
  if (state.server?.name !== name) return undefined;
  let next = state;
  for (const set of sets) next = withSet(next, set, undefined);
  return settled(next);
}

/**
 * 6.2.2.1: private identities that the S-CSCF does not know are not registered, but for those that it can have back
 * (TS 23.380).
 */
function forgotten(
  state: SubscriptionState,
  { name }: Server,
  privateIdentities: readonly string[],
): SubscriptionState | undefined {
  if (state.server?.name !== name) return undefined;
  const lost = privateIdentities.filter((identity) => state.restoration?.[identity] === undefined);
  return withoutDevices(state, { name }, lost);
}

/** What private identities have registered at an S-CSCF, they have not any more. */
function withoutDevices(
  state: SubscriptionState,
  { name }: Server,
  privateIdentities: readonly string[],
): SubscriptionState | undefined {
  if (state.server?.name !== name || privateIdentities.length === 0) return undefined;
  let next = state;
  for (const set of Object.keys(state.sets).map(Number)) {
    const before = registeredBy(next, set);
    const left = before.filter((identity) => !privateIdentities.includes(identity));
    if (left.length === before.length) continue;
    next = withSet(next, set, left.length > 0 ? { registeredBy: left } : undefined);
  }
  return settled(next);
}

function said(trace: Trace, clause: string, what: string, answer: Answer): string {
  const text = `${what}: ${answer.kind === 'unreachable' ? `unreachable, ${answer.reason}` : wordsOf(answer)}`;
  if (trace.enabled) trace.decision({ clause: `TS 29.228 ${clause}`, text });
  return text;
}

function wordsOf(answer: Answer): string {
  return answer.kind === 'failed' ? `failed with ${String(answer.resultCode)}` : answer.kind;
}
