import { describe, expect, test } from '@jest/globals';
import { gettingOn } from '../../src/network-processes.js';

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

describe('a start is bounded by how long it stands still', () => {
  test('one that stands still is given up, and named with its option', async () => {
    await expect(gettingOn(0.05, () => new Promise(() => undefined))).rejects.toThrow('--start-timeout');
  });

  test('one that takes longer than the limit and gets on is not', async () => {
    const slow = gettingOn(1, async (progress) => {
      for (let element = 0; element < 3; element++) {
        await after(500);
        progress();
      }
      return 'up';
    });
    await expect(slow).resolves.toBe('up');
  });
});
