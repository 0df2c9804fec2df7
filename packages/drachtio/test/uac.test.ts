import { describe, expect, test } from '@jest/globals';
import { serialize, valueOf, type SipMessage } from '@ims-sim/sip';
import type { SrfDialog, SrfRequest, SrfResponse } from '../src/index.js';
import { requestText, world, type Way, type World } from './world.js';

const names = (message: SipMessage | undefined) =>
  message?.headers.map(({ line }) => line.slice(0, line.indexOf(':'))) ?? [];
const value = (message: SipMessage | undefined, key: string) => valueOf(message?.headers ?? [], key);
const uriOf = (w: World) => `sip:bob@${w.peer.at.address}:${w.peer.at.port}`;

/** Subscribes by createUAC, the peer answers with `status`; gives the dialog. */
async function subscribed(w: World, headers: Record<string, string> = {}): Promise<SrfDialog> {
  let dialog: SrfDialog | undefined;
  void w.srf
    .createUAC(uriOf(w), {
      method: 'SUBSCRIBE',
      headers: { Event: 'presence', Expires: '600', From: `<${uriOf(w)}>` },
    })
    .then((created) => (dialog = created));
  await w.until(() => w.peer.requests.length === 1, 'the SUBSCRIBE');
  w.peer.answer(w.peer.requests[0], 200, { Expires: '600', Contact: `<${uriOf(w)}>`, ...headers });
  await w.until(() => dialog, 'the dialog');
  return dialog as unknown as SrfDialog;
}

function notifyText(w: World, state: string, cseq: number, fromTag = 'peer-tag'): string {
  const subscribe = w.peer.requests[0];
  return requestText('NOTIFY', w.peer, {
    uri: 'sip:ps.home2.net',
    callId: value(subscribe, 'call-id') ?? '',
    to: value(subscribe, 'from') ?? '',
    fromTag,
    cseq,
    lines: ['Event: presence', `Subscription-State: ${state}`, `Contact: <${uriOf(w)}>`],
  });
}

