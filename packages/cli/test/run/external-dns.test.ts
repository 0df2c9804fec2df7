import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { probe } from '../../src/probe.js';
import { readNetworkFile } from '@ims-sim/element/files';
import { ims, newFolder, testWith } from '../ims.js';

const LONG_MS = 90_000;
const KINDS = ['p', 'i', 's'] as const;
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) {
    child.kill();
  }
});

/** Ports that are free for UDP and TCP. */
async function freePorts(count: number): Promise<number[]> {
  const closing: (() => Promise<void>)[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    const socket = createSocket('udp4');
    const bound = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false)).bind(port, '127.0.0.1', () => resolve(true));
    });
    if (bound) {
      closing.push(() => new Promise((resolve) => socket.close(() => resolve())));
      ports.push(port);
    }
  }
  await Promise.all(closing.map((close) => close()));
  return ports;
}

/** Two operators, each element at a place of its own; `dns` is what the file says of the DNS. */
function networkFile(folder: string, name: string, dns: string, ports: readonly number[]): string {
  let next = 0;
  const listen = (): string => `listen: '127.0.0.1:${ports[next++]}'`;
  const operator = (n: number): string => `  home${n}.net:
    elements:
${KINDS.map((kind) => `      ${kind}cscf${n}.home${n}.net: { kind: ${kind}-cscf, ${listen()} }`).join('\n')}
      hss${n}.home${n}.net: { kind: hss, ${listen()} }
    subscribers:
      user${n}_private@home${n}.net: { publicIdentities: ['sip:user${n}@home${n}.net'] }
`;
  const file = join(folder, name);
  const text = `profile: ts-24.141
dns: ${dns}
operators:
${operator(1)}${operator(2)}enum:
  '+1-212-555-2222': sip:user2@home2.net
`;
  writeFileSync(file, text);
  return file;
}

/** A call by telephone number: ENUM, NAPTR, SRV and A of the other network. */
function scenarioFile(folder: string, more = ''): string {
  const file = join(folder, 'flow.yaml');
  const ue = (n: number): string =>
    `{ ue: sip:user${n}@home${n}.net, privateIdentity: user${n}_private@home${n}.net, proxy: pcscf${n}.home${n}.net }`;
  writeFileSync(
    file,
    `title: A message by telephone number, found by a DNS of one's own
profile: ts-24.141
network: network.yaml
${more}actors:
  one: ${ue(1)}
  two: ${ue(2)}
before: [one registers, two registers]
play: ['one sends a message to tel:+1-212-555-2222 saying "hello"']
flow:
  - step: 1
    title: the number is looked up, at the user's server
    from: scscf1.home1.net
    to: dns.lab
    dns: { type: NAPTR, name: 2.2.2.2.5.5.5.2.1.2.1.e164.arpa }
others: allowed
`,
  );
  return file;
}

async function answers(network: string, port: number): Promise<void> {
  const read = readNetworkFile(network);
  for (let tries = 0; tries < 20; tries++) {
    if (await probe(read, 'dns.lab', { address: '127.0.0.1', port })) {
      return;
    }
  }
  throw new Error('the DNS server does not answer');
}

