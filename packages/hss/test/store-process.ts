import { writeSync } from 'node:fs';
import type { SubscriberStore } from '../src/store.js';
import { openLowdbStore } from '../src/store/lowdb-store.js';
import { openPostgresStore } from '../src/store/postgres-store.js';
import { subscriptionOf } from './kill-subscription.js';

/**
 * A store in a process of its own, to be killed: `node store-process.js lowdb|postgresql PLACE COUNT`. Gives every subscription
 * sequence numbers, one after the other, and says `NAME NUMBER` for each that is answered.
 */
const [, , kind, place = '', count = '0'] = process.argv;
const store: SubscriberStore = await (kind === 'lowdb' ? openLowdbStore(place) : openPostgresStore(place));
await store.load(Array.from({ length: Number(count) }, (_, i) => subscriptionOf(i)));
await Promise.all(
  Array.from({ length: Number(count) }, async (_, i) => {
    const { privateIdentities } = subscriptionOf(i);
    const key = privateIdentities[0].identity;
    for (;;) {
      const number = await store.update(key, ({ state }) => {
        const result = parseInt(state.sequenceNumbers[key] ?? '0', 16) + 1;
        return { result, state: { ...state, sequenceNumbers: { [key]: result.toString(16) } } };
      });
      writeSync(1, `${String(i)} ${String(number)}\n`);
    }
  }),
);
