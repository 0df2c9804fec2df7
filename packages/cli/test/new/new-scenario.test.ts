import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { networkOf, readScenarioFile } from '@ims-sim/scenario/files';
import { ims } from '../ims.js';
import { newScenario } from '../../src/new/new-scenario.js';

const NETWORK = fileURLToPath(new URL('../../../../../scenarios/network.yaml', import.meta.url));

async function made(answers: readonly string[], name = 'flow.yaml', folder = newFolder()) {
  const output = new PassThrough();
  const file = join(folder, name);
  await newScenario(file, { input: Readable.from(answers.map((line) => `${line}\n`)), output });
  return { file, folder, said: String(output.read()) };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ims-new-'));
}

async function complaint(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return String((error as { message?: unknown }).message);
  }
  return 'no complaint';
}

describe('ims new', () => {
  test('without an answer: a small network, a watcher and a presentity, and the scenario can be used', async () => {
    const { file, folder, said } = await made([]);
    const scenario = readScenarioFile(file);
    expect(scenario.play.map(({ kind }) => kind)).toEqual(['subscribe', 'unsubscribe']);
    expect(scenario.network.kind).toBe('inline');
    expect(networkOf(scenario).elements).toHaveLength(5);
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=scenario.schema.json',
    );
    expect(existsSync(join(folder, 'scenario.schema.json'))).toBe(true);
    expect(said).toContain(`ims run ${file}`);
  });

  test('with answers, from a pipe and all at once: that network, those people', async () => {
    const folder = newFolder();
    copyFileSync(NETWORK, join(folder, 'network.yaml'));
    const answers = [
      'call',
      'A "call": to #2',
      '',
      'sip:user2_public1@home2.net',
      'sip:user1_public1@home1.net',
    ];
    const { file } = await made(answers, 'flow.yaml', folder);
    const scenario = readScenarioFile(file);
    expect(scenario.title).toBe('A "call": to #2');
    expect(scenario.network).toMatchObject({ kind: 'file', path: join(folder, 'network.yaml') });
    expect(scenario.actors.map(({ name }) => name)).toEqual(['caller', 'callee']);
    expect(scenario.play[0]).toMatchObject({
      kind: 'invite',
      actor: 'caller',
      to: 'sip:user1_public1@home1.net',
    });
    expect(scenario.actors[0]).toMatchObject({ proxy: 'pcscf2.home2.net' });
  });

  test('what it writes passes at once, simulated and on processes, whatever happens in it', async () => {
    const folder = newFolder();
    const files: string[] = [];
    for (const kind of ['subscribe', 'message', 'call']) {
      files.push((await made([kind], `${kind}.yaml`, folder)).file);
    }
    for (const way of [['--simulate'], []]) {
      const { status, stdout, stderr } = await ims('run', ...files, ...way, '--out', join(folder, 'out'))
        .ended;
      expect(stdout + stderr).toContain('3 of 3');
      expect(status).toBe(0);
    }
  }, 120_000);

  test('at a terminal Ctrl-D is no answer: nothing is written', async () => {
    const folder = newFolder();
    const file = join(folder, 'flow.yaml');
    const input = Object.assign(Readable.from(['message\n']), { isTTY: true });
    const said = await complaint(newScenario(file, { input, output: new PassThrough() }));
    expect(said).toContain('nothing more was said: nothing is written');
    expect(existsSync(file)).toBe(false);
  });

  test('a folder that cannot be written to is said before anything is asked', async () => {
    const file = join(newFolder(), 'a-file');
    writeFileSync(file, '');
    const output = new PassThrough();
    const said = await complaint(newScenario(join(file, 'flow.yaml'), { input: Readable.from([]), output }));
    expect(said).toMatch(/^ims new .*a-file: cannot be written to/);
    expect(output.read()).toBeNull();
  });

  test('what is there already is left as it is', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'flow.yaml'), 'mine');
    expect(await complaint(made([], 'flow.yaml', folder))).toContain('it is there already');
    expect(readFileSync(join(folder, 'flow.yaml'), 'utf8')).toBe('mine');
  });

  test.each([
    [['subscrib', 'subscrib', 'subscrib'], 'did you mean `subscribe`?'],
    [['message', '', 'nowhere.yaml'], 'there is no such network file'],
    [['message', '', 'new', 'sip:nobody@home1.net'], 'expected one of sip:user1@home1.net'],
  ])('%j: a complaint, and nothing is written', async (answers, expected) => {
    const folder = newFolder();
    expect(await complaint(made(answers, 'flow.yaml', folder))).toContain(expected);
    expect(existsSync(join(folder, 'flow.yaml'))).toBe(false);
  });
});
