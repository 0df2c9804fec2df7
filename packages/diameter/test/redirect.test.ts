import { describe, expect, test } from '@jest/globals';
import { testHost, type TestHost } from '@ims-sim/host';
import type { Avp, DiameterNode, DiameterNodeOptions, Message } from '../src/index.js';
import { avpOf, base, decodeMessage, get } from '../src/index.js';
import { RedirectCache } from '../src/redirect.js';
import { ECHO, answerTo, client, echo, hosts, message, origin, peerAt, scripted, server } from './lab.js';

const DONT_CACHE = 0;
const ALL_SESSION = 1;
const ALL_REALM = 2;
const ALL_HOST = 5;
const ALL_USER = 6;

const indication = (uris: readonly string[], usage?: number, holdsS?: number): Avp[] => [
  avpOf(base.resultCode, 3006),
  ...origin('agent.home1.net'),
  ...uris.map((uri) => avpOf(base.redirectHost, uri)),
  ...(usage === undefined ? [] : [avpOf(base.redirectHostUsage, usage)]),
  ...(holdsS === undefined ? [] : [avpOf(base.redirectMaxCacheTime, holdsS)]),
];
const HSS2 = 'aaa://hss2.home1.net:3868;transport=tcp;protocol=diameter';

interface Lab {
  readonly clock: TestHost['clock'];
  readonly cscf: DiameterNode;
  readonly asked: Message[];
  /** The requests that hss2 has got. */
  readonly served: Message[];
}

/** A redirect agent at 10.0.0.1 that says `avps`, hss2 at 10.0.0.3, and a client that knows the agent only. */
async function lab(avps: readonly Avp[], options: Partial<DiameterNodeOptions> = {}): Promise<Lab> {
  const [a, b, c] = hosts(3) as [TestHost, TestHost, TestHost];
  const asked = await scripted(a, '10.0.0.1', 'agent.home1.net', {
    offers: 0xffffffff,
    onRequest: (got, answer) => answer(answerTo(got, avps, 0x60)),
  });
  const served: Message[] = [];
  await server(c, {
    originHost: 'hss2.home1.net',
    listen: { address: '10.0.0.3', port: 3868 },
    onRequest: ({ message: got }) => {
      served.push(got);
      return { avps: [avpOf(base.resultCode, 2001)] };
    },
  });
  const cscf = await client(b, {
    peers: [peerAt('10.0.0.1', 'agent.home1.net')],
    resolvePeer: (host, port) => (host === 'hss2.home1.net' ? [{ address: '10.0.0.3', port }] : []),
    ...options,
  });
  await a.clock.until(cscf.ready());
  return { clock: a.clock, cscf, asked, served };
}

