import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { gettingOn } from '../../src/network-processes.js';

describe('a start is bounded by how long it stands still', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('one that stands still is given up, and named with its option', async () => {
    const given = expect(gettingOn(60, () => new Promise(() => undefined))).rejects.toThrow(
      '--start-timeout',
    );
    await jest.advanceTimersByTimeAsync(60_000);
    await given;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('one that takes longer than the limit and gets on is not', async () => {
    const slow = gettingOn(60, async (progress) => {
      for (let element = 0; element < 3; element++) {
        await new Promise((resolve) => {
          setTimeout(resolve, 59_000);
        });
        progress();
      }
      return 'up';
    });
    await jest.advanceTimersByTimeAsync(3 * 59_000);
    await expect(slow).resolves.toBe('up');
    expect(jest.getTimerCount()).toBe(0);
  });
});
