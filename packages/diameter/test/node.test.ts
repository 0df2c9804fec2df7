import { describe, expect, test } from '@jest/globals';
import type { Message } from '../src/index.js';
import { avpOf, base, cx, get, getAll } from '../src/index.js';
import type { TestHost } from '@ims-sim/host';
import {
  application,
  cer,
  client,
  echo,
  hosts,
  message,
  origin,
  peerAt,
  receiver,
  server,
  stranger,
} from './lab.js';

const AT = { address: '10.0.0.1', port: 3868 };
const two = (): [TestHost, TestHost] => hosts(2) as [TestHost, TestHost];
const result = (answer: Message | undefined): number | undefined => answer && get(answer, base.resultCode);

describe('two nodes', () => {
  test('a request and its answer', async () => {
    const [a, b] = two();
    const hss = await server(a, {
      onRequest: (request) => ({
        avps: [
          avpOf(base.resultCode, 2001),
          avpOf(base.userName, `${request.peer} ${get(request.message, base.userName) ?? ''}`),
        ],
      }),
    });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome).toMatchObject({ kind: 'answer' });
    if (outcome.kind !== 'answer') return;
    expect(get(outcome.message, base.userName)).toBe('icscf1.home1.net a');
    expect(get(outcome.message, base.originHost)).toBe('hss1.home1.net');
    expect(get(outcome.message, base.authSessionState)).toBe(1);
    expect(get(outcome.message, base.sessionId)).toMatch(/^icscf1\.home1\.net;\d+;\d+;0$/);
    expect(outcome.message.flags).toBe(0x40);
    await a.clock.until(Promise.all([cscf.close(), hss.close()]));
    await a.clock.advance(10);
    expect(a.clock.pendingTimers).toBe(0);
  });

  test('many at a time, in one write, answered in any order', async () => {
    const [a, b] = two();
    const waiting: (() => void)[] = [];
    await server(a, {
      onRequest: ({ message: { endToEnd } }) =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve({ avps: [avpOf(base.resultCode, 2001), avpOf(base.originStateId, endToEnd)] });
          });
        }),
    });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcomes = Array.from({ length: 100 }, () => echo(cscf));
    await a.clock.advance(10);
    expect(waiting).toHaveLength(100);
    for (const answer of waiting.reverse()) answer();
    for (const outcome of await a.clock.until(Promise.all(outcomes))) {
      if (outcome.kind !== 'answer') throw new Error(outcome.text);
      expect(get(outcome.message, base.originStateId)).toBe(outcome.message.endToEnd);
    }
  });

  test('no answer in time: a failure, one timer for all, and what comes later is dropped and counted', async () => {
    const [a, b] = two();
    const late: (() => void)[] = [];
    await server(a, {
      onRequest: () =>
        new Promise((resolve) =>
          late.push(() => {
            resolve({ avps: [avpOf(base.resultCode, 2001)] });
          }),
        ),
    });
    const cscf = await client(b, { timeoutMs: 2000 });
    await a.clock.until(cscf.ready());
    const timers = a.clock.pendingTimers;
    const outcomes = Array.from({ length: 50 }, () => echo(cscf));
    expect(a.clock.pendingTimers).toBe(timers + 1);
    await a.clock.advance(1999);
    let done = 0;
    for (const outcome of outcomes) void outcome.then(() => done++);
    await a.clock.advance(0);
    expect(done).toBe(0);
    await a.clock.advance(1);
    expect(await Promise.all(outcomes)).toEqual(
      outcomes.map(() => expect.objectContaining({ kind: 'failed', reason: 'timeout' })),
    );
    for (const answer of late) answer();
    await a.clock.advance(10);
    expect(cscf.counters).toMatchObject({ timeouts: 50, unmatchedAnswers: 50 });
  });

  test('nobody there: a failure at once', async () => {
    const [, b] = two();
    const cscf = await client(b);
    expect(await echo(cscf)).toMatchObject({ kind: 'failed', reason: 'no-peer' });
    await b.clock.until(cscf.close());
    await expect(cscf.ready()).rejects.toThrow('closed before');
    expect(await echo(cscf)).toMatchObject({ kind: 'failed', reason: 'closed' });
  });

  test('more than the bound: busy', async () => {
    const [a, b] = two();
    await server(a, { onRequest: () => new Promise(() => undefined) });
    const cscf = await client(b, { maxPending: 3 });
    await a.clock.until(cscf.ready());
    const outcomes = Array.from({ length: 5 }, () => echo(cscf));
    expect(await Promise.all(outcomes.slice(3))).toMatchObject([{ reason: 'busy' }, { reason: 'busy' }]);
  });

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('a bug'))],
  ])('an application that %s: DIAMETER_UNABLE_TO_COMPLY', async (_, onRequest) => {
    const [a, b] = two();
    await server(a, { onRequest });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && result(outcome.message)).toBe(5012);
  });

  test('the trace has each message whole, both ways', async () => {
    const [a, b] = two();
    await server(a);
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    await a.clock.until(echo(cscf));
    const traced = b.trace.messages.map(
      ({ direction, bytes }) => `${direction} ${String(Buffer.from(bytes).readUIntBE(5, 3))}`,
    );
    expect(traced).toEqual(['sent 257', 'received 257', 'sent 9000', 'received 9000']);
    expect(a.trace.messages).toHaveLength(4);
  });
});