describe('RFC 6733 6.1.8: DIAMETER_REDIRECT_INDICATION', () => {
  test('is followed to a host that is not a peer yet; no T flag, the request as it was', async () => {
    const { clock, cscf, asked, served } = await lab(indication([HSS2]));
    const outcome = await clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && get(outcome.message, base.originHost)).toBe('hss2.home1.net');
    expect(served.map(({ flags, endToEnd }) => [flags, endToEnd])).toEqual([[0xc0, asked[0]?.endToEnd]]);
    await clock.until(cscf.close());
  });

  test.each<[string, number | undefined, number | undefined, number]>([
    ['6.13 DONT_CACHE: the agent is asked each time', DONT_CACHE, 60, 3],
    ['without Redirect-Host-Usage: each time', undefined, 60, 3],
    ['without Redirect-Max-Cache-Time: each time', ALL_REALM, undefined, 3],
    ['ALL_REALM: once', ALL_REALM, 60, 1],
    ['ALL_USER: once, for the same user', ALL_USER, 60, 1],
    ['ALL_SESSION: for each session', ALL_SESSION, 60, 3],
    ['ALL_HOST: not for requests to no host', ALL_HOST, 60, 3],
  ])('%s', async (_, usage, holdsS, times) => {
    const { clock, cscf, asked, served } = await lab(indication([HSS2], usage, holdsS));
    for (let i = 0; i < 3; i++) expect((await clock.until(echo(cscf))).kind).toBe('answer');
    expect(asked).toHaveLength(times);
    expect(served).toHaveLength(3);
  });

  test('6.14: holds as long as it says', async () => {
    const { clock, cscf, asked } = await lab(indication([HSS2], ALL_REALM, 60));
    await clock.until(echo(cscf));
    await clock.advance(59_000);
    await clock.until(echo(cscf));
    expect(asked).toHaveLength(1);
    await clock.advance(2_000);
    await clock.until(echo(cscf));
    expect(asked).toHaveLength(2);
  });

  test.each<[string, readonly string[]]>([
    ['to itself', ['aaa://agent.home1.net']],
    ['to nobody', []],
    ['to a host that is nowhere', ['aaa://hss9.home1.net']],
    ['to TLS, which is not spoken', ['aaas://hss2.home1.net']],
    ['to SCTP, which is not spoken', ['aaa://hss2.home1.net;transport=sctp']],
    ['to what is no URI', ['hss2.home1.net', 'aaa://<x>', 'aaa://hss2.home1.net:x']],
  ])('%s: a failure, and the agent is asked again the next time', async (_, uris) => {
    const { clock, cscf, asked, served } = await lab(indication(uris, ALL_REALM, 60));
    for (let i = 1; i <= 2; i++) {
      expect(await clock.until(echo(cscf))).toMatchObject({ kind: 'failed', reason: 'no-peer' });
      expect(asked).toHaveLength(i);
    }
    expect(served).toEqual([]);
  });

  test('the next host where the first is of no use', async () => {
    const { clock, cscf } = await lab(indication(['aaas://x.home1.net', HSS2]));
    expect((await clock.until(echo(cscf))).kind).toBe('answer');
  });

  test('without a way to find hosts, a redirect leads to peers that are connected only', async () => {
    const { clock, cscf } = await lab(indication([HSS2]), { resolvePeer: () => [] });
    expect(await clock.until(echo(cscf))).toMatchObject({ kind: 'failed', reason: 'no-peer' });
  });

  test('two agents that redirect to one another: given up', async () => {
    const [a, b, c] = hosts(3) as [TestHost, TestHost, TestHost];
    const to = (uri: string) => (got: Message, answer: (bytes: Buffer) => void) =>
      answer(answerTo(got, indication([uri]), 0x60));
    const offers = 0xffffffff;
    const onRequest = to('aaa://agent2.home1.net');
    const first = await scripted(a, '10.0.0.1', 'agent1.home1.net', { offers, onRequest });
    const second = await scripted(c, '10.0.0.3', 'agent2.home1.net', {
      offers,
      onRequest: to('aaa://agent1.home1.net'),
    });
    const peers = [peerAt('10.0.0.1', 'agent1.home1.net'), peerAt('10.0.0.3', 'agent2.home1.net')];
    const cscf = await client(b, { peers });
    await a.clock.until(cscf.ready());
    expect(await a.clock.until(echo(cscf))).toMatchObject({ kind: 'failed', reason: 'no-peer' });
    expect(first.length + second.length).toBe(4);
  });

  test('a closed node waits for no connection that a redirect began', async () => {
    const { clock, cscf } = await lab(indication([HSS2]), {
      resolvePeer: () => new Promise(() => undefined),
    });
    const outcome = echo(cscf);
    await clock.advance(10);
    await clock.until(cscf.close());
    expect(await clock.until(outcome)).toMatchObject({ kind: 'failed' });
  });
});

test('what is remembered of redirects is bounded', () => {
  const { clock } = testHost();
  const cache = new RedirectCache(clock);
  const bytes = message(9000, indication([HSS2], ALL_SESSION, 3600), { flags: 0x60 });
  const decoding = decodeMessage(bytes, 20);
  if (decoding.kind !== 'message') throw new Error('malformed');
  const request = (session: number) => ({
    command: ECHO,
    sessionId: String(session),
    destinationRealm: 'home1.net',
    avps: [],
  });
  for (let i = 0; i < 1500; i++) cache.learn(request(i), decoding.message);
  expect(cache.size).toBe(1000);
  expect(cache.hostsFor(request(499))).toBeUndefined();
  expect(cache.hostsFor(request(500))).toEqual([{ host: 'hss2.home1.net', port: 3868 }]);
});
