import { describe, expect, test } from '@jest/globals';
import { type Job, runPool } from '../../src/run/pool.js';

/** Jobs that end when they are told; `log` has what happened. */
function jobs(claims: readonly (readonly string[])[]) {
  const log: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const all = claims.map((each, index): Job => ({
    claims: new Set(each),
    run: () => {
      log.push(`begin ${index}`);
      return new Promise((resolve, reject) => {
        ends[index] = (error) => {
          log.push(`end ${index}`);
          if (error) {
            reject(error);
          } else {
            resolve();
          }
        };
      });
    },
  }));
  const end = async (index: number, error?: Error): Promise<void> => {
    ends[index]?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { all, log, end };
}

describe('several at a time', () => {
  test('as many as may be, in order', async () => {
    const { all, log, end } = jobs([[], [], []]);
    const done = runPool(all, 2);
    expect(log).toEqual(['begin 0', 'begin 1']);
    await end(1);
    expect(log).toEqual(['begin 0', 'begin 1', 'end 1', 'begin 2']);
    await end(0);
    await end(2);
    await done;
  });

  test('not two that claim the same; others overtake them', async () => {
    const { all, log, end } = jobs([['a'], ['a', 'b'], ['c']]);
    const done = runPool(all, 2);
    expect(log).toEqual(['begin 0', 'begin 2']);
    await end(2);
    expect(log).not.toContain('begin 1');
    await end(0);
    expect(log.at(-1)).toBe('begin 1');
    await end(1);
    await done;
  });

  test('none begins after it was stopped, or after one failed; those that run are waited for', async () => {
    const stopped = jobs([[], []]);
    await runPool(stopped.all, 2, () => true);
    expect(stopped.log).toEqual([]);
    const { all, log, end } = jobs([[], [], []]);
    const outcome = runPool(all, 2).then(
      () => 'done',
      (error: unknown) => (error as Error).message,
    );
    await end(0, new Error('no network'));
    await end(1);
    expect(await outcome).toBe('no network');
    expect(log).toEqual(['begin 0', 'begin 1', 'end 0', 'end 1']);
  });
});
