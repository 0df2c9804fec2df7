import { createServer as httpServer, type Server } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { tagOf, to, valueOf, type SipResponse } from '@ims-sim/sip';
import { nodeNet, testHost } from '@ims-sim/host';
import { listenForDialling, Srf, type RequestHandler } from '../src/index.js';
import { requestText, world, type Way, type World } from './world.js';

const finals = (w: World) =>
  w.peer.received.filter((it): it is SipResponse => it.kind === 'response' && it.status >= 200);
const CONTACT = (w: World) => `Contact: <sip:ue@${w.peer.at.address}:${w.peer.at.port}>`;

/** An application that listens, as one behind drachtio-server's outbound mode does. */
async function listening(
  register: (srf: Srf) => void,
  secret = 'cymru',
): Promise<{ port: number; close(): void }> {
  const srf = new Srf();
  register(srf);
  const server = srf.listen({ host: '127.0.0.1', port: 0, secret });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, close: () => server.close() };
}

const withHandlers = (requestHandlers: RequestHandler[]) => world('tcp', { requestHandlers });

/** Two calls on two connections, of which the application ends the first one's. */
async function twoCalls(way: Way): Promise<void> {
  const sockets = new Set<unknown>();
  const ended: string[] = [];
  const application = new Srf();
  application.invite((req, res) => {
    sockets.add((req as unknown as { socket: unknown }).socket);
    void application.createUAS(req, res, { localSdp: 'v=0\r\n' }).then((dialog) => {
      dialog.on('destroy', () => {
        ended.push(req.get('Call-ID') ?? '');
        application.endSession(req);
      });
    });
  });
  const host = way === 'memory' ? testHost({ name: 'ps.home2.net', addresses: ['127.0.0.1'] }) : undefined;
  const listener = await listenForDialling(
    host?.net ?? nodeNet,
    { address: '127.0.0.1', port: 0 },
    application,
  );
  const requestHandlers = [{ uri: `tcp://127.0.0.1:${listener.local.port}` }];
  const w = await world(way, { requestHandlers }, undefined, undefined, host);
  const apps = () => w.drachtio.tables().applications;
  const before = apps();
  for (const callId of ['one', 'two'])
    w.peer.send(requestText('INVITE', w.peer, { callId, branch: `z9hG4bK-${callId}`, lines: [CONTACT(w)] }));
  await w.until(() => finals(w).length === 2, 'two answers');
  expect(sockets.size).toBe(2);
  expect(apps()).toBe((before ?? 0) + 2);
  const first = finals(w).find((it) => valueOf(it.headers, 'call-id') === 'one');
  const toTag = valueOf(first?.headers ?? [], 'to') ?? '';
  w.peer.send(requestText('ACK', w.peer, { callId: 'one', to: toTag }));
  w.peer.send(requestText('BYE', w.peer, { callId: 'one', to: toTag, cseq: 62 }));
  await w.until(() => finals(w).length === 3 && apps() === (before ?? 0) + 1, 'the first is over');
  expect(ended).toEqual(['one']);
  expect(w.drachtio.dialogs).toBe(1); // the other call goes on
  listener.close();
  await w.close();
}

describe('an application of this process that listens', () => {
  test.each<Way>(['memory', 'tcp'])(
    'is dialled for each call, over %s: one that ends leaves the others',
    twoCalls,
  );
});

