import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { traceOf } from './trace-of.js';

const PRINT = fileURLToPath(new URL('./print-trace.js', import.meta.url));
const MIB = 2 ** 20;

/** With a restart by chance. */
const SEED = 18;

describe('a simulation', () => {
  test('has the same trace for the same seed, byte for byte, in one process and in another', async () => {
    const first = await traceOf(SEED);
    expect(first).toContain('killed (kill -9)');
    expect(await traceOf(SEED)).toBe(first);
    const { stdout } = await promisify(execFile)(process.execPath, [PRINT, String(SEED)], {
      maxBuffer: 64 * MIB,
    });
    expect(stdout).toBe(first);
  }, 180_000);

  test('has another trace for another seed', async () => {
    expect(await traceOf(19)).not.toBe(await traceOf(20));
  }, 180_000);
});
