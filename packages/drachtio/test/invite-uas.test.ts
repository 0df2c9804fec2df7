import { describe, expect, jest, test } from '@jest/globals';
import { tagOf, to, valueOf, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { Srf, SrfDialog, SrfRequest } from '../src/index.js';
import { requestText, world, type Way, type World } from './world.js';

const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const CALL = 'call-1';
const CONTACT = (w: World) => `Contact: <sip:ue@${w.peer.at.address}:${w.peer.at.port}>`;

const responses = (w: World, method?: string): SipResponse[] =>
  w.peer.received.filter(
    (it): it is SipResponse =>
      it.kind === 'response' &&
      (method === undefined || valueOf(it.headers, 'cseq')?.endsWith(method) === true),
  );
const statuses = (w: World, method = 'INVITE') => responses(w, method).map(({ status }) => status);
const finals = (w: World, method = 'INVITE') => statuses(w, method).filter((status) => status >= 200);

function invite(
  w: World,
  more: { lines?: string[]; branch?: string; to?: string; cseq?: number; body?: string } = {},
) {
  const { lines = [], ...rest } = more;
  w.peer.send(
    requestText('INVITE', w.peer, {
      callId: CALL,
      cseq: 1,
      body: SDP,
      ...rest,
      lines: [CONTACT(w), 'Content-Type: application/sdp', ...lines],
    }),
  );
}

function inDialog(w: World, method: string, cseq: number, more: { lines?: string[]; body?: string } = {}) {
  const last = responses(w, 'INVITE').findLast((it) => tagOf(to(it)) !== undefined) as SipResponse;
  w.peer.send(
    requestText(method, w.peer, { callId: CALL, cseq, to: valueOf(last.headers, 'to') ?? '', ...more }),
  );
}

function answering(dialogs: SrfDialog[], headers: Record<string, string> = {}) {
  return (srf: Srf) =>
    srf.invite((req, res) => {
      srf.createUAS(req, res, { localSdp: SDP, headers }).then(
        (dialog) => dialogs.push(dialog),
        () => undefined,
      );
    });
}

describe.each<[Way]>([['memory'], ['tcp']])('an unmodified application that takes calls, over %s', (way) => {
  test('RFC 3261 13.3.1.4: createUAS; ACK; INFO, UPDATE, MESSAGE; BYE of the peer', async () => {
    const dialogs: SrfDialog[] = [];
    const w = await world(way, {}, answering(dialogs));
    invite(w, { lines: ['Record-Route: <sip:p1.home1.net;lr>, <sip:p2.home1.net;lr>'] });
    await w.until(() => dialogs.length === 1, 'the dialog');
    const [ok] = responses(w, 'INVITE').filter(({ status }) => status === 200);
    expect(ok && valueOf(ok.headers, 'record-route')).toBe('<sip:p1.home1.net;lr>, <sip:p2.home1.net;lr>');
    expect(ok && valueOf(ok.headers, 'contact')).toBe('<sip:ps.home2.net>');
    expect(ok && valueOf(ok.headers, 'content-type')).toBe('application/sdp');
    expect(dialogs[0]?.id).toBe(`${CALL};from-tag=31415`);
    const got: string[] = [];
    const dialog = dialogs[0] as SrfDialog;
    dialog.on('ack', (req) => got.push(`ack ${req.body}`));
    dialog.on('info', (req, res) => {
      got.push(`info ${req.body}`);
      res.send(200);
    });
    dialog.on('destroy', () => got.push('destroy'));
    inDialog(w, 'ACK', 1);
    inDialog(w, 'INFO', 2, { lines: ['Content-Type: text/plain'], body: 'five' });
    await w.until(() => finals(w, 'INFO').length === 1, 'the answer to INFO');
    inDialog(w, 'UPDATE', 3);
    await w.until(() => finals(w, 'UPDATE').length === 1, 'the answer to UPDATE');
    inDialog(w, 'BYE', 4);
    await w.until(() => finals(w, 'BYE').length === 1, 'the answer to BYE');
    expect(got).toEqual(['ack ', 'info five', 'destroy']);
    expect([finals(w, 'INFO'), finals(w, 'UPDATE'), finals(w, 'BYE')]).toEqual([[200], [200], [200]]);
    await w.settle();
    expect(w.drachtio.dialogs).toBe(0);
    expect(w.drachtio.invites).toBe(0);
    inDialog(w, 'INFO', 5);
    await w.until(() => finals(w, 'INFO').length === 2, 'a refusal');
    expect(finals(w, 'INFO')).toEqual([200, 481]);
    await w.close();
  });

  test("RFC 3261 9.2: CANCEL emits 'cancel' on the INVITE; the endpoint answers both", async () => {
    const heard: string[] = [];
    let late: unknown;
    const w = await world(way, {}, (srf) =>
      srf.invite((req, res) => {
        res.send(180);
        req.on('cancel', (cancel) => {
          heard.push(cancel.method);
          res.send(487, {}, (error) => (late = error));
        });
      }),
    );
    invite(w, { branch: 'z9hG4bK-c' });
    await w.until(() => statuses(w).includes(180), '180');
    w.peer.send(requestText('CANCEL', w.peer, { callId: CALL, cseq: 1, branch: 'z9hG4bK-c' }));
    await w.until(() => late, "the application's own answer is too late");
    expect(heard).toEqual(['CANCEL']);
    expect(late).toMatch(/unknown transaction/);
    expect(finals(w)).toEqual([487]);
    expect(finals(w, 'CANCEL')).toEqual([200]);
    const tags = new Set(
      responses(w)
        .filter(({ status }) => status > 100)
        .map((it) => tagOf(to(it))),
    );
    expect(tags.size).toBe(1); // 9.2
    w.peer.send(requestText('ACK', w.peer, { callId: CALL, cseq: 1, branch: 'z9hG4bK-c' }));
    await w.settle();
    expect([w.drachtio.dialogs, w.drachtio.invites]).toEqual([0, 0]);
    await w.close();
  });

  test('RFC 3261 14: re-INVITE of the peer, and modify and destroy of the application', async () => {
    const dialogs: SrfDialog[] = [];
    const w = await world(way, {}, answering(dialogs));
    invite(w);
    await w.until(() => dialogs.length === 1, 'the dialog');
    inDialog(w, 'ACK', 1);
    const dialog = dialogs[0] as SrfDialog;
    const modified: string[] = [];
    dialog.on('modify', (req, res) => {
      modified.push(req.body ?? '');
      res.send(200, { body: SDP });
    });
    inDialog(w, 'INVITE', 2, { lines: [CONTACT(w), 'Content-Type: application/sdp'], body: `${SDP}a=x\r\n` });
    await w.until(() => finals(w).length === 2, 'the answer to the re-INVITE');
    expect(modified).toEqual([`${SDP}a=x\r\n`]);
    inDialog(w, 'ACK', 2);
    await w.settle();
    const answered = dialog.modify(`${SDP}a=y\r\n`);
    await w.until(() => w.peer.requests.some(({ method }) => method === 'INVITE'), 'a re-INVITE');
    const reInvite = w.peer.requests.find(({ method }) => method === 'INVITE') as SipRequest;
    expect(reInvite.uri).toBe(`sip:ue@${w.peer.at.address}:${w.peer.at.port}`);
    expect(valueOf(reInvite.headers, 'contact')).toBe('<sip:ps.home2.net>');
    w.peer.answer(
      reInvite,
      200,
      { Contact: `<sip:ue@${w.peer.at.address}:${w.peer.at.port}>`, 'Content-Type': 'application/sdp' },
      { body: SDP },
    );
    await w.until(() => w.peer.requests.some(({ method }) => method === 'ACK'), 'the ACK');
    expect(await answered).toBe(SDP);
    const ack = w.peer.requests.find(({ method }) => method === 'ACK') as SipRequest;
    expect(Number.parseInt(valueOf(ack.headers, 'cseq') ?? '', 10)).toBe(
      Number.parseInt(valueOf(reInvite.headers, 'cseq') ?? '', 10),
    );
    const destroyed = dialog.destroy();
    await w.until(() => w.peer.requests.some(({ method }) => method === 'BYE'), 'BYE');
    w.peer.answer(
      w.peer.requests.find(({ method }) => method === 'BYE'),
      200,
    );
    await w.until(() => w.drachtio.dialogs === 0, 'the dialog is gone');
    expect((await destroyed).method).toBe('BYE');
    await w.close();
  });

  test('RFC 3262 3: a reliable 183 has RSeq and is sent until its PRACK; the 200 waits for it', async () => {
    // drachtio-srf complains of a PRACK that comes when it has the dialog already.
    const complained = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const heard: string[] = [];
    const dialogs: SrfDialog[] = [];
    const w = await world(way, {}, (srf) =>
      srf.invite((req, res) => {
        const headers = { Require: '100rel' };
        res.send(
          183,
          { headers, body: SDP },
          (_error, sent) => {
            heard.push(`183 ${sent.has('RSeq')}`);
            void srf.createUAS(req, res, { localSdp: SDP }).then((dialog) => dialogs.push(dialog));
          },
          (prack: SrfRequest) => heard.push(`prack ${prack.get('RAck')}`),
        );
      }),
    );
    invite(w, { lines: ['Supported: 100rel'] });
    await w.until(() => statuses(w).includes(183), 'the 183');
    await w.settle();
    const progress = responses(w).find(({ status }) => status === 183) as SipResponse;
    const rseq = valueOf(progress.headers, 'rseq');
    expect(valueOf(progress.headers, 'require')).toBe('100rel');
    expect(Number(rseq)).toBeGreaterThan(0);
    expect(finals(w)).toEqual([]);
    await w.until(
      () => dialogs.length === 1,
      'the application is told of its 200 at once, as by drachtio-server',
    );
    expect(finals(w)).toEqual([]);
    inDialog(w, 'PRACK', 2, { lines: [`RAck: ${rseq} 99 INVITE`] });
    await w.until(() => finals(w, 'PRACK').length === 1, 'a refusal');
    inDialog(w, 'PRACK', 3, { lines: [`RAck: ${rseq} 1 INVITE`] });
    await w.until(() => finals(w).length === 1, 'the 200');
    expect(finals(w, 'PRACK')).toEqual([481, 200]);
    await w.until(() => heard.length === 2, 'the application hears of the PRACK');
    expect(heard).toEqual(['183 true', `prack ${rseq} 1 INVITE`]);
    inDialog(w, 'ACK', 1);
    await w.settle();
    const count = statuses(w).length;
    await w.clock?.advance(40_000);
    expect(statuses(w)).toHaveLength(count); // nothing is sent again
    await w.close();
    complained.mockRestore();
  });
});

const ringing = (srf: Srf) => srf.invite((_req, res) => res.send(183, { headers: { Require: '100rel' } }));

test('RFC 3262 3: to a peer without 100rel nothing is reliable, whatever the application wants', async () => {
  const w = await world('memory', {}, ringing);
  invite(w);
  await w.until(() => statuses(w).includes(183), '183');
  const [progress] = responses(w).filter(({ status }) => status === 183);
  expect(progress?.headers.some(({ key }) => key === 'rseq' || key === 'require')).toBe(false);
  await w.close();
});

test('RFC 3262 3: a peer that insists gets each one reliably; without a PRACK the INVITE ends with 504', async () => {
  const heard: string[] = [];
  const w = await world('memory', {}, (srf) =>
    srf.invite((req, res) => {
      res.send(180);
      req.on('cancel', (cancel) => heard.push(cancel.get('Reason') ?? ''));
    }),
  );
  invite(w, { lines: ['Require: 100rel'] });
  await w.until(() => statuses(w).includes(180), '180');
  await w.clock?.advance(33_000);
  // 64*T1, doubling without a bound: 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
  expect(statuses(w).filter((status) => status === 180)).toHaveLength(7);
  expect(finals(w)[0]).toBe(504);
  expect(heard).toEqual(['SIP ;cause=504 ;text="PRACK timeout"']);
  expect([w.drachtio.dialogs, w.drachtio.invites]).toEqual([0, 0]);
  await w.close();
});

test('a response that waits for a PRACK is told at once, as by drachtio-server, and without the PRACK never sent', async () => {
  const told: string[] = [];
  const w = await world('memory', {}, (srf) =>
    srf.invite((_req, res) => {
      res.send(183, { headers: { Require: '100rel' }, body: SDP }, () => told.push('183'));
      res.send(180, { headers: { Require: '100rel' } }, (error) => told.push(`180 ${String(error)}`));
    }),
  );
  invite(w, { lines: ['Supported: 100rel'] });
  await w.until(() => statuses(w).includes(183), '183');
  await w.clock?.advance(10_000);
  expect(told).toEqual(['183', '180 null']);
  await w.clock?.advance(30_000);
  expect(told).toEqual(['183', '180 null']);
  expect(statuses(w)).not.toContain(180);
  await w.close();
});

const acceptingEarly = (then: (dialog: SrfDialog) => void) => (srf: Srf) =>
  srf.invite((req, res) => {
    res.send(183, { headers: { Require: '100rel' }, body: SDP }, () => {
      void srf.createUAS(req, res, { localSdp: SDP }).then(then);
    });
  });

test('RFC 3262 3: the dialog of a 2xx that waited for a PRACK in vain ends for the application too; no 2xx, no BYE on the wire', async () => {
  const reasons: unknown[] = [];
  const accepting = acceptingEarly((dialog) => dialog.on('destroy', (_bye, reason) => reasons.push(reason)));
  const w = await world('memory', {}, accepting);
  invite(w, { lines: ['Supported: 100rel'] });
  await w.clock?.advance(33_000);
  expect(reasons).toEqual(['PRACK timeout']);
  expect(finals(w)[0]).toBe(504);
  expect(w.peer.requests).toEqual([]);
  expect([w.drachtio.dialogs, w.drachtio.invites]).toEqual([0, 0]);
  await w.close();
});

test('RFC 3261 15: destroy waits for the PRACK, the 2xx and its ACK', async () => {
  const w = await world(
    'memory',
    {},
    acceptingEarly((dialog) => void dialog.destroy()),
  );
  invite(w, { lines: ['Supported: 100rel'] });
  await w.clock?.advance(300);
  expect([finals(w), w.peer.requests]).toEqual([[], []]);
  const progress = responses(w).find(({ status }) => status === 183) as SipResponse;
  const complained = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  inDialog(w, 'PRACK', 2, { lines: [`RAck: ${valueOf(progress.headers, 'rseq')} 1 INVITE`] });
  await w.until(() => finals(w).length === 1, 'the 200');
  expect(w.peer.requests).toEqual([]);
  inDialog(w, 'ACK', 1);
  await w.until(() => w.peer.requests.length === 1, 'BYE');
  expect(w.peer.requests[0]).toMatchObject({ method: 'BYE' });
  w.peer.answer(w.peer.requests[0], 200);
  await w.settle();
  complained.mockRestore();
  await w.close();
});

test('RFC 3261 13.3.1.4: a 2xx is sent until its ACK; without one the session ends with BYE, and the application hears why', async () => {
  const dialogs: SrfDialog[] = [];
  const w = await world('memory', {}, answering(dialogs));
  invite(w);
  await w.until(() => dialogs.length === 1, 'the dialog');
  const reasons: unknown[] = [];
  dialogs[0]?.on('destroy', (_bye, reason) => reasons.push(reason));
  await w.clock?.advance(31_900);
  // T1 doubled up to T2: at 0, 0.5, 1.5, 3.5, 7.5, then each 4 s
  expect(finals(w)).toHaveLength(11);
  expect(w.peer.requests).toHaveLength(0);
  await w.clock?.advance(200);
  expect(reasons).toEqual(['ACK timeout']);
  expect(w.peer.requests[0]).toMatchObject({ method: 'BYE' });
  expect(w.drachtio.dialogs).toBe(0);
  w.peer.answer(w.peer.requests[0], 200);
  await w.clock?.advance(60_000);
  expect(finals(w)).toHaveLength(11);
  expect(w.clock?.pendingTimers).toBe(0);
  await w.close();
});

test('RFC 3261 15: no BYE before the ACK: destroy waits for it', async () => {
  const w = await world('memory', {}, (srf) =>
    srf.invite((req, res) => {
      void srf.createUAS(req, res, { localSdp: SDP }).then((dialog) => dialog.destroy());
    }),
  );
  invite(w);
  await w.until(() => finals(w).length === 1, 'the 200');
  await w.clock?.advance(3000);
  expect(w.peer.requests).toHaveLength(0);
  inDialog(w, 'ACK', 1);
  await w.until(() => w.peer.requests.length === 1, 'BYE');
  expect(w.peer.requests[0]).toMatchObject({ method: 'BYE' });
  await w.close();
});

test('RFC 3261 15.1.2: a BYE before the answer ends the INVITE with 487', async () => {
  const heard: string[] = [];
  const w = await world('memory', {}, (srf) =>
    srf.invite((req, res) => {
      res.send(180);
      req.on('cancel', () => heard.push('cancel'));
    }),
  );
  invite(w);
  await w.until(() => statuses(w).includes(180), '180');
  inDialog(w, 'BYE', 2);
  await w.until(() => finals(w).length > 0, '487');
  expect([finals(w), finals(w, 'BYE'), heard]).toEqual([[487], [200], ['cancel']]);
  expect([w.drachtio.dialogs, w.drachtio.invites]).toEqual([0, 0]);
  await w.close();
});

test('RFC 3261 14.2, 8.2.2.2: a second re-INVITE gets 500, an INVITE that came twice 482', async () => {
  const dialogs: SrfDialog[] = [];
  const w = await world('memory', {}, answering(dialogs));
  invite(w);
  await w.until(() => dialogs.length === 1, 'the dialog');
  inDialog(w, 'ACK', 1);
  dialogs[0]?.on('modify', () => undefined);
  const lines = [CONTACT(w), 'Content-Type: application/sdp'];
  inDialog(w, 'INVITE', 2, { lines, body: `${SDP}a=x\r\n` });
  inDialog(w, 'INVITE', 3, { lines, body: `${SDP}a=y\r\n` });
  invite(w);
  await w.until(() => finals(w).length >= 3, 'two refusals');
  expect(finals(w).toSorted()).toEqual([200, 482, 500]);
  await w.close();
});

test('RFC 4028 10: a session that the peer is to refresh, and does not, ends', async () => {
  const dialogs: SrfDialog[] = [];
  const w = await world(
    'memory',
    {},
    answering(dialogs, { 'Session-Expires': '90;refresher=uac', Require: 'timer' }),
  );
  invite(w, { lines: ['Supported: timer', 'Session-Expires: 90'] });
  await w.until(() => dialogs.length === 1, 'the dialog');
  inDialog(w, 'ACK', 1);
  const reasons: unknown[] = [];
  dialogs[0]?.on('destroy', (_bye, reason) => reasons.push(reason));
  await w.clock?.advance(59_000);
  expect(reasons).toEqual([]);
  await w.clock?.advance(2000);
  expect(reasons).toEqual(['Session timer expired']);
  expect(w.peer.requests[0]).toMatchObject({ method: 'BYE' });
  await w.close();
});

test('an application that is silent for ten minutes has its INVITE answered; one that goes loses its calls', async () => {
  const heard: string[] = [];
  const dialogs: SrfDialog[] = [];
  let answers = false;
  const w = await world('memory', {}, (srf) =>
    srf.invite((req, res) => {
      req.on('cancel', () => heard.push('cancel'));
      if (answers) void srf.createUAS(req, res, { localSdp: SDP }).then((dialog) => dialogs.push(dialog));
    }),
  );
  invite(w);
  await w.clock?.advance(599_000);
  expect(finals(w)).toEqual([]);
  await w.clock?.advance(2000);
  expect(finals(w)[0]).toBe(480);
  expect(heard).toEqual(['cancel']);
  await w.clock?.advance(40_000);
  answers = true;
  w.peer.received.length = 0;
  invite(w);
  await w.until(() => dialogs.length === 1, 'the dialog');
  inDialog(w, 'ACK', 1);
  await w.settle();
  w.srf.disconnect();
  await w.until(() => w.peer.requests.length === 1, 'BYE');
  expect(w.peer.requests[0]).toMatchObject({ method: 'BYE' });
  expect(w.drachtio.dialogs).toBe(0);
  await w.close();
});
