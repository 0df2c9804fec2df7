import { describe, expect, test } from '@jest/globals';
import { avpOf, base, cx, encodeMessage, type Avp, type OutgoingMessage } from '@ims-sim/diameter';
import { indexZones, respond, type ZoneRecord } from '@ims-sim/dns';
import { seededRandom, type TestHost } from '@ims-sim/host';
import type { Fault, FaultMatch } from '../src/index.js';
import { B, lab, NOTIFY, RECEIVER, rule, SUBSCRIBE } from './lab.js';

const [LIR, CER] = [302, 257];
const session = avpOf(base.sessionId, 'icscf2.home2.net;1;2');
const origin = avpOf(base.originHost, RECEIVER);
const success = avpOf(base.resultCode, 2001);
const server = avpOf(cx.serverName, 'sip:scscf2.home2.net');
const capability = avpOf(cx.mandatoryCapability, 3);

function diameter(avps: readonly Avp[], more: Partial<OutgoingMessage> = {}): Buffer {
  return encodeMessage({
    flags: 0x40,
    command: LIR,
    application: 16_777_216,
    hopByHop: 1,
    endToEnd: 2,
    avps,
    ...more,
  });
}

const group = (...inner: Avp[]): Avp => avpOf(cx.serverCapabilities, inner);
const LIA = diameter([session, success, server, group(capability, server), origin]);
const lia: FaultMatch = { message: { protocol: 'diameter', command: 'LIA' } };

async function afterDiameter(fault: Fault, message = LIA, match = lia): Promise<Buffer> {
  const { set, send, advance, arrived, traced } = await lab('tcp', { protocol: 'diameter' });
  set(rule(fault, match));
  send(message);
  await advance(10_000);
  const came = Buffer.concat(arrived.map(({ bytes }) => bytes));
  expect(traced()).toEqual([came]);
  return came;
}

describe('Diameter, what an element writes', () => {
  test('without AVPs of a name, at any depth; the lengths of groups and message follow', async () => {
    const without = await afterDiameter({ kind: 'without-avps', names: ['Server-Name'] });
    expect(without).toEqual(diameter([session, success, group(capability), origin]));
  });

  test('AVPs that are not there, and names that nobody knows, leave it as it is', async () => {
    const names = ['User-Name', 'No-Such-AVP'];
    expect(await afterDiameter({ kind: 'without-avps', names })).toEqual(LIA);
  });

  test('another result, in the place of its own', async () => {
    expect(await afterDiameter({ kind: 'result', code: 5012, experimental: false })).toEqual(
      diameter([session, avpOf(base.resultCode, 5012), server, group(capability, server), origin]),
    );
  });

  test("3GPP's results are experimental ones (TS 29.229 6.2)", async () => {
    const inner = [avpOf(base.vendorId, 10_415), avpOf(base.experimentalResultCode, 5001)];
    const experimental = avpOf(base.experimentalResult, inner);
    expect(await afterDiameter({ kind: 'result', code: 5001, experimental: true })).toEqual(
      diameter([session, experimental, server, group(capability, server), origin]),
    );
  });

  test('a protocol error has the E bit, RFC 6733 7.1.3', async () => {
    const unable = diameter([session, avpOf(base.resultCode, 3002), origin], { flags: 0x60 });
    const plain = diameter([session, success, origin]);
    expect(await afterDiameter({ kind: 'result', code: 3002, experimental: false }, plain)).toEqual(unable);
  });

  test('a request keeps what it has where an answer would have a result', async () => {
    const request = diameter([session, origin], { flags: 0xc0 });
    const any: FaultMatch = { message: { protocol: 'diameter' } };
    expect(await afterDiameter({ kind: 'result', code: 5012, experimental: false }, request, any)).toEqual(
      request,
    );
  });
});

