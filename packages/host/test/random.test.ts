import { describe, expect, test } from '@jest/globals';
import { seededRandom, systemRandom, token, type Random } from '../src/index.js';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());

describe('chance', () => {
  test('a seed gives its numbers again, another seed others', () => {
    expect(draw(seededRandom(7), 50)).toEqual(draw(seededRandom(7), 50));
    expect(draw(seededRandom(7), 50)).not.toEqual(draw(seededRandom(8), 50));
    expect(draw(seededRandom('tr-24.841'), 5)).toEqual(draw(seededRandom('tr-24.841'), 5));
  });

  test('the numbers of seed 1 stay what they are, so that a recorded seed stays good', () => {
    expect(draw(seededRandom(1), 3)).toEqual([1443978377, 2184399073, 2792736862]);
  });

  test.each([
    ['systemRandom', systemRandom],
    ['seededRandom', seededRandom(3)],
  ])('%s: 32-bit numbers, every bit as often set as not', (_name, random) => {
    const ones = Array.from({ length: 32 }, () => 0);
    for (const number of draw(random, 8000)) {
      expect(number >>> 0).toBe(number);
      for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((number >>> bit) & 1);
    }
    for (const count of ones) expect(Math.abs(count - 4000)).toBeLessThan(400); // 9 sigma
  });

  test('tokens have their length and alphabet and do not repeat', () => {
    const tokens = Array.from({ length: 2000 }, () => token(systemRandom, 11));
    expect(new Set(tokens).size).toBe(2000);
    for (const text of tokens) expect(text).toMatch(/^[\w-]{11}$/);
  });
});
