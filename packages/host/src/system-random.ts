import { randomFillSync } from 'node:crypto';
import type { Random } from './random.js';

const pool = new Uint32Array(1024);
let used = pool.length;

/** The machine's cryptographically strong source, drawn in blocks of 4 KiB. */
export const systemRandom: Random = {
  uint32() {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    return pool[used++] ?? 0;
  },
};
