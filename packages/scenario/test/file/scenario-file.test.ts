import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readScenarioFile } from '../../src/files.js';

const SCENARIOS = fileURLToPath(new URL('../../../../../scenarios/', import.meta.url));
const TEXT = readFileSync(join(SCENARIOS, 'tr-24.841-6.1.1.yaml'), 'utf8');

function complaint(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ims-scenario-'));
  writeFileSync(join(folder, 'user2-presence.xml'), '<presence/>');
  const file = join(folder, 'flow.yaml');
  writeFileSync(file, text);
  try {
    readScenarioFile(file);
  } catch (error) {
    return String((error as { message?: unknown }).message).replaceAll(`${folder}/`, '');
  }
  return 'no complaint';
}

describe('scenario files', () => {
  test('the one that ships has 25 steps, each with what it follows', () => {
    const { flow } = readScenarioFile(join(SCENARIOS, 'tr-24.841-6.1.1.yaml'));
    expect(flow.steps.map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(flow.steps.slice(1).every(({ step, follows = 0 }) => follows > 0 && follows < step)).toBe(true);
  });

  test.each([
    [
      'a misspelt key',
      TEXT.replace('    title: SUBSCRIBE request', '    titel: SUBSCRIBE request'),
      /^flow\.yaml:\d+:\d+: flow\.0/,
    ],
    [
      'an actor that is not there',
      TEXT.replace('  - register: UE1', '  - register: UE9'),
      /before\.0\.register: there is no actor UE9/,
    ],
    [
      'a step twice',
      TEXT.replace('  - step: 3\n', '  - step: 2\n'),
      /flow\.2\.step: there is a step 2 before/,
    ],
    [
      'a step that follows none',
      TEXT.replace('    follows: 2\n', '    follows: 24\n'),
      /follows: step 24 stands below, and `follows` looks up only/,
    ],
    [
      'a step that follows nothing that there is',
      TEXT.replace('    follows: 2\n', '    follows: nobody\n'),
      /follows: expected the number of a step, or `none`/,
    ],
    [
      'a document that is not there',
      TEXT.replace('user2-presence.xml', 'nobody.xml'),
      /there is no file nobody\.xml/,
    ],
    [
      'a first line that is none',
      TEXT.replace('SIP/2.0 200 OK', 'SIP/2.0 OK'),
      /neither a request nor a response/,
    ],
    [
      'a line that is no header',
      TEXT.replace('Max-Forwards: 69', 'Max-Forwards 69'),
      /not a header: `Max-Forwards 69`/,
    ],
    [
      'an erratum for what the table does not have',
      TEXT.replace("table: '<tel:+1-212-555-2222>>'", "table: 'x<'"),
      /does not have `x<`/,
    ],
  ])('%s: a complaint that names the place', (_, text, expected) => {
    expect(complaint(text)).toMatch(expected);
    expect(complaint(text)).toMatch(/^flow\.yaml:\d+:\d+: /);
  });
});