describe('Diameter, on the way', () => {
  test('several messages of one write are several messages; the request of the same command passes', async () => {
    const { set, send, advance, arrived } = await lab('tcp', { protocol: 'diameter' });
    const request = diameter([session, origin], { flags: 0xc0 });
    set(rule({ kind: 'drop' }, lia, { times: 1 }));
    send(Buffer.concat([request, LIA, LIA]));
    await advance(100);
    expect(Buffer.concat(arrived.map(({ bytes }) => bytes))).toEqual(Buffer.concat([request, LIA]));
  });

  test('a peer that opened the connection is known by the name in its CER', async () => {
    const hello = diameter([origin], { flags: 0x80, command: CER, application: 0 });
    for (const [to, count] of [
      [RECEIVER, 0],
      ['scscf2.home2.net', 1],
    ] as const) {
      const { set, send, advance, arrived } = await lab('accepted', { protocol: 'diameter', hello });
      set(rule({ kind: 'drop' }, { ...lia, to }));
      send(LIA);
      await advance(100);
      expect(arrived).toHaveLength(count);
    }
  });
});

const NAME = '2.2.2.2.5.5.5.2.1.2.1.e164.arpa';
const soa: ZoneRecord = {
  ...{ name: 'e164.arpa', ttlS: 60, type: 'SOA', primary: 'ns.lab', mailbox: 'root.lab', serial: 1 },
  ...{ refreshS: 1, retryS: 1, expireS: 1, minimumS: 1 },
};
const naptr: ZoneRecord = {
  ...{ name: NAME, ttlS: 60, type: 'NAPTR', order: 10, preference: 50, flags: 'u', services: 'E2U+sip' },
  ...{ regexp: '!^.*$!sip:user2@home2.net!', replacement: '' },
};
const zones = indexZones([{ origin: 'e164.arpa', records: [soa, naptr] }]);

function question(name: string, type: number): Buffer {
  const labels = name.split('.').map((label) => `${String.fromCharCode(label.length)}${label}`);
  const header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  return Buffer.concat([
    Buffer.from(header),
    Buffer.from(`${labels.join('')}\0`),
    Buffer.from([0, type, 0, 1]),
  ]);
}

const QUESTION = question(NAME.toUpperCase(), 35);
const ANSWER = respond(zones, QUESTION, 'udp') ?? Buffer.alloc(0);
const answers: FaultMatch = { message: { protocol: 'dns', name: `${NAME}.`, type: 'NAPTR', response: true } };

describe.each([
  ['NXDOMAIN', 3],
  ['SERVFAIL', 2],
  ['REFUSED', 5],
  ['NOERROR', 0],
] satisfies [(Fault & { kind: 'rcode' })['rcode'], number][])('a DNS answer of %s', (rcode, code) => {
  test('has the code and the question, and no records; traced as it went out', async () => {
    expect(ANSWER.readUInt16BE(6)).toBe(1);
    const { set, send, advance, arrived, traced } = await lab('udp', { protocol: 'dns' });
    set(rule({ kind: 'rcode', rcode }, answers));
    send(ANSWER);
    await advance(100);
    const came = arrived[0]?.bytes ?? Buffer.alloc(0);
    expect((came[3] ?? 0) & 15).toBe(code);
    expect(came.subarray(0, 3)).toEqual(ANSWER.subarray(0, 3));
    expect([4, 6, 8, 10].map((at) => came.readUInt16BE(at))).toEqual([1, 0, 0, 0]);
    expect(came.subarray(12)).toEqual(QUESTION.subarray(12));
    expect(traced()).toEqual([came]);
  });
});

