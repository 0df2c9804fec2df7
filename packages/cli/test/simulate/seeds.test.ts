import { describe, expect, test } from '@jest/globals';
import { UserError } from '@ims-sim/element';
import type { Scenario } from '@ims-sim/scenario';
import { DEFAULT_CHANCE } from '../../src/simulate/chance.js';
import { type SeedResult, simulateSeeds } from '../../src/simulate/seeds.js';
import { mainNetwork, PLAIN } from './main-flow.js';

const SCENARIO = { ...PLAIN, file: 'flow.yaml' } as Scenario;
const MAIN_FLOW = new URL('./main-flow-seed.js', import.meta.url);
const ENDLESS = new URL('./endless-seed.js', import.meta.url);
const FAILING = new URL('./failing-seed.js', import.meta.url);

describe('seeds', () => {
  test('the main flow comes right whatever is lost, late, twice or restarted within the bounds', async () => {
    const said: SeedResult[] = [];
    const results = await simulateSeeds(SCENARIO, mainNetwork(), {
      from: 1,
      count: 12,
      chance: DEFAULT_CHANCE,
      threads: 2,
      module: MAIN_FLOW,
      onResult: (result) => said.push(result),
    });
    expect(results.map(({ seed }) => seed)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results.some(({ restarts }) => restarts > 0)).toBe(true);
    expect([...said].sort((a, b) => a.seed - b.seed)).toEqual(results);
  }, 180_000);

  test('a simulation that fails names its seed and the command that does it again', async () => {
    const chance = DEFAULT_CHANCE;
    const seeds = simulateSeeds(SCENARIO, mainNetwork(), { from: 5, count: 3, chance, module: FAILING });
    await expect(seeds).rejects.toThrow(
      /^seed 6: [^]*on purpose[^]*again: ims run flow\.yaml --simulate --seeds 1 --seed 6$/,
    );
  }, 180_000);

  test('one that takes too long has failed, and holds up no other; the user’s fault is said as such', async () => {
    const common = { chance: DEFAULT_CHANCE, module: ENDLESS, threads: 1, limitS: 2 };
    const results = await simulateSeeds(SCENARIO, mainNetwork(), { ...common, from: 1, count: 3 });
    expect(results.map(({ seed, passed }) => [seed, passed])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(results[1]).toMatchObject({ failures: ['not over within 2 s (--timeout)'], isGivenUp: true });
    const users = simulateSeeds(SCENARIO, mainNetwork(), { ...common, from: 9, count: 1 });
    const error: unknown = await users.catch((rejection: unknown) => rejection);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(/^seed 9: it waits[^\n]*\n {2}again: ims run flow\.yaml/);
  }, 180_000);

  test('an abort ends the threads', async () => {
    const abort = new AbortController();
    const results = await simulateSeeds(SCENARIO, mainNetwork(), {
      from: 1,
      count: 1000,
      chance: DEFAULT_CHANCE,
      threads: 1,
      module: MAIN_FLOW,
      abort: abort.signal,
      onResult: () => {
        abort.abort();
      },
    });
    expect(results.length).toBeLessThan(5);
  }, 180_000);
});
