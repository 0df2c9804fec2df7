import type { CxPushClient } from '@ims-sim/cx';
import type { ProvisioningEvents } from '../provisioning-events.js';
import { normalizeIdentity } from '../public-identity.js';
import type { SubscriberStore } from '../store.js';
import type { StoredSubscription, Subscription } from '../subscription.js';
import { keyOf } from '../subscription.js';
import { changeQueue, type ChangeQueue } from './change-queue.js';
import { Problem, takenBy, wrongFields } from './problem.js';

/** What was changed, and what was done towards the S-CSCF, in words. */
export interface Changed {
  readonly privateIdentity: string;
  readonly done: string;
}

export interface Deregistration {
  readonly reason: Parameters<CxPushClient['registrationTermination']>[1]['reason'];
  /** Empty: all of the subscriber's. */
  readonly publicIdentities: readonly string[];
  readonly reasonInfo?: string | undefined;
}

/** Changes of subscribers while the HSS runs, each with what its S-CSCF is told, in the order in which they came. All throw `Problem`. */
export interface SubscriberChanges {
  add(subscription: Subscription): Promise<void>;
  /** Undefined: it was not there, and has been added. */
  change(privateIdentity: string, subscription: Subscription): Promise<Changed | undefined>;
  remove(privateIdentity: string): Promise<Changed>;
  /** TS 29.228 6.1.3. */
  deregister(privateIdentity: string, deregistration: Deregistration): Promise<Changed>;
}

/**
 * Changes are stored first and told to the S-CSCF (`events`) after that: one that cannot be reached does not undo
 * them.
 */
export function subscriberChanges(
  store: SubscriberStore,
  events: ProvisioningEvents,
  queue: ChangeQueue = changeQueue(),
): SubscriberChanges {
  return {
    add(subscription) {
      const key = keyOf(subscription);
      return queue.ofSubscriber(key, () =>
        queue.storing(async () => {
          if ((await store.byPrivateIdentity(key)) !== undefined) {
            throw new Problem(
              409,
              `${key} is there already: change it with PUT /subscribers/${encodeURIComponent(key)}`,
            );
          }
          await put(store, subscription);
        }),
      );
    },

    change(privateIdentity, subscription) {
      const key = keyOf(subscription);
      return queue.ofSubscriber(key, async () => {
        const before = await queue.storing(async () => {
          const there = await store.byPrivateIdentity(privateIdentity);
          const expected = there === undefined ? privateIdentity : keyOf(there.subscription);
          if (key !== expected) throw wrongFields('The subscription', [keyField(expected)]);
          return put(store, subscription);
        });
        if (before === undefined) return undefined;
        const now = await store.byPrivateIdentity(key);
        const done = now === undefined ? 'it was removed meanwhile' : await events.changed(before, now);
        return { privateIdentity: key, done };
      });
    },

    async remove(privateIdentity) {
      const key = keyOf((await named(store, privateIdentity)).subscription);
      return queue.ofSubscriber(key, async () => {
        const before = await queue.storing(() => store.remove(key));
        if (before === undefined) throw new Problem(404, `${key} was removed meanwhile`);
        return { privateIdentity: key, done: await events.removed(before) };
      });
    },

    async deregister(privateIdentity, { reason, publicIdentities, reasonInfo }) {
      const key = keyOf((await named(store, privateIdentity)).subscription);
      return queue.ofSubscriber(key, async () => {
        refuseOthers((await named(store, key)).subscription, publicIdentities);
        const done = await events.deregister(key, reason, publicIdentities, reasonInfo);
        if (done === undefined) throw new Problem(404, `${key} was removed meanwhile`);
        return { privateIdentity: key, done };
      });
    },
  };
}

/** The subscription with that private identity, any of its private ones; rejects with `Problem` 404. */
export async function named(store: SubscriberStore, privateIdentity: string): Promise<StoredSubscription> {
  const stored = await store.byPrivateIdentity(privateIdentity);
  if (stored === undefined)
    throw new Problem(404, `no subscriber has the private identity ${privateIdentity}`);
  return stored;
}

/** Gives what was there before. */
async function put(
  store: SubscriberStore,
  subscription: Subscription,
): Promise<StoredSubscription | undefined> {
  const outcome = await store.put(subscription);
  if (outcome.kind === 'identity-taken') throw new Problem(409, takenBy(outcome));
  return outcome.before;
}

function keyField(expected: string) {
  const detail = `expected ${expected}, which names the subscription: to name it otherwise, remove it and add it`;
  return { pointer: '#/privateIdentities/0/identity', detail };
}

function refuseOthers(subscription: Subscription, publicIdentities: readonly string[]): void {
  const own = new Set(
    subscription.implicitSets.flatMap(({ serviceProfiles }) =>
      serviceProfiles.flatMap((profile) =>
        profile.publicIdentities.map(({ identity }) => normalizeIdentity(identity)),
      ),
    ),
  );
  const fields = publicIdentities.flatMap((identity, at) =>
    own.has(normalizeIdentity(identity))
      ? []
      : [
          {
            pointer: `#/publicIdentities/${String(at)}`,
            detail: `${identity} is no public identity of ${keyOf(subscription)}`,
          },
        ],
  );
  if (fields.length > 0) throw wrongFields('The deregistration', fields);
}
