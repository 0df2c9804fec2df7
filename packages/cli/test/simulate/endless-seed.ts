import { UserError } from '@ims-sim/element';
import type { SeedResult } from '../../src/simulate/seeds.js';

/** Seed 2 takes for ever, with seed 9 the user is at fault. */
export function seedResult(
  _scenario: unknown,
  _network: unknown,
  { seed }: { readonly seed: number },
): Promise<SeedResult> {
  if (seed === 9) {
    return Promise.reject(new UserError('it waits for something that never comes'));
  }
  while (seed === 2) {
    // as a loop in an element would
  }
  return Promise.resolve({ seed, passed: true, failures: [], restarts: 0 });
}
