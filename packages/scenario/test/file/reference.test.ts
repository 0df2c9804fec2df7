import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, stringify } from 'yaml';
import { actionForms } from '../../src/file/action-sentences.js';
import { faultForms } from '../../src/file/fault-sentences.js';
import { scenarioJsonSchema } from '../../src/file/json-schema.js';
import { REFERENCE } from '../../src/file/shipped.js';
import { networkOf, readScenarioFile } from '../../src/files.js';
import { folderOf } from './lab.js';

const root = (path: string): string => fileURLToPath(new URL(`../../../../../${path}`, import.meta.url));
const fencedIn = (text: string): string[] =>
  [...text.matchAll(/```ya?ml\n([^]*?)```/g)].map(([, block = '']) => block);
const reference = readFileSync(root(REFERENCE), 'utf8');
const examples = fencedIn(reference);

const ue = (user: 1 | 2) => ({
  ue: `sip:user${user}_public1@home${user}.net`,
  privateIdentity: `user${user}_private@home${user}.net`,
  proxy: `pcscf${user}.home${user}.net`,
});
/** What the parts of the reference leave out. */
const REST = {
  title: 't',
  profile: 'tr-24.841',
  network: 'network.yaml',
  actors: { watcher: ue(1), presentity: ue(2), caller: ue(1), callee: ue(2), as: { as: 'ps.home2.net' } },
  play: ['wait 1 s'],
};

function readPart(part: object) {
  const folder = folderOf(stringify({ ...REST, ...part }));
  writeFileSync(join(folder, 'greeting.txt'), 'hello');
  return readScenarioFile(join(folder, 'flow.yaml'));
}

const isScenario = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());

/** What a page shows: of a block that is indented, the YAML within it, from its title or its first step on. */
function shownIn(page: string): string[] {
  const indented = [...page.matchAll(/^(?: {4}.*\n|\n(?= {4}))+/gm)].map(([block]) =>
    block.replace(/^ {4}/gm, ''),
  );
  return [
    ...fencedIn(page),
    ...indented.flatMap((block) => /^(?:title:|- step:)[^]*?(?=^EOF$|(?![^]))/m.exec(block) ?? []),
  ];
}

const PAGES = [
  'README.md',
  ...readdirSync(root('docs')).flatMap((name) =>
    name.endsWith('.md') && `docs/${name}` !== REFERENCE ? [`docs/${name}`] : [],
  ),
  ...readdirSync(root('docs/decisions')).map((name) => `docs/decisions/${name}`),
];
const shown = PAGES.flatMap((page) =>
  shownIn(readFileSync(root(page), 'utf8')).map((text) => [page, text] as const),
);

/** As it stands, where it is a whole file: with its network, from the root or beside the scenarios that ship. */
function readShown(text: string) {
  const part = parse(text) as { readonly network?: string } | readonly object[];
  if (!Array.isArray(part)) {
    const { network = '' } = part as { readonly network?: string };
    const file = [root(network), root(`scenarios/${network}`)].find(
      (path) => network !== '' && existsSync(path),
    );
    const folder = folderOf(text.replace(`network: ${network}`, `network: ${file ?? 'nowhere.yaml'}`));
    const scenario = readScenarioFile(join(folder, 'flow.yaml'));
    networkOf(scenario);
    return scenario;
  }
  // a part of a flow: what is before it is left out
  const first = { step: 1, title: 't', from: 'watcher', to: 'as', message: 'SIP/2.0 200 OK' };
  return readPart({ flow: [first, ...(part as readonly object[]).map((step) => ({ title: 't', ...step }))] });
}

describe('what the README and the other pages show', () => {
  test('there is something of each kind', () => {
    expect(shown.filter(([, text]) => text.startsWith('title:')).length).toBeGreaterThanOrEqual(2);
    expect(shown.some(([, text]) => text.startsWith('- step:'))).toBe(true);
  });

  test.each(shown.map(([page, text]) => [page, text.split('\n')[0] ?? '', text] as const))(
    '%s, `%s`: it is read',
    (_page, _title, text) => {
      expect(readShown(text).play).not.toHaveLength(0);
    },
  );
});

describe('the reference of the scenario file', () => {
  test.each(examples.map((text) => [text.split('\n').slice(0, 2).join(' '), text]))(
    'the example `%s` is read',
    (_, text) => {
      expect(readPart(parse(text) as object).play).not.toHaveLength(0);
      isScenario({ ...REST, ...(parse(text) as object) });
      expect(isScenario.errors ?? []).toEqual([]);
    },
  );

  test('the mapping beside a sentence says the same', () => {
    const same = examples.find((text) => text.includes('  - subscribe: watcher'));
    const [one, other] = readPart(parse(same ?? '') as object).play;
    expect({ ...one, at: undefined }).toEqual({ ...other, at: undefined });
  });

  test('every example sentence is read', () => {
    const first = { 'watcher subscribes to sip:a@b': { as: 'first' } };
    const play = actionForms.map(({ example }) =>
      example === 'watcher sends' ? { [example]: 'OPTIONS sip:a SIP/2.0' } : example,
    );
    expect(readPart({ play: [first, ...play] }).play).toHaveLength(actionForms.length + 1);
    expect(readPart({ faults: faultForms.map(({ example }) => example) }).faults).toHaveLength(
      faultForms.length,
    );
  });

  test.each([
    [{ play: ['watcher subscibes to sip:a@b'] }],
    [{ play: [{ 'watcher subscribes to sip:a@b': { acept: 'x' } }] }],
    [{ play: [{ subscribe: 'watcher', too: 'sip:a@b' }] }],
    [{ play: [{ repeat: 2, steps: ['wiat 2 s'] }] }],
    [{ faults: ['drps SUBSCRIBE'] }],
    [{ flow: [{ step: 1, titel: 'x', from: 'a', to: 'b', message: 'c' }] }],
    [{ elements: { 'scscf1.home1.net': 'plays' } }],
  ])('%j: an editor says that it is wrong, as the reading does', (part) => {
    expect(isScenario({ ...REST, ...part })).toBe(false);
    let message = '';
    try {
      readPart(part);
    } catch (error) {
      message = String((error as { message?: unknown }).message);
    }
    expect(message).toMatch(/flow\.yaml:\d+:\d+: /);
  });
});