describe.each<Way>(['memory', 'tcp'])('An unmodified drachtio-srf application that asks, over %s', (way) => {
  test.each(['OPTIONS', 'MESSAGE', 'PUBLISH', 'NOTIFY', 'REGISTER', 'INFO'])(
    'sends a %s and gets its responses but for 100',
    async (method) => {
      const w = await world(way, { initialCSeq: 7 });
      const got: number[] = [];
      let sent: SrfRequest | undefined;
      w.srf.request(
        uriOf(w),
        { method, headers: { 'sip-if-match': 'e1', 'p-asserted-identity': '<sip:a@b>' } },
        (error, req) => {
          expect(error).toBeNull();
          sent = req;
          req.on('response', (res) => got.push(res.status));
        },
      );
      await w.until(() => w.peer.requests.length === 1, 'the request');
      const request = w.peer.requests[0];
      expect(names(request)).toEqual([
        ...['Via', 'Max-Forwards', 'P-Asserted-Identity', 'From', 'To', 'Call-ID', 'CSeq', 'SIP-If-Match'],
        ...(method === 'NOTIFY' ? ['Contact'] : []),
        'Content-Length',
      ]);
      expect(value(request, 'max-forwards')).toBe('70');
      expect(value(request, 'from')).toMatch(/^<sip:ps\.home2\.net>;tag=\S{8}$/);
      expect(value(request, 'to')).toBe(`<${uriOf(w)}>`);
      expect(value(request, 'cseq')).toBe(`7 ${method}`);
      expect(sent?.get('Call-ID')).toBe(value(request, 'call-id'));
      for (const status of [100, 183, 404]) w.peer.answer(request, status);
      await w.until(() => got.length === 2, 'responses');
      expect(got).toEqual([183, 404]);
      expect(w.srf.idle).toBe(true);
      await w.close();
    },
  );

  test('sends what it gives verbatim: From, To, Call-ID, CSeq, Max-Forwards, Route, Contact', async () => {
    const w = await world(way);
    const headers = {
      From: '"Ann" <sip:ann@home2.net>;tag=own',
      To: '<sip:bob@home1.net>',
      'Call-ID': 'own@call',
      CSeq: '99 SUBSCRIBE',
      'Max-Forwards': 5,
      Route: `<sip:${w.peer.at.address}:${w.peer.at.port};lr>, <sip:far.net;lr>`,
      Contact: '<sip:ann@ps.home2.net;transport=udp>',
      Event: 'presence',
    };
    w.srf.request({ method: 'SUBSCRIBE', uri: 'sip:bob@home1.net', headers }, () => undefined);
    await w.until(() => w.peer.requests.length === 1, 'the request');
    const request = w.peer.requests[0];
    expect(request?.uri).toBe('sip:bob@home1.net');
    for (const [name, given] of Object.entries(headers))
      expect(value(request, name.toLowerCase())).toBe(String(given));
    w.peer.answer(request, 200, { Contact: '<sip:x>' });
    await w.close();
  });

  test('gets the response to a request that it sent by a promise', async () => {
    const w = await world(way);
    let status = 0;
    void w.srf
      .request(uriOf(w), { method: 'OPTIONS' })
      .then((req) => req.on('response', (res) => (status = res.status)));
    await w.until(() => w.peer.requests.length === 1, 'the request');
    w.peer.answer(w.peer.requests[0], 200);
    await w.until(() => status, 'the response');
    expect(status).toBe(200);
    await w.close();
  });

  test('sends by the proxy that it names, whatever the Request-URI', async () => {
    const w = await world(way);
    w.srf.request(
      'sip:bob@nowhere.net',
      { method: 'MESSAGE', proxy: `sip:${w.peer.at.address}:${w.peer.at.port}` },
      () => undefined,
    );
    await w.until(() => w.peer.requests.length === 1, 'the request');
    expect(w.peer.requests[0]?.uri).toBe('sip:bob@nowhere.net');
    expect(names(w.peer.requests[0])).not.toContain('Route');
    let failure: unknown;
    w.srf.request(
      'sip:bob@nowhere.net',
      { method: 'MESSAGE', proxy: 'sip:nowhere.net' },
      (error) => (failure = error),
    );
    await w.until(() => failure, 'the failure');
    expect(String(failure)).toContain('no way to the proxy');
    w.peer.answer(w.peer.requests[0], 200);
    await w.close();
  });

  test('answers a challenge by itself, with the same Call-ID and From tag and the next CSeq', async () => {
    const w = await world(way);
    const got: number[] = [];
    w.srf.request(
      uriOf(w),
      { method: 'PUBLISH', auth: { username: 'ann', password: 'secret' } },
      (_error, req) => {
        req.on('response', (res) => got.push(res.status));
      },
    );
    await w.until(() => w.peer.requests.length === 1, 'the request');
    w.peer.answer(w.peer.requests[0], 401, {
      'WWW-Authenticate': 'Digest realm="home2.net", nonce="n", qop="auth"',
    });
    await w.until(() => w.peer.requests.length === 2, 'the second request');
    const [plain, withAuth] = w.peer.requests;
    expect(value(withAuth, 'authorization')).toMatch(/^Digest username="ann",realm="home2.net",nonce="n"/);
    expect(value(withAuth, 'call-id')).toBe(value(plain, 'call-id'));
    expect(value(withAuth, 'from')).toBe(value(plain, 'from'));
    expect(Number.parseInt(value(withAuth, 'cseq') ?? '')).toBe(
      Number.parseInt(value(plain, 'cseq') ?? '') + 1,
    );
    w.peer.answer(withAuth, 200);
    await w.until(() => got.length === 1, 'the response');
    expect(got).toEqual([200]);
    await w.close();
  });

  test('subscribes by createUAC and has the dialog: NOTIFYs come to it, a refresh goes along the route set', async () => {
    const w = await world(way);
    const routed = `<sip:far.net;lr>, <sip:${w.peer.at.address}:${w.peer.at.port};lr>`;
    const dialog = await subscribed(w, { 'Record-Route': routed });
    const [subscribe] = w.peer.requests;
    expect(names(subscribe)).toEqual([
      'Via', 'Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq', 'Event', 'Expires', 'Contact', 'Content-Length',
    ]); // prettier-ignore
    expect(value(subscribe, 'contact')).toBe('<sip:ps.home2.net>');
    const fromTag = /tag=(.*)$/.exec(value(subscribe, 'from') ?? '')?.[1];
    expect(dialog.id).toBe(`${value(subscribe, 'call-id') ?? ''};from-tag=${fromTag ?? ''}`);
    const states: unknown[] = [];
    dialog.on('notify', (req, res) => {
      states.push(req.get('Subscription-State'));
      res.send(200);
    });
    w.peer.send(notifyText(w, 'active;expires=600', 1));
    await w.until(() => states.length === 1, 'the NOTIFY');
    let refreshed: SrfResponse | undefined;
    dialog.request(
      { method: 'SUBSCRIBE', headers: { Event: 'presence', Expires: '600' } },
      (_error, res) => (refreshed = res),
    );
    await w.until(() => w.peer.requests.length === 2, 'the refresh');
    const refresh = w.peer.requests[1];
    expect(refresh?.uri).toBe(uriOf(w));
    expect(value(refresh, 'route')).toBe(`<sip:${w.peer.at.address}:${w.peer.at.port};lr>, <sip:far.net;lr>`);
    expect(value(refresh, 'to')).toBe(`<${uriOf(w)}>;tag=peer-tag`);
    w.peer.answer(refresh, 200, { Contact: `<${uriOf(w)}>`, Expires: '600' });
    await w.until(() => refreshed, 'its answer');
    // The last NOTIFY: answered, then the dialog is gone.
    w.peer.send(notifyText(w, 'terminated;reason=noresource', 2));
    await w.until(() => states.length === 2 && w.drachtio.dialogs === 0, 'the end');
    w.peer.send(notifyText(w, 'active', 3));
    const statuses = () =>
      w.peer.received.flatMap((message) => (message.kind === 'response' ? [message.status] : []));
    await w.until(() => statuses().includes(481), '481');
    expect(statuses()).toEqual([200, 200, 481]);
    await w.close();
  });

  test('a SUBSCRIBE that is refused is an error with its status', async () => {
    const w = await world(way);
    let failure: unknown;
    w.srf
      .createUAC(uriOf(w), { method: 'SUBSCRIBE', headers: { Event: 'x' } })
      .catch((error: unknown) => (failure = error));
    await w.until(() => w.peer.requests.length === 1, 'the SUBSCRIBE');
    w.peer.answer(w.peer.requests[0], 489);
    await w.until(() => failure, 'the failure');
    expect(failure).toMatchObject({ status: 489 });
    expect(w.drachtio.dialogs).toBe(0);
    await w.close();
  });

  test('RFC 6665 4.4.1: a NOTIFY that overtakes the 200 reaches the dialog', async () => {
    const w = await world(way);
    const states: unknown[] = [];
    void w.srf.createUAC(uriOf(w), { method: 'SUBSCRIBE', headers: { Event: 'presence' } }).then((dialog) => {
      dialog.on('notify', (req, res) => {
        states.push(req.get('Subscription-State'));
        res.send(200);
      });
    });
    await w.until(() => w.peer.requests.length === 1, 'the SUBSCRIBE');
    w.peer.send(notifyText(w, 'active', 1));
    await w.settle();
    expect(w.peer.received.length).toBe(1);
    w.peer.answer(w.peer.requests[0], 200, { Contact: `<${uriOf(w)}>` });
    if (way === 'memory') await w.until(() => states.length === 1, 'the NOTIFY');
    await w.until(() => w.peer.received.length === 2, 'its answer');
    expect(w.peer.received[1]).toMatchObject({ status: 200 });
    await w.close();
  });
});

