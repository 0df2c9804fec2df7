import { describe, expect, test } from '@jest/globals';
import type { Avp, AvpDefinition } from '../src/index.js';
import { avpOf, base, get } from '../src/index.js';
import type { TestHost } from '@ims-sim/host';
import {
  AT,
  answerTo,
  client,
  echo,
  hosts,
  message,
  origin,
  peerAt,
  result,
  scripted,
  server,
  stranger,
  two,
} from './lab.js';

const vendorAvp = (mandatory: boolean): Avp => {
  const definition: AvpDefinition<'octets'> = { name: 'X', code: 1, vendorId: 99, mandatory, type: 'octets' };
  return avpOf(definition, Buffer.from('whatever'));
};
const onlyInVendorSpecific = avpOf(base.vendorSpecificApplicationId, [
  avpOf(base.vendorId, 10415),
  avpOf(base.authApplicationId, 16777216),
]);
/** RFC 3588 let several Vendor-Ids stand in one. */
const oldVendorSpecific = avpOf(base.vendorSpecificApplicationId, [
  avpOf(base.vendorId, 10415),
  avpOf(base.vendorId, 13019),
  avpOf(base.authApplicationId, 16777216),
  avpOf(base.acctApplicationId, 16777216),
]);
const bare = (...avps: Avp[]): Buffer =>
  message(257, [...origin('stranger.home1.net'), avpOf(base.vendorId, 0), ...avps]);
const request = (...avps: Avp[]): Buffer =>
  message(9000, [
    avpOf(base.sessionId, 'a;1;2'),
    ...origin('stranger.home1.net'),
    avpOf(base.destinationRealm, 'home1.net'),
    avpOf(base.userName, 'a'),
    ...avps,
  ]);

describe('peers that nobody here wrote, as clients', () => {
  test.each<[string, Buffer, Buffer, number, number]>([
    ['Cx only in Vendor-Specific-Application-Id', bare(onlyInVendorSpecific), request(), 2001, 2001],
    ['two vendors in it, and an accounting application', bare(oldVendorSpecific), request(), 2001, 2001],
    [
      'no Host-IP-Address, no Product-Name, no Destination-Host',
      bare(onlyInVendorSpecific),
      request(),
      2001,
      2001,
    ],
    [
      'an unknown vendor AVP in both',
      bare(onlyInVendorSpecific, vendorAvp(false)),
      request(vendorAvp(false)),
      2001,
      2001,
    ],
    [
      'an unknown vendor AVP with the M bit',
      bare(onlyInVendorSpecific),
      request(vendorAvp(true)),
      2001,
      5001,
    ],
    [
      'a CER with an unknown mandatory AVP',
      bare(onlyInVendorSpecific, vendorAvp(true)),
      request(),
      5001,
      NaN,
    ],
    [
      'a Route-Record of the relays before',
      bare(avpOf(base.authApplicationId, 0xffffffff)),
      request(avpOf(base.routeRecord, 'r1.home1.net'), avpOf(base.routeRecord, 'r2.home1.net')),
      2001,
      2001,
    ],
    [
      'another host than this one',
      bare(onlyInVendorSpecific),
      request(avpOf(base.destinationHost, 'hss2.home1.net')),
      2001,
      3002,
    ],
    [
      'a loop, which goes before what else is wrong',
      bare(onlyInVendorSpecific),
      request(avpOf(base.routeRecord, 'HSS1.home1.net'), avpOf(base.destinationHost, 'hss2.home1.net')),
      2001,
      3005,
    ],
  ])('%s', async (_, cer, asked, cea, answer) => {
    const [a, b] = two();
    await server(a);
    const peer = await stranger(b, AT);
    peer.say(cer);
    await a.clock.advance(10);
    expect(peer.heard.map(result)).toEqual([cea]);
    if (cea !== 2001) return expect(peer.closed()).toBe(true);
    peer.say(asked);
    await a.clock.advance(10);
    expect(peer.heard.slice(1).map(result)).toEqual([answer]);
    expect(peer.closed()).toBe(false);
  });

  test('7.5: Failed-AVP has the AVP that is unknown, as it came', async () => {
    const [a, b] = two();
    await server(a);
    const peer = await stranger(b, AT);
    peer.say(bare(onlyInVendorSpecific));
    peer.say(request(vendorAvp(true)));
    await a.clock.advance(10);
    const failed = peer.heard[1] && get(peer.heard[1], base.failedAvp);
    expect(failed?.avps.map(({ bytes, offset, end }) => bytes.toString('hex', offset, end))).toEqual([
      '00000001c0000014000000637768617465766572',
    ]);
  });
});

describe('peers that nobody here wrote, as servers', () => {
  test('a CEA without Host-IP-Address and Product-Name, Cx only in Vendor-Specific-Application-Id', async () => {
    const [a, b] = two();
    const heard = await scripted(a, '10.0.0.1', 'hss1.home1.net', {
      offered: onlyInVendorSpecific,
      onRequest: (got, answer) =>
        answer(answerTo(got, [vendorAvp(true), avpOf(base.resultCode, 2001), ...origin('hss1.home1.net')])),
    });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && result(outcome.message)).toBe(2001);
    expect(heard).toHaveLength(1);
  });

  test('5.5.4: one that never answers, nor its watchdogs: the other is asked instead', async () => {
    const [a, b, c] = hosts(3) as [TestHost, TestHost, TestHost];
    const heard = await scripted(a, '10.0.0.1', 'hss1.home1.net', {
      onRequest: () => undefined,
      isSilent: true,
    });
    const flags: number[] = [];
    await server(c, {
      originHost: 'hss2.home1.net',
      listen: { address: '10.0.0.3', port: 3868 },
      onRequest: ({ message: got }) => {
        flags.push(got.flags);
        return { avps: [avpOf(base.resultCode, 2001)] };
      },
    });
    const peers = [peerAt('10.0.0.1'), peerAt('10.0.0.3', 'hss2.home1.net')];
    const cscf = await client(b, { peers, watchdogMs: 6_000, timeoutMs: 60_000 });
    await a.clock.until(cscf.ready());
    const outcome = echo(cscf);
    await a.clock.advance(1_000);
    expect(heard).toHaveLength(1);
    expect(flags).toEqual([]);
    await a.clock.advance(40_000);
    expect((await a.clock.until(outcome)).kind).toBe('answer');
    expect(flags).toEqual([0xd0]); // 5.5.4: the T flag, for the first may have served it
  });

  test('8.16: one that was started anew is connected to again and seen to be new by its Origin-State-Id', async () => {
    const [a, b] = two();
    const first = await server(a);
    const said: string[] = [];
    const log = { ...b.log, info: (text: string) => said.push(text) };
    const cscf = await client({ ...b, log });
    await a.clock.until(cscf.ready());
    await a.clock.until(first.close());
    await a.clock.advance(3_000);
    await server(a);
    await a.clock.advance(10_000);
    expect((await a.clock.until(echo(cscf))).kind).toBe('answer');
    expect(said.filter((text) => text.includes('anew'))).toEqual([
      'Diameter peer hss1.home1.net has been started anew',
    ]);
  });
});