describe('RFC 6733 5.3 capabilities exchange', () => {
  test.each([
    ['Auth-Application-Id', avpOf(base.authApplicationId, 16777216)],
    [
      'only in Vendor-Specific-Application-Id',
      avpOf(base.vendorSpecificApplicationId, [
        avpOf(base.vendorId, 10415),
        avpOf(base.authApplicationId, 16777216),
      ]),
    ],
    ['a relay', avpOf(base.authApplicationId, 0xffffffff)],
  ])('%s: DIAMETER_SUCCESS', async (_, offer) => {
    const [a, b] = two();
    await server(a);
    const peer = await stranger(b, AT);
    peer.say(cer('a.home1.net', offer));
    await a.clock.advance(10);
    const [cea] = peer.heard;
    expect(result(cea)).toBe(2001);
    if (cea === undefined) return;
    expect(cea.flags).toBe(0);
    expect(get(cea, base.originHost)).toBe('hss1.home1.net');
    expect(get(cea, base.hostIpAddress)).toBe('10.0.0.1');
    expect(getAll(cea, base.supportedVendorId)).toEqual([10415]);
    expect(getAll(cea, base.authApplicationId)).toEqual([16777216]);
    const [vendor] = getAll(cea, base.vendorSpecificApplicationId);
    expect(vendor && [get(vendor, base.vendorId), get(vendor, base.authApplicationId)]).toEqual([
      10415, 16777216,
    ]);
  });

  test.each<[string, Buffer, number]>([
    ['no application in common', cer('a.home1.net', avpOf(base.authApplicationId, 4)), 5010],
    [
      'TLS only',
      cer('a.home1.net', avpOf(base.authApplicationId, 16777216), avpOf(base.inbandSecurityId, 1)),
      5017,
    ],
    ['no Vendor-Id', message(257, origin('a.home1.net')), 5005],
    ['a bad Origin-Host', cer('<script>'), 3010],
    ['the node’s own Origin-Host', cer('HSS1.home1.net'), 3010],
    ['something else first', message(280, origin('a.home1.net')), 3001],
  ])('%s: answered, and the connection closed', async (_, first, resultCode) => {
    const [a, b] = two();
    const hss = await server(a);
    const peer = await stranger(b, AT);
    peer.say(first);
    await a.clock.advance(10);
    expect(peer.heard.map(result)).toEqual([resultCode]);
    expect((peer.heard[0]?.flags ?? 0) & 0x20).toBe(resultCode < 4000 ? 0x20 : 0);
    expect(peer.closed()).toBe(true);
    expect(hss.counters.refusedConnections).toBe(1);
  });

  test('without Host-IP-Address and Product-Name', async () => {
    const [a, b] = two();
    await server(a);
    const peer = await stranger(b, AT);
    peer.say(
      message(257, [
        ...origin('a.home1.net'),
        avpOf(base.vendorId, 0),
        avpOf(base.authApplicationId, 16777216),
      ]),
    );
    await a.clock.advance(10);
    expect(peer.heard.map(result)).toEqual([2001]);
  });

  test('5.6.1 r-reject: a second connection of the same peer', async () => {
    const [a, b] = two();
    await server(a);
    const first = await stranger(b, AT);
    first.say(cer('a.home1.net'));
    const second = await stranger(b, AT);
    second.say(cer('A.home1.net'));
    await a.clock.advance(10);
    expect(second.heard.map(result)).toEqual([4003]);
    expect([first.closed(), second.closed()]).toEqual([false, true]);
  });

  test('nothing within 5 s, or more connections than the bound: closed', async () => {
    const [a, b] = two();
    await server(a, { maxConnections: 1 });
    const silent = await stranger(b, AT);
    const tooMany = await stranger(b, AT);
    await a.clock.advance(10);
    expect([silent.closed(), tooMany.closed()]).toEqual([false, true]);
    await a.clock.advance(5000);
    expect(silent.closed()).toBe(true);
  });

  test('a peer that answers with another name is not used', async () => {
    const [a, b] = two();
    await server(a, { originHost: 'other.home1.net' });
    const cscf = await client(b);
    await a.clock.advance(1000);
    expect(await echo(cscf)).toMatchObject({ reason: 'no-peer' });
  });

  test('5.6.4 election: both connect at once, one connection stays and serves both ways', async () => {
    const [a, b] = two();
    const onRequest = () => ({ avps: [avpOf(base.resultCode, 2001)] });
    const listenB = { address: '10.0.0.2', port: 3868 };
    const hss = await server(a, { peers: [peerAt('10.0.0.2', 'icscf1.home1.net')] });
    const cscf = await client(b, { listen: listenB, onRequest });
    await a.clock.until(Promise.all([hss.ready(), cscf.ready()]));
    await a.clock.advance(10_000);
    const outcomes = await a.clock.until(Promise.all([echo(hss, 'icscf1.home1.net'), echo(cscf)]));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['answer', 'answer']);
    await a.clock.until(Promise.all([hss.close(), cscf.close()]));
  });
});

