import { describe, expect, test } from '@jest/globals';
import { avpOf, base, get } from '../src/index.js';
import { cer, message, opened, origin, result } from './lab.js';

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