describe('which DNS messages a rule is about', () => {
  test.each([
    ['answers to that question', answers.message, 1],
    ['questions', { protocol: 'dns', response: false }, 0],
    ['answers of another type', { protocol: 'dns', type: 'SRV', response: true }, 0],
    ['answers of another name', { protocol: 'dns', name: 'home2.net', response: true }, 0],
  ] satisfies [string, FaultMatch['message'], number][])('%s', async (_, message, lost) => {
    const { set, send, advance, arrived } = await lab('udp', { protocol: 'dns' });
    set(rule({ kind: 'drop' }, { to: RECEIVER, message }));
    send(ANSWER);
    await advance(100);
    expect(arrived).toHaveLength(1 - lost);
  });

  test('over TCP the two bytes of length before it follow', async () => {
    const { set, connection, advance, arrived } = await lab('tcp', { protocol: 'dns' });
    set(rule({ kind: 'rcode', rcode: 'NXDOMAIN' }, answers));
    connection?.write(Buffer.concat([Buffer.from([0, ANSWER.length]), ANSWER]));
    await advance(100);
    const came = Buffer.concat(arrived.map(({ bytes }) => bytes));
    expect(came.readUInt16BE(0)).toBe(QUESTION.length);
    expect(came).toHaveLength(2 + QUESTION.length);
  });
});

describe('what is none of it', () => {
  const everything = (['sip', 'diameter', 'dns'] as const).flatMap((protocol) => {
    const message: FaultMatch['message'] = protocol === 'dns' ? { protocol, response: true } : { protocol };
    const faults: Fault[] = [
      { kind: 'set-header', header: 'To', value: 'x' },
      { kind: 'replace', text: 'a', by: 'bb' },
      { kind: 'without-avps', names: ['Session-Id', 'Server-Name'] },
      { kind: 'result', code: 5001, experimental: true },
      { kind: 'rcode', rcode: 'REFUSED' },
      { kind: 'corrupt', bytes: 3 },
      { kind: 'duplicate' },
    ];
    return faults.map((fault) => rule(fault, { message }));
  });

  test.each(['udp', 'tcp'] as const)(
    'over %s: garbage, cut and bent messages are never a throw',
    async (over) => {
      const random = seededRandom(3);
      const { set, send, advance, sender } = await lab(over);
      set(...everything);
      for (let round = 0; round < 3000; round++) {
        send(bent([SUBSCRIBE, NOTIFY, LIA, ANSWER, Buffer.alloc(40)][round % 5] ?? LIA, random));
      }
      await advance(60_000);
      expect(sender.clock.pendingTimers).toBe(0);
    },
  );

  test('HTTP and other bytes go out as they are', async () => {
    const { set, connection, advance, arrived } = await lab('tcp');
    set(...everything);
    const bytes = Buffer.from('POST /subscribers HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}');
    connection?.write(bytes);
    connection?.write(Buffer.from([200, 1, 2, 3]));
    await advance(100);
    expect(Buffer.concat(arrived.map((each) => each.bytes))).toEqual(
      Buffer.concat([bytes, Buffer.from([200, 1, 2, 3])]),
    );
  });

  test('without rules the socket gets the same bytes, unread', async () => {
    const sent: unknown[] = [];
    const unreadable = new Proxy(Buffer.from('x'), {
      get: () => {
        throw new Error('read');
      },
    });
    const { host } = await bare((bytes) => sent.push(bytes));
    const socket = await host.net.udp(B, { onDatagram: () => undefined });
    socket.send(unreadable, B);
    expect(sent[0] === unreadable).toBe(true);
  });
});

/** The message with bytes changed, and some of it gone. */
function bent(message: Buffer, random: TestHost['random']): Buffer {
  const out = Buffer.from(message.subarray(0, 1 + (random.uint32() % message.length)));
  for (let change = random.uint32() % 4; change > 0; change--)
    out[random.uint32() % out.length] = random.uint32();
  return out;
}

async function bare(send: (bytes: Uint8Array) => void) {
  const { faultyHost } = await import('../src/index.js');
  const { testHost } = await import('@ims-sim/host');
  const host = testHost();
  const udp = () => Promise.resolve({ local: B, send, close: () => undefined });
  return faultyHost({ ...host, net: { ...host.net, udp } }, { nameOf: () => undefined, random: host.random });
}
