import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { IMS, ims, MAIN_FLOW, SCENARIOS } from '../ims.js';

test.each([
  [['run', MAIN_FLOW, '--timeout', '1e12'], 'expected a number above 0, up to 2000000'],
  [['run', MAIN_FLOW, '--simulate', '--seed', 'abc'], 'expected a whole number from 0 on'],
  [['run', MAIN_FLOW, '--simulate', '--seeds', '0'], 'expected a whole number from 1 to 1000000'],
  [['run', MAIN_FLOW, '--repeat', '-1'], 'expected a whole number from 1 to 1000000'],
  [['run', MAIN_FLOW, '--jobs', '0'], 'expected a whole number from 1 to 1000000'],
  [['run', MAIN_FLOW, '--grep', '('], '--grep (: not a regular expression'],
  [
    ['run', join(SCENARIOS, 'network.yaml')],
    'this is a network file, not a scenario: it goes behind --network',
  ],
  [['run', MAIN_FLOW, '--network', MAIN_FLOW], 'this is a scenario, not a network file'],
  [['run', join(MAIN_FLOW, 'x')], 'a part of its path is a file, not a folder'],
  [['run', MAIN_FLOW, '--network', join(MAIN_FLOW, 'x')], 'a part of its path is a file, not a folder'],
  // a device without end
  [['trace', '/dev/zero'], '/dev/zero: larger than 256 MiB, which is the most that is read'],
])('%j: one clear line, and exit status 2', async (args, message) => {
  const { status, stdout, stderr } = await ims(...args).ended;
  const [line = '', ...more] = stderr.trimEnd().split('\n');
  expect(line).toContain(message);
  expect(more.filter((text) => text !== '(ims --help lists the commands)')).toEqual([]);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test('a control character of a scenario file is shown, and does nothing to the terminal', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ims-refused-')), 'a.yaml');
  writeFileSync(file, '"\\e]0;owned\\a": 1\n');
  const { status, stderr } = await ims('run', file).ended;
  expect(stderr).toContain('unknown key \\x1b]0;owned\\x07');
  // eslint-disable-next-line no-control-regex -- they are what must not be there
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(status).toBe(2);
});

/** A run in simulation whose output goes where the shell says, with `set -o pipefail`. */
function redirected(redirection: string) {
  const out = mkdtempSync(join(tmpdir(), 'ims-output-'));
  const words = [process.execPath, IMS, 'run', MAIN_FLOW, '--simulate', '--out', out];
  const command = `set -o pipefail; '${words.join("' '")}' ${redirection}`;
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8', timeout: 30_000 });
  return { status, stderr, hasReport: existsSync(join(out, 'report.html')) };
}

test('a reader that goes before the end: its files and its exit status still count, and nothing is said', () => {
  expect(redirected('| true')).toEqual({ status: 0, stderr: '', hasReport: true });
});

test('output that cannot be written is one clear line, and exit status 2', () => {
  const { status, stderr, hasReport } = redirected('> /dev/full');
  expect(stderr).toMatch(/^ims: standard output cannot be written: ENOSPC.*\n$/);
  expect([status, hasReport]).toEqual([2, true]);
});
