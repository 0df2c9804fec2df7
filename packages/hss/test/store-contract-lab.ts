import { afterAll, beforeAll } from '@jest/globals';
import type { SubscriberStore } from '../src/store.js';
import type { Subscription, SubscriptionState } from '../src/subscription.js';

export interface OpenedStore {
  readonly store: SubscriberStore;
  /** Closes it and opens it again on what it kept; absent where it keeps nothing. */
  readonly reopen?: () => Promise<SubscriberStore>;
  close(): Promise<void>;
}

/** A subscription `name` with one implicit set for each list of public identities. */
export function subscriptionOf(name: string, ...sets: readonly string[][]): Subscription {
  const [first = [`sip:${name}@home1.net`], ...more] = sets;
  const setOf = (identities: readonly string[]): Subscription['implicitSets'][0] => ({
    serviceProfiles: [
      {
        publicIdentities: identities.map((identity) => ({ identity, barred: false })) as never,
        initialFilterCriteria: [],
      },
    ],
  });
  return {
    privateIdentities: [{ identity: `${name}_private@home1.net` }],
    implicitSets: [setOf(first), ...more.map(setOf)],
  };
}

export const keyFor = (name: string): string => `${name}_private@home1.net`;
export const registered = (name: string, set = 0): SubscriptionState => ({
  server: { name: 'sip:scscf1.home1.net', host: 'scscf1.home1.net', realm: 'home1.net' },
  sets: { [set]: { registeredBy: [keyFor(name)] } },
  sequenceNumbers: { [keyFor(name)]: '000000000020' },
});

/** A store for the tests of one group, closed after them. */
export function opened(open: () => Promise<OpenedStore>): () => OpenedStore {
  let current: OpenedStore | undefined;
  beforeAll(async () => {
    current = await open();
  });
  afterAll(() => current?.close());
  return () => {
    if (current === undefined) throw new Error('the store is not open');
    return current;
  };
}
