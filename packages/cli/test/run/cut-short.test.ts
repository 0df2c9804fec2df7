import { createSocket } from 'node:dgram';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { alive, childrenOf, type Ended, ims, newFolder, SCENARIOS, until } from '../ims.js';

const LONG_MS = 180_000;
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

/** Tells a port, when its flow is over, and waits to be killed. */
const waiting =
  (port: number) =>
  (text: string): string =>
    text.replace(
      /^(play:\n(?: .*\n)+)/m,
      `$1  - "UE1 sends to udp:127.0.0.1:${port}": OPTIONS sip:there SIP/2.0\n  - wait 30 s\n`,
    );
const wrong = (text: string): string => text.replace(/Max-Forwards: 70/, 'Max-Forwards: 71');

/** Where a scenario that waits says so. */
async function listening(): Promise<{ readonly port: number; heard(): Promise<void>; close(): void }> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    heard: () =>
      new Promise((resolve) =>
        socket.once('message', () => {
          resolve();
        }),
      ),
    close: () => {
      socket.close();
    },
  };
}

/** Kills an S-CSCF of the run from outside, once the scenario waits. */
async function runAndKill(
  args: readonly string[],
  heard: Promise<void>,
): Promise<Ended & { readonly children: readonly number[] }> {
  const running = ims('run', ...args);
  await Promise.race([heard, running.ended]);
  const runner = running.child.pid ?? 0;
  const children = childrenOf(runner);
  const victim = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('s-cscf'));
  expect(victim).toBeDefined();
  process.kill(victim ?? 0, 'SIGKILL');
  return { ...(await running.ended), children };
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
      const ear = await listening();
      const file = scenarioIn(folder, 'slow.yaml', waiting(ear.port));
      const { status, stdout, stderr, children } = await runAndKill([file, '--out', out], ear.heard());
      ear.close();
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
      const ear = await listening();
      const slow = scenarioIn(folder, 'a-slow.yaml', waiting(ear.port));
      const bad = scenarioIn(folder, 'b-wrong.yaml', wrong);
      const right = scenarioIn(folder, 'c-right.yaml', (text) => text);
      const all = await runAndKill([slow, bad, right, '--jobs', '1', '--out', out], ear.heard());
      expect(all.stdout).toMatch(/^1 of 3 {2}UNUSABLE/m);
      expect(all.stdout).toMatch(/^2 of 3 {2}FAILED/m);
      expect(all.stdout).toMatch(/^3 of 3 {2}passed/m);
      expect(all.stdout).toMatch(/^ +scscf\d?\.\S+ killed by SIGKILL/m);
      expect(all.stdout).toContain(`report: ${join(out, 'a-slow')}/report.html`);
      expect(all.status).toBe(2);
      expect(readdirSync(join(out, 'a-slow')).sort()).toEqual(OUTPUT);
      expect(readdirSync(out).sort()).toEqual(['a-slow', 'b-wrong', 'c-right', 'junit.xml']);
      const bail = await runAndKill([slow, bad, right, '--jobs', '1', '--bail', '--out', out], ear.heard());
      ear.close();
      expect(bail.stdout).toMatch(/^FAILED: 1 of 3, 0 passed, 2 not played$/m);
      expect(bail.status).toBe(2);
    },
    LONG_MS,
  );

  test(
    'an interrupt: what came until then is left, and what was going on is named',
    async () => {
      const folder = newFolder();
      const out = join(folder, 'out');
      const ear = await listening();
      const file = scenarioIn(folder, 'slow.yaml', waiting(ear.port));
      const running = ims('run', file, '--out', out);
      await Promise.race([ear.heard(), running.ended]);
      running.child.kill('SIGINT');
      const { status, stdout, stderr } = await running.ended;
      ear.close();
      expect(stderr).toMatch(/^ims: interrupted\n.*slow\.yaml:\d+: wait 30 s: was going on\n$/);
      expect(stdout).toContain(`CUT SHORT: what came until then is in ${out}`);
      expect(status).toBe(130);
      expect(readdirSync(out).sort()).toEqual(OUTPUT);
      expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('<error message="interrupted');
      const trace = readFileSync(join(out, 'trace.jsonl'), 'utf8');
      expect(trace).toContain('REGISTER sip:');
      writeFileSync(join(folder, 'cut.jsonl'), trace.slice(0, -20)); // a trace of which the end is missing is shown as far as it goes
      const shown = await ims('trace', join(folder, 'cut.jsonl')).ended;
      expect(shown.stderr).toMatch(/^ims: .*cut\.jsonl:\d+: the file ends within this line/);
      expect(shown.stdout).toContain('REGISTER');
      expect(shown.status).toBe(0);
    },
    LONG_MS,
  );
});
