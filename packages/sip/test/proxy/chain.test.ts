import { describe, expect, test } from '@jest/globals';
import {
  forStrictRouter,
  forward,
  header,
  inDialogRequest,
  reply,
  topVia,
  uacDialog,
  uasDialog,
  values,
  vias,
  type Dialog,
  type Incoming,
} from '../../src/index.js';
import { accept, answer, lab, newRequest, through } from './lab.js';

const ROUTES: [string, string] = ['Route', '<sip:p1.example;lr>, <sip:p2.example;lr>, <sip:p3.example;lr>'];
const LONG_MS = 180_000;

describe('RFC 3261 16: a chain of proxies', () => {
  test('a request, its response, and a request of the dialog the other way', async () => {
    const { host, agent, proxy } = lab();
    const seen: Incoming[][] = [[], [], []];
    for (const [i, name] of ['p1', 'p2', 'p3'].entries()) await proxy(name, through(name, seen[i]));
    const ub = await agent('ub', accept('ub'));
    const ua = await agent('ua', accept('ua'));

    const subscribe = newRequest('SUBSCRIBE', 'sip:ub@ub.example', ROUTES, ['X-Odd', ' ;;,,; "x" ']);
    const sent = ua.send(subscribe);
    await host.clock.advance(LONG_MS);

    expect(sent.outcomes).toEqual([200]);
    const [arrived] = ub.requests;
    if (arrived === undefined) throw new Error('nothing came');
    expect(ub.requests).toHaveLength(1);
    expect(vias(arrived).map((via) => via.host)).toEqual([
      'p3.example',
      'p2.example',
      'p1.example',
      'ua.example',
    ]);
    expect(values(arrived, 'record-route')).toEqual([
      '<sip:p3.example;lr>',
      '<sip:p2.example;lr>',
      '<sip:p1.example;lr>',
    ]);
    expect(values(arrived, 'max-forwards')).toEqual(['67']);
    expect(values(arrived, 'route')).toEqual([]);
    expect(arrived.headers.find(({ key }) => key === 'x-odd')?.line).toBe('X-Odd:  ;;,,; "x" ');
    expect(sent.responses.map((response) => vias(response).map((via) => via.host))).toEqual([['ua.example']]);
    expect(seen.map((of) => of.map(({ ownRoutes, inDialog }) => [ownRoutes.length, inDialog]))).toEqual([
      [[1, false]],
      [[1, false]],
      [[1, false]],
    ]);

    const dialog = uasDialog(arrived, answer(arrived, 200)) as Dialog;
    const notify = ub.send(inDialogRequest(dialog, 'NOTIFY').request);
    await host.clock.advance(LONG_MS);
    expect(notify.outcomes).toEqual([200]);
    expect(ua.requests.map(({ uri, method }) => [method, uri])).toEqual([['NOTIFY', 'sip:ua@ua.example']]);
    expect(seen.map((of) => of[1]?.inDialog)).toEqual([true, true, true]);
    expect(host.clock.pendingTimers).toBe(0);
  });

  test('each datagram lost in turn: one request, one answer', async () => {
    for (let lost = 0; lost < 8; lost++) {
      const { host, agent, proxy } = lab();
      for (const name of ['p1', 'p2', 'p3']) await proxy(name, through(name));
      const ub = await agent('ub', accept('ub'));
      const ua = await agent('ua');
      let datagrams = 0;
      host.network.faults = () => (datagrams++ === lost ? 'drop' : 'deliver');
      const sent = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTES));
      await host.clock.advance(LONG_MS);
      expect({ lost, outcomes: sent.outcomes, came: ub.requests.length }).toEqual({
        lost,
        outcomes: [200],
        came: 1,
      });
    }
  });

  test.each(Array.from({ length: 8 }, (_, i) => i))(
    'loss, duplicates and disorder by chance, seed %i',
    async (seed) => {
      const { host, agent, proxy } = lab();
      for (let i = 0; i < seed; i++) host.random.uint32();
      host.network.faults = { loss: 0.15, duplication: 0.15, reorder: 0.15, delayMs: [1, 30] };
      for (const name of ['p1', 'p2', 'p3']) await proxy(name, through(name));
      const ub = await agent('ub', accept('ub'));
      const ua = await agent('ua');
      const sent = Array.from({ length: 20 }, () =>
        ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTES)),
      );
      await host.clock.advance(80_000);
      for (const { outcomes } of sent) expect(outcomes).toEqual([200]);
      expect(ub.requests).toHaveLength(20);
      expect(host.clock.pendingTimers).toBe(0);
    },
  );

  test('INVITE: 100 goes one hop, 180 and 200 go back, the ACK and the BYE go through', async () => {
    const { host, agent, proxy } = lab();
    for (const name of ['p1', 'p2', 'p3']) await proxy(name, through(name));
    const ub = await agent('ub', (transaction) => {
      const { request } = transaction;
      if (request.method === 'INVITE') transaction.respond(answer(request, 180));
      if (request.method !== 'ACK') transaction.respond(answer(request, 200));
    });
    const ua = await agent('ua');
    const invite = newRequest('INVITE', 'sip:ub@ub.example', ROUTES);
    const sent = ua.send(invite);
    await host.clock.advance(100);
    expect(sent.outcomes).toEqual([100, 180, 200]);
    const ok = sent.responses[2];
    if (ok === undefined) throw new Error('no 200');
    const dialog = uacDialog(invite, ok) as Dialog;
    ua.stack.sendStateless(inDialogRequest(dialog, 'ACK', { cseq: 1 }).request);
    await host.clock.advance(100);
    const bye = ua.send(inDialogRequest(dialog, 'BYE').request);
    await host.clock.advance(LONG_MS);
    expect(bye.outcomes).toEqual([200]);
    expect(ub.requests.map(({ method }) => method)).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(ub.requests.map((request) => vias(request).length)).toEqual([4, 4, 4]);
    await host.clock.advance(200_000);
    expect(host.clock.pendingTimers).toBe(0);
  });

  test('RFC 5658: over TCP on one side, two Record-Routes, and both are taken off again', async () => {
    const { host, agent, proxy } = lab();
    const seen: Incoming[] = [];
    await proxy('p1', through('p1', seen));
    const ub = await agent('ub', accept('ub'));
    const ua = await agent('ua', accept('ua'));
    const sent = ua.send(
      newRequest('SUBSCRIBE', 'sip:ub@ub.example;transport=tcp', ['Route', '<sip:p1.example;lr>']),
    );
    await host.clock.advance(1000);
    const [arrived] = ub.requests;
    if (arrived === undefined) throw new Error('nothing came');
    expect(sent.outcomes).toEqual([200]);
    expect(vias(arrived).map(({ transport }) => transport)).toEqual(['TCP', 'UDP']);
    expect(values(arrived, 'record-route')).toEqual([
      '<sip:p1.example;transport=tcp;lr>',
      '<sip:p1.example;transport=udp;lr>',
    ]);

    const dialog = uasDialog(arrived, answer(arrived, 200)) as Dialog;
    const notify = ub.send(inDialogRequest(dialog, 'NOTIFY').request);
    await host.clock.advance(1000);
    expect(notify.outcomes).toEqual([200]);
    expect(seen[1]?.ownRoutes.map(({ uriText }) => uriText)).toEqual([
      'sip:p1.example;transport=tcp;lr',
      'sip:p1.example;transport=udp;lr',
    ]);
    expect(seen[1]?.source.transport).toBe('TCP');
    expect(vias(ua.requests[0] ?? arrived).map(({ transport }) => transport)).toEqual(['UDP', 'TCP']);
  });

  test('16.12.1.2: a strict router in the middle', async () => {
    const { host, agent, proxy } = lab();
    await proxy('p1', through('p1'));
    await proxy('p3', through('p3'));
    // p2 is of RFC 2543: it goes by the Request-URI, and makes the first Route the next one.
    const p2 = await agent('p2', (transaction) => {
      const [first, ...rest] = values(transaction.request, 'route');
      const { headers } = transaction.request;
      const next = {
        ...transaction.request,
        uri: (first ?? '').replace(/[<>]/g, ''),
        headers: [
          ...headers.filter(({ key }) => key !== 'route'),
          ...rest.map((route) => header('Route', route)),
        ],
      };
      p2.send(next, { targets: [{ transport: 'UDP', address: '10.0.0.13', port: 5060 }] });
    });
    const ub = await agent('ub', accept('ub'));
    const ua = await agent('ua');
    ua.send(
      newRequest('MESSAGE', 'sip:ub@ub.example', [
        'Route',
        '<sip:p1.example;lr>, <sip:p2.example>, <sip:p3.example;lr>',
      ]),
    );
    await host.clock.advance(10);
    expect(p2.requests.map(({ uri }) => uri)).toEqual(['sip:p2.example']);
    expect(values(p2.requests[0] ?? newRequest('X', 'x'), 'route')).toEqual([
      '<sip:p3.example;lr>',
      '<sip:ub@ub.example>',
    ]);
    expect(ub.requests.map(({ uri }) => uri)).toEqual(['sip:ub@ub.example']);
    expect(ub.requests.flatMap((request) => values(request, 'route'))).toEqual([]);
  });

  test('12.2.1.1: a user agent whose first route is a strict router', async () => {
    const { host, agent } = lab();
    const p2 = await agent('p2', accept('p2'));
    const ua = await agent('ua');
    const request = newRequest('MESSAGE', 'sip:ub@ub.example', [
      'Route',
      '<sip:p2.example>, <sip:p3.example;lr>',
    ]);
    const sent = ua.send(request, { prepare: forStrictRouter });
    await host.clock.advance(10);
    expect(sent.outcomes).toEqual([200]);
    expect(p2.requests[0]?.uri).toBe('sip:p2.example');
  });
});

