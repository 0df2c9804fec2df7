import { describe, expect, test } from '@jest/globals';
import {
  nodeNet,
  noTrace,
  silentLog,
  systemClock,
  systemRandom,
  type Endpoint,
  type Host,
} from '@ims-sim/host';
import {
  header,
  startProxy,
  startSipStack,
  topVia,
  type ServerTransaction,
  type SipStack,
  type Source,
  type StackOptions,
  type Target,
} from '../../src/index.js';
import { answer, hosts, NO_DNS, toSend } from '../transaction/kit.js';

const LOOPBACK: Host = {
  name: 'test.home1.net',
  net: nodeNet,
  clock: systemClock,
  random: systemRandom,
  trace: noTrace,
  log: silentLog,
};

interface Peer {
  readonly stack: SipStack;
  readonly got: ServerTransaction[];
}

/** A stack that keeps what it gets, and answers it with 200. */
async function peer(host: Host, address: string, options: Partial<StackOptions> = {}): Promise<Peer> {
  const got: ServerTransaction[] = [];
  const stack = await startSipStack({
    host,
    listen: { address, port: 0 },
    resolver: NO_DNS,
    trying: 'never',
    onRequest: (transaction) => {
      got.push(transaction);
      transaction.respond(answer(transaction.request, 200));
    },
    ...options,
  });
  return { stack, got };
}

/** What came back: the status, and from where. */
function ask(from: SipStack, target: Target): Promise<{ status: number; source: Source } | string> {
  return new Promise((resolve) => {
    from.send(
      toSend(),
      {
        onResponse: ({ status }, source) => resolve({ status, source }),
        onFailure: (failure) => resolve(failure),
      },
      { targets: [target] },
    );
  });
}

type Ask = typeof ask;

function to({ address, port }: Endpoint, transport: Target['transport'], from?: Endpoint): Target {
  return { address, port, transport, from };
}

interface Place {
  readonly one: Host;
  readonly other: Host;
  readonly addresses: readonly [string, string];
  /** In memory time has to be moved on. */
  readonly tick: () => Promise<void>;
}

const PLACES: readonly [string, () => Place][] = [
  [
    'in memory',
    () => {
      const { alice, bob } = hosts();
      return {
        one: alice,
        other: bob,
        addresses: ['10.0.0.1', '10.0.0.2'],
        tick: () => alice.clock.advance(1000),
      };
    },
  ],
  [
    'on loopback',
    () => ({
      one: LOOPBACK,
      other: LOOPBACK,
      addresses: ['127.0.0.1', '127.0.0.1'],
      tick: () => Promise.resolve(),
    }),
  ],
];

