import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { alive, type Ended, ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 60_000;
const OUTPUT = ['junit.xml', 'ladder.svg', 'ladder.txt', 'report.html', 'trace.jsonl', 'trace.pcapng'];
/** Which processes are the runner's children is read from /proc. */
const onLinux = existsSync('/proc/self') ? test : test.skip;

/** A scenario of one registration, which then waits; it is killed while it does. */
function scenarioIn(folder: string, name: string, change: (text: string) => string): string {
  const text = readFileSync(join(SCENARIOS, 'ts-24.228-6.2.yaml'), 'utf8');
  const file = join(folder, name);
  writeFileSync(
    file,
    change(text).replace(/^network: (\S+)$/m, (_, network: string) => `network: ${join(SCENARIOS, network)}`),
  );
  return file;
}

const waiting = (text: string): string =>
  `${text.trimEnd()}\n`.replace(/^(play:\n(?: .*\n)+)/m, '$1  - wait 30 s\n');
const wrong = (text: string): string => text.replace(/Max-Forwards: 70/, 'Max-Forwards: 71');

/** Kills an S-CSCF of the run from outside, once the UE has been heard of there. */
async function runAndKill(
  args: readonly string[],
): Promise<Ended & { readonly children: readonly number[] }> {
  const running = ims('run', ...args);
  const runner = running.child.pid ?? 0;
  const isSCscf = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('s-cscf');
  const children = (): number[] =>
    readFileSync(`/proc/${runner}/task/${runner}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  await until(() => children().some(isSCscf));
  // There is nothing that a run says at this moment where there is no terminal: it takes some seconds until it waits.
  await new Promise((resolve) => setTimeout(resolve, 8000));
  const all = children();
  const victim = all.find(isSCscf);
  expect(victim).toBeDefined();
  process.kill(victim ?? 0, 'SIGKILL');
  return { ...(await running.ended), children: all };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('an element that somebody kills while a scenario plays', () => {
  onLinux(
    'says who and how, and leaves what came until then, and nothing of an earlier run: exit status 2',
    async () => {
      const folder = newFolder();
      const out = join(folder, 'out');
      const earlier = await ims(
        'run',
        scenarioIn(folder, 'right.yaml', (text) => text),
        '--simulate',
        '--out',
        out,
      ).ended;
      expect(earlier.status).toBe(0);
      const before = readFileSync(join(out, 'trace.jsonl'), 'utf8');
      const file = scenarioIn(folder, 'slow.yaml', waiting);
      const { status, stdout, stderr, children } = await runAndKill([file, '--out', out]);
      expect(stderr).toMatch(/scscf\d?\.\S+ killed by SIGKILL during the run; it wrote nothing/);
      expect(stderr).not.toContain('last lines');
      expect(stdout).toContain(`CUT SHORT: what came until then is in ${out}`);
      expect(status).toBe(2);
      expect(readdirSync(out).sort()).toEqual(OUTPUT);
      const trace = readFileSync(join(out, 'trace.jsonl'), 'utf8');
      expect(trace).not.toBe(before);
      expect(trace).toContain('REGISTER sip:');
      expect(readFileSync(join(out, 'ladder.txt'), 'utf8')).toContain('REGISTER');
      expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('killed by SIGKILL');
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('killed by SIGKILL');
      await until(() => alive(children).length === 0);
      expect(alive(children)).toEqual([]);
    },
    LONG_MS,
  );

  onLinux(
    'among several: it is UNUSABLE, with its folder; the others are played, unless with --bail',
    async () => {
      const folder = newFolder();
      const out = join(folder, 'out');
      const slow = scenarioIn(folder, 'a-slow.yaml', waiting);
      const bad = scenarioIn(folder, 'b-wrong.yaml', wrong);
      const right = scenarioIn(folder, 'c-right.yaml', (text) => text);
      const all = await runAndKill([slow, bad, right, '--jobs', '1', '--out', out]);
      expect(all.stdout).toMatch(/^1 of 3 {2}UNUSABLE/m);
      expect(all.stdout).toMatch(/^2 of 3 {2}FAILED/m);
      expect(all.stdout).toMatch(/^3 of 3 {2}passed/m);
      expect(all.stdout).toMatch(/^ +scscf\d?\.\S+ killed by SIGKILL/m);
      expect(all.stdout).toContain(`report: ${join(out, 'a-slow')}/report.html`);
      expect(all.status).toBe(2);
      expect(readdirSync(join(out, 'a-slow')).sort()).toEqual(OUTPUT);
      expect(readdirSync(out).sort()).toEqual(['a-slow', 'b-wrong', 'c-right', 'junit.xml']);
      const bail = await runAndKill([slow, bad, right, '--jobs', '1', '--bail', '--out', out]);
      expect(bail.stdout).toMatch(/^FAILED: 0 of 3, 2 not played$/m);
      expect(bail.status).toBe(2);
    },
    2 * LONG_MS,
  );
});
