import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { alive, childrenOf, ims, MAIN_FLOW, newFolder, SCENARIOS, until } from './ims.js';

const LONG_MS = 180_000;

interface Ready {
  readonly elements: Readonly<
    Record<string, { readonly pid: number; readonly sip?: string; readonly diameter?: string }>
  >;
}

async function upWith(network = join(SCENARIOS, 'network.yaml')) {
  const file = join(newFolder(), 'ready.json');
  const running = ims('up', network, '--ready-file', file);
  await running.says('up; Ctrl-C stops it');
  const ready = JSON.parse(readFileSync(file, 'utf8')) as Ready;
  const pids = Object.values(ready.elements).map(({ pid }) => pid);
  return { running, ready, pids, file };
}

function pidOf(file: string, name: string): number {
  const pid = (JSON.parse(readFileSync(file, 'utf8')) as Ready).elements[name]?.pid;
  if (pid === undefined) throw new Error(`${name} has no process`); // 0 would be this one's group
  return pid;
}

/** By name, sorted. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(relative(folder, entry.parentPath), entry.name))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

function namesOfDifferent(
  one: ReadonlyMap<string, string> = new Map(),
  other: ReadonlyMap<string, string> = new Map(),
): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));
}

describe('ims run', () => {
  test(
    'the main flow of TR 24.841 6.1.1: 25 of 25, twice side by side, and every file is there',
    async () => {
      const folders = [newFolder(), newFolder()];
      const runs = await Promise.all(folders.map((folder) => ims('run', MAIN_FLOW, '--out', folder).ended));
      for (const [index, { status, stdout }] of runs.entries()) {
        expect(stdout).toContain('passed: 25 of 25 steps right');
        expect(status).toBe(0);
        for (const name of [
          'ladder.svg',
          'ladder.txt',
          'trace.pcapng',
          'trace.jsonl',
          'junit.xml',
          'report.html',
        ]) {
          expect(existsSync(join(folders[index] ?? '', name))).toBe(true);
        }
        const lines = stdout.split('\n').filter((line) => !line.includes('written into'));
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
      }
      expect(readFileSync(join(folders[0] ?? '', 'junit.xml'), 'utf8')).toContain('failures="0"');
    },
    LONG_MS,
  );

  test(
    'a table that is wrong fails at its step, with the header, what was expected and what came: exit status 1',
    async () => {
      const folder = newFolder();
      const text = readFileSync(MAIN_FLOW, 'utf8').replace('Max-Forwards: 66', 'Max-Forwards: 65');
      for (const name of ['network.yaml', 'user2-presence.xml']) {
        writeFileSync(join(folder, name), readFileSync(join(SCENARIOS, name)));
      }
      writeFileSync(join(folder, 'wrong.yaml'), text);
      const { status, stdout } = await ims('run', join(folder, 'wrong.yaml'), '--out', join(folder, 'out'))
        .ended;
      expect(stdout).toContain('FAILED: 24 of 25 steps right');
      expect(stdout).toMatch(/Max-Forwards/);
      expect(stdout).toMatch(/expected\s+65/);
      expect(status).toBe(1);
    },
    LONG_MS,
  );

  test(
    'a folder: those that leave nothing behind follow on one network, a line and a folder for each, a table; --bail ends it',
    async () => {
      const folder = newFolder();
      const out = newFolder();
      const names = ['ts-24.228-6.2.yaml', 'ts-24.228-6.5.yaml', 'ts-24.228-deregistration-ue.yaml'];
      for (const name of ['registration-network.yaml', ...names]) {
        writeFileSync(join(folder, name), readFileSync(join(SCENARIOS, name)));
      }
      const all = await ims('run', folder, '--out', out, '--jobs', '1').ended;
      expect(all.stdout).toMatch(/^passed: 3 of 3$/m);
      expect(all.stdout).toMatch(/^3 of 3 {2}passed/m);
      expect(all.status).toBe(0);
      const suites = readFileSync(join(out, 'junit.xml'), 'utf8');
      expect(suites.match(/<testsuite /g)).toHaveLength(3);
      for (const name of names) {
        expect(existsSync(join(out, name.replace('.yaml', ''), 'report.html'))).toBe(true);
      }
      const wrong = join(folder, 'ts-24.228-6.2.yaml');
      writeFileSync(wrong, readFileSync(wrong, 'utf8').replace(/Max-Forwards: 70/, 'Max-Forwards: 71'));
      const bail = await ims('run', folder, '--grep', '6\\.[25]', '--bail', '--jobs', '1').ended;
      expect(bail.stdout).toMatch(/^FAILED: 1 of 2, 0 passed, 1 not played$/m);
      expect(bail.stdout).toContain('Max-Forwards');
      expect(bail.status).toBe(1);
    },
    LONG_MS,
  );

  test(
    'simulated: the same seed, the same files, byte for byte; another seed, another trace',
    async () => {
      const folders = await Promise.all(
        ['7', '7', '8'].map(async (seed) => {
          const out = newFolder();
          const { status, stdout } = await ims('run', MAIN_FLOW, '--simulate', '--seed', seed, '--out', out)
            .ended;
          expect({ status, stdout }).toMatchObject({ status: 0 });
          return out;
        }),
      );
      const [first, again, other] = folders.map(filesIn);
      expect([...(first?.keys() ?? [])]).toEqual(
        ['junit.xml', 'ladder.svg', 'ladder.txt', 'report.html', 'trace.jsonl', 'trace.pcapng'], // all of them
      );
      expect(namesOfDifferent(first, again)).toEqual([]);
      expect(namesOfDifferent(first, other)).toContain('trace.jsonl');
    },
    LONG_MS,
  );

  test(
    'simulated: a folder of scenarios leaves the same files too, with the virtual seconds of each in one junit.xml',
    async () => {
      const folder = newFolder();
      const names = ['ts-24.228-6.2.yaml', 'ts-24.228-6.5.yaml'];
      for (const name of ['registration-network.yaml', ...names]) {
        writeFileSync(join(folder, name), readFileSync(join(SCENARIOS, name)));
      }
      const [first, again] = await Promise.all(
        [newFolder(), newFolder()].map(async (out) => {
          const { status } = await ims('run', folder, '--simulate', '--seed', '7', '--out', out).ended;
          expect(status).toBe(0);
          return filesIn(out);
        }),
      );
      expect(first?.size).toBe(13);
      expect(namesOfDifferent(first, again)).toEqual([]);
      const timesIn = (name: string): string[] =>
        [...(first?.get(name) ?? '').matchAll(/<testsuite [^>]*time="([\d.]+)"/g)].map(
          ([, time]) => time ?? '',
        );
      const eachAlone = names.flatMap((name) => timesIn(join(name.replace('.yaml', ''), 'junit.xml')));
      expect(timesIn('junit.xml')).toEqual(eachAlone);
      expect(eachAlone.map(Number).every((time) => time > 0)).toBe(true);
    },
    LONG_MS,
  );

  test.each(['starting 10 elements', '10 elements answer'])(
    'an interrupt after `%s` stops every process, soon',
    async (moment) => {
      const running = ims('run', MAIN_FLOW);
      await running.says(moment);
      const children = (): number[] => childrenOf(running.child.pid ?? 0);
      if (existsSync('/proc/self')) {
        await until(() => children().length > 0);
        expect(children().length).toBeGreaterThan(0);
      }
      const elements = children();
      running.child.kill('SIGINT');
      const { status, stdout } = await running.ended;
      expect(status).toBe(130);
      expect(stdout).not.toContain('passed');
      await until(() => alive(elements).length === 0);
      expect(alive(elements)).toEqual([]);
    },
    LONG_MS,
  );

  test.each([
    [['run', '/nowhere/flow.yaml'], '/nowhere/flow.yaml: there is no such file'],
    [['run', MAIN_FLOW, '--attach'], '--attach needs --network'],
    [['run', MAIN_FLOW, '--timeout', 'x'], 'expected a number'],
    [['trace', '/nowhere/trace.jsonl'], '/nowhere/trace.jsonl'],
    [
      ['element', 'nobody.home1.net', '--network', join(SCENARIOS, 'network.yaml')],
      'there is no element nobody.home1.net',
    ],
    [['element', 'hss1.home1.net', '--network', join(SCENARIOS, 'network.yaml')], 'needs `listen`'],
    [['fly'], 'unknown command'],
    [['run', MAIN_FLOW, '--out', MAIN_FLOW], 'it is a file, not a folder'],
    [['run', MAIN_FLOW, '--out', '/proc/nowhere/out'], '--out /proc/nowhere/out: cannot be written to'],
    [['run', newFolder()], 'there is no scenario in this folder'],
    [['run', MAIN_FLOW, '--seed', '1'], '--seed needs --simulate'],
    [
      ['up', join(SCENARIOS, 'network.yaml'), '--ready-file', '/proc/nowhere/ready.json'],
      'cannot be written to',
    ],
    [['up', join(SCENARIOS, 'network.yaml'), '--ready-file', newFolder()], 'cannot be written'],
    [['up', '--log-level', 'loud'], 'Allowed choices are'],
    [['run', MAIN_FLOW, '--timeout', '0.05'], 'not over within 0.05 s (--timeout)'],
  ])(
    '%j: one clear message and exit status 2',
    async (args, message) => {
      const { status, stderr } = await ims(...args).ended;
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(status).toBe(2);
    },
    LONG_MS,
  );
});

describe('ims run, when an element cannot go on', () => {
  test(
    'says which one and why, and stops the others',
    async () => {
      const folder = newFolder();
      writeFileSync(join(folder, 'broken.json'), 'not JSON');
      for (const name of ['tr-24.841-6.1.1.yaml', 'user2-presence.xml']) {
        writeFileSync(join(folder, name), readFileSync(join(SCENARIOS, name)));
      }
      const network = readFileSync(join(SCENARIOS, 'network.yaml'), 'utf8');
      writeFileSync(
        join(folder, 'network.yaml'),
        network.replace('{ kind: hss }', '{ kind: hss, database: broken.json }'),
      );
      const { status, stderr } = await ims('run', join(folder, 'tr-24.841-6.1.1.yaml')).ended;
      expect(stderr).toContain('hss1.home1.net');
      expect(stderr).toContain('broken.json');
      expect(status).toBe(2);
    },
    LONG_MS,
  );
});

describe('ims run, what an operator does', () => {
  test(
    'takes a registration back at an HSS whose provisioning interface wants its token',
    async () => {
      const folder = newFolder();
      const network = join(folder, 'network.yaml');
      const plain = readFileSync(join(SCENARIOS, 'registration-network.yaml'), 'utf8');
      const guarded = plain.replace('{ kind: hss }', '{ kind: hss, provisioning: { token: secret } }');
      expect(guarded).not.toBe(plain);
      writeFileSync(network, guarded);
      const scenario = join(SCENARIOS, 'ts-24.228-deregistration-hss.yaml');
      const { status, stdout } = await ims('run', scenario, '--network', network).ended;
      expect(stdout).toMatch(/^passed: /m);
      expect(status).toBe(0);
    },
    LONG_MS,
  );
});

describe('ims up', () => {
  test(
    'an element that is killed is started again at its place, and says so; one that will not stay up ends the network',
    async () => {
      const { running, ready, pids, file } = await upWith();
      const name = 'scscf2.home2.net';
      const before = ready.elements[name];
      let pid = pidOf(file, name);
      for (let killed = 0; killed < 3; killed++) {
        process.kill(pid, 'SIGKILL');
        await until(() => pidOf(file, name) !== pid);
        expect(pidOf(file, name)).not.toBe(pid);
        pid = pidOf(file, name);
      }
      const after = (JSON.parse(readFileSync(file, 'utf8')) as Ready).elements[name];
      expect(after?.sip).toBe(before?.sip);
      process.kill(pid, 'SIGKILL');
      const { status, stdout, stderr } = await running.ended;
      expect(stdout).toContain(`${name} killed by SIGKILL: starting it again`);
      expect(stdout).toContain(`${name} is back`);
      expect(stderr).toContain(`${name} killed by SIGKILL, again`);
      expect(status).toBe(2);
      expect(alive([...pids, pid])).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'what it writes is all that a run needs to play on it; a file that is none is complained of',
    async () => {
      const { running, file } = await upWith();
      const out = newFolder();
      const { status, stdout } = await ims('run', MAIN_FLOW, '--attach', '--ready-file', file, '--out', out)
        .ended;
      running.child.kill('SIGINT');
      expect(stdout).toContain('passed: 25 of 25 steps right');
      expect(status).toBe(0);
      await running.ended;
      const other = join(newFolder(), 'other.json');
      for (const [content, complaint] of [
        [
          '{"elements": {}, "dns": "udp:127.0.0.1:5300"}',
          'is of another network: it has no pcscf1.home1.net',
        ],
        ['[1, 2]', 'is not what `ims up --ready-file` writes'],
        ['{"elements": ', 'not JSON: '],
      ] as const) {
        writeFileSync(other, content);
        const refused = await ims('run', MAIN_FLOW, '--attach', '--ready-file', other).ended;
        expect(refused.stderr).toContain(`${other}: ${complaint}`);
        expect(refused.status).toBe(2);
      }
    },
    LONG_MS,
  );

  test(
    'a runner that is killed leaves no element behind',
    async () => {
      const { running, pids } = await upWith();
      running.child.kill('SIGKILL');
      await running.ended;
      await until(() => alive(pids).length === 0);
      expect(alive(pids)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'a port that is taken: one message that names the element and the remedy',
    async () => {
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
      const { port } = socket.address();
      const file = join(newFolder(), 'network.yaml');
      const network = readFileSync(join(SCENARIOS, 'network.yaml'), 'utf8');
      writeFileSync(
        file,
        network.replace('{ kind: p-cscf }', `{ kind: p-cscf, listen: '127.0.0.1:${port}' }`),
      );
      const { status, stderr } = await ims('up', file).ended;
      socket.close();
      expect(stderr).toContain(`pcscf1.home1.net: 127.0.0.1:${port} is in use`);
      expect(status).toBe(2);
    },
    LONG_MS,
  );
});