describe('an application that is dialled for each call (drachtio-server: outbound)', () => {
  test('tcp: the INVITE comes behind authenticate, the dialog lives on that connection, endSession ends it', async () => {
    const heard: string[] = [];
    const app = await listening((srf) =>
      srf.invite((req, res) => {
        heard.push(req.method);
        void srf.createUAS(req, res, { localSdp: 'v=0\r\n' }).then((dialog) =>
          dialog.on('destroy', () => {
            heard.push('BYE');
            srf.endSession(req);
          }),
        );
      }),
    );
    const w = await withHandlers([{ methods: ['INVITE'], uri: `tcp://127.0.0.1:${app.port}` }]);
    w.peer.send(requestText('INVITE', w.peer, { lines: [CONTACT(w)] }));
    await w.until(() => finals(w).length === 1, 'the 200');
    const toTag = valueOf(finals(w)[0]?.headers ?? [], 'to') ?? '';
    w.peer.send(requestText('ACK', w.peer, { to: toTag }));
    w.peer.send(requestText('BYE', w.peer, { to: toTag, cseq: 62 }));
    await w.until(() => heard.length === 2 && finals(w).length === 2, 'BYE and its answer');
    expect(heard).toEqual(['INVITE', 'BYE']);
    expect(w.drachtio.dialogs).toBe(0);
    w.peer.send(requestText('MESSAGE', w.peer, { callId: 'other' }));
    await w.until(() => finals(w).length === 3, 'nobody is for MESSAGE');
    expect(finals(w).map(({ status }) => status)).toEqual([200, 200, 503]);
    app.close();
    await w.close();
  });

  test('one that is not there, or has another secret, is 503', async () => {
    const app = await listening((srf) => srf.message((_req, res) => res.send(200)), 'other');
    const w = await withHandlers([
      { methods: ['MESSAGE'], uri: `tcp://127.0.0.1:${app.port}` },
      { uri: 'tcp://127.0.0.1:1' },
    ]);
    w.peer.send(requestText('OPTIONS', w.peer, { callId: 'a' }));
    await w.until(() => finals(w).length === 1, 'refused');
    w.peer.send(requestText('MESSAGE', w.peer, { callId: 'b' }));
    await w.until(() => finals(w).length === 2, 'refused too');
    expect(finals(w).map(({ status }) => status)).toEqual([503, 503]);
    app.close();
    await w.close();
  });

  test('http: the handler is asked with what the request is; route, reject, redirect', async () => {
    const app = await listening((srf) => srf.message((_req, res) => res.send(202)));
    const asked: URLSearchParams[] = [];
    const answers: Record<string, object> = {
      route: { action: 'route', data: { uri: `127.0.0.1:${app.port};transport=tcp` } },
      reject: { action: 'reject', data: { status: 486, reason: 'Not now' } },
      redirect: { action: 'redirect', data: { contact: 'sip:elsewhere@example.com' } },
      nonsense: { action: 'dance' },
    };
    const server = await serving((query) => {
      asked.push(query);
      return answers[query.get('uriUser') ?? ''] ?? {};
    });
    const w = await withHandlers([{ uri: `http://127.0.0.1:${server.port}/handler?x=1` }]);
    for (const user of Object.keys(answers)) {
      w.peer.send(requestText('MESSAGE', w.peer, { callId: user, uri: `sip:${user}@home2.net` }));
      await w.until(() => finals(w).some((it) => valueOf(it.headers, 'call-id') === user), user);
    }
    const byCall = Object.fromEntries(
      finals(w).map((it) => [valueOf(it.headers, 'call-id'), [it.status, valueOf(it.headers, 'contact')]]),
    );
    expect(byCall).toEqual({
      route: [202, undefined],
      reject: [486, undefined],
      redirect: [302, '<sip:elsewhere@example.com>'],
      nonsense: [503, undefined],
    });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      x: '1',
      method: 'MESSAGE',
      domain: 'home2.net',
      protocol: 'udp',
      fromUser: 'user1_public1',
      uriUser: 'route',
    });
    app.close();
    server.server.close();
    await w.close();
  });

  test('http: to an application that is connected, by its tag; 503 where none has it', async () => {
    const heard: string[] = [];
    const server = await serving((query) => ({ action: 'route', data: { tag: query.get('uriUser') } }));
    const w = await withHandlers([{ uri: `http://127.0.0.1:${server.port}/` }]);
    const tagged = await connected(w, ['green', 'blue'], heard);
    for (const user of ['blue', 'red', 'green']) {
      w.peer.send(requestText('MESSAGE', w.peer, { callId: user, uri: `sip:${user}@home2.net` }));
      await w.until(() => finals(w).some((it) => valueOf(it.headers, 'call-id') === user), user);
    }
    expect(finals(w).map(({ status }) => status)).toEqual([202, 503, 202]);
    expect(heard).toEqual(['blue', 'green']);
    tagged.disconnect();
    server.server.close();
    await w.close();
  });

  test('http: proxied without any application, as the answer says', async () => {
    let destination: unknown;
    const server = await serving(() => ({ action: 'proxy', data: { destination, recordRoute: true } }));
    const w = await withHandlers([{ uri: `http://127.0.0.1:${server.port}/` }]);
    const next = await w.peerAt('127.0.0.1');
    destination = [`${next.at.address}:${next.at.port}`];
    const uri = 'sip:b@home2.net';
    w.peer.send(requestText('INVITE', w.peer, { callId: 'a', uri, lines: [CONTACT(w)] }));
    await w.until(() => next.requests.length === 1, 'the INVITE, forwarded');
    const [invite] = next.requests;
    expect(invite?.uri).toBe(uri);
    expect(valueOf(invite?.headers ?? [], 'record-route')).toContain('<sip:ps.home2.net;lr');
    expect(valueOf(invite?.headers ?? [], 'max-forwards')).toBe('65');
    next.answer(invite, 486);
    await w.until(() => finals(w).length === 1, 'its answer');
    destination = 7;
    w.peer.send(requestText('INVITE', w.peer, { callId: 'b', uri, lines: [CONTACT(w)] }));
    await w.until(() => finals(w).length === 2, 'no answer of a handler');
    expect(finals(w).map(({ status }) => status)).toEqual([486, 503]);
    server.server.close();
    await w.close();
  });

  test('a CANCEL while the application is dialled: 487, and the application never hears of the call', async () => {
    const heard: string[] = [];
    const app = await listening((srf) => srf.invite((req) => heard.push(req.method)));
    let asked = false;
    let answer: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => (answer = resolve));
    const server = await serving(() => {
      asked = true;
      return { action: 'route', data: { uri: `127.0.0.1:${app.port}` } };
    }, cancelled);
    const w = await withHandlers([{ uri: `http://127.0.0.1:${server.port}/` }]);
    w.peer.send(requestText('INVITE', w.peer, { lines: [CONTACT(w)], branch: 'z9hG4bK-d' }));
    await w.until(() => asked, 'the question whose it is');
    w.peer.send(requestText('CANCEL', w.peer, { branch: 'z9hG4bK-d' }));
    await w.until(() => finals(w).length >= 2, '487 and 200');
    answer();
    expect(
      finals(w)
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual([200, 487]);
    expect(finals(w).every((it) => tagOf(to(it)) !== undefined)).toBe(true);
    await new Promise((resolve) => server.server.close(resolve));
    await w.settle();
    expect(heard).toEqual([]);
    app.close();
    await w.close();
  });
});

/** An application that connects, and calls itself so. */
async function connected(w: World, tags: string[], heard: string[]): Promise<Srf> {
  const srf = new Srf(tags);
  srf.message((req, res) => {
    heard.push(req.uri.slice(4, req.uri.indexOf('@')));
    res.send(202);
  });
  let isUp = false;
  srf.on('connect', () => (isUp = true));
  srf.on('error', () => undefined);
  srf.connect({ host: '127.0.0.1', port: w.drachtio.listening?.port ?? 0, secret: 'cymru' });
  await w.until(() => isUp, 'connected');
  srf.unregisterForMessages('message'); // so that only its tags lead to it
  await w.settle();
  return srf;
}

function serving(
  answer: (query: URLSearchParams) => object,
  after: Promise<void> = Promise.resolve(),
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = httpServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams;
    const text = JSON.stringify(answer(query));
    void after.then(() => response.end(text));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });
}
