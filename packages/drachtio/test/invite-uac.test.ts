import { describe, expect, test } from '@jest/globals';
import { addresses, valueOf, type SipRequest } from '@ims-sim/sip';
import type { SrfDialog, SrfRequest } from '../src/index.js';
import { requestText, world, type Way, type World } from './world.js';

const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const ANSWER = SDP.replace('4000', '5000');

const uriOf = (w: World) => `sip:bob@${w.peer.at.address}:${w.peer.at.port}`;
const contact = (w: World) => ({ Contact: `<${uriOf(w)}>` });
const sent = (w: World, method: string) => w.peer.requests.filter((it) => it.method === method);
const arrived = async (w: World, method: string, count = 1) => {
  await w.until(() => sent(w, method).length >= count, `${count} ${method}`);
  return sent(w, method)[count - 1] as SipRequest;
};
const sdp = (w: World) => ({ ...contact(w), 'Content-Type': 'application/sdp' });

/** An application that calls the peer. */
function call(
  w: World,
  options: { localSdp?: string; headers?: Record<string, string> } = { localSdp: SDP },
) {
  const it = {
    request: undefined as SrfRequest | undefined,
    provisional: [] as number[],
    dialog: undefined as SrfDialog | undefined,
    failure: undefined as { status?: number } | undefined,
  };
  w.srf
    .createUAC(
      uriOf(w),
      { ...options },
      {
        cbRequest: (_error, request) => (it.request = request),
        cbProvisional: (response) => it.provisional.push(response.status),
      },
    )
    .then(
      (dialog) => (it.dialog = dialog),
      (error: unknown) => (it.failure = error as { status?: number }),
    );
  return it;
}

describe.each<[Way]>([['memory'], ['tcp']])('an unmodified application that calls, over %s', (way) => {
  test('RFC 3261 13.2.2.4: createUAC, ACK along the route set, a call of the peer within, BYE of the peer', async () => {
    const w = await world(way);
    const it = call(w);
    const invite = await arrived(w, 'INVITE');
    expect(invite.body).toBe(SDP);
    expect(valueOf(invite.headers, 'content-type')).toBe('application/sdp');
    expect(valueOf(invite.headers, 'contact')).toBe('<sip:ps.home2.net>');
    w.peer.answer(invite, 100);
    w.peer.answer(invite, 180, contact(w));
    const route = `<sip:${w.peer.at.address}:${w.peer.at.port};lr>`;
    w.peer.answer(invite, 200, { ...sdp(w), 'Record-Route': `<sip:p2.net;lr>, ${route}` }, { body: ANSWER });
    const ack = await arrived(w, 'ACK');
    await w.until(() => it.dialog, 'the dialog');
    expect(addresses(ack, 'route').map(({ text }) => text)).toEqual([route, '<sip:p2.net;lr>']);
    expect(ack.uri).toBe(uriOf(w));
    expect(ack.body).toBe('');
    expect(it.provisional).toEqual([180]);
    expect(it.dialog?.remote.sdp).toBe(ANSWER);
    w.peer.answer(invite, 200, { ...sdp(w), 'Record-Route': route }, { body: ANSWER });
    await arrived(w, 'ACK', 2); // for each 2xx
    const ended: string[] = [];
    it.dialog?.on('destroy', (bye) => ended.push(bye.method));
    w.peer.send(
      requestText('BYE', w.peer, {
        callId: valueOf(invite.headers, 'call-id') ?? '',
        to: valueOf(invite.headers, 'from') ?? '',
        fromTag: 'peer-tag',
        cseq: 1,
      }),
    );
    await w.until(() => ended.length === 1, 'destroy');
    await w.until(() => w.drachtio.dialogs === 0, 'the dialog is gone');
    expect(w.drachtio.invites).toBe(0);
    await w.close();
  });

  test('RFC 3262 4: a reliable 183 is acknowledged once; early UPDATE both ways; late offer in the ACK', async () => {
    const w = await world(way);
    const it = call(w, {});
    const invite = await arrived(w, 'INVITE');
    const reliable = (rseq: number) => ({ ...sdp(w), Require: '100rel', RSeq: String(rseq) });
    w.peer.answer(invite, 183, reliable(7), { body: ANSWER });
    w.peer.answer(invite, 183, reliable(7), { body: ANSWER });
    w.peer.answer(invite, 180, reliable(9)); // 8 is still missing
    const prack = await arrived(w, 'PRACK');
    const number = Number.parseInt(valueOf(invite.headers, 'cseq') ?? '', 10);
    expect(valueOf(prack.headers, 'rack')).toBe(`7 ${number} INVITE`);
    expect(valueOf(prack.headers, 'to')).toContain('tag=peer-tag');
    w.peer.answer(prack, 200);
    w.peer.send(
      requestText('UPDATE', w.peer, {
        callId: valueOf(invite.headers, 'call-id') ?? '',
        to: valueOf(invite.headers, 'from') ?? '',
        fromTag: 'peer-tag',
        cseq: 1,
        lines: [`Contact: <${uriOf(w)}>`],
      }),
    );
    await w.until(
      () => w.peer.received.some((r) => r.kind === 'response' && r.status === 200),
      '200 to UPDATE',
    );
    w.peer.answer(invite, 200, sdp(w), { body: ANSWER });
    const ack = await arrived(w, 'ACK');
    expect(ack.body).toContain('a=recvonly');
    expect(valueOf(ack.headers, 'content-type')).toBe('application/sdp');
    await w.until(() => it.dialog, 'the dialog');
    expect(it.provisional).toEqual([183]);
    expect(sent(w, 'PRACK')).toHaveLength(1);
    const bye = it.dialog?.destroy();
    w.peer.answer(await arrived(w, 'BYE'), 200);
    await w.until(() => w.drachtio.dialogs === 0, 'the dialog is gone');
    expect(Number.parseInt(valueOf((await arrived(w, 'BYE')).headers, 'cseq') ?? '', 10)).toBe(number + 2);
    await bye;
    await w.close();
  });

  test("RFC 3261 9.1: cancel waits for a provisional response; a refusal is the application's, its ACK the stack's", async () => {
    const w = await world(way);
    const it = call(w);
    const invite = await arrived(w, 'INVITE');
    await w.until(() => it.request, 'the request');
    it.request?.cancel({ headers: { Reason: 'SIP;cause=200;text="Call completed elsewhere"' } });
    await w.settle();
    expect(sent(w, 'CANCEL')).toHaveLength(0);
    w.peer.answer(invite, 180, contact(w));
    const cancel = await arrived(w, 'CANCEL');
    expect(valueOf(cancel.headers, 'reason')).toContain('cause=200');
    w.peer.answer(cancel, 200);
    w.peer.answer(invite, 487);
    await arrived(w, 'ACK');
    await w.until(() => it.failure, 'the failure');
    expect(it.failure).toMatchObject({ status: 487 });
    await w.settle();
    expect([sent(w, 'ACK').length, w.drachtio.dialogs, w.drachtio.invites]).toEqual([1, 0, 0]);
    await w.close();
  });
});

