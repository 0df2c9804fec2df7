import { describe, expect, test } from '@jest/globals';
import { testHost } from '@ims-sim/host';
import { startICscf } from '../src/index.js';
import { ANYTHING, ScriptedHss } from './harness.js';

const AT = { address: '10.0.0.1', port: 5060 };
const SERVED = { kind: 'served', serverName: 'sip:10.0.0.2:5070' } as const;

/** What an I-CSCF on the wire does with a request: the first line of what comes back, or of what the S-CSCF gets. */
async function sent(requestUri: string, hss = new ScriptedHss([SERVED])): Promise<string[]> {
  const a = testHost({ name: 'icscf2.home2.net', addresses: ['10.0.0.1'] });
  const b = testHost({ name: 'b', addresses: ['10.0.0.2'], beside: a });
  const element = await startICscf({
    host: a,
    listen: AT,
    resolver: { resolve: () => ({ kind: 'empty' }) },
    names: ['icscf2.home2.net'],
    cx: hss,
    profile: 'ts-24.141',
    domain: 'home2.net',
    sCscfs: [],
  });
  const heard: string[] = [];
  const take = (datagram: Buffer): void => {
    const line = datagram.toString().split('\r\n')[0] ?? '';
    if (line !== 'SIP/2.0 100 Trying') heard.push(line);
  };
  const client = await b.net.udp({ address: '10.0.0.2', port: 5080 }, { onDatagram: take });
  await b.net.udp({ address: '10.0.0.2', port: 5070 }, { onDatagram: take });
  const lines = [
    `MESSAGE ${requestUri} SIP/2.0`,
    'Via: SIP/2.0/UDP 10.0.0.2:5080;branch=z9hG4bK1',
    'Max-Forwards: 70',
    'From: <sip:user1@home1.net>;tag=1',
    'To: <sip:user2@home2.net>',
    'Call-ID: 1@home1.net',
    'CSeq: 1 MESSAGE',
    'Content-Length: 0',
    '',
    '',
  ];
  client.send(Buffer.from(lines.join('\r\n')), AT);
  await a.clock.advance(400);
  await element.close();
  return heard;
}

describe('TS 24.229 5.3.2.1, RFC 3261 16.3: Request-URIs that come over the wire', () => {
  test.each([
    ['sips:user2@home2.net', 416],
    ['user2@home2.net:5060', 400],
    ['home2.net:5060', 416],
    ['sip:', 400],
    ['sip:user2@', 400],
    ['sip:user2@home2.net:99999', 400],
    ['mailto:user2@home2.net', 416],
    ['pres:nobody', 403],
    ['tel:home2.net', 400],
    ['sip:user2@other.net:5060', 403],
  ])('%s: %i, and the HSS is not asked', async (uri, status) => {
    const hss = new ScriptedHss([]);
    const [first, ...more] = await sent(uri, hss);
    expect(first).toMatch(new RegExp(`^SIP/2.0 ${String(status)} `));
    expect(more).toEqual([]);
    expect(hss.asked).toEqual([]);
  });

  test.each(['sip:user2@home2.net:5060', 'sip:user2@HOME2.net', 'im:user2@home2.net', 'sip:home2.net:5060'])(
    '%s reaches the S-CSCF',
    async (uri) => {
      const [first] = await sent(uri);
      expect(first).toMatch(/^MESSAGE sip:.* SIP\/2\.0$/i);
    },
  );
});

test('5.3.1.3: a REGISTER whose S-CSCF is silent goes to another while its sender still waits', async () => {
  const a = testHost({ name: 'icscf2.home2.net', addresses: ['10.0.0.1'] });
  const b = testHost({ name: 'b', addresses: ['10.0.0.2'], beside: a });
  const element = await startICscf({
    host: a,
    listen: AT,
    resolver: { resolve: () => ({ kind: 'empty' }) },
    names: ['icscf2.home2.net'],
    cx: new ScriptedHss(
      [],
      [
        {
          kind: 'first-registration',
          capabilities: { ...ANYTHING, serverNames: ['sip:10.0.0.2:5070'] },
        },
      ],
    ),
    profile: 'ts-24.141',
    domain: 'home2.net',
    sCscfs: [
      { name: 'sip:10.0.0.2:5070', capabilities: [] },
      { name: 'sip:10.0.0.2:5071', capabilities: [] },
    ],
  });
  const heard: string[] = [];
  const hears = (who: string) => ({
    onDatagram: (datagram: Buffer): void => {
      heard.push(`${who} ${datagram.toString().split('\r\n')[0] ?? ''}`);
    },
  });
  const client = await b.net.udp({ address: '10.0.0.2', port: 5080 }, hears('client'));
  await b.net.udp({ address: '10.0.0.2', port: 5070 }, hears('first'));
  const second = await b.net.udp(
    { address: '10.0.0.2', port: 5071 },
    {
      onDatagram: (datagram) => {
        const lines = datagram
          .toString()
          .split('\r\n')
          .filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
        second.send(Buffer.from(['SIP/2.0 200 OK', ...lines, 'Content-Length: 0', '', ''].join('\r\n')), AT);
      },
    },
  );
  const lines = [
    'REGISTER sip:home2.net SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.2:5080;branch=z9hG4bK1',
    'Max-Forwards: 70',
    'From: <sip:user2@home2.net>;tag=1',
    'To: <sip:user2@home2.net>',
    'Call-ID: 1@home2.net',
    'CSeq: 1 REGISTER',
    'Contact: <sip:10.0.0.2:5080>',
    'Content-Length: 0',
    '',
    '',
  ];
  client.send(Buffer.from(lines.join('\r\n')), AT);
  await a.clock.advance(11_000);
  expect(heard).not.toContain('client SIP/2.0 200 OK');
  await a.clock.advance(2_000);
  expect(heard[0]).toBe('first REGISTER sip:10.0.0.2:5070 SIP/2.0');
  expect(heard.filter((line) => /client SIP\/2.0 [2-6]/.test(line))).toEqual(['client SIP/2.0 200 OK']);
  await element.close();
});
