import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { CLOCK_ORIGIN, clockOrigin, systemClock } from '../src/index.js';

const after = (delayMs: number) => new Promise<void>((resolve) => systemClock.timer(delayMs, resolve));
/** Node's own timer, which keeps the test alive where the clock's do not. */
const wait = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

describe('systemClock', () => {
  test('is milliseconds since the epoch and never goes back', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
    let last = 0;
    for (let i = 0; i < 10_000; i++) {
      const now = systemClock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  test('no timer fires early', async () => {
    const delays = [0, 1, 2, 3, 5, 8, 8, 8, 13, 20, 20.5, -4];
    const waited = await Promise.all(
      delays.map(async (delayMs) => {
        const start = systemClock.now();
        await after(delayMs);
        return systemClock.now() - start - delayMs;
      }),
    );
    for (const early of waited) expect(early).toBeGreaterThanOrEqual(0);
  });

  test('timers of one delay fire in the order in which they were set, those set late wait their whole delay', async () => {
    const fired: string[] = [];
    const start = systemClock.now();
    systemClock.timer(17, () => fired.push('a'));
    systemClock.timer(17, () => fired.push('b'));
    await wait(10);
    const lateStart = systemClock.now();
    const late = after(17).then(() => systemClock.now() - lateStart);
    expect(await late).toBeGreaterThanOrEqual(17);
    expect(systemClock.now() - start).toBeGreaterThanOrEqual(27);
    expect(fired).toEqual(['a', 'b']);
  });

  test('what is cancelled does not fire: head, middle, tail, twice, all, from within a callback', async () => {
    const fired: number[] = [];
    const timers = [0, 1, 2, 3, 4, 5, 6].map((n) =>
      systemClock.timer(11, () => {
        fired.push(n);
        if (n === 1) timers[4]?.cancel();
        timers[1]?.cancel();
      }),
    );
    for (const n of [0, 3, 6, 6]) timers[n]?.cancel();
    await wait(40);
    expect(fired).toEqual([1, 2, 5]);
    systemClock.timer(11, () => fired.push(7)).cancel();
    systemClock.timer(11, () => fired.push(8));
    await wait(40);
    expect(fired).toEqual([1, 2, 5, 8]);
  });

  test('more distinct delays than there are queues', async () => {
    let fired = 0;
    const timers = Array.from({ length: 300 }, (_, n) => systemClock.timer(n / 5 + 1, () => fired++));
    const late = Array.from({ length: 300 }, (_, n) => systemClock.timer(1000 + n, () => fired++));
    for (let n = 0; n < 300; n += 2) timers[n]?.cancel();
    await wait(120);
    expect(fired).toBe(150);
    for (const timer of late) timer.cancel();
  });

  test('a delay that is no number is a bug', () => {
    for (const delayMs of [NaN, Infinity])
      expect(() => systemClock.timer(delayMs, () => undefined)).toThrow(RangeError);
  });

  test('a callback that throws does not stop the timers behind it; pending timers keep no process alive', async () => {
    const script = `
      import { systemClock } from ${JSON.stringify(new URL('../src/index.js', import.meta.url).href)};
      process.on('uncaughtException', (error) => console.log(error.message));
      systemClock.timer(5, () => { throw new Error('first'); });
      systemClock.timer(5, () => console.log('second'));
      systemClock.timer(600_000, () => console.log('never'));
      setTimeout(() => undefined, 60);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 20_000,
    });
    expect(stdout).toBe('first\nsecond\n');
  });

  test('processes agree on the time, also those that measure it for themselves: what one sent comes before what came of it', () => {
    // How far the machine's monotonic clock is ahead, as this process has it; who is interrupted reads too little.
    const ahead = (now: () => number): number =>
      Math.max(...Array.from({ length: 100 }, () => Number(process.hrtime.bigint()) / 1e6 - now()));
    const own = ahead(() => systemClock.now());
    const index = new URL('../src/index.js', import.meta.url).href;
    const program = `import { systemClock } from '${index}'; const ahead = ${ahead.toString()}; console.log(ahead(() => systemClock.now()));`;
    for (const origin of [String(clockOrigin), '']) {
      const env = { ...process.env, [CLOCK_ORIGIN]: origin };
      const child = execFileSync(process.execPath, ['--input-type=module', '-e', program], { env });
      expect(Math.abs(Number(child.toString()) - own)).toBeLessThan(0.5);
    }
  });
});
