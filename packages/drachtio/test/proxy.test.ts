import { describe, expect, test } from '@jest/globals';
import { addresses, tagOf, to, valueOf, values, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { Srf, SrfProxyOptions, SrfProxyResults } from '../src/index.js';
import { requestText, world, type Peer, type Way, type World } from './world.js';

interface Proxied {
  readonly results: SrfProxyResults[];
  readonly failures: unknown[];
  register(srf: Srf): void;
}

/** An application that passes everything on. */
function proxying(destination: () => string[], options: SrfProxyOptions = {}): Proxied {
  const it: Proxied = {
    results: [],
    failures: [],
    register(srf) {
      for (const verb of ['invite', 'message'] as const) {
        srf[verb]((req) => {
          srf.proxyRequest(req, destination(), { ...options }).then(
            (result) => it.results.push(result),
            (error: unknown) => it.failures.push(error),
          );
        });
      }
    },
  };
  return it;
}

const uriOf = ({ at }: Peer, user = 'bob') => `sip:${user}@${at.address}:${at.port}`;
const own = (w: World) => `sip:bob@${w.endpointAt.address}:${w.endpointAt.port}`;
const finals = (peer: Peer) =>
  peer.received.filter((it): it is SipResponse => it.kind === 'response' && it.status >= 200);
const sent = (peer: Peer, method: string) => peer.requests.filter((it) => it.method === method);

describe.each<[Way]>([['memory'], ['tcp']])('an unmodified application that proxies, over %s', (way) => {
  test('RFC 3261 16, 16.12: the call goes through, stays in the route set where asked, and the application hears of its final response', async () => {
    let to_ = '';
    const app = proxying(() => [to_], {
      remainInDialog: true,
      headers: { Subject: 'seen', 'User-Agent': '' },
    });
    const w = await world(way, {}, app.register);
    const callee = await w.peerAt('127.0.0.3');
    to_ = uriOf(callee);
    w.peer.send(
      requestText('INVITE', w.peer, {
        uri: own(w),
        lines: [`Contact: <${uriOf(w.peer)}>`, 'User-Agent: x', 'Record-Route: <sip:p1.net;lr>'],
      }),
    );
    await w.until(() => callee.requests.length === 1, 'the INVITE');
    const invite = callee.requests[0] as SipRequest;
    expect(invite.uri).toBe(to_);
    expect(values(invite, 'max-forwards')).toEqual(['65']);
    expect([valueOf(invite.headers, 'subject'), valueOf(invite.headers, 'user-agent')]).toEqual([
      'seen',
      undefined,
    ]);
    const recorded = addresses(invite, 'record-route').map(({ text }) => text);
    expect(recorded).toEqual([
      expect.stringMatching(/^<sip:ps\.home2\.net;lr;dlg=[\w-]{11}>$/),
      '<sip:p1.net;lr>',
    ]);
    callee.answer(invite, 180, { Contact: `<${to_}>` });
    callee.answer(invite, 200, { Contact: `<${to_}>` });
    await w.until(() => finals(w.peer).length === 1 && app.results.length === 1, 'the 200 and the result');
    expect(app.results[0]).toMatchObject({ connected: true, finalStatus: 200 });
    const [ok] = finals(w.peer);
    const toCallee = valueOf(ok?.headers ?? [], 'to') ?? '';
    for (const [method, cseq] of [
      ['ACK', 61],
      ['INFO', 62],
      ['BYE', 63],
    ] as const) {
      w.peer.send(
        requestText(method, w.peer, { uri: to_, to: toCallee, cseq, lines: [`Route: ${recorded[0]}`] }),
      );
      await w.until(() => sent(callee, method).length === 1, method);
      expect(sent(callee, method)[0]?.headers.some(({ key }) => key === 'route')).toBe(false);
      if (method !== 'ACK') callee.answer(sent(callee, method)[0], 200);
    }
    await w.until(() => finals(w.peer).length === 3, 'the answers');
    w.peer.send(
      requestText('BYE', w.peer, {
        uri: to_,
        to: toCallee,
        cseq: 64,
        callId: 'another-call',
        lines: [`Route: ${recorded[0]}`],
      }),
    );
    await w.until(() => finals(w.peer).length === 4, 'a refusal');
    expect(finals(w.peer).map(({ status }) => status)).toEqual([200, 200, 200, 481]);
    expect(sent(callee, 'BYE')).toHaveLength(1);
    expect([w.drachtio.dialogs, w.drachtio.invites]).toEqual([0, 0]);
    await w.close();
  });

  test('RFC 3261 16.6: at once: the first 2xx wins, the other gets CANCEL; what each answered is told', async () => {
    let destinations: string[] = [];
    const app = proxying(() => destinations, { forking: 'simultaneous' });
    const w = await world(way, {}, app.register);
    const [a, b] = [await w.peerAt('127.0.0.3'), await w.peerAt('127.0.0.4')];
    destinations = [uriOf(a), uriOf(b)];
    w.peer.send(requestText('INVITE', w.peer, { uri: own(w), lines: [`Contact: <${uriOf(w.peer)}>`] }));
    await w.until(() => a.requests.length === 1 && b.requests.length === 1, 'both INVITEs');
    a.answer(a.requests[0], 180, {}, { toTag: 'a' });
    b.answer(b.requests[0], 200, { Contact: `<${uriOf(b)}>` }, { toTag: 'b' });
    await w.until(() => sent(a, 'CANCEL').length === 1, 'CANCEL');
    a.answer(sent(a, 'CANCEL')[0], 200);
    a.answer(a.requests[0], 487, {}, { toTag: 'a' });
    await w.until(() => sent(a, 'ACK').length === 1 && app.results.length === 1, 'ACK of the 487');
    expect(finals(w.peer).map((it) => [it.status, tagOf(to(it))])).toEqual([[200, 'b']]);
    expect(app.results[0]?.connected).toBe(true);
    await w.close();
  });

  test('RFC 3261 16.10: CANCEL of the caller goes on', async () => {
    let destination = '';
    const app = proxying(() => [destination]);
    const w = await world(way, {}, app.register);
    const callee = await w.peerAt('127.0.0.3');
    destination = uriOf(callee);
    const branch = 'z9hG4bK-x';
    w.peer.send(
      requestText('INVITE', w.peer, { uri: own(w), lines: [`Contact: <${uriOf(w.peer)}>`], branch }),
    );
    await w.until(() => callee.requests.length === 1, 'the INVITE');
    callee.answer(callee.requests[0], 180, {});
    await w.until(() => w.peer.received.some((it) => it.kind === 'response' && it.status === 180), '180');
    w.peer.send(requestText('CANCEL', w.peer, { uri: own(w), branch }));
    await w.until(() => sent(callee, 'CANCEL').length === 1, 'CANCEL');
    callee.answer(sent(callee, 'CANCEL')[0], 200);
    callee.answer(callee.requests[0], 487, {});
    await w.until(() => app.results.length === 1 && finals(w.peer).length >= 2, 'the end');
    expect(app.results[0]).toMatchObject({ connected: false, finalStatus: 487 });
    expect(
      finals(w.peer)
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual([200, 487]);
    await w.close();
  });

  test('RFC 3261 16.6: one after the other, by finalTimeout too; a redirection is followed', async () => {
    let destinations: string[] = [];
    const app = proxying(() => destinations, { finalTimeout: '400ms', followRedirects: true });
    const w = await world(way, {}, app.register);
    const [a, b, c] = [await w.peerAt('127.0.0.3'), await w.peerAt('127.0.0.4'), await w.peerAt('127.0.0.5')];
    destinations = [uriOf(a), uriOf(b)];
    w.peer.send(requestText('INVITE', w.peer, { uri: own(w), lines: [`Contact: <${uriOf(w.peer)}>`] }));
    await w.until(() => a.requests.length > 0, 'the first INVITE');
    a.answer(a.requests[0], 180, {}, { toTag: 'a' });
    expect(b.requests).toHaveLength(0);
    await w.until(
      () => b.requests.length > 0 && sent(a, 'CANCEL').length > 0,
      'the second, and CANCEL for the first',
    );
    b.answer(b.requests[0], 302, { Contact: `<${uriOf(c, 'carol')}>` }, { toTag: 'b' });
    await w.until(() => c.requests.length > 0, 'the contact of the 302');
    expect(c.requests[0]?.uri).toBe(uriOf(c, 'carol'));
    c.answer(c.requests[0], 486, {}, { toTag: 'c' });
    await w.until(() => finals(w.peer).length === 1 && app.results.length === 1, 'the end');
    expect(finals(w.peer)[0]?.status).toBe(486);
    expect(app.results[0]).toMatchObject({ connected: false });
    await w.close();
  });
});

test('provisionalTimeout: a destination that says nothing at all makes way', async () => {
  let destinations: string[] = [];
  const app = proxying(() => destinations, { provisionalTimeout: '1s' });
  const w = await world('memory', {}, app.register);
  const b = await w.peerAt('127.0.0.4');
  destinations = ['sip:127.0.0.77', uriOf(b)];
  w.peer.send(requestText('MESSAGE', w.peer, { uri: own(w) }));
  await w.clock?.advance(900);
  expect(b.requests).toHaveLength(0);
  await w.clock?.advance(200);
  b.answer(b.requests[0], 200);
  await w.until(() => app.results.length === 1, 'the result');
  expect(app.results[0]).toMatchObject({ connected: true });
  await w.close();
});

test('a Route that the application gives, and X-Request-URI; Max-Forwards spent is 483', async () => {
  let destination = '';
  const app = proxying(() => [destination], {
    headers: { Route: '<sip:scscf2.home2.net;lr;tag=z9hG4bKx>', 'X-Request-URI': 'tel:+1-212-555-3333' },
  });
  const w = await world('memory', {}, app.register);
  destination = uriOf(w.peer, 'next');
  w.peer.send(
    requestText('MESSAGE', w.peer, { lines: ['Route: <sip:ps.home2.net;lr>, <sip:old.home2.net;lr>'] }),
  );
  await w.until(() => w.peer.requests.length === 1, 'the MESSAGE');
  const arrived = w.peer.requests[0] as SipRequest;
  expect(arrived.uri).toBe('tel:+1-212-555-3333');
  expect(addresses(arrived, 'route').map(({ text }) => text)).toEqual([
    '<sip:scscf2.home2.net;lr;tag=z9hG4bKx>',
  ]);
  w.peer.send(
    requestText('MESSAGE', w.peer, { callId: 'spent' }).replace('Max-Forwards: 66', 'Max-Forwards: 0'),
  );
  await w.until(() => app.failures.length === 1, 'the refusal');
  expect(finals(w.peer).map(({ status }) => status)).toEqual([483]);
  await w.close();
});