/** A connection to the HSS whose capabilities have been exchanged. */
async function opened(options = {}) {
  const [a, b] = two();
  const hss = await server(a, options);
  const peer = await stranger(b, AT);
  peer.say(cer('a.home1.net'));
  await a.clock.advance(10);
  peer.heard.length = 0;
  return { clock: a.clock, hss, peer };
}
const session = avpOf(base.sessionId, 'a;1;2');
const common = [session, ...origin('a.home1.net'), avpOf(base.destinationRealm, 'home1.net')];
const user = avpOf(base.userName, 'a');

describe('RFC 6733 6.1, 7: what a request is answered', () => {
  test.each<[string, Buffer, number]>([
    ['in order', message(9000, [...common, user]), 2001],
    ['an unknown application', message(9000, [...common, user], { application: 4 }), 3007],
    ['an unknown command', message(9001, [...common, user]), 3001],
    ['an unknown command of the base', message(271, [...common, user]), 3001],
    ['another host', message(9000, [...common, user, avpOf(base.destinationHost, 'hss9.home1.net')]), 3002],
    [
      'its own host, in capitals',
      message(9000, [...common, user, avpOf(base.destinationHost, 'HSS1.home1.net')]),
      2001,
    ],
    ['another realm', message(9000, [session, user, avpOf(base.destinationRealm, 'home9.net')]), 3003],
    ['a loop', message(9000, [...common, user, avpOf(base.routeRecord, 'hss1.home1.net')]), 3005],
    ['a missing AVP', message(9000, common), 5005],
    ['another CER', cer('a.home1.net'), 5012],
    ['a watchdog', message(280, origin('a.home1.net')), 2001],
    ['a watchdog without origin', message(280, []), 5005],
  ])('%s', async (_, request, resultCode) => {
    const { clock, peer } = await opened();
    peer.say(request);
    await clock.advance(10);
    const [answer] = peer.heard;
    expect(peer.heard.map(result)).toEqual([resultCode]);
    expect(answer).toMatchObject({ hopByHop: 1, endToEnd: 2, command: request.readUIntBE(5, 3) });
    expect((answer?.flags ?? 0) & 0xa0).toBe(resultCode >= 3000 && resultCode < 4000 ? 0x20 : 0);
    expect(peer.closed()).toBe(false);
  });

  test('Failed-AVP, Error-Message, the Session-Id first, Proxy-Info back as it came', async () => {
    const { clock, peer } = await opened();
    const proxyInfo = avpOf(base.proxyInfo, [
      avpOf(base.proxyHost, 'proxy.home1.net'),
      avpOf(base.proxyState, Buffer.from('state')),
    ]);
    peer.say(message(9000, [proxyInfo, ...common], { flags: 0xc0 }));
    await clock.advance(10);
    const [answer] = peer.heard;
    if (answer === undefined) throw new Error('no answer');
    expect(answer.flags).toBe(0x40);
    expect(answer.avps[0]?.code).toBe(263);
    const failed = get(answer, base.failedAvp);
    expect(failed?.avps.map(({ code }) => code)).toEqual([1]);
    expect(get(answer, base.errorMessage)).toBe('User-Name is missing');
    const back = get(answer, base.proxyInfo);
    expect(back && get(back, base.proxyState)?.toString()).toBe('state');
    expect(get(answer, base.authSessionState)).toBe(1);
  });

  test('AVPs whose length cannot be: DIAMETER_INVALID_AVP_LENGTH, and the connection goes on', async () => {
    const { clock, peer } = await opened();
    const bad = message(9000, [...common, user]);
    bad.writeUInt8(0xff, bad.length - 6);
    peer.say(bad);
    peer.say(message(9000, [...common, user]));
    await clock.advance(10);
    expect(peer.heard.map(result)).toEqual([5014, 2001]);
    expect(get(peer.heard[0] ?? { avps: [] }, base.sessionId)).toBe('a;1;2');
  });

  test.each([
    ['another version', 0, 2, 5011],
    ['a length that cannot be', 3, 19, 5015],
  ])('%s: answered, and the connection closed', async (_, at, value, resultCode) => {
    const { clock, peer, hss } = await opened();
    const bad = message(9000, [...common, user]);
    bad.writeUInt8(value, at);
    peer.say(bad);
    await clock.advance(10);
    expect(peer.heard.map(result)).toEqual([resultCode]);
    expect(peer.closed()).toBe(true);
    expect(hss.counters.malformed).toBe(1);
  });

  test('too many requests at a time: DIAMETER_TOO_BUSY', async () => {
    const { clock, peer } = await opened({ onRequest: () => new Promise(() => undefined), maxPending: 2 });
    for (let i = 0; i < 3; i++) peer.say(message(9000, [...common, user]));
    await clock.advance(10);
    expect(peer.heard.map(result)).toEqual([3004]);
  });

  test('answers that nothing waits for are dropped and counted', async () => {
    const { clock, peer, hss } = await opened();
    peer.say(message(9000, [...common, user], { flags: 0x40 }));
    peer.say(message(280, origin('a.home1.net'), { flags: 0 }));
    await clock.advance(10);
    expect(peer.heard).toEqual([]);
    expect(hss.counters.unmatchedAnswers).toBe(1);
  });
});

