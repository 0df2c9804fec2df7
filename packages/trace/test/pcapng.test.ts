import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureAddresses, writePcapng, type MessageRecord, type TraceRecord } from '../src/index.js';
import { locationInfo, mainFlow, sip } from './flow.js';

const directory = mkdtempSync(join(tmpdir(), 'ims-sim-pcapng-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const hasTshark =
  process.env['IMS_PEERS_REQUIRED'] !== undefined ||
  spawnSync('tshark', ['--version'], { stdio: 'ignore' }).status === 0;
const withTshark = hasTshark ? test : test.skip;

/** What tshark makes of a capture with checksums checked: one row a packet. */
function tshark(capture: Buffer, fields: readonly string[], ...more: string[]): string[][] {
  const file = join(directory, 'trace.pcapng');
  writeFileSync(file, capture);
  const check = [
    '-o',
    'tcp.check_checksum:TRUE',
    '-o',
    'udp.check_checksum:TRUE',
    '-o',
    'ip.check_checksum:TRUE',
  ];
  const columns = fields.flatMap((field) => ['-e', field]);
  const args = ['-n', '-r', file, ...check, '-T', 'fields', '-E', 'separator=|', ...columns, ...more];
  const output = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'));
}

/** Expert notes above a chat (SYN) or a comment: warnings, errors, malformed packets. */
const COMPLAINTS = '_ws.expert.severity > 2097152 || _ws.malformed || tcp.analysis.flags';

function message(id: number, more: Partial<MessageRecord>): MessageRecord {
  return {
    kind: 'message',
    id,
    atUs: 1_700_000_000_000_000 + id * 1000,
    from: 'a.home1.net',
    to: 'b.home1.net',
    source: { address: '127.0.0.1', port: 40000 },
    destination: { address: '127.0.0.1', port: 7000 },
    protocol: 'sip',
    transport: 'udp',
    bytes: sip('OPTIONS sip:b.home1.net SIP/2.0', 'OPTIONS'),
    ...more,
  };
}

const back = {
  from: 'b.home1.net',
  to: 'a.home1.net',
  source: { address: '127.0.0.1', port: 7000 },
  destination: { address: '127.0.0.1', port: 40000 },
} as const;

describe('pcapng', () => {
  test('blocks stand on 32 bits, their length at both ends', () => {
    const capture = writePcapng(mainFlow().records);
    const types: number[] = [];
    for (let at = 0; at < capture.length;) {
      const length = capture.readUInt32BE(at + 4);
      expect([length % 4, capture.readUInt32BE(at + length - 4)]).toEqual([0, length]);
      types.push(capture.readUInt32BE(at));
      at += length;
    }
    expect(types.slice(0, 4)).toEqual([0x0a0d0d0a, 1, 4, 6]);
  });

  test('an address that is none is refused with the name of the element', () => {
    expect(() => writePcapng([message(1, {})], { addressOf: () => 'nowhere' })).toThrow(
      /a\.home1\.net.*nowhere/,
    );
  });

  test('addresses: a network of its own for each operator, a UE’s as given, a stranger’s as it is', () => {
    const addressOf = captureAddresses(new Map([['ue1', '5555::aaa:bbb:ccc:ddd']]));
    const elements = [
      'ue1',
      'pcscf1.home1.net',
      'scscf2.home2.net',
      'scscf1.home1.net',
      '198.51.100.3:5060',
      'dns',
    ];
    expect(elements.map(addressOf)).toEqual([
      '5555::aaa:bbb:ccc:ddd',
      '2001:db8:1::1',
      '2001:db8:2::1',
      '2001:db8:1::2',
      '198.51.100.3',
      '2001:db8:3::1',
    ]);
    expect(addressOf('pcscf1.home1.net')).toBe('2001:db8:1::1');
  });
});

describe('tshark reads it', () => {
  withTshark('the main flow as SIP, Diameter and DNS, without a complaint [needs tshark]', () => {
    const capture = writePcapng(mainFlow().records);
    const rows = tshark(capture, ['_ws.col.Protocol']).flat();
    expect(rows.filter((protocol) => protocol !== 'TCP')).toEqual(
      mainFlow().records.flatMap((record) =>
        record.kind === 'decision'
          ? []
          : record.bytes.includes('<presence>')
            ? 'SIP/XML'
            : { sip: 'SIP', diameter: 'DIAMETER', dns: 'DNS', http: 'HTTP' }[record.protocol],
      ),
    );
    expect(tshark(capture, ['frame.number', '_ws.expert.message'], '-Y', COMPLAINTS)).toEqual([]);
  });

  withTshark('steps and decisions are comments, names resolve [needs tshark]', () => {
    const records = mainFlow().records;
    const capture = writePcapng(records, { comment: ({ id }) => `record ${id}` });
    const [first, , third] = tshark(capture, ['frame.comment', 'ipv6.src_host'], '-N', 'n');
    expect(first).toEqual(['record 1', 'ue1']);
    expect(third?.[0]).toMatch(/^record 3,scscf1\.home1\.net: originating: .* \(TS 24\.229 5\.4\.3\.2\)$/);
  });

  withTshark('a conversation over TCP: segments, repeated messages, both directions [needs tshark]', () => {
    const tcp = { transport: 'tcp' } as const;
    const long = sip('NOTIFY sip:b SIP/2.0', 'NOTIFY', `<presence>${'y'.repeat(60_000)}</presence>`);
    const records: TraceRecord[] = [
      message(1, tcp),
      message(2, { ...tcp, ...back, bytes: sip('SIP/2.0 200 OK', 'OPTIONS') }),
      message(3, { ...tcp, bytes: long }),
      message(4, { ...tcp, bytes: long }),
      message(5, { ...tcp, ...back, bytes: sip('SIP/2.0 200 OK', 'NOTIFY') }),
    ];
    const capture = writePcapng(records);
    expect(tshark(capture, ['frame.number', '_ws.expert.message'], '-Y', COMPLAINTS)).toEqual([]);
    const lengths = tshark(capture, ['sip.Content-Length', 'tcp.dstport'], '-Y', 'sip');
    expect(lengths).toEqual([
      ['0', '5060'],
      ['0', '40000'],
      ['60021', '5060'],
      ['60021', '5060'],
      ['0', '40000'],
    ]);
  });

  withTshark('two connections between the same elements are two streams [needs tshark]', () => {
    const cx = { protocol: 'diameter', transport: 'tcp', bytes: locationInfo(true) } as const;
    const low = { source: { address: '127.0.0.1', port: 1200 } };
    const other = { source: { address: '127.0.0.1', port: 1201 } };
    const capture = writePcapng([message(1, { ...cx, ...low }), message(2, { ...cx, ...other })]);
    expect(tshark(capture, ['tcp.stream', 'tcp.srcport'], '-Y', 'diameter')).toEqual([
      ['0', '49152'],
      ['1', '49153'],
    ]);
    expect(tshark(capture, ['_ws.expert.message'], '-Y', COMPLAINTS)).toEqual([]);
  });

  withTshark('IPv4, and an arrow between two families as RFC 6052 [needs tshark]', () => {
    const addresses: Readonly<Record<string, string>> = {
      'a.home1.net': '192.0.2.1',
      'b.home1.net': '192.0.2.2',
    };
    const addressOf = (name: string) => addresses[name] ?? '5555::aaa:bbb:ccc:ddd';
    const capture = writePcapng([message(1, {}), message(2, { from: 'ue1' })], { addressOf });
    expect(tshark(capture, ['ip.src', 'ipv6.src', 'ipv6.dst', '_ws.col.Protocol'])).toEqual([
      ['192.0.2.1', '', '', 'SIP'],
      ['', '5555::aaa:bbb:ccc:ddd', '64:ff9b::c000:202', 'SIP'],
    ]);
    expect(tshark(capture, ['_ws.expert.message'], '-Y', COMPLAINTS)).toEqual([]);
  });

  withTshark('a datagram of an odd length and one of the greatest [needs tshark]', () => {
    const odd = sip('OPTIONS sip:b.home1.net SIP/2.0', 'OPTIONS', 'odd');
    const great = sip('MESSAGE sip:b SIP/2.0', 'MESSAGE', 'z'.repeat(65_000));
    const capture = writePcapng([message(1, { bytes: odd }), message(2, { bytes: great })]);
    expect(tshark(capture, ['udp.checksum.status'])).toEqual([['1'], ['1']]);
    expect(tshark(capture, ['_ws.expert.message'], '-Y', COMPLAINTS)).toEqual([]);
  });
});
