import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DueQueue, type Due } from '../src/due-queue.js';

interface Item extends Due {
  readonly name: number;
}

describe('DueQueue', () => {
  test('whatever is put, moved and removed: the next is the earliest of what is there', () => {
    const step = fc.record({ name: fc.nat(9), atMs: fc.option(fc.nat(50), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new DueQueue<Item>();
        const items = Array.from({ length: 10 }, (_, name): Item => ({
          name,
          dueMs: Infinity,
          dueIndex: -1,
        }));
        const there = new Map<number, number>();
        for (const { name, atMs } of steps) {
          const item = items[name] as Item;
          if (atMs === undefined) {
            queue.remove(item);
            there.delete(name);
          } else {
            queue.put(item, atMs);
            there.set(name, atMs);
          }
          expect(queue.next?.dueMs ?? Infinity).toBe(Math.min(Infinity, ...there.values()));
        }
        const order: number[] = [];
        for (let next = queue.next; next !== undefined; next = queue.next) {
          order.push(next.dueMs);
          queue.remove(next);
        }
        expect(order).toEqual([...there.values()].sort((a, b) => a - b));
      }),
    );
  });
});