describe('a DNS that is the user’s own', () => {
  test(
    'is asked by the elements and the UEs, and none is started; `elements` gives its place back to ours',
    async () => {
      const folder = newFolder();
      const [dns = 0, ...ports] = await freePorts(9);
      const network = networkFile(folder, 'network.yaml', `{ external: 'udp:127.0.0.1:${dns}' }`, ports);
      const theirs = networkFile(newFolder(), 'dns.yaml', `{ listen: '127.0.0.1:${dns}' }`, ports);
      const server = ims('element', 'dns.lab', '--network', theirs);
      children.push(server.child);
      await answers(network, dns);
      const out = newFolder();
      const { status, stdout } = await ims('run', scenarioFile(folder), '--out', out).ended;
      expect(stdout).toContain('8 elements answer');
      expect(stdout).toContain('passed: 1 of 1 step right');
      expect(status).toBe(0);
      const asked = readFileSync(join(out, 'trace.jsonl'), 'utf8').includes(
        `"destination":"127.0.0.1:${dns}"`,
      );
      expect(asked).toBe(true);
      server.child.kill();
      await server.ended;
      const ours = await ims('run', scenarioFile(folder, 'elements: { dns.lab: play }\n')).ended;
      expect(ours.stdout).toContain('9 elements answer');
      expect(ours.status).toBe(0);
      const gone = await ims('run', scenarioFile(folder)).ended;
      expect(gone.stderr).toContain(
        `${network}:2:18: dns.lab is external, at 127.0.0.1:${dns}, and nobody listens there`,
      );
      expect(gone.status).toBe(2);
    },
    LONG_MS,
  );

  testWith('named')(
    'BIND, with the zones that `ims zones` writes [needs named]',
    async () => {
      const folder = newFolder();
      const [dns = 0, ...ports] = await freePorts(9);
      const network = networkFile(folder, 'network.yaml', `{ external: 'udp:127.0.0.1:${dns}' }`, ports);
      const zones = join(folder, 'zones');
      expect((await ims('zones', network, '--out', zones).ended).status).toBe(0);
      const conf = join(folder, 'named.conf');
      const zone = (name: string): string =>
        `zone "${name}" { type primary; file "${join(zones, `${name}.zone`)}"; };\n`;
      writeFileSync(
        conf,
        `options { directory "${folder}"; pid-file none; listen-on port ${dns} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; };
controls { };
${['home1.net', 'home2.net', 'e164.arpa'].map(zone).join('')}`,
      );
      const named = spawn('named', ['-g', '-c', conf, '-n', '1'], { stdio: 'ignore' });
      children.push(named);
      await answers(network, dns);
      const { status, stdout } = await ims('run', scenarioFile(folder)).ended;
      expect(stdout).toContain('passed: 1 of 1 step right');
      expect(status).toBe(0);
    },
    LONG_MS,
  );

  test(
    'what it cannot lead to is said before anything starts: a port found at the start, an actor that is a server, a simulation',
    async () => {
      const folder = newFolder();
      const [dns = 0, ...ports] = await freePorts(9);
      const network = networkFile(folder, 'network.yaml', `{ external: 'udp:127.0.0.1:${dns}' }`, ports);
      const file = scenarioFile(folder);
      const simulated = await ims('run', file, '--simulate').ended;
      expect(simulated.stderr).toContain('dns.lab is external, and a simulation has nobody outside');
      expect(simulated.status).toBe(2);
      const actor = scenarioFile(folder);
      writeFileSync(
        actor,
        readFileSync(actor, 'utf8').replace('actors:\n', 'actors:\n  as: { as: as.home2.net }\n'),
      );
      const server = await ims('run', actor).ended;
      expect(server.stderr).toContain(
        'actors.as: dns.lab is external, and cannot be told where as.home2.net is',
      );
      expect(server.status).toBe(2);
      const text = readFileSync(network, 'utf8');
      writeFileSync(network, text.replace(/(hss2\.home2\.net: \{ kind: hss), [^}]*/, '$1 '));
      const free = await ims('run', scenarioFile(folder)).ended;
      expect(free.stderr).toMatch(
        /network\.yaml:\d+:\d+: operators\.home2\.net\.elements\.hss2\.home2\.net: expected `listen`: dns\.lab is external/,
      );
      expect(free.status).toBe(2);
      expect((await ims('zones', network).ended).stderr).toContain('expected `listen`');
    },
    LONG_MS,
  );

  test('`ims zones` prints what it must have: every name absolute, the quoting of master files', async () => {
    const folder = newFolder();
    const network = networkFile(
      folder,
      'network.yaml',
      '{ }',
      [5061, 5062, 5063, 3868, 5064, 5065, 5066, 3869],
    );
    const { stdout, status } = await ims('zones', network).ended;
    expect(status).toBe(0);
    expect(stdout).toContain('; zone e164.arpa\n');
    expect(stdout).toMatch(/^_sip\._udp\.pcscf1\.home1\.net\. 300 IN SRV 0 0 5061 pcscf1\.home1\.net\.$/m);
    expect(stdout).toMatch(/^home1\.net\. 300 IN NAPTR 10 10 "s" "SIP\+D2U" "" _sip\._udp\.home1\.net\.$/m);
    expect(stdout).toMatch(/ NAPTR \d+ \d+ "u" "E2U\+sip" "!\^\.\*\$!sip:user2@home2\.net!" \.$/m);
  });
});
