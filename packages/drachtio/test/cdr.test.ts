import { describe, expect, test } from '@jest/globals';
import { valueOf, type SipResponse } from '@ims-sim/sip';
import type { Srf, SrfDialog } from '../src/index.js';
import { requestText, world, type Way, type World } from './world.js';

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n';

/** What drachtio-srf hands to `srf.on('cdr:…')`, without the time. */
function recorded(srf: Srf, records: string[]): void {
  srf.on('cdr:attempt', (source, time, message) => {
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
    records.push(`attempt ${source} ${message.method}`);
  });
  srf.on('cdr:start', (source, _time, role) => records.push(`start ${source} ${role}`));
  srf.on('cdr:stop', (source, _time, reason) => records.push(`stop ${source} ${reason}`));
}

const finals = (w: World) =>
  w.peer.received.filter((it): it is SipResponse => it.kind === 'response' && it.status >= 200);

function invite(w: World, more: { branch?: string } = {}): void {
  const contact = `Contact: <sip:ue@${w.peer.at.address}:${w.peer.at.port}>`;
  w.peer.send(requestText('INVITE', w.peer, { lines: [contact], cseq: 1, ...more }));
}

function inDialog(w: World, method: string, cseq: number): void {
  const to = valueOf(finals(w)[0]?.headers ?? [], 'to') ?? '';
  w.peer.send(requestText(method, w.peer, { to, cseq }));
}

describe.each<Way>(['memory', 'tcp'])("call data records as srf.on('cdr:…') takes them, over %s", (way) => {
  test('a call that is answered, and ended by the peer', async () => {
    const records: string[] = [];
    const w = await world(way, { cdrs: true }, (srf) => {
      recorded(srf, records);
      srf.invite((req, res) => void srf.createUAS(req, res, { localSdp: SDP }));
    });
    invite(w);
    await w.until(() => finals(w).length === 1, '200');
    inDialog(w, 'ACK', 1);
    inDialog(w, 'BYE', 2);
    await w.until(() => finals(w).length === 2 && records.length === 3, 'the end');
    expect(records).toEqual([
      'attempt network INVITE',
      'start application uas',
      'stop network normal-release',
    ]);
    await w.close();
  });

  test('calls that are refused, and cancelled', async () => {
    const records: string[] = [];
    const w = await world(way, { cdrs: true }, (srf) => {
      recorded(srf, records);
      srf.invite((_req, res) => {
        if (records.length < 2) res.send(486);
        else res.send(180);
      });
    });
    invite(w);
    await w.until(() => finals(w).length === 1 && records.length === 2, '486');
    invite(w, { branch: 'z9hG4bK-c' });
    await w.until(() => w.peer.received.some((it) => it.kind === 'response' && it.status === 180), '180');
    w.peer.send(requestText('CANCEL', w.peer, { branch: 'z9hG4bK-c', cseq: 1 }));
    await w.until(() => finals(w).length === 3 && records.length === 4, '487');
    expect(records).toEqual([
      'attempt network INVITE',
      'stop application call-rejected',
      'attempt network INVITE',
      'stop network call-canceled',
    ]);
    await w.close();
  });

  test('a call of the application, ended by it', async () => {
    const records: string[] = [];
    const dialogs: SrfDialog[] = [];
    const w = await world(way, { cdrs: true }, (srf) => recorded(srf, records));
    const { address, port } = w.peer.at;
    void w.srf.createUAC(`sip:b@${address}:${port}`, { localSdp: SDP }).then((it) => dialogs.push(it));
    await w.until(() => w.peer.requests.length === 1, 'INVITE');
    w.peer.answer(w.peer.requests[0], 200, { Contact: `<sip:${address}:${port}>` }, { body: SDP });
    await w.until(() => dialogs.length === 1, 'the dialog');
    void dialogs[0]?.destroy();
    await w.until(() => records.length === 3, 'BYE');
    expect(records).toEqual([
      'attempt application INVITE',
      'start network uac',
      'stop application normal-release',
    ]);
    w.peer.answer(w.peer.requests.at(-1), 200);
    await w.settle();
    await w.close();
  });

  test('a call that is proxied has one for either side', async () => {
    const records: string[] = [];
    let next = '';
    const w = await world(way, { cdrs: true }, (srf) => {
      recorded(srf, records);
      srf.invite((req) => void srf.proxyRequest(req, next, { recordRoute: true }));
    });
    const further = await w.peerAt('127.0.0.3');
    next = `sip:${further.at.address}:${further.at.port}`;
    invite(w);
    await w.until(() => further.requests.length === 1, 'forwarded');
    further.answer(further.requests[0], 200, { Contact: `<${next}>` });
    await w.until(() => records.length === 3, 'records');
    expect(records).toEqual([
      'attempt network INVITE',
      'start network proxy-uac',
      'start application proxy-uas',
    ]);
    await w.close();
  });
});

test("drachtio-server's <cdrs>: without it no record is written, whoever asks for them", async () => {
  const records: string[] = [];
  const w = await world('memory', {}, (srf) => {
    recorded(srf, records);
    srf.invite((_req, res) => res.send(486));
  });
  invite(w);
  await w.until(() => finals(w).length === 1, '486');
  await w.settle();
  expect(records).toEqual([]);
  await w.close();
});
