import { describe, expect, test } from '@jest/globals';
import type { TestHost } from '@ims-sim/host';
import type { Message } from '../src/index.js';
import { avpOf, base, get, getAll, rawAvp } from '../src/index.js';
import {
  AT,
  ECHO,
  answerTo,
  cer,
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

const RELAY = 0xffffffff;
const three = (): [TestHost, TestHost, TestHost] => hosts(3) as [TestHost, TestHost, TestHost];
const served = (request: Message): Buffer =>
  answerTo(request, [avpOf(base.resultCode, 2001), ...origin('hss1.home1.net')]);
const refused = (request: Message, code: number): Buffer =>
  answerTo(request, [avpOf(base.resultCode, code), ...origin('relay.home1.net')], 0x60);

describe('RFC 6733 2.4, 6.1.7 to 6.1.9: a relay in between', () => {
  test('a request and its answer go through it, with Route-Record and a hop-by-hop identifier of each hop', async () => {
    const [a, b, c] = three();
    const routes: string[][] = [];
    await server(a, {
      onRequest: ({ message: got, peer }) => {
        routes.push([peer, get(got, base.originHost) ?? '', ...getAll(got, base.routeRecord)]);
        return { avps: [avpOf(base.resultCode, 2001)] };
      },
    });
    // The relay: connected to the HSS, and to whoever comes.
    const up = await stranger(b, AT);
    up.say(cer('relay.home1.net', avpOf(base.authApplicationId, RELAY)));
    await a.clock.advance(10);
    let downstream: ((bytes: Buffer) => void) | undefined;
    const asked = await scripted(b, '10.0.0.2', 'relay.home1.net', {
      offers: RELAY,
      onRequest: (got, answer) => {
        downstream = answer;
        const avps = [...got.avps.map(rawAvp), avpOf(base.routeRecord, 'icscf1.home1.net')];
        up.say(message(got.command, avps, { ...got, hopByHop: 77 }));
      },
    });
    const cscf = await client(c, { peers: [peerAt('10.0.0.2', 'relay.home1.net')] });
    await a.clock.until(cscf.ready());
    const outcome = echo(cscf, 'hss1.home1.net');
    await a.clock.advance(10);
    const answer = up.heard.at(-1);
    if (answer === undefined || asked[0] === undefined) throw new Error('nothing came');
    expect(answer.hopByHop).toBe(77);
    downstream?.(
      message(answer.command, answer.avps.map(rawAvp), { ...answer, hopByHop: asked[0].hopByHop }),
    );
    const ended = await a.clock.until(outcome);
    if (ended.kind !== 'answer') throw new Error(ended.text);
    expect(get(ended.message, base.originHost)).toBe('hss1.home1.net');
    expect(routes).toEqual([['relay.home1.net', 'icscf1.home1.net', 'icscf1.home1.net']]);
  });

  test('it takes requests of every application, for every realm', async () => {
    const [a, b] = two();
    const heard = await scripted(a, '10.0.0.1', 'relay.home1.net', {
      offers: RELAY,
      onRequest: (got, answer) => answer(served(got)),
    });
    const relay = { ...peerAt('10.0.0.1', 'relay.home1.net'), realm: 'carrier.net' };
    const cscf = await client(b, { peers: [relay] });
    await a.clock.until(cscf.ready());
    expect((await a.clock.until(echo(cscf))).kind).toBe('answer');
    expect((await a.clock.until(echo(cscf, 'hss7.home1.net'))).kind).toBe('answer');
    expect(heard.map((got) => get(got, base.destinationHost))).toEqual([undefined, 'hss7.home1.net']);
  });

  test.each([
    [3002, 'DIAMETER_UNABLE_TO_DELIVER'],
    [3004, 'DIAMETER_TOO_BUSY'],
  ])('7.1.3: its %i (%s) sends the request to an alternate', async (code) => {
    const [a, b, c] = three();
    await scripted(a, '10.0.0.1', 'relay.home1.net', {
      offers: RELAY,
      onRequest: (got, answer) => answer(refused(got, code)),
    });
    await server(c, { originHost: 'hss2.home1.net', listen: { address: '10.0.0.3', port: 3868 } });
    const peers = [peerAt('10.0.0.1', 'relay.home1.net'), peerAt('10.0.0.3', 'hss2.home1.net')];
    const cscf = await client(b, { peers });
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && get(outcome.message, base.originHost)).toBe('hss2.home1.net');
  });

  test.each([3002, 3004, 3005, 3003])('its %i where there is no alternate is the answer', async (code) => {
    const [a, b] = two();
    const heard = await scripted(a, '10.0.0.1', 'relay.home1.net', {
      offers: RELAY,
      onRequest: (got, answer) => answer(refused(got, code)),
    });
    const cscf = await client(b, { peers: [peerAt('10.0.0.1', 'relay.home1.net')] });
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && result(outcome.message)).toBe(code);
    expect(heard).toHaveLength(1);
  });

  test('two that cannot deliver do not send a request to and fro for ever', async () => {
    const [a, b, c] = three();
    const cannot = (got: Message, answer: (bytes: Buffer) => void): void => answer(refused(got, 3002));
    const first = await scripted(a, '10.0.0.1', 'r1.home1.net', { offers: RELAY, onRequest: cannot });
    const second = await scripted(c, '10.0.0.3', 'r2.home1.net', { offers: RELAY, onRequest: cannot });
    const peers = [peerAt('10.0.0.1', 'r1.home1.net'), peerAt('10.0.0.3', 'r2.home1.net')];
    const cscf = await client(b, { peers });
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && result(outcome.message)).toBe(3002);
    expect(first.length + second.length).toBe(4);
  });
});