describe.each(PLACES)('further sockets of a stack, %s', (_where, place) => {
  async function pair(options: Partial<StackOptions> = {}): Promise<readonly [Peer, Peer, Ask]> {
    const { one, other, addresses, tick } = place();
    const [address] = addresses;
    const further = [
      { address, port: 0 },
      { address, port: 0 },
    ];
    const asking: Ask = async (from, target) => {
      const answered = ask(from, target);
      await tick();
      return answered;
    };
    return [await peer(one, address, { further, ...options }), await peer(other, addresses[1]), asking];
  }

  test.each(['UDP', 'TCP'] as const)('what comes to one by %s is answered from there', async (transport) => {
    const [p, ue, asking] = await pair();
    const [, second] = p.stack.furtherListening;
    if (second === undefined) throw new Error('not bound');
    const answered = await asking(ue.stack, to(second, transport));
    expect(answered).toMatchObject({ status: 200, source: { remote: second } });
    expect(p.got[0]?.source.local).toEqual(second);
    const first = await asking(ue.stack, to(p.stack.listening, transport));
    expect(first).toMatchObject({ status: 200, source: { remote: p.stack.listening } });
    expect(p.got[1]?.source.local).toEqual(p.stack.listening);
    await Promise.all([p.stack.close(), ue.stack.close()]);
  });

  test('Target.from: a request leaves from there, and says so in its Via', async () => {
    const [p, ue, asking] = await pair();
    const [first, second] = p.stack.furtherListening;
    expect(new Set([p.stack.listening.port, first?.port, second?.port]).size).toBe(3);
    for (const from of [first, second, undefined]) {
      expect(await asking(p.stack, to(ue.stack.listening, 'UDP', from))).toMatchObject({ status: 200 });
      const { source, request } = ue.got.at(-1) ?? {};
      const port = (from ?? p.stack.listening).port;
      expect(source?.remote.port).toBe(port);
      expect(request && topVia(request)?.port).toBe(port);
    }
    await Promise.all([p.stack.close(), ue.stack.close()]);
  });

  test('by TCP too the Via names it; what comes back on that connection has come to it', async () => {
    const [p, ue, asking] = await pair({ sentBy: 'pcscf1.home1.net' });
    const [from] = p.stack.furtherListening;
    if (from === undefined) throw new Error('not bound');
    expect(await asking(p.stack, to(ue.stack.listening, 'TCP', from))).toMatchObject({ status: 200 });
    const [asked] = ue.got;
    if (asked === undefined) throw new Error('nothing came');
    expect(topVia(asked.request)).toMatchObject({ host: 'pcscf1.home1.net', port: from.port });
    // Along the connection that is there.
    await asking(ue.stack, to(asked.source.remote, 'TCP'));
    expect(p.got[0]?.source.local).toEqual(from);
    await Promise.all([p.stack.close(), ue.stack.close()]);
  });

  test('a name has its port only where the request leaves from a further one', async () => {
    const [p, ue, asking] = await pair({ sentBy: 'pcscf1.home1.net' });
    expect(p.stack.sentBy).toBe('pcscf1.home1.net');
    expect(p.stack.furtherSentBy).toEqual(
      p.stack.furtherListening.map(({ port }) => `pcscf1.home1.net:${port}`),
    );
    await asking(p.stack, to(ue.stack.listening, 'UDP'));
    expect(ue.got[0] && topVia(ue.got[0].request)?.port).toBeUndefined();
    await Promise.all([p.stack.close(), ue.stack.close()]);
  });

  test('one that is taken: nothing stays bound', async () => {
    const { one, addresses } = place();
    const [address] = addresses;
    const there = await peer(one, address);
    const listen = { address, port: 0 };
    await expect(peer(one, address, { listen, further: [there.stack.listening] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await there.stack.close();
    const again = await peer(one, address, { listen: there.stack.listening });
    expect(again.stack.furtherListening).toEqual([]);
    await again.stack.close();
  });
});

describe('further sockets of a proxy', () => {
  async function proxied(route: (own: readonly Endpoint[]) => string): Promise<number> {
    const { alice, bob } = hosts();
    let ownRoutes = -1;
    const proxy = await startProxy({
      host: alice,
      listen: { address: '10.0.0.1', port: 5060 },
      further: [{ address: '10.0.0.1', port: 7531 }],
      resolver: NO_DNS,
      names: ['pcscf1.home1.net'],
      sentBy: 'pcscf1.home1.net',
      trying: 'never',
      decide: (incoming) => {
        ownRoutes = incoming.ownRoutes.length;
        return { kind: 'reply', status: 200, reason: 'OK' };
      },
    });
    const ue = await peer(bob, '10.0.0.2');
    const request = toSend();
    const answered = new Promise((resolve) => {
      ue.stack.send(
        { ...request, headers: [header('Route', route(proxy.stack.furtherListening)), ...request.headers] },
        { onResponse: resolve, onFailure: resolve },
        { targets: [{ transport: 'UDP', address: '10.0.0.1', port: 7531 }] },
      );
    });
    await bob.clock.advance(100);
    await answered;
    await Promise.all([proxy.close(), ue.stack.close()]);
    return ownRoutes;
  }

  test.each([
    ['<sip:pcscf1.home1.net:7531;lr>', 1],
    ['<sip:10.0.0.1:7531;lr>', 1],
    ['<sip:pcscf1.home1.net;lr>', 1],
    ['<sip:pcscf1.home1.net:7532;lr>', 0],
    ['<sip:10.0.0.3:7531;lr>', 0],
  ])('RFC 3261 16.4: Route %s: %i own', async (route, own) => {
    expect(await proxied(() => route)).toBe(own);
  });
});
