import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../src/index.js';

describe('VirtualClock', () => {
  test('fires by time, then by the order of setting, and shows the time of the timer', async () => {
    const clock = new VirtualClock(1000);
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`);
    clock.timer(20, note('c'));
    clock.timer(10, note('a'));
    clock.timer(10, note('b'));
    clock.timer(31, note('late'));
    await clock.advance(30);
    expect(fired).toEqual(['a@1010', 'b@1010', 'c@1020']);
    expect(clock.now()).toBe(1030);
    await clock.advance(1);
    expect(fired.at(-1)).toBe('late@1031');
    expect(clock.pendingTimers).toBe(0);
  });

  test('what a timer sets within the span fires in it, also after promises and setImmediate', async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    clock.timer(5, () => {
      void (async () => {
        await Promise.resolve();
        await new Promise((resolve) => setImmediate(resolve));
        clock.timer(5, () => fired.push(`inner@${clock.now()}`));
      })();
    });
    clock.timer(11, () => fired.push(`outer@${clock.now()}`));
    await clock.advance(20);
    expect(fired).toEqual(['inner@10', 'outer@11']);
  });

  test('what is awaited before advance is called runs at the old time', async () => {
    const clock = new VirtualClock(0);
    let set = -1;
    void Promise.resolve().then(() => (set = clock.now()));
    await clock.advance(10);
    expect(set).toBe(0);
  });

  test('calls of advance queue up', async () => {
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    clock.timer(15, () => fired.push(clock.now()));
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(clock.now()).toBe(20);
    expect(fired).toEqual([15]);
  });

  test('runUntilIdle stops at the last timer, or at its limit', async () => {
    const clock = new VirtualClock(0);
    clock.timer(7_200_000, () => undefined);
    expect(await clock.runUntilIdle(7_199_999)).toBe('limit');
    expect(await clock.runUntilIdle(7_200_000)).toBe('idle');
    expect(clock.now()).toBe(7_200_000);
  });

  test('until gives the promise as soon as it settles, and rejects when it cannot', async () => {
    const clock = new VirtualClock(0);
    const later = (delayMs: number) =>
      new Promise<string>((resolve) => clock.timer(delayMs, () => resolve('done')));
    clock.timer(500, () => undefined);
    expect(await clock.until(later(100))).toBe('done');
    expect(clock.now()).toBe(100);
    await expect(clock.until(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(clock.until(later(2000), 1000)).rejects.toThrow('Not settled within 1000 ms');
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow('Not settled');
  });

  test('time waits while something outside of it holds it', async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    clock.timer(1, () => {
      const release = clock.hold();
      setTimeout(() => {
        fired.push('disk');
        release();
        release();
      }, 20);
    });
    clock.timer(2, () => fired.push('next'));
    await clock.advance(10);
    expect(fired).toEqual(['disk', 'next']);
  });

  test('any timers, any cancelled: the rest fire in order, once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 300 }), async (plan) => {
        const clock = new VirtualClock(0);
        const fired: number[] = [];
        const timers = plan.map(([delayMs], n) => clock.timer(delayMs, () => fired.push(n)));
        plan.forEach(([, cancelled], n) => {
          if (cancelled) timers[n]?.cancel();
        });
        await clock.advance(50);
        const expected = plan
          .map(([delayMs, cancelled], n) => ({ delayMs, cancelled, n }))
          .filter(({ cancelled }) => !cancelled)
          .sort((a, b) => a.delayMs - b.delayMs || a.n - b.n)
          .map(({ n }) => n);
        expect(fired).toEqual(expected);
        expect(clock.pendingTimers).toBe(0);
        for (const timer of timers) timer.cancel();
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('stopped: who moves it is done, and nothing fires any more', async () => {
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.now());
      clock.timer(1, again);
    };
    clock.timer(1, again);
    clock.timer(3.5, () => {
      clock.stop();
    });
    await clock.advance(1_000_000);
    expect(fired).toEqual([1, 2, 3]);
    clock.timer(0, again).cancel();
    expect(clock.pendingTimers).toBe(0);
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow('Not settled');
  });

  test('a loop without a delay ends with an error, at the bound that it is given', async () => {
    const clock = new VirtualClock(0, 1000);
    const again = (): void => void clock.timer(0, again);
    clock.timer(0, again);
    await expect(clock.advance(1)).rejects.toThrow('1000 timers fired');
  });
});
