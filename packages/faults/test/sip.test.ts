import { describe, expect, test } from '@jest/globals';
import { MAX_WAITING } from '../src/lane.js';
import { FORBIDDEN, lab, NOTIFY, OK, RECEIVER, rule, SENDER, sip, SUBSCRIBE } from './lab.js';

const subscribe = { from: SENDER, to: RECEIVER, message: { protocol: 'sip', method: 'SUBSCRIBE' } } as const;

describe.each(['udp', 'tcp'] as const)('on the way of SIP over %s', (over) => {
  test('drop: the sender has traced it, the receiver has not got it; other messages pass', async () => {
    const { set, send, advance, arrived, traced } = await lab(over);
    set(rule({ kind: 'drop' }, subscribe));
    send(SUBSCRIBE);
    send(NOTIFY);
    await advance(10_000);
    expect(arrived.map(({ bytes }) => bytes)).toEqual([NOTIFY]);
    expect(traced()).toEqual([SUBSCRIBE, NOTIFY]);
  });

  test('duplicate: it comes twice and is traced once', async () => {
    const { set, send, advance, arrived, traced } = await lab(over);
    set(rule({ kind: 'duplicate' }, subscribe));
    send(SUBSCRIBE);
    await advance(10_000);
    expect(Buffer.concat(arrived.map(({ bytes }) => bytes))).toEqual(Buffer.concat([SUBSCRIBE, SUBSCRIBE]));
    expect(traced()).toEqual([SUBSCRIBE]);
  });

  test('delay: late by so much, and only that message', async () => {
    const { set, send, advance, arrived } = await lab(over);
    set(rule({ kind: 'delay', byMs: 700 }, subscribe));
    send(SUBSCRIBE);
    send(NOTIFY);
    await advance(10_000);
    expect(arrived).toEqual([
      { bytes: NOTIFY, atMs: 0 },
      { bytes: SUBSCRIBE, atMs: 700 },
    ]);
  });

  test('reorder: after the next message to the same receiver, or after a second', async () => {
    const { set, send, advance, arrived } = await lab(over);
    set(rule({ kind: 'reorder' }, subscribe));
    send(SUBSCRIBE);
    await advance(400);
    send(NOTIFY);
    await advance(10_000);
    expect(arrived.map(({ bytes, atMs }) => [bytes, atMs])).toEqual([
      [NOTIFY, 400],
      [SUBSCRIBE, 400],
    ]);
    send(SUBSCRIBE);
    await advance(5000);
    expect(arrived.at(-1)).toEqual({ bytes: SUBSCRIBE, atMs: 11_400 });
  });

  test('corrupt: so many bytes are others, the same ones for the same seed; what was traced is whole', async () => {
    const [first, second] = [await lab(over), await lab(over)];
    for (const { set, send, advance } of [first, second]) {
      set(rule({ kind: 'corrupt', bytes: 5 }, subscribe));
      send(SUBSCRIBE);
      await advance(100);
    }
    const bytes = first.arrived[0]?.bytes ?? Buffer.alloc(0);
    expect(bytes).toHaveLength(SUBSCRIBE.length);
    expect([...bytes].filter((byte, at) => byte !== SUBSCRIBE[at])).toHaveLength(5);
    expect(second.arrived).toEqual(first.arrived);
    expect(first.traced()).toEqual([SUBSCRIBE]);
  });

  test('set-header: another value, or none, compact forms included; traced as it went out', async () => {
    const { set, send, advance, arrived, traced } = await lab(over);
    set(
      rule({ kind: 'set-header', header: 'From', value: '<sip:ümit@home1.net>;tag=2' }, subscribe),
      rule({ kind: 'set-header', header: 'p-asserted-identity' }, subscribe),
      rule({ kind: 'set-header', header: 'Date', value: 'today' }, subscribe),
    );
    send(SUBSCRIBE);
    await advance(100);
    const expected = SUBSCRIBE.toString()
      .replace('f: <sip:user1_public1@home1.net>;tag=1', 'From: <sip:ümit@home1.net>;tag=2')
      .replace('P-Asserted-Identity: <sip:a@home1.net>,\r\n <tel:+1-212-555-1111>\r\n', '')
      .replace('Content-Length: 0', 'Content-Length: 0\r\nDate: today');
    expect(arrived.map(({ bytes }) => bytes.toString())).toEqual([expected]);
    expect(traced().map(String)).toEqual([expected]);
  });

  test('replace: wherever it stands, Content-Length follows the body; drop then happens behind the trace', async () => {
    const { set, send, advance, arrived, traced } = await lab(over);
    const notify = { message: { protocol: 'sip', method: 'NOTIFY' } } as const;
    set(
      rule({ kind: 'replace', text: 'presence', by: 'winfo' }, notify),
      rule({ kind: 'drop' }, notify, { after: 1 }),
    );
    send(NOTIFY);
    send(NOTIFY);
    await advance(100);
    const expected = NOTIFY.toString().replace('<presence/>', '<winfo/>').replace('Length: 11', 'Length: 8');
    expect(arrived.map(({ bytes }) => bytes.toString())).toEqual([expected]);
    expect(traced().map(String)).toEqual([expected, expected]);
  });

  test('after and times: each rule counts its own messages, and a message that is traced and sent counts once', async () => {
    const { set, send, advance, arrived } = await lab(over);
    const counts = { after: 1, times: 2 };
    set(rule({ kind: 'set-header', header: 'Date', value: 'today' }, subscribe, counts));
    for (let sent = 0; sent < 5; sent++) send(SUBSCRIBE);
    await advance(100);
    const dated = arrived.map(({ bytes }) => bytes.includes('Date: today'));
    expect(dated).toEqual([false, true, true, false, false]);
  });
});