test('RFC 3261 13.2.2.4: a second end that answers a forked INVITE gets ACK and BYE; the application has one dialog', async () => {
  const w = await world('memory');
  const it = call(w);
  const invite = await arrived(w, 'INVITE');
  w.peer.answer(invite, 180, contact(w), { toTag: 'a' });
  w.peer.answer(invite, 180, contact(w), { toTag: 'b' });
  w.peer.answer(invite, 200, sdp(w), { body: ANSWER, toTag: 'b' });
  w.peer.answer(invite, 200, sdp(w), { body: ANSWER, toTag: 'a' });
  w.peer.answer(invite, 200, sdp(w), { body: ANSWER, toTag: 'a' });
  const bye = await arrived(w, 'BYE');
  expect(valueOf(bye.headers, 'to')).toContain('tag=a');
  w.peer.answer(bye, 200);
  await w.until(() => sent(w, 'ACK').length >= 3, 'an ACK for each');
  expect(sent(w, 'BYE')).toHaveLength(1);
  expect(it.dialog?.sip.remoteTag).toBe('b');
  expect(w.drachtio.dialogs).toBe(1);
  await w.close();
});

test('RFC 3261 12.2.1.2: 481 to a re-INVITE ends the session without a BYE, 408 to an INFO with one', async () => {
  for (const [method, status, byes] of [
    ['INVITE', 481, 0],
    ['INFO', 408, 1],
  ] as const) {
    const w = await world('memory');
    const it = call(w);
    w.peer.answer(await arrived(w, 'INVITE'), 200, sdp(w), { body: ANSWER });
    await arrived(w, 'ACK');
    await w.until(() => it.dialog, 'the dialog');
    const ended: string[] = [];
    it.dialog?.on('destroy', (_bye, reason) => ended.push(String(reason)));
    const failed = it.dialog?.request({ method, body: SDP }).then(
      () => undefined,
      () => undefined,
    );
    await w.until(() => sent(w, method).length === (method === 'INVITE' ? 2 : 1), method);
    w.peer.answer(sent(w, method).at(-1), status);
    await w.until(() => ended.length === 1, 'destroy');
    await failed;
    expect([sent(w, 'BYE').length, w.drachtio.dialogs]).toEqual([byes, 0]);
    await w.close();
  }
});