test('RFC 3261 8.1.3.1: no answer within Timer F is a 408, and the dialog of the request is gone', async () => {
  const w = await world('memory');
  const dialog = await subscribed(w);
  const got: number[] = [];
  w.srf.request('sip:nobody@127.0.0.9', { method: 'MESSAGE' }, (_error, req) =>
    req.on('response', (res) => got.push(res.status)),
  );
  dialog.request({ method: 'SUBSCRIBE', headers: { Event: 'presence' } }, (_error, res) =>
    got.push(res.status),
  );
  await w.clock?.advance(33_000);
  expect(got).toEqual([408, 408]);
  expect(w.drachtio.dialogs).toBe(0);
  await w.close();
});

test('a host that has no address is a 503, also for a promise', async () => {
  const w = await world('memory');
  const got: number[] = [];
  void w.srf
    .request('sip:bob@nowhere.net', { method: 'MESSAGE' })
    .then((req) => req.on('response', (res) => got.push(res.status)));
  await w.until(() => got.length === 1, 'the response');
  expect(got).toEqual([503]);
  await w.close();
});

test('a subscription that lapses is ended by an unsolicited NOTIFY', async () => {
  const w = await world('memory');
  const dialog = await subscribed(w);
  const ends: unknown[] = [];
  dialog.on('notify', (req) => ends.push(req.get('Subscription-State'), req.source));
  await w.clock?.advance(700_000);
  expect(ends).toEqual(['terminated;reason=timeout', 'application']);
  expect(dialog.connected).toBe(false);
  expect(w.drachtio.dialogs).toBe(0);
  await w.close();
});

test('RFC 3261 12.2.1.1: a strict router gets the request in its way', async () => {
  const w = await world('memory');
  const router = `sip:${w.peer.at.address}:${w.peer.at.port}`;
  const dialog = await subscribed(w, { 'Record-Route': `<sip:far.net;lr>, <${router}>` });
  dialog.request({ method: 'MESSAGE' }, () => undefined);
  await w.until(() => w.peer.requests.length === 2, 'the MESSAGE');
  const message = w.peer.requests[1];
  expect(message?.uri).toBe(router);
  expect(message && /^Route: .*$/gm.exec(serialize(message))?.[0]).toContain('<sip:far.net;lr>');
  expect(message && serialize(message)).toContain(`<${uriOf(w)}>\r\nFrom`.slice(0, uriOf(w).length + 2));
  await w.close();
});
