import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { failureText, judge } from '@ims-sim/scenario';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { toJsonLine } from '@ims-sim/trace';
import { DEFAULT_CHANCE } from '../../src/simulate/chance.js';
import { seedResult } from '../../src/simulate/seed-result.js';
import { simulate } from '../../src/simulate/simulate-scenario.js';

const FOLDER = fileURLToPath(new URL('../../../../../scenarios/', import.meta.url));
const ALL = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && !name.endsWith('network.yaml'));
const FILES = ALL.filter((name) => /^t[rs]-/.test(name));
/** All of the bad days together, in seconds of the processor: about 20 where nothing else runs. */
const BAD_DAYS_WITHIN_S = 60;

describe('the scenarios that ship, simulated', () => {
  test.each(FILES)(
    '%s: as its table says, and what must hold holds',
    async (name) => {
      const scenario = readScenarioFile(join(FOLDER, name));
      const network = networkOf(scenario);
      const { played, records, broken } = await simulate(scenario, network, { seed: 1 });
      const verdict = judge(played.flow(scenario.flow), records);
      expect(played.failures).toEqual([]);
      expect(failureText(verdict, { columns: 100 })).toEqual([]);
      expect(verdict.passed).toBe(true);
      expect(broken.map(({ text }) => text)).toEqual([]);
    },
    180_000,
  );

  let spentMs = 0;
  test.each(ALL)(
    '%s: comes right on a bad day',
    async (name) => {
      const scenario = readScenarioFile(join(FOLDER, name));
      const network = networkOf(scenario);
      const before = process.cpuUsage();
      for (const seed of [1, 2]) {
        const { failures } = await seedResult(scenario, network, { seed, chance: DEFAULT_CHANCE });
        expect(failures).toEqual([]);
      }
      const { user, system } = process.cpuUsage(before);
      spentMs += (user + system) / 1000;
    },
    180_000,
  );

  test('the bad days take no longer than they may', () => {
    expect(ALL.length).toBeGreaterThan(30);
    expect(spentMs).toBeGreaterThan(0);
    expect(spentMs).toBeLessThan(BAD_DAYS_WITHIN_S * 1000);
  });

  test('the same seed, the same trace', async () => {
    const scenario = readScenarioFile(join(FOLDER, 'tr-24.841-6.1.1.yaml'));
    const network = networkOf(scenario);
    const trace = async (seed: number): Promise<string> => {
      const { records } = await simulate(scenario, network, { seed });
      return records.map((record) => `${toJsonLine(record)}\n`).join('');
    };
    const first = await trace(7);
    expect(await trace(7)).toBe(first);
    expect(await trace(8)).not.toBe(first);
  }, 180_000);
});