test('RFC 3261 22.2: a challenged INVITE is sent again with credentials, and makes the dialog', async () => {
  const w = await world('memory');
  let dialog: SrfDialog | undefined;
  const options = { localSdp: SDP, auth: { username: 'user', password: 'secret' } };
  void w.srf.createUAC(uriOf(w), options).then((made) => (dialog = made));
  const first = await arrived(w, 'INVITE');
  w.peer.answer(first, 407, { 'Proxy-Authenticate': 'Digest realm="home2.net", nonce="n", algorithm=MD5' });
  const second = await arrived(w, 'INVITE', 2);
  expect(valueOf(second.headers, 'proxy-authorization')).toContain('username="user"');
  expect(valueOf(second.headers, 'call-id')).toBe(valueOf(first.headers, 'call-id'));
  w.peer.answer(second, 200, sdp(w), { body: ANSWER });
  await w.until(() => dialog, 'the dialog');
  await w.until(() => sent(w, 'ACK').length === 2, 'ACK of the 407 and of the 200');
  expect([w.drachtio.dialogs, w.drachtio.invites]).toEqual([1, 0]);
  await w.close();
});

test('RFC 3261 8.1.3.1: nobody answers: 408; and nothing is left', async () => {
  const w = await world('memory');
  const it = call(w);
  await w.clock?.advance(33_000);
  expect(it.failure).toMatchObject({ status: 408 });
  await w.clock?.advance(33_000);
  expect([w.drachtio.invites, w.clock?.pendingTimers]).toEqual([0, 0]);
  await w.close();
});

test('a peer that rings for ever is cancelled after ten minutes', async () => {
  const w = await world('memory');
  const it = call(w);
  w.peer.answer(await arrived(w, 'INVITE'), 180, contact(w));
  await w.clock?.advance(601_000);
  expect(sent(w, 'CANCEL').length).toBeGreaterThan(0);
  await w.clock?.advance(40_000);
  expect(it.failure).toMatchObject({ status: 487 });
  expect(w.drachtio.invites).toBe(0);
  await w.close();
});

test('createB2BUA: provisional responses, PRACK on both legs, CANCEL passed on, BYE both ways', async () => {
  const calls: { uas: SrfDialog; uac: SrfDialog }[] = [];
  const w = await world('memory', {}, (srf) =>
    srf.invite((req, res) => {
      srf
        .createB2BUA(req, res, 'sip:bob@127.0.0.2:' + String(req.source_port), {
          localSdpB: req.body ?? '',
          proxyRequestHeaders: ['Supported'],
          proxyResponseHeaders: ['Require'],
        })
        .then(
          (call) => {
            calls.push(call);
            call.uas.on('destroy', () => void call.uac.destroy());
          },
          () => undefined,
        );
    }),
  );
  const a = (method: string, cseq: number, to?: string, lines: string[] = [], body = '', branch?: string) =>
    w.peer.send(
      requestText(method, w.peer, {
        callId: 'a-leg',
        cseq,
        lines: [`Contact: <${uriOf(w)}>`, ...lines],
        body,
        ...(to === undefined ? {} : { to }),
        ...(branch === undefined ? {} : { branch }),
      }),
    );
  const answersTo = (method: string) =>
    w.peer.received.filter(
      (it) => it.kind === 'response' && valueOf(it.headers, 'cseq')?.endsWith(method) === true,
    );
  a('INVITE', 1, undefined, ['Supported: 100rel', 'Content-Type: application/sdp'], SDP);
  const invite = await arrived(w, 'INVITE');
  w.peer.answer(invite, 183, { ...sdp(w), Require: '100rel', RSeq: '1' }, { body: ANSWER });
  w.peer.answer(await arrived(w, 'PRACK'), 200);
  await w.until(() => answersTo('INVITE').some((it) => it.kind === 'response' && it.status === 183), '183');
  const progress = answersTo('INVITE').find((it) => it.kind === 'response' && it.status === 183);
  const toA = valueOf(progress?.headers ?? [], 'to') ?? '';
  a('PRACK', 2, toA, [`RAck: ${valueOf(progress?.headers ?? [], 'rseq')} 1 INVITE`]);
  await w.until(() => answersTo('PRACK').length === 1, '200 to PRACK');
  w.peer.answer(invite, 200, sdp(w), { body: ANSWER });
  await arrived(w, 'ACK');
  await w.until(() => calls.length === 1, 'both dialogs');
  a('ACK', 1, toA);
  await w.settle();
  a('BYE', 3, toA);
  w.peer.answer(await arrived(w, 'BYE'), 200);
  await w.until(() => w.drachtio.dialogs === 0, 'both are over');
  w.peer.requests.length = 0;
  w.peer.received.length = 0;
  a('INVITE', 1, undefined, ['Content-Type: application/sdp', 'X-Second: 1'], SDP, 'z9hG4bK-second');
  const second = await arrived(w, 'INVITE');
  w.peer.answer(second, 180, contact(w));
  await w.until(() => answersTo('INVITE').some((it) => it.kind === 'response' && it.status === 180), '180');
  a('CANCEL', 1, undefined, [], '', 'z9hG4bK-second');
  w.peer.answer(await arrived(w, 'CANCEL'), 200);
  w.peer.answer(second, 487);
  await w.until(() => w.drachtio.invites === 0, 'nothing is under way');
  expect(answersTo('INVITE').some((it) => it.kind === 'response' && it.status === 487)).toBe(true);
  expect(w.drachtio.dialogs).toBe(0);
  await w.close();
});
