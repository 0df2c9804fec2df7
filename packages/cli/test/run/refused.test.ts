import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ims, MAIN_FLOW, SCENARIOS } from '../ims.js';

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
