import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@ims-sim/host';
import { DueTimer } from '../src/due-timer.js';

/** What is due at these times, and when each was taken care of. */
function timerOf(clock: VirtualClock, dues: number[], perTurn?: number) {
  const done: (readonly [dueMs: number, atMs: number])[] = [];
  const startMs = clock.now();
  const work = {
    next: () => startMs + (dues[0] ?? Infinity),
    expire: () => void done.push([dues.shift() ?? -1, clock.now() - startMs]),
  };
  const timer = new DueTimer(clock, work, { stepMs: 1000, ...(perTurn !== undefined && { perTurn }) });
  return { done, timer, arm: (atMs: number) => timer.arm(startMs + atMs) };
}

describe('DueTimer', () => {
  test('takes care of what is due, and of what comes soon after no earlier than a step later', async () => {
    const clock = new VirtualClock();
    const { done, arm } = timerOf(clock, [50, 50, 60, 5000]);
    arm(50);
    await clock.advance(49);
    expect(done).toEqual([]);
    await clock.advance(10_000);
    expect(done).toEqual([
      [50, 50],
      [50, 50],
      [60, 1050],
      [5000, 5000],
    ]);
  });

  test('one turn takes care of so many; the rest goes on soon', async () => {
    const clock = new VirtualClock();
    const { done, arm } = timerOf(clock, [5, 5, 5], 2);
    arm(5);
    await clock.advance(5);
    expect(done).toHaveLength(2);
    await clock.advance(10);
    expect(done.at(-1)).toEqual([5, 15]);
  });

  test('what is due earlier moves it forward, later does not move it back; stopped, nothing happens', async () => {
    const clock = new VirtualClock();
    const { done, arm, timer } = timerOf(clock, [10, 100]);
    arm(100);
    arm(10);
    arm(200);
    await clock.advance(10);
    expect(done).toEqual([[10, 10]]);
    timer.stop();
    await clock.advance(1000);
    expect(done).toHaveLength(1);
    arm(100);
    await clock.advance(0);
    expect(done).toHaveLength(2);
  });
});
