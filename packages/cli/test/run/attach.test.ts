import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freePort } from '@ims-sim/host/test-kit';
import { portHolder } from '../../src/port-holder.js';
import { type Ended, ims, newFolder, SCENARIOS } from '../ims.js';

const LONG_MS = 180_000;

interface Lab {
  readonly network: string;
  /** Of the I-CSCF. */
  readonly icscf: number;
  readonly scenario: string;
  readonly withOthers: string;
}

/** The registration network at places of its own, so that two runs can have the same one. */
async function lab(): Promise<Lab> {
  const folder = newFolder();
  const ports = await Promise.all(Array.from({ length: 16 }, freePort));
  const source = readFileSync(join(SCENARIOS, 'registration-network.yaml'), 'utf8');
  let icscf = 0;
  const placed = source.replace(/\{ (?=kind: ([\w-]+))/g, (open, kind: string) => {
    const port = ports.pop() ?? 0;
    icscf = kind === 'i-cscf' && icscf === 0 ? port : icscf;
    return `${open}listen: '127.0.0.1:${port}', `;
  });
  const own = `dns: { name: dns.lab, listen: '127.0.0.1:${ports.pop() ?? 0}' }\ncollector: '127.0.0.1:${ports.pop() ?? 0}'\n`;
  const network = join(folder, 'fixed.yaml');
  writeFileSync(network, `${own}${placed.replace(/^dns:\n(?: .*\n)+/m, '')}`);
  const text = readFileSync(join(SCENARIOS, 'ts-24.228-6.5.yaml'), 'utf8').replace(
    /^network: .*$/m,
    `network: ${network}`,
  );
  const scenario = join(folder, 'flow.yaml');
  writeFileSync(scenario, text);
  const withOthers = join(folder, 'others.yaml');
  writeFileSync(withOthers, `${text.replace(/^others:(?: .*\n|\n(?: .*\n)+)/m, '')}\nothers: allowed\n`);
  return { network, icscf, scenario, withOthers };
}

/** Asks an I-CSCF something, again and again, until the run has ended; nobody has asked it to. */
async function besides(port: number, running: { readonly ended: Promise<Ended> }): Promise<Ended> {
  const socket = createSocket('udp4');
  let number = 0;
  const ask = setInterval(() => {
    number++;
    const lines = [
      'OPTIONS sip:home1.net SIP/2.0',
      `Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKstranger${number};rport`,
      'From: <sip:stranger@nowhere.net>;tag=1',
      'To: <sip:home1.net>',
      `Call-ID: stranger${number}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
    ];
    socket.send(`${lines.join('\r\n')}\r\n\r\n`, port, '127.0.0.1');
  }, 25);
  const ended = await running.ended;
  clearInterval(ask);
  socket.close();
  return ended;
}

test(
  'a network that somebody else has up: a stranger’s messages are told and break nothing, where others are allowed; it is left as it was',
  async () => {
    const { network, icscf, scenario, withOthers } = await lab();
    const up = ims('up', network);
    await up.says('up; Ctrl-C stops it');
    const attached = (file: string) =>
      ims('run', file, '--attach', '--network', network, '--out', newFolder());

    try {
      const first = await besides(icscf, attached(withOthers));
      expect(first.stdout).toMatch(/^ {2}not of this flow, and allowed: \d+ messages: /m);
      expect(first.stdout).toMatch(/\d+\s+OPTIONS from 127\.0\.0\.1:\d+ to\s+icscf1\.home1\.net/);
      expect(first.stdout).toMatch(/^passed: (\d+) of \1 steps right/m);
      expect(first.status).toBe(0);

      const disturbed = await besides(icscf, attached(scenario));
      expect(disturbed.stdout).toMatch(/^ {2}no step has: (OPTIONS sip:home1\.net|SIP\/2\.0 404)/m);
      expect(disturbed.status).toBe(1);

      const alone = await attached(scenario).ended; // what the one before did is no part of it
      expect(alone.stdout).toMatch(/^passed: (\d+) of \1 steps right$/m);
      expect(alone.status).toBe(0);

      const beside = await ims('run', scenario, '--network', network, '--out', newFolder()).ended;
      expect(beside.stderr).toMatch(
        /^ims: \S+: 127\.0\.0\.1:\d+ is in use( by process \d+ \(.*\))?: stop what/m,
      );
      expect(beside.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(beside.status).toBe(2);
    } finally {
      up.child.kill('SIGINT');
      await up.ended;
    }
  },
  LONG_MS,
);

test(
  'two real runs at once, on networks that take free ports, do not know of each other',
  async () => {
    const file = join(SCENARIOS, 'ts-24.228-6.5.yaml');
    const network = join(SCENARIOS, 'registration-network.yaml');
    const all = await Promise.all([
      ims('run', file, '--out', newFolder()).ended,
      ims('run', file, '--network', network, '--out', newFolder()).ended,
    ]);
    for (const { stdout, status } of all) {
      expect(stdout).toMatch(/^passed: (\d+) of \1 steps right$/m);
      expect(status).toBe(0);
    }
  },
  LONG_MS,
);

test('who has a port: this process, by its number; of a free one nobody is told', async () => {
  const port = await freePort();
  expect(portHolder(port)).toBeUndefined();
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const holder = portHolder(port);
  socket.close();
  expect(holder).toMatch(process.platform === 'linux' ? new RegExp(`^process ${process.pid} \\(`) : /^/);
});
