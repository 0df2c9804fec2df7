import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 180_000;

/** Copies of a short scenario of the project, each changed in its own way. */
function folderOf(files: Readonly<Record<string, (text: string) => string>>): string {
  const folder = newFolder();
  const text = readFileSync(join(SCENARIOS, 'ts-24.228-6.2.yaml'), 'utf8').replace(
    /^network: (\S+)$/m,
    (_, network: string) => `network: ${join(SCENARIOS, network)}`,
  );
  for (const [name, change] of Object.entries(files)) {
    writeFileSync(join(folder, name), change(text));
  }
  return folder;
}

const same = (text: string): string => text;
const wrong = (text: string): string => text.replace(/Max-Forwards: 70/, 'Max-Forwards: 71');
/** An action before the flow that comes of something else than it says. */
const failsBefore = (text: string): string =>
  text.replace(
    /^play:$/m,
    'before:\n  - UE1 asks sip:nobody@home1.net for its options and gets 299\n\nplay:',
  );

describe('ims run, when one of several fails', () => {
  test(
    '--bail: simulated side by side, none begins after it; without, all are played, and the status is 1',
    async () => {
      const folder = folderOf({ 'a.yaml': wrong, 'b.yaml': same, 'c.yaml': wrong, 'd.yaml': same });
      const out = newFolder();
      const all = await ims('run', folder, '--simulate', '--jobs', '2', '--out', out).ended;
      expect(all.stdout).toMatch(/^FAILED: 2 of 4, 2 passed$/m);
      expect(all.status).toBe(1);
      expect(all.stdout.match(/^ {2}step \d+, .*Max-Forwards/gm)).toHaveLength(2);
      expect(all.stdout.match(/^ {4}\d (?:✗|XX) /gmu)?.length).toBe(2); // the ladder around it, the step marked
      expect(Math.max(...all.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(readdirSync(out).sort()).toEqual(['a', 'b', 'c', 'd', 'junit.xml']);
      const bail = await ims('run', folder, '--simulate', '--jobs', '1', '--bail', '--out', out).ended;
      expect(bail.stdout).toMatch(/^FAILED: 1 of 4, 0 passed, 3 not played$/m);
      expect(bail.status).toBe(1);
      const junit = readFileSync(join(out, 'junit.xml'), 'utf8');
      expect(junit.match(/<testsuite /g)).toHaveLength(4);
      expect(junit.match(/<skipped message="not played: another failed \(--bail\)"/g)).toHaveLength(3);
    },
    2 * LONG_MS,
  );

  test(
    '--keep-going: the flow is played although an action before it failed; the run has failed all the same',
    async () => {
      const [file = ''] = [join(folderOf({ 'a.yaml': failsBefore }), 'a.yaml')];
      const plain = await ims('run', file, '--simulate').ended;
      expect(plain.stdout).toContain('expected 299');
      expect(plain.stdout).toMatch(/^FAILED: 0 of \d+ steps right/m);
      expect(plain.status).toBe(1);
      const going = await ims('run', file, '--simulate', '--keep-going').ended;
      expect(going.stdout).toContain('expected 299');
      expect(going.stdout).not.toMatch(/^FAILED: 0 of/m);
      expect(going.stdout).toMatch(/^FAILED: (\d+) of \1 steps right/m);
      expect(going.stdout).toContain('--keep-going'); // in what plays it again
      expect(going.status).toBe(1);
    },
    2 * LONG_MS,
  );

  test(
    '--seeds: each failing seed with why and what plays it again; an earlier run’s seeds are gone',
    async () => {
      const file = join(folderOf({ 'a.yaml': failsBefore }), 'a.yaml');
      const out = newFolder();
      const args = ['run', file, '--simulate', '--out', out];
      const { stdout, status } = await ims(...args, '--seeds', '3', '--keep-going').ended;
      expect(status).toBe(1);
      const again = [...stdout.matchAll(/^ {4}again: ims (run .* --seed (\d+) --keep-going)$/gm)];
      expect(again.length).toBeGreaterThan(0);
      expect(stdout.match(/^ {4}.*expected 299/gm)).toHaveLength(again.length);
      const seeds = readdirSync(out).filter((name) => name.startsWith('seed-'));
      expect(seeds).toHaveLength(again.length);
      const repeated = await ims(...(again[0]?.[1] ?? '').split(' '), '--out', newFolder()).ended;
      expect(repeated.stdout).toContain('expected 299');
      expect(repeated.status).toBe(1);
      const next = await ims(...args, '--seeds', '2', '--seed', '900').ended;
      expect(next.status).toBe(1);
      expect(readdirSync(out).filter((name) => /^seed-[123]$/.test(name))).toEqual([]);
    },
    2 * LONG_MS,
  );
});
