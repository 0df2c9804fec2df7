import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readScenarioFile } from '../../src/files.js';
import { complaints, folderOf, HEAD, read, SCENARIOS } from './lab.js';

/** Of this process: other tests run beside this one. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

describe('the bounds of a scenario file', () => {
  test('what contains itself is a complaint with its place', () => {
    const repeated = complaints(`${HEAD}play: &all\n  - repeat: 3\n    steps: *all\n`);
    expect(repeated.join('\n')).toContain('nested more than 8 deep');
    const beside = complaints(`${HEAD}play: &all\n  - parallel: [*all, *all]\n`);
    expect(beside.join('\n')).toContain('nested more than 8 deep');
  });

  test('1,000 steps of the main flow are read in less than 2 s of a processor, each with its place', () => {
    const text = readFileSync(join(SCENARIOS, 'tr-24.841-6.1.1.yaml'), 'utf8');
    const flow = text.indexOf('flow:\n') + 'flow:\n'.length;
    const steps = text.slice(flow);
    const copies = Array.from({ length: 40 }, (_, copy) =>
      steps.replace(
        /(step|follows): (\d+)/g,
        (_whole, key: string, step: string) => `${key}: ${Number(step) + copy * 25}`,
      ),
    );
    const file = join(folderOf(''), 'flow.yaml');
    writeFileSync(file, text.slice(0, flow) + copies.join(''));
    const times = [1, 2, 3].map(() => {
      const began = process.cpuUsage();
      readScenarioFile(file);
      return cpuMs(began);
    });
    const scenario = readScenarioFile(file);
    expect(scenario.flow.steps).toHaveLength(1000);
    expect(scenario.flow.steps.at(-1)?.at.line).toBeGreaterThan(15_000);
    expect(Math.min(...times)).toBeLessThan(2000);
  });

  test('1,000 sentences, understood or not, are read in less than 2 s of a processor', () => {
    const good = Array.from({ length: 1000 }, () => '  - watcher asks sip:a@b for its options\n').join('');
    const began = process.cpuUsage();
    expect(read(`${HEAD}play:\n${good}`).play).toHaveLength(1000);
    const found = complaints(`${HEAD}play:\n${good.replaceAll('asks', 'aks')}`);
    expect(cpuMs(began)).toBeLessThan(2000);
    expect(found.at(-1)).toBe('flow.yaml: and 990 more');
  });

  test.each([
    [
      'a file of more than 8 MiB',
      `# ${'x'.repeat(8 * 1024 * 1024)}\n${HEAD}play: []\n`,
      'larger than 8192 KiB',
    ],
    [
      '10,001 actions',
      `${HEAD}play: [ ${'wait 1 s, '.repeat(9000)} { repeat: 1, steps: [ ${'wait 1 s, '.repeat(1001)} ] } ]\n`,
      'more than 10000 actions',
    ],
    [
      'actions nested too deeply',
      `${HEAD}play:\n  - ${'{ parallel: [ [ '.repeat(10)}wait 1 s${' ] ] }'.repeat(10)}\n`,
      'nested more than 8 deep',
    ],
    [
      'repetitions of repetitions',
      `${HEAD}play:\n  - { repeat: 100000, steps: [ { repeat: 100000, steps: [ wait 1 s ] } ] }\n`,
      'more than 1000000 actions would be played',
    ],
    [
      'aliases that grow',
      `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n`,
      'not YAML',
    ],
    ['YAML nested without end', `${'['.repeat(20_000)}`, 'nested too deeply'],
    ['a key that is no text', `${HEAD}play: [ 'wait 1 s' ]\n? [a, b]\n: 1\n`, 'not YAML'],
  ])('%s: a complaint', (_, text, expected) => {
    expect(complaints(text).join('\n')).toContain(expected);
  });

  test('whatever is put into a file, what comes of it is a scenario or a complaint with a place', () => {
    const text = `${HEAD}variables: { n: 'tel:+1' }
before: [ watcher registers ]
play:
  - watcher subscribes to \${n} for presence, 7200 s: { as: first, take: { tag: { header: To } } }
  - parallel: [ [ watcher refreshes first ], [ { wait: 2 } ] ]
  - { subscribe: watcher, to: 'sip:a@b' }
faults:
  - drops SUBSCRIBE from scscf1.home1.net, once
flow:
  - { step: 1, title: t, from: watcher, to: pcscf1.home1.net, message: "A sip:b SIP/2.0", headers: { Via: any } }
`;
    const file = join(folderOf(''), 'flow.yaml');
    const put = [
      '{',
      '}',
      '[',
      ']',
      ': ',
      ' ',
      '\n',
      '- ',
      '${',
      '&a ',
      '*a',
      '|',
      '"',
      "'",
      '0',
      'null',
      '? ',
      '!!set ',
      '__proto__',
      '\t',
    ];
    let seed = 7;
    const below = (bound: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * bound);
    };
    let complained = 0;
    for (let round = 0; round < 300; round++) {
      const at = below(text.length);
      const changed =
        below(2) === 0 ? text.slice(at + 1 + below(12)) : `${put[below(put.length)] ?? ''}${text.slice(at)}`;
      writeFileSync(file, text.slice(0, at) + changed);
      try {
        readScenarioFile(file);
      } catch (error) {
        complained += 1;
        expect((error as object).constructor.name).toBe('UserError');
        expect(String((error as { message?: unknown }).message)).toMatch(/flow\.yaml:(\d+:\d+:)? /);
      }
    }
    expect(complained).toBeGreaterThan(60);
  });
});