describe('which SIP messages a rule is about', () => {
  test.each([
    ['requests of any method', {}, [true, true, false, false]],
    ['requests of a method', { method: 'NOTIFY' }, [false, true, false, false]],
    ['any response', { response: true }, [false, false, true, true]],
    ['a status', { status: 403 }, [false, false, false, true]],
    ['a status to a method', { status: 200, method: 'SUBSCRIBE' }, [false, false, true, false]],
    ['a status to another method', { status: 200, method: 'NOTIFY' }, [false, false, false, false]],
  ] satisfies [string, object, boolean[]][])('%s', async (_, message, lost) => {
    const { set, send, advance, arrived } = await lab('udp');
    set(rule({ kind: 'drop' }, { message: { protocol: 'sip', ...message } }));
    const all = [SUBSCRIBE, NOTIFY, OK, FORBIDDEN];
    for (const each of all) send(each);
    await advance(100);
    expect(all.map((each) => !arrived.some(({ bytes }) => bytes.equals(each)))).toEqual(lost);
  });

  test.each([
    ['another sender', { ...subscribe, from: 'ps.home2.net' }],
    ['another receiver', { ...subscribe, to: 'pcscf1.home1.net' }],
  ])('not those of %s', async (_, match) => {
    const { set, send, advance, arrived } = await lab('udp');
    set(rule({ kind: 'drop' }, match));
    send(SUBSCRIBE);
    await advance(100);
    expect(arrived).toHaveLength(1);
  });

  test('by another name of the two', async () => {
    const { set, send, advance, arrived } = await lab('udp');
    const names = { from: 's', alsoFrom: [SENDER], to: 'i', alsoTo: ['icscf2_s.home2.net', RECEIVER] };
    set(rule({ kind: 'drop' }, { ...subscribe, ...names }));
    send(SUBSCRIBE);
    await advance(100);
    expect(arrived).toEqual([]);
  });

  test('a response on a connection from a port without a name: its Via says who it is for', async () => {
    const { set, send, advance, arrived } = await lab('accepted');
    set(rule({ kind: 'drop' }, { to: RECEIVER, message: { protocol: 'sip', status: 200 } }));
    send(OK);
    send(FORBIDDEN);
    await advance(100);
    expect(arrived.map(({ bytes }) => bytes)).toEqual([FORBIDDEN]);
  });
});

describe('bounds', () => {
  test('no more wait than may; what is more goes out at once', async () => {
    const { set, send, advance, arrived } = await lab('udp');
    set(rule({ kind: 'delay', byMs: 5000 }, subscribe));
    for (let sent = 0; sent < MAX_WAITING + 3; sent++) send(SUBSCRIBE);
    await advance(100);
    expect(arrived).toHaveLength(3);
    await advance(5000);
    expect(arrived).toHaveLength(MAX_WAITING + 3);
  });

  test('rules taken back: nothing more goes wrong; what waits still comes', async () => {
    const { set, send, advance, arrived } = await lab('tcp');
    set(rule({ kind: 'delay', byMs: 5000 }, subscribe));
    send(SUBSCRIBE);
    set();
    send(SUBSCRIBE);
    await advance(6000);
    expect(arrived.map(({ atMs }) => atMs)).toEqual([0, 5000]);
  });

  test('a connection that ends in order sends what waits; one that is destroyed loses it, and no timer stays', async () => {
    for (const [how, count] of [
      ['end', 1],
      ['destroy', 0],
    ] as const) {
      const { set, send, advance, arrived, connection, sender } = await lab('tcp');
      set(rule({ kind: 'delay', byMs: 5000 }, subscribe));
      send(SUBSCRIBE);
      connection?.[how]();
      await advance(100);
      expect(arrived).toHaveLength(count);
      expect(sender.clock.pendingTimers).toBe(0);
    }
  });

  test('messages over TCP are cut by Content-Length, however they are written', async () => {
    const { set, connection, advance, arrived } = await lab('tcp');
    set(rule({ kind: 'drop' }, subscribe));
    const long = sip('MESSAGE sip:b@home2.net SIP/2.0', '1 MESSAGE', 'x'.repeat(3000));
    const stream = Buffer.concat([Buffer.from('\r\n\r\n'), SUBSCRIBE, long, SUBSCRIBE, NOTIFY]);
    for (let at = 0; at < stream.length; at += 7) connection?.write(stream.subarray(at, at + 7));
    await advance(100);
    const expected = Buffer.concat([Buffer.from('\r\n\r\n'), long, NOTIFY]);
    expect(Buffer.concat(arrived.map(({ bytes }) => bytes))).toEqual(expected);
  });
});
