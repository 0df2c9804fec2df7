import { describe, expect, test } from '@jest/globals';
import type { TestHost } from '@ims-sim/host';
import { avpOf, base, exchange, get, realmClient } from '../src/index.js';
import { ECHO, answerTo, client, hosts, origin, peerAt, scripted, server, two } from './lab.js';

const avps = [avpOf(base.userName, 'a')];
const at = (last: number) => ({ address: `10.0.0.${String(last)}`, port: 3868 });

describe('TS 29.229 5.4: the server of a realm', () => {
  test('that answered is asked again; when it is gone, another is, in the same request', async () => {
    const [a, b, c] = hosts(3) as [TestHost, TestHost, TestHost];
    const asked: string[] = [];
    const says = (name: string) => ({
      originHost: name,
      onRequest: ({ message }: { readonly message: Parameters<typeof get>[0] }) => {
        asked.push(`${name} for ${get(message, base.destinationHost) ?? 'anybody'}`);
        return { avps: [avpOf(base.resultCode, 2001)] };
      },
    });
    const first = await server(a, says('hss1.home1.net'));
    await server(c, { ...says('hss2.home1.net'), listen: at(3) });
    const node = await client(b, { peers: [peerAt('10.0.0.1'), peerAt('10.0.0.3', 'hss2.home1.net')] });
    await a.clock.until(node.ready());
    const ask = realmClient({ node, destinationRealm: 'home1.net' });
    const kinds: string[] = [];
    for (let i = 0; i < 2; i++) kinds.push((await a.clock.until(ask(ECHO, avps))).kind);
    await a.clock.until(first.close());
    for (let i = 0; i < 2; i++) kinds.push((await a.clock.until(ask(ECHO, avps))).kind);
    expect(kinds).toEqual(['answer', 'answer', 'answer', 'answer']);
    expect(asked).toEqual([
      'hss1.home1.net for anybody',
      'hss1.home1.net for hss1.home1.net',
      'hss2.home1.net for anybody',
      'hss2.home1.net for hss2.home1.net',
    ]);
  });

  test('one that is named is asked always, and nobody in its place', async () => {
    const [a, b] = two();
    const heard = await scripted(a, '10.0.0.1', 'relay.home1.net', {
      offers: 0xffffffff,
      onRequest: (got, answer) =>
        answer(answerTo(got, [avpOf(base.resultCode, 3002), ...origin('relay.home1.net')], 0x60)),
    });
    const node = await client(b, { peers: [peerAt('10.0.0.1', 'relay.home1.net')] });
    await a.clock.until(node.ready());
    const ask = realmClient({ node, destinationRealm: 'home1.net', destinationHost: 'hss1.home1.net' });
    expect(await a.clock.until(ask(ECHO, avps))).toEqual({
      kind: 'nobody',
      reason: 'DIAMETER_UNABLE_TO_DELIVER',
      mayBeServed: false,
    });
    expect(heard.map((got) => get(got, base.destinationHost))).toEqual(['hss1.home1.net']);
  });

  test('a request whose answer never came may have been served: it is not sent twice', async () => {
    const [a, b] = two();
    let times = 0;
    await server(a, {
      onRequest: () => {
        times++;
        return times === 1 ? { avps: [avpOf(base.resultCode, 2001)] } : new Promise(() => undefined);
      },
    });
    const node = await client(b, { timeoutMs: 1_000 });
    await a.clock.until(node.ready());
    const ask = realmClient({ node, destinationRealm: 'home1.net' });
    await a.clock.until(ask(ECHO, avps));
    expect(await a.clock.until(ask(ECHO, avps))).toMatchObject({ kind: 'nobody', mayBeServed: true });
    expect(times).toBe(2);
  });

  test('an agent’s 3005 is an answer', async () => {
    const [a, b] = two();
    await scripted(a, '10.0.0.1', 'relay.home1.net', {
      offers: 0xffffffff,
      onRequest: (got, answer) =>
        answer(answerTo(got, [avpOf(base.resultCode, 3005), ...origin('relay.home1.net')], 0x60)),
    });
    const node = await client(b, { peers: [peerAt('10.0.0.1', 'relay.home1.net')] });
    await a.clock.until(node.ready());
    const outcome = await a.clock.until(
      exchange(node, { command: ECHO, destinationRealm: 'home1.net', avps }),
    );
    expect(outcome.kind === 'answer' && get(outcome.message, base.resultCode)).toBe(3005);
  });
});