describe('RFC 3261 16.3 on the wire', () => {
  test('483: a chain longer than Max-Forwards', async () => {
    const { host, agent, proxy } = lab();
    for (const name of ['p1', 'p2', 'p3']) await proxy(name, through(name));
    const ub = await agent('ub', accept('ub'));
    const ua = await agent('ua');
    const request = newRequest('MESSAGE', 'sip:ub@ub.example', ROUTES);
    const short = request.headers.map((h) => (h.key === 'max-forwards' ? header('Max-Forwards', '2') : h));
    const sent = ua.send({ ...request, headers: short });
    await host.clock.advance(LONG_MS);
    expect(sent.outcomes).toEqual([483]);
    expect(ub.requests).toHaveLength(0);
  });

  test('482: two proxies that send to each other', async () => {
    const { host, agent, proxy } = lab();
    let rounds = 0;
    const to = (name: string) => (incoming: Incoming) => {
      rounds++;
      return forward(incoming.request, {
        targets: [{ transport: 'UDP' as const, address: name, port: 5060 }],
      });
    };
    await proxy('p1', to('10.0.0.12'));
    await proxy('p2', to('10.0.0.11'));
    const ua = await agent('ua');
    const sent = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ['Route', '<sip:p1.example;lr>']));
    await host.clock.advance(LONG_MS);
    expect(sent.outcomes).toEqual([482]);
    expect(rounds).toBeLessThan(6);
  });

  test('a spiral is none: the second time the request has another Request-URI', async () => {
    const { host, agent, proxy } = lab();
    const uris: string[] = [];
    await proxy('p1', ({ request }) => {
      uris.push(request.uri);
      const uri = request.uri.includes('alias') ? 'sip:ub@ub.example' : request.uri;
      return forward(
        { ...request, uri, headers: request.headers },
        {
          targets: uri === request.uri ? undefined : [{ transport: 'UDP', address: '10.0.0.12', port: 5060 }],
        },
      );
    });
    await proxy('p2', ({ request }) =>
      forward(request, { targets: [{ transport: 'UDP', address: '10.0.0.11', port: 5060 }] }),
    );
    await agent('ub', accept('ub'));
    const ua = await agent('ua');
    const sent = ua.send(newRequest('MESSAGE', 'sip:alias@p1.example', ['Route', '<sip:p1.example;lr>']));
    await host.clock.advance(LONG_MS);
    expect(uris).toEqual(['sip:alias@p1.example', 'sip:ub@ub.example']);
    expect(sent.outcomes).toEqual([200]);
  });

  test('416 and 420, with a To tag; an ACK is never answered', async () => {
    const { host, agent, proxy } = lab();
    await proxy('p1', () => reply(404, 'Not Found'));
    const ua = await agent('ua');
    const scheme = ua.send(newRequest('MESSAGE', 'im:ub@ub.example', ['Route', '<sip:p1.example;lr>']));
    const extension = ua.send(
      newRequest('MESSAGE', 'sip:ub@ub.example', ['Route', '<sip:p1.example;lr>'], ['Proxy-Require', 'foo']),
    );
    ua.stack.sendStateless(newRequest('ACK', 'sip:ub@ub.example', ['Route', '<sip:p1.example;lr>']));
    await host.clock.advance(LONG_MS);
    expect(scheme.outcomes).toEqual([416]);
    expect(extension.outcomes).toEqual([420]);
    expect(values(extension.responses[0] ?? newRequest('X', 'x'), 'unsupported')).toEqual(['foo']);
    expect(extension.responses[0]?.headers.find(({ key }) => key === 'to')?.value).toMatch(/;tag=.+/);
    expect(ua.stack.counters.stray).toBe(0);
    expect(topVia(extension.responses[0] ?? newRequest('X', 'x'))?.host).toBe('ua.example');
  });
});
