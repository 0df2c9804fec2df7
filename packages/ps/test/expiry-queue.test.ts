import { expect, test } from '@jest/globals';
import { VirtualClock } from '@ims-sim/host';
import * as fc from 'fast-check';
import { expiryQueue, type Expiring } from '../src/expiry-queue.js';

interface Item extends Expiring {
  readonly name: number;
}

test('everything scheduled expires once, within the second of its time; what was removed or moved does not', async () => {
  const step = fc.record({
    name: fc.integer({ min: 0, max: 9 }),
    act: fc.constantFrom('schedule', 'remove', 'wait'),
    ms: fc.integer({ min: 1, max: 20_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const clock = new VirtualClock();
      const due = new Map<number, number>();
      const queue = expiryQueue<Item>(clock, ({ name }) => {
        const lateMs = clock.now() - (due.get(name) ?? NaN);
        expect(lateMs >= 0 && lateMs < 1000).toBe(true);
        due.delete(name);
      });
      const items = Array.from({ length: 10 }, (_, name): Item => ({
        name,
        expiresAtMs: 0,
        dueS: undefined,
      }));
      for (const { name, act, ms } of steps) {
        const item = items[name] as Item;
        if (act === 'wait') {
          await clock.advance(ms);
        } else if (act === 'remove') {
          queue.remove(item);
          due.delete(name);
        } else {
          item.expiresAtMs = clock.now() + ms;
          due.set(name, item.expiresAtMs);
          queue.schedule(item);
        }
      }
      expect(clock.pendingTimers).toBeLessThanOrEqual(1);
      await clock.advance(21_000);
      expect(due.size).toBe(0);
      expect(clock.pendingTimers).toBe(0);
    }),
    { numRuns: 50 },
  );
});