describe('RFC 6733 6.1.5, 6.1.6: which peer a request goes to', () => {
  test('one that does not have the application is none for it', async () => {
    const [a, b, c] = three();
    const other = await scripted(a, '10.0.0.1', 'as1.home1.net', {
      offers: 16777216,
      onRequest: (got, answer) => answer(served(got)),
    });
    await scripted(c, '10.0.0.3', 'hss2.home1.net', {
      offers: 16777217,
      onRequest: (got, answer) => answer(served(got)),
    });
    const peers = [peerAt('10.0.0.3', 'hss2.home1.net'), peerAt('10.0.0.1', 'as1.home1.net')];
    const sh = { id: 16777217, vendorId: 10415, commands: [], commonAvps: [] };
    const cx = { id: 16777216, vendorId: 10415, commands: [ECHO], commonAvps: [] };
    const cscf = await client(b, { peers, applications: [cx, sh] });
    await a.clock.until(cscf.ready());
    expect((await a.clock.until(echo(cscf))).kind).toBe('answer');
    expect(other).toHaveLength(1);
  });

  test('a server reaches who connected to it: by host, by realm, or behind a relay; nobody else gets what is for another', async () => {
    const [a, b, c] = three();
    const hss = await server(a);
    const scscf = await stranger(b, AT);
    scscf.say(cer('scscf1.home1.net'));
    await a.clock.advance(10);
    const hears = async (destinationHost?: string): Promise<number> => {
      const before = scscf.heard.length;
      void echo(hss, destinationHost);
      await a.clock.advance(10);
      return scscf.heard.length - before;
    };
    expect(await hears('SCSCF1.home1.net')).toBe(1);
    expect(await hears()).toBe(1);
    expect(await hears('scscf2.home1.net')).toBe(0);
    expect(await echo(hss, 'scscf2.home1.net')).toMatchObject({ kind: 'failed', reason: 'no-peer' });
    const relay = await stranger(c, AT);
    relay.say(cer('relay.home1.net', avpOf(base.authApplicationId, RELAY)));
    await a.clock.advance(10);
    relay.heard.length = 0;
    expect(await hears('scscf2.home1.net')).toBe(0);
    expect(relay.heard.map((got) => get(got, base.destinationHost))).toEqual(['scscf2.home1.net']);
  });
});
