import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 180_000;

/** A registration, and two seconds; `endless` goes on for longer than a simulation does. */
function scenarioIn(folder: string, name: string, endless = false): void {
  const wait = endless ? '{ repeat: 40, steps: [wait 86400 s] }' : 'wait 2 s';
  const text = readFileSync(join(SCENARIOS, 'ts-24.228-6.2.yaml'), 'utf8')
    .replace(/^network: (\S+)$/m, (_, network: string) => `network: ${join(SCENARIOS, network)}`)
    .replace(/^(play:\n(?: .*\n)+)/m, `$1  - ${wait}\n  - UE1 registers again\n`);
  writeFileSync(join(folder, name), text);
}

async function junitOf(...args: string[]): Promise<{ junit: string; stdout: string; status: number | null }> {
  const out = newFolder();
  const { stdout, status } = await ims('run', ...args, '--out', out).ended;
  return { junit: readFileSync(join(out, 'junit.xml'), 'utf8'), stdout, status };
}

function timesIn(junit: string): number[] {
  return [...junit.matchAll(/<testsuite [^>]* time="([\d.]+)"/g)].map(([, time]) => Number(time));
}

describe('the time in the junit.xml of simulations is that of their clock', () => {
  test(
    'of several seeds theirs together: byte for byte the same with the same seeds; the table counts seeds',
    async () => {
      const folder = newFolder();
      scenarioIn(folder, 'flow.yaml');
      const args = [join(folder, 'flow.yaml'), '--simulate', '--seeds', '3'];
      const one = await junitOf(...args);
      const other = await junitOf(...args);
      expect(other.junit).toBe(one.junit);
      const [timeS = 0] = timesIn(one.junit);
      expect(timeS).toBeGreaterThanOrEqual(3 * 2);
      expect(timeS).toBeLessThan(3 * 200);
      expect(one.stdout).toMatch(/^verdict +seeds +time +scenario$/m);
      expect(one.stdout).toMatch(/^passed +3\/3 /m);
    },
    LONG_MS,
  );

  test(
    'also of one that could not be used, and of those that were played beside it',
    async () => {
      const folder = newFolder();
      scenarioIn(folder, 'a.yaml', true);
      scenarioIn(folder, 'b.yaml');
      const one = await junitOf(folder, '--simulate');
      const other = await junitOf(folder, '--simulate');
      expect(one.status).toBe(2);
      expect(other.junit).toBe(one.junit);
      const [unusableS = -1, playedS = 0] = timesIn(one.junit);
      expect(unusableS).toBeGreaterThanOrEqual(0);
      expect(playedS).toBeGreaterThanOrEqual(2);
      expect(one.stdout).toMatch(/^verdict +steps +time +scenario$/m);
    },
    LONG_MS,
  );
});
