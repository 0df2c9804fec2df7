import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPcap, writePcapng, type MessageRecord } from '../../src/index.js';
import { mainFlow, sip } from '../flow.js';

const folder = mkdtempSync(join(tmpdir(), 'ims-sim-pcap-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const has = (program: string): boolean =>
  process.env['IMS_PEERS_REQUIRED'] !== undefined ||
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
const withTshark = has('tshark') ? test : test.skip;
const withText2pcap = has('text2pcap') ? test : test.skip;
const withTcpdump = has('tcpdump') ? test : test.skip;
/** Capturing takes a right that not everybody has; `-d` opens the interface and no more. */
const mayCapture = spawnSync('tcpdump', ['-i', 'lo', '-d', 'udp'], { stdio: 'ignore' }).status === 0;
const withCapture = mayCapture ? test : test.skip;

const { records } = mainFlow();
const written = records.filter((record): record is MessageRecord => record.kind === 'message');
const file = (name: string): string => join(folder, name);
const options = sip('OPTIONS sip:b.home1.net SIP/2.0', 'OPTIONS');

describe('readPcap of files that others made', () => {
  withTshark.each(['pcap', 'nsecpcap', 'pcapng'])('tshark, %s [needs tshark]', (kind) => {
    writeFileSync(file('own.pcapng'), writePcapng(records));
    execFileSync('tshark', ['-r', file('own.pcapng'), '-w', file('theirs'), '-F', kind], { stdio: 'ignore' });
    const { messages, complaints } = readPcap(readFileSync(file('theirs')));
    expect(complaints).toEqual([]);
    expect(messages.map(({ bytes, atUs }) => ({ bytes, atUs }))).toEqual(
      written.map(({ bytes, atUs }) => ({ bytes, atUs })),
    );
  });

  withTcpdump('tcpdump -r -w [needs tcpdump]', () => {
    writeFileSync(file('own.pcapng'), writePcapng(records));
    execFileSync('tcpdump', ['-r', file('own.pcapng'), '-w', file('dumped.pcap')], { stdio: 'ignore' });
    const { messages } = readPcap(readFileSync(file('dumped.pcap')));
    expect(messages.map(({ bytes }) => bytes)).toEqual(written.map(({ bytes }) => bytes));
  });

  withText2pcap('text2pcap, a datagram over Ethernet [needs text2pcap]', () => {
    const dump = spawnSync('od', ['-Ax', '-tx1', '-v'], { input: options }).stdout;
    writeFileSync(file('dump.txt'), dump);
    execFileSync('text2pcap', ['-u', '5060,5070', file('dump.txt'), file('text.pcap')], { stdio: 'ignore' });
    const { messages, complaints } = readPcap(readFileSync(file('text.pcap')));
    expect(complaints).toEqual([]);
    expect(messages).toEqual([
      expect.objectContaining({
        protocol: 'sip',
        transport: 'udp',
        bytes: options,
        source: expect.objectContaining({ port: 5060 }),
      }),
    ]);
  });

  withCapture.each(['lo', 'any'])(
    'tcpdump of what goes over %s, each message once [needs tcpdump and the right to capture]',
    async (interfaceName) => {
      const receiver = createSocket('udp4');
      receiver.bind(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address();
      const args = ['-i', interfaceName, '-c', '2', '-U', '-w', file('live.pcap'), `udp port ${port}`];
      const tcpdump = spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] });
      const ended = once(tcpdump, 'exit');
      // Read on to the end: with nobody at its other end of the pipe it would die of what it says.
      await new Promise<void>((resolve) => {
        let said = '';
        tcpdump.stderr.on('data', (more: Buffer) => {
          said += more.toString('latin1');
          if (said.includes('snapshot length')) resolve();
        });
        tcpdump.once('exit', () => resolve());
      });
      const sender = createSocket('udp4');
      sender.send(options, port, '127.0.0.1');
      sender.send(sip('SIP/2.0 200 OK', 'OPTIONS'), port, '127.0.0.1');
      const limit = setTimeout(() => tcpdump.kill(), 20_000);
      await ended;
      clearTimeout(limit);
      sender.close();
      receiver.close();
      const { messages, complaints } = readPcap(readFileSync(file('live.pcap')));
      expect(complaints).toEqual([]);
      expect(messages.map(({ bytes }) => bytes.toString('latin1').split('\r\n')[0])).toEqual([
        'OPTIONS sip:b.home1.net SIP/2.0',
        'SIP/2.0 200 OK',
      ]);
      expect(messages.every(({ destination }) => destination.port === port)).toBe(true);
    },
  );
});
