import { describe, expect, test } from '@jest/globals';
import type { Log, TestHost } from '@ims-sim/host';
import { silentLog } from '@ims-sim/host';
import { avpOf, base, get } from '../src/index.js';
import { client, echo, hosts, message, opened, origin, peerAt, result, server, two } from './lab.js';

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

  test('a peer that cannot be reached is warned of once, and told when it is back', async () => {
    const { lines, log } = warnings();
    const [a, b] = two();
    await client({ ...b, log });
    await a.clock.advance(4000);
    expect(lines).toEqual([]); // it may only be slower to start
    await a.clock.advance(120_000);
    expect(lines).toEqual([expect.stringMatching(/^Diameter peer hss1\.home1\.net cannot be reached/)]);
    await server(a);
    await a.clock.advance(30_000);
    expect(lines.slice(1)).toEqual(['Diameter peer hss1.home1.net is up again']);
  });

  test('a peer that starts a moment later is not warned of', async () => {
    const { lines, log } = warnings();
    const [a, b] = two();
    await client({ ...b, log });
    await a.clock.advance(2000);
    await server(a);
    await a.clock.advance(60_000);
    expect(lines).toEqual([]);
  });
});

function warnings(): { readonly lines: string[]; readonly log: Log } {
  const lines: string[] = [];
  return { lines, log: { ...silentLog, warn: (text: string) => void lines.push(text) } };
}