describe('RFC 6733 5.4, 5.5: the end of a connection', () => {
  test('DPR is answered, and nothing is asked of the peer any more', async () => {
    const { clock, peer, hss } = await opened();
    peer.say(message(282, [...origin('a.home1.net'), avpOf(base.disconnectCause, 0)]));
    await clock.advance(10);
    expect(peer.heard.map(result)).toEqual([2001]);
    expect(await echo(hss, 'a.home1.net')).toMatchObject({ reason: 'no-peer' });
    expect(peer.closed()).toBe(false);
    peer.connection.end();
    await clock.advance(10);
    expect(peer.closed()).toBe(true);
  });

  test('a close is announced by DPR', async () => {
    const { clock, peer, hss } = await opened();
    const closed = hss.close();
    await clock.advance(10);
    expect(peer.heard.map(({ command }) => command)).toEqual([282]);
    expect(get(peer.heard[0] ?? { avps: [] }, base.disconnectCause)).toBe(0);
    await clock.advance(1000);
    await closed;
    expect(peer.closed()).toBe(true);
  });

  test('RFC 3539: a silent peer gets a DWR after Tw, and after two more the connection is closed', async () => {
    const { clock, peer } = await opened({ watchdogMs: 10_000 });
    await clock.advance(24_000);
    expect(peer.heard.map(({ command }) => command)).toEqual([280]);
    expect(peer.closed()).toBe(false);
    await clock.advance(24_000);
    expect(peer.closed()).toBe(true);
  });

  test('RFC 3539: a peer that answers its DWR stays', async () => {
    const [a, b] = two();
    await server(a, { watchdogMs: 6000 });
    const cscf = await client(b, { watchdogMs: 6000 });
    await a.clock.until(cscf.ready());
    await a.clock.advance(300_000);
    expect((await a.clock.until(echo(cscf))).kind).toBe('answer');
  });

  test('a lost connection fails what waits, and is made again', async () => {
    const [a, b] = two();
    const hss = await server(a, { onRequest: () => new Promise(() => undefined) });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const lost = echo(cscf);
    await a.clock.until(hss.close());
    expect(await a.clock.until(lost)).toMatchObject({ kind: 'failed', reason: 'connection-lost' });
    await a.clock.advance(5000);
    await server(a);
    await a.clock.advance(30_000);
    expect((await a.clock.until(echo(cscf))).kind).toBe('answer');
  });

  test('5.5.4 failover: what a lost peer has not answered goes to the other, with the T flag', async () => {
    const [a, b, c] = hosts(3) as [TestHost, TestHost, TestHost];
    const flags: number[] = [];
    const ends: number[] = [];
    const first = await server(a, {
      onRequest: ({ message: { endToEnd } }) => {
        ends.push(endToEnd);
        return new Promise(() => undefined);
      },
    });
    await server(c, {
      originHost: 'hss2.home1.net',
      onRequest: ({ message: got }) => {
        flags.push(got.flags);
        ends.push(got.endToEnd);
        return { avps: [avpOf(base.resultCode, 2001)] };
      },
    });
    const cscf = await client(b, { peers: [peerAt('10.0.0.1'), peerAt('10.0.0.3', 'hss2.home1.net')] });
    await a.clock.until(cscf.ready());
    const outcome = echo(cscf);
    await a.clock.advance(10);
    expect(flags).toEqual([]);
    await a.clock.until(first.close());
    expect((await a.clock.until(outcome)).kind).toBe('answer');
    expect(flags).toEqual([0xd0]);
    expect(ends[0]).toBe(ends[1]);
    expect(cscf.counters.retransmissions).toBe(1);
  });
});

test('an answer that cannot be read fails its request', async () => {
  const [a, b] = two();
  const heard: Message[] = [];
  await a.net.listen(AT, (connection) =>
    receiver(
      heard,
      () => undefined,
      (got) => {
        const avps = [
          avpOf(base.resultCode, 2001),
          ...origin('hss1.home1.net'),
          avpOf(base.authApplicationId, application.id),
        ];
        const answer = message(got.command, [...avps, avpOf(cx.serverName, 'sip:s')], { ...got, flags: 0 });
        if (got.command === 9000) answer.writeUInt8(0xff, answer.length - 15);
        connection.write(answer);
      },
    ),
  );
  const cscf = await client(b);
  await a.clock.until(cscf.ready());
  expect(await a.clock.until(echo(cscf))).toMatchObject({ kind: 'failed', reason: 'malformed-answer' });
});
