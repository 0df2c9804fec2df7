import { describe, expect, test } from '@jest/globals';
import { valueOf, type SipResponse } from '@ims-sim/sip';
import { Srf } from '../src/index.js';
import { requestText, world, type Way, type World } from './world.js';

const finals = (w: World) =>
  w.peer.received.filter((it): it is SipResponse => it.kind === 'response' && it.status >= 200);

describe.each<Way>(['memory', 'tcp'])('REFER outside of dialogs (RFC 3515), over %s', (way) => {
  test('an application takes one: 202 with Contact makes a dialog, in which it notifies', async () => {
    const w = await world(way, {}, (srf) =>
      srf.refer((req, res) => {
        res.send(202, {}, (_error, sent) => {
          const dialog = new Srf.Dialog(srf, 'uas', { req, res, sent });
          const headers = {
            Event: 'refer',
            'Subscription-State': 'terminated;reason=noresource',
            'Content-Type': 'message/sipfrag',
          };
          void dialog.request({ method: 'NOTIFY', headers, body: 'SIP/2.0 200 OK' });
        });
      }),
    );
    const at = `${w.peer.at.address}:${w.peer.at.port}`;
    w.peer.send(requestText('REFER', w.peer, { lines: [`Refer-To: <sip:c@${at}>`] }));
    await w.until(() => finals(w).length === 1, 'refused without Contact');
    expect(finals(w)[0]?.status).toBe(400);
    const lines = [`Refer-To: <sip:c@${at}>`, `Contact: <sip:ue@${at}>`];
    w.peer.send(requestText('REFER', w.peer, { lines, callId: 'refer' }));
    await w.until(() => w.peer.requests.length === 1, 'NOTIFY');
    const [, accepted] = finals(w);
    const contact = valueOf(accepted?.headers ?? [], 'contact');
    expect([accepted?.status, contact]).toEqual([202, '<sip:ps.home2.net>']);
    const [notify] = w.peer.requests;
    expect([notify?.method, notify?.uri]).toEqual(['NOTIFY', `sip:ue@${at}`]);
    expect(w.drachtio.dialogs).toBe(1);
    w.peer.answer(notify, 200);
    await w.until(() => w.drachtio.dialogs === 0, 'it is over with its last NOTIFY');
    await w.close();
  });

  test('an application sends one: the NOTIFYs of the implicit subscription reach it', async () => {
    const heard: string[] = [];
    const w = await world(way, {}, (srf) =>
      srf.notify((req, res) => {
        heard.push(`${req.get('Event') ?? ''} ${req.get('Subscription-State') ?? ''}`);
        res.send(200);
      }),
    );
    const at = `${w.peer.at.address}:${w.peer.at.port}`;
    const headers = { 'Refer-To': '<sip:c@home2.net>' };
    w.srf.request(`sip:b@${at}`, { method: 'REFER', headers }, () => undefined);
    await w.until(() => w.peer.requests.length === 1, 'REFER');
    const [refer] = w.peer.requests;
    const value = (key: string) => valueOf(refer?.headers ?? [], key) ?? '';
    expect(value('contact')).toBe('<sip:ps.home2.net>');
    w.peer.answer(refer, 202, { Contact: `<sip:b@${at}>` });
    await w.until(() => w.drachtio.dialogs === 1, 'the dialog');
    const notify = (cseq: number, state: string) => {
      const text = requestText('NOTIFY', w.peer, {
        to: value('from'),
        fromTag: 'peer-tag',
        callId: value('call-id'),
        cseq,
        lines: [`Event: refer;id=${Number.parseInt(value('cseq'), 10)}`, `Subscription-State: ${state}`],
      });
      w.peer.send(text);
    };
    notify(1, 'active;expires=60');
    await w.until(() => finals(w).length === 1, '200');
    notify(2, 'terminated;reason=noresource');
    await w.until(() => finals(w).length === 2, '200');
    expect(finals(w).map(({ status }) => status)).toEqual([200, 200]);
    expect(heard.map((line) => line.replace(/^.* /, ''))).toEqual([
      'active;expires=60',
      'terminated;reason=noresource',
    ]);
    expect(w.drachtio.dialogs).toBe(0);
    await w.close();
  });
});
