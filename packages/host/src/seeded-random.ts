import type { Random } from './random.js';

/**
 * The same numbers for the same seed, on every machine: for simulations and tests, not for secrets.
 * sfc32 (Chris Doty-Humphrey's PractRand), its state filled from the seed by FNV-1a and run in.
 */
export function seededRandom(seed: number | string): Random {
  let a = 0x9e3779b9 | 0;
  let b = fnv1a(String(seed)) | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;
  const random: Random = {
    uint32() {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return sum >>> 0;
    },
  };
  for (let round = 0; round < 15; round++) random.uint32();
  return random;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
