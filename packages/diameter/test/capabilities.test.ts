import { describe, expect, test } from '@jest/globals';
import { avpOf, base, get, getAll } from '../src/index.js';
import { AT, cer, client, echo, message, origin, peerAt, result, server, stranger, two } from './lab.js';

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
    ['an Origin-Host that it does not take', cer('evil.home1.net'), 3010],
    ['something else first', message(280, origin('a.home1.net')), 3001],
  ])('%s: answered, and the connection closed', async (_, first, resultCode) => {
    const [a, b] = two();
    const hss = await server(a, { accepts: (name) => name !== 'evil.home1.net' });
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
