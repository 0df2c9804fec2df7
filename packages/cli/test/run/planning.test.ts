import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkFlags, type RunFlags } from '../../src/run/flags.js';
import { leftoversOf } from '../../src/run/leftovers.js';
import { outFolders } from '../../src/run/out-folders.js';
import { claimsOf, plan } from '../../src/run/plan.js';
import { scenarioFiles } from '../../src/run/scenario-files.js';
import { MAIN_FLOW, newFolder, SCENARIOS } from '../ims.js';

const FLAGS: RunFlags = {
  out: 'out',
  attach: false,
  timeout: 60,
  bail: false,
  keepGoing: false,
  repeat: 1,
  simulate: false,
};

/** What `work` complains of; a test fails where it does not. */
function complaint(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A scenario beside the project's network files, so that its `network` is found. */
function scenario(change: (text: string) => string = (text) => text, of = 'ts-24.228-6.5.yaml'): string {
  const text = readFileSync(join(SCENARIOS, of), 'utf8');
  return change(text).replace(/^network: (\S+)$/m, (_, name: string) => `network: ${join(SCENARIOS, name)}`);
}

describe('which files are scenarios', () => {
  test('of a folder those that are, below it too, sorted; networks and other files are left out', () => {
    const folder = folderWith({
      'b.yaml': 'flow: []\n',
      'a/z.yml': '"play": []\n',
      'a/network.yaml': 'profile: tr-24.841\noperators: {}\n',
      'a/flow.txt': 'flow: []\n',
      '.github/ci.yaml': 'on: push\n',
      'node_modules/x/x.yaml': 'flow: []\n',
    });
    symlinkSync(folder, join(folder, 'a', 'again'));
    symlinkSync('nowhere', join(folder, 'a', 'dangling.yaml'));
    expect(scenarioFiles([folder])).toEqual([join(folder, 'a/z.yml'), join(folder, 'b.yaml')]);
  });

  test('a file is taken as it is, and each once', () => {
    const folder = folderWith({ 'b.yaml': 'flow: []\n' });
    const file = join(folder, 'b.yaml');
    expect(scenarioFiles([file, folder, '/nowhere.yaml'])).toEqual([file, '/nowhere.yaml']);
  });

  test('one that is named again, by the same way or another, is played once, and that is said in a line', () => {
    const folder = folderWith({ 'a.yaml': 'flow: []\n', 'b.yaml': 'flow: []\n', 'c.yaml': 'flow: []\n' });
    const [a, b] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
    const notes: string[] = [];
    const note = (text: string): void => void notes.push(text);
    expect(scenarioFiles([a, b], note)).toEqual([a, b]);
    expect(notes).toEqual([]);
    expect(scenarioFiles([a, `${folder}/./a.yaml`, b], note)).toEqual([a, b]);
    expect(scenarioFiles([folder, folder], note)).toHaveLength(3);
    expect(notes).toEqual([
      `${a} is named more than once, and played once: --repeat N plays N times`,
      `${a} and 2 more scenarios are named more than once, and played once: --repeat N plays N times`,
    ]);
  });

  test.each([
    ['no scenario', { 'network.yaml': 'operators: {}\n' }, 'there is no scenario in this folder'],
    [
      'a file that is neither',
      { 'a.yaml': 'flow: []\n', 'ci.yaml': 'jobs: 1\nname: x\n' },
      'ci.yaml: neither a scenario',
    ],
    ['a scenario only by what is in it', { 'a.yaml': 'x:\n  flow: []\n' }, 'a.yaml: neither a scenario'],
  ])('a folder with %s is a complaint', (_, files, expected) => {
    expect(complaint(() => scenarioFiles([folderWith(files)]))).toContain(expected);
  });
});

describe('a folder with files that are no scenarios', () => {
  test('all are complained of at once: YAML that is broken with its place, misspelt keys with what is meant', () => {
    const folder = folderWith({
      'a.yaml': 'flow: []\n',
      'broken.yaml': 'title: x\n  bad: [\n',
      'compose.yaml': 'services: {}\n',
      'misspelt.yaml': 'title: x\nflwo: []\n',
    });
    const [broken = '', compose = '', misspelt = '', ...more] = complaint(() =>
      scenarioFiles([folder]),
    ).split('\n');
    expect(broken).toMatch(/broken\.yaml:1:8: not YAML: /);
    expect(compose).toMatch(
      /compose\.yaml: neither a scenario .*: it has services; take it out of the folder/,
    );
    expect(misspelt).toMatch(/misspelt\.yaml: neither .*: it has title, flwo; did you mean `flow`\?/);
    expect(more).toEqual([]);
  });
});

test('a link to itself, and a path through a file, are left to their reader; in a folder they are passed over', () => {
  const folder = folderWith({ 'a.yaml': 'flow: []\n' });
  const loop = join(folder, 'loop.yaml');
  symlinkSync('loop.yaml', loop);
  const through = join(folder, 'a.yaml', 'x.yaml');
  expect(scenarioFiles([loop, through])).toEqual([loop, through]);
  expect(scenarioFiles([folder])).toEqual([join(folder, 'a.yaml')]);
});

describe('where the files of a run go', () => {
  test.each([
    ['one', ['/s/a.yaml'], 1, [['out']]],
    ['several', ['/s/a.yaml', '/s/b.yml'], 1, [['out/a'], ['out/b']]],
    [
      'the same name twice',
      ['/s/x/a.yaml', '/s/y/a.yaml', '/s/b.yaml'],
      1,
      [['out/x-a'], ['out/y-a'], ['out/b']],
    ],
    [
      'names that fall together all the same',
      ['/s/x/a.yaml', '/s/y/a.yaml', '/s/x-a.yaml'],
      1,
      [['out/x-a'], ['out/y-a'], ['out/x-a.2']],
    ],
    ['rounds', ['/s/a.yaml'], 2, [['out/a.1', 'out/a.2']]],
  ])('%s', (_, files, repeat, expected) => {
    expect(outFolders('out', files, { repeat })).toEqual(expected);
  });
});

describe('what cannot be meant', () => {
  test.each([
    [{ seed: 1 }, '--seed needs --simulate'],
    [{ seeds: 10 }, '--seeds needs --simulate'],
    [{ attach: true, network: 'n.yaml', simulate: true, seeds: 10 }, '--attach'],
    [{ attach: true, network: 'n.yaml', seeds: 10 }, '--attach and --seeds'],
    [{ attach: true }, '--attach needs --network FILE or --ready-file FILE'],
    [{ readyFile: 'ready.json' }, '--ready-file needs --attach'],
    [{ simulate: true, seeds: 2, repeat: 2 }, '--seeds and --repeat'],
  ])('%j', (flags, expected) => {
    expect(complaint(() => checkFlags({ ...FLAGS, ...flags }))).toContain(expected);
  });

  test('a pattern that matches nothing, and one that is none', () => {
    expect(complaint(() => plan([MAIN_FLOW], { ...FLAGS, grep: 'no such' }))).toContain(
      '--grep no such: matches none of 1 scenario (',
    );
    expect(complaint(() => plan([MAIN_FLOW], { ...FLAGS, grep: '(' }))).toContain('not a regular expression');
  });

  test('a pattern that would backtrack for ever is given up in time, with a line that says so', () => {
    const text = scenario((each) => each.replace(/^title: .*$/m, `title: ${'a'.repeat(60)}!`));
    const file = join(folderWith({ 'a.yaml': text }), 'a.yaml');
    const said = complaint(() => plan([file], { ...FLAGS, grep: '(a+)+$' }));
    expect(said).toBe('--grep (a+)+$: the pattern takes more than 250 ms; write it simpler');
    expect(plan([file], { ...FLAGS, grep: 'A{60}!$' })).toHaveLength(1);
  }, 180_000);

  test('the clock moved with real processes: file and line, before anything starts; simulated it is fine', () => {
    const text = scenario((each) => each.replace(/^play:$/m, 'play:\n  - advance the clock by 7200 s'));
    const line = text.split('\n').findIndex((each) => each.includes('advance the clock')) + 1;
    const file = join(folderWith({ 'a.yaml': text }), 'a.yaml');
    expect(complaint(() => plan([file], FLAGS))).toMatch(new RegExp(`a.yaml:${line}:\\d+: the clock`));
    expect(plan([file], { ...FLAGS, simulate: true })).toHaveLength(1);
  });

  test('an element that is somebody else’s in a simulation', () => {
    const role = `elements: { icscf1.home1.net: { external: 'udp:192.0.2.10:5060' } }\n`;
    const file = join(folderWith({ 'a.yaml': `${scenario()}\n${role}` }), 'a.yaml');
    const line = scenario().split('\n').length + 1;
    expect(complaint(() => plan([file], { ...FLAGS, simulate: true }))).toContain(
      `${file}:${line}:43: icscf1.home1.net is external`,
    );
    expect(plan([file], FLAGS)).toHaveLength(1);
  });

  test('a DNS that the scenario has external, and elements without a place: each where it stands in the network file', () => {
    const role = `elements: { dns.lab: { external: 'udp:192.0.2.10:53' } }\n`;
    const file = join(folderWith({ 'a.yaml': `${scenario()}\n${role}` }), 'a.yaml');
    const said = complaint(() => plan([file], FLAGS)).split('\n');
    const network = /^network: (.*)$/m.exec(scenario())?.[1] ?? '';
    const lines = readFileSync(network, 'utf8').split('\n');
    const row = lines.findIndex((each) => each.trim().startsWith('pcscf1.home1.net:')) + 1;
    expect(said[0]).toMatch(
      new RegExp(
        `^${network}:${row}:\\d+: operators\\.home1\\.net\\.elements\\.pcscf1\\.home1\\.net: expected \`listen\`: dns`,
      ),
    );
    expect(said[0]).toContain(`dns.lab is external (${file}:`);
    expect(said.every((each) => /^\S+:\d+:\d+: |^and \d+ more$/.test(each))).toBe(true);
  });

  test.each([
    ['an external DNS', 'dns.lab', 'dns.lab answers NXDOMAIN to NAPTR', true],
    ['an external DNS, its answers lost', 'dns.lab', 'drops NAPTR answer for home2.net', true],
    ['an external element', 'icscf1.home1.net', 'drops 200 of SUBSCRIBE from icscf1.home1.net', true],
    ['what an external element is sent', 'icscf1.home1.net', 'drops SUBSCRIBE to icscf1.home1.net', false],
    ['questions to an external DNS', 'dns.lab', 'drops NAPTR question for home2.net', false],
    ['one that need not happen', 'dns.lab', 'dns.lab answers NXDOMAIN to NAPTR, perhaps', false],
  ])(
    'a fault that could never take place is refused before anything starts, no other: %s',
    (_, name, fault, isRefused) => {
      const more = `elements: { ${name}: { external: 'udp:192.0.2.10:53' } }\nfaults:\n  - ${fault}\n`;
      const text = scenario().replace(/^network: .*$/m, (line) => `${line}\n${more.trimEnd()}`);
      const file = join(folderWith({ 'a.yaml': text }), 'a.yaml');
      const line = text.split('\n').indexOf(`  - ${fault}`) + 1;
      const said = complaint(() => plan([file], FLAGS));
      const never = `${file}:${line}:5: faults.0: \`${fault.replace(', perhaps', '')}\` can never take place: ${name} is external (${file}:`;
      expect(said.includes(never)).toBe(isRefused);
      expect(said.includes('can never')).toBe(isRefused);
      expect(said.includes(`\`${name}: play\``)).toBe(isRefused);
    },
  );

  test('two actors at one address of this machine', () => {
    const text = readFileSync(MAIN_FLOW, 'utf8')
      .replace("symbol: '[5555::aaa:bbb:ccc:ddd]'", "symbol: '[::1]'")
      .replace('proxy: pcscf2.home2.net }', "proxy: pcscf2.home2.net, symbol: '[0:0::1]' }")
      .replace('user2-presence.xml', join(SCENARIOS, 'user2-presence.xml'))
      .replace('network: network.yaml', `network: ${join(SCENARIOS, 'network.yaml')}`);
    const file = join(folderWith({ 'a.yaml': text }), 'a.yaml');
    expect(complaint(() => plan([file], FLAGS))).toMatch(
      /^\S+a\.yaml:\d+:\d+: actors\.UE1 and actors\.UE2 would both listen at \[::1\]:5060/,
    );
  });

  test('all files that are wrong are named, not the first alone', () => {
    const folder = folderWith({ 'a.yaml': 'flow: 1\n', 'b.yaml': 'flow: 2\n' });
    const said = complaint(() => plan([folder], FLAGS));
    expect(said).toContain('a.yaml');
    expect(said).toContain('b.yaml');
  });
});

describe('what may follow on the same network', () => {
  test('a scenario of UEs: its subscriptions, publications and registrations are taken back', () => {
    const [planned] = plan([MAIN_FLOW], FLAGS);
    expect(planned?.leftovers.kind).toBe('shared');
    const actions = planned?.leftovers.kind === 'shared' ? planned.leftovers.actions : [];
    expect(
      actions.map((action) => ('actor' in action ? `${action.actor} ${action.kind}` : action.kind)),
    ).toEqual(['UE1 unsubscribe', 'UE1 register', 'UE2 unpublish', 'UE2 register']);
    expect(
      actions
        .filter(({ kind }) => kind === 'register')
        .every((each) => 'expiresS' in each && each.expiresS === 0),
    ).toBe(true);
  });

  test.each([
    ['an operator terminates', 'ts-24.228-deregistration-hss.yaml', 'terminate'],
    ['an S-CSCF takes a registration back', 'ts-24.228-deregistration-s-cscf.yaml', 'deregister'],
  ])('not where %s', (_, name, why) => {
    const [planned] = plan([join(SCENARIOS, name)], FLAGS);
    expect(planned?.leftovers).toEqual({ kind: 'own', why });
  });

  test('a request that is to be refused leaves nothing; nobody knows what one with headers of its own leaves', () => {
    const [planned] = plan([MAIN_FLOW], FLAGS);
    const { scenario: main } = planned ?? {};
    const [subscribe] = main?.play ?? [];
    if (main === undefined || subscribe === undefined || !('actor' in subscribe)) {
      throw new Error('no scenario');
    }
    const refused = { ...subscribe, expect: { kind: 'status', status: 403 } } as const;
    const leftovers = leftoversOf({ ...main, play: [refused] });
    const kinds = leftovers.kind === 'shared' ? leftovers.actions.map(({ kind }) => kind) : [];
    expect(kinds).toEqual(['register', 'unpublish', 'register']);
    const strange = { ...subscribe, headers: [['Expires', '1'] as const] };
    expect(leftoversOf({ ...main, play: [strange] }).kind).toBe('own');
  });

  test('not with faults, elements of its own, or two subscriptions without a name', () => {
    const [planned] = plan([MAIN_FLOW], FLAGS);
    const { scenario: main } = planned ?? {};
    if (main === undefined) {
      throw new Error('no scenario');
    }
    expect(leftoversOf({ ...main, elements: new Map([['home1.net', { kind: 'play' }]]) }).kind).toBe('own');
    expect(leftoversOf({ ...main, play: [...main.play, ...main.play] }).kind).toBe('own');
    const rule = { match: { message: { protocol: 'sip' } }, fault: { kind: 'drop' }, text: '' } as const;
    expect(leftoversOf({ ...main, faults: [rule] }).kind).toBe('own');
  });

  test('sockets at fixed places, and what is kept on disk, are had by one at a time', () => {
    const network = readFileSync(join(SCENARIOS, 'registration-network.yaml'), 'utf8').replace(
      '{ kind: hss }',
      "{ kind: hss, listen: '127.0.0.1:5999' }",
    );
    const folder = folderWith({ 'network.yaml': network });
    const [planned] = plan([join(SCENARIOS, 'ts-24.228-6.5.yaml')], {
      ...FLAGS,
      network: join(folder, 'network.yaml'),
    });
    expect([...(planned ? claimsOf(planned) : [])]).toContain('127.0.0.1:5999');
  });
});
