import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CutShort } from '../../src/run/cut-short.js';
import type { RunFlags } from '../../src/run/flags.js';
import { writeOutput } from '../../src/run/output-files.js';
import { plan, type Planned } from '../../src/run/plan.js';
import { playSimulated } from '../../src/run/play-simulated.js';
import type { Judged } from '../../src/run/result.js';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 180_000;
const OUTPUT = ['junit.xml', 'ladder.svg', 'ladder.txt', 'report.html', 'trace.jsonl', 'trace.pcapng'];
const FLAGS: RunFlags = {
  ...{ out: 'out', attach: false, timeout: 60, bail: false, keepGoing: false, repeat: 1, simulate: true },
};

/** Longer than a simulation goes on; each of them is as long as one may be. */
const TOO_LONG = 'repeat: 40\n    steps: [wait 86400 s]';

/** A registration, and an action behind it; gives the file and that action's line. */
function ending(action: string, name = 'endless.yaml', folder = newFolder()): { file: string; line: number } {
  const text = readFileSync(join(SCENARIOS, 'ts-24.228-6.2.yaml'), 'utf8')
    .replace(/^network: (\S+)$/m, (_, network: string) => `network: ${join(SCENARIOS, network)}`)
    .replace(/^(play:\n(?: .*\n)+)/m, `$1  - ${action}\n`);
  const file = join(folder, name);
  writeFileSync(file, text);
  return { file, line: text.slice(0, text.indexOf(action)).split('\n').length };
}

/** What a simulation leaves that is interrupted in the midst of its play: later each time until it has begun by then. */
async function interrupted(planned: Planned): Promise<Judged> {
  for (let turns = 500; ; turns *= 2) {
    const over = new AbortController();
    const playing = playSimulated(planned, { flags: FLAGS, seed: 1, chance: false, abort: over.signal });
    const ended = playing.then(
      () => undefined,
      (error: unknown) => error,
    );
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    over.abort();
    const error = await ended;
    if (error instanceof CutShort && error.left.failures.some(({ text }) => text.includes('wait 1 s'))) {
      return error.left;
    }
    expect(error).toBeDefined(); // or it has come to its end
  }
}

function allFiles(out: string, said: string): void {
  expect(readdirSync(out).sort()).toEqual(OUTPUT);
  expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain(said);
  expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('cut-short');
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('was going on');
  expect(readFileSync(join(out, 'trace.jsonl'), 'utf8')).toContain('REGISTER sip:');
  expect(readFileSync(join(out, 'ladder.txt'), 'utf8')).toContain('REGISTER');
}

describe('an action that is not over when the run has to end', () => {
  test(
    'simulated, beyond the end of its time: it is named with file and line, and all files are there; status 2',
    async () => {
      const { file, line } = ending(TOO_LONG);
      const out = newFolder();
      const { status, stdout, stderr } = await ims('run', file, '--simulate', '--out', out).ended;
      const said = `${file}:${line + 1}: wait 86400 s: was going on`;
      expect(stderr).toContain('not over within 30 days of virtual time');
      expect(stderr).toContain(said);
      expect(stdout).toContain('CUT SHORT');
      expect(status).toBe(2);
      allFiles(out, said);
    },
    LONG_MS,
  );

  test(
    'one of several simulated, on threads: the same, in its own folder',
    async () => {
      const folder = newFolder();
      const { file, line } = ending(TOO_LONG, 'a.yaml', folder);
      ending('wait 1 s', 'b.yaml', folder);
      const out = newFolder();
      const { status, stdout } = await ims('run', folder, '--simulate', '--out', out).ended;
      expect(stdout).toMatch(/^\d of 2 {2}UNUSABLE/m);
      expect(stdout).toMatch(/^\d of 2 {2}passed/m);
      expect(stdout.replace(/\s+/g, ' ')).toContain(`:${line + 1}: wait 86400 s: was going on`);
      expect(status).toBe(2);
      allFiles(join(out, 'a'), `${file}:${line + 1}: wait 86400 s: was going on`);
      expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain(`:${line + 1}: wait 86400 s`);
    },
    LONG_MS,
  );

  test(
    'with seeds: each such seed has failed, and says why; none makes the run unusable',
    async () => {
      const { file, line } = ending(TOO_LONG);
      const out = newFolder();
      const { status, stdout } = await ims('run', file, '--simulate', '--seeds', '2', '--out', out).ended;
      expect(stdout).toContain('seed 1');
      expect(stdout.replace(/\s+/g, ' ')).toContain('not over within 30 days of virtual time');
      expect(status).toBe(1);
      allFiles(join(out, 'seed-1'), `${file}:${line + 1}: wait 86400 s: was going on`);
    },
    LONG_MS,
  );

  test(
    'interrupted while it is simulated: what came is left in all files, as on processes',
    async () => {
      const { file } = ending('repeat: 1000\n    steps: [{repeat: 1000, steps: [wait 1 s]}]');
      const out = newFolder();
      const [planned] = plan([file], { ...FLAGS, out });
      const left = planned && (await interrupted(planned));
      expect(left?.cutShort).toMatch(/^interrupted\n.*endless\.yaml:\d+: wait 1 s: was going on/);
      expect(left && writeOutput(left).sort()).toEqual(OUTPUT);
      allFiles(out, 'interrupted');
    },
    LONG_MS,
  );

  test(
    '--timeout on processes: each of those beside each other is named, and none that was over',
    async () => {
      const { file, line } = ending('parallel: [[wait 1 ms, wait 50 s], [UE1 receives MESSAGE within 40 s]]');
      const out = newFolder();
      const { status, stderr } = await ims('run', file, '--timeout', '10', '--out', out).ended;
      expect(stderr).toContain('not over within 10 s (--timeout)');
      expect(stderr).toContain(`${file}:${line}: wait 50 s: was going on`);
      expect(stderr).toContain(`${file}:${line}: UE1 receives MESSAGE within 40 s: was going on`);
      expect(stderr).not.toContain('wait 1 ms');
      expect(stderr).not.toContain('registers: was');
      expect(status).toBe(2);
      allFiles(out, `${file}:${line}: wait 50 s: was going on`);
    },
    LONG_MS,
  );
});
