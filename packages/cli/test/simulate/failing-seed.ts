import type { SeedResult } from '../../src/simulate/seeds.js';

/** Fails with seed 6. */
export function seedResult(
  _scenario: unknown,
  _network: unknown,
  { seed }: { readonly seed: number },
): Promise<SeedResult> {
  return seed === 6
    ? Promise.reject(new Error('on purpose'))
    : Promise.resolve({ seed, passed: true, failures: [], restarts: 0 });
}
