import { describe, expect, jest, test } from '@jest/globals';
import { first, parseMessage, valueOf, type SipMessage } from '@ims-sim/sip';
import { Srf, type SrfDialog, type SrfRequest } from '../src/index.js';
import { requestText, world, type Way } from './world.js';

const SUBSCRIBE_LINES = (target: string) => [
  'Record-Route: <sip:127.0.0.1:1;lr>',
  'Event: presence',
  'Expires: 7200',
  'Accept: application/pidf+xml',
  `Contact: <${target}>`,
];

const names = (message: SipMessage) => message.headers.map(({ line }) => line.slice(0, line.indexOf(':')));

describe.each<Way>(['memory', 'tcp'])(
  'An unmodified drachtio-srf application that answers, over %s',
  (way) => {
    test.each(['OPTIONS', 'MESSAGE', 'PUBLISH', 'SUBSCRIBE', 'NOTIFY', 'REGISTER', 'INFO'])(
      'gets a %s outside of dialogs whole, and its answer goes out with what RFC 3261 8.2.6 wants',
      async (method) => {
        let seen: SrfRequest | undefined;
        const w = await world(way, {}, (srf) => {
          const verb = method.toLowerCase() as 'options';
          srf[verb]((req, res) => {
            seen = req;
            res.send(480, 'Gone fishing', {
              headers: { 'Retry-After': '5', 'X-Own': 'a', 'sip-etag': 'e1' },
            });
          });
        });
        const text = requestText(method, w.peer, {
          lines: [
            `Contact: <sip:${w.peer.at.address}>`,
            'Subject: \u00c3\u00a9t\u00c3\u00a9',
            'X-Two: 1',
            'X-Two: 2',
          ],
          body: 'Gr\u00c3\u00bc\u00c3\u009fe\r\n\r\nzwei',
        });
        w.peer.send(text);
        await w.until(() => w.peer.received.length === 1, 'a response');
        expect(seen?.get('Subject')).toBe('été');
        expect(seen?.get('X-Two')).toBe('1,2');
        expect(seen?.body).toBe('Grüße\r\n\r\nzwei');
        expect(seen?.raw.replace(/;rport=[^\r]*|;received=[^\r;]*/g, ';rport')).toContain(
          'Max-Forwards: 66\r\n',
        );
        expect(seen?.source_address).toBe(w.peer.at.address);
        expect(seen?.source_port).toBe(w.peer.at.port);
        expect(seen?.receivedOn).toBe(`127.0.0.1:${w.endpointAt.port}`);
        expect(seen?.stackDialogId).toBe('');
        const [response] = w.peer.received;
        expect(response).toMatchObject({ kind: 'response', status: 480, reason: 'Gone fishing' });
        expect(names(response as SipMessage)).toEqual([
        'Via', 'From', 'To', 'Call-ID', 'CSeq', 'Retry-After', 'X-Own', 'SIP-ETag', 'Content-Length',
      ]); // prettier-ignore
        expect(valueOf(response?.headers ?? [], 'to')).toMatch(/^<tel:\+1-212-555-2222>;tag=\S{8}$/);
        await w.close();
      },
    );

    test('reads compact forms by their long names, also those that drachtio-srf does not know', async () => {
      let seen: SrfRequest | undefined;
      const w = await world(way, {}, (srf) => {
        srf.publish((req, res) => {
          seen = req;
          res.send(200);
        });
      });
      w.peer.send(
        requestText('PUBLISH', w.peer, {
          lines: ['o: presence', 'u : dialog', 'k: path', 'c: text/plain'],
          body: 'x',
        }).replace('Call-ID:', 'i:'),
      );
      await w.until(() => w.peer.received.length === 1, 'a response');
      const names = ['Event', 'Allow-Events', 'Supported', 'Content-Type', 'Call-ID'];
      expect(names.map((name) => seen?.get(name))).toEqual([
        'presence',
        'dialog',
        'path',
        'text/plain',
        'b89rjhnedlrfjflslj40a222',
      ]);
      await w.close();
    });

    test('sends 1xx and then one final response, all with one To tag; a second final one is refused', async () => {
      const errors: unknown[] = [];
      const w = await world(way, {}, (srf) => {
        srf.message((_req, res) => {
          res.send(183);
          res.send(200, {}, () => undefined);
          // drachtio-srf itself holds back a second one of the same object: past it, the endpoint says NOK.
          const again = Object.assign(Object.create(res) as typeof res, { finished: false });
          again.send(486, {}, (error) => errors.push(error));
        });
      });
      w.peer.send(requestText('MESSAGE', w.peer));
      await w.until(() => errors.length === 1, 'the second answer is refused');
      expect(errors).toEqual(['Response not sent due to unknown transaction']);
      expect(w.peer.received).toMatchObject([{ status: 183 }, { status: 200 }]);
      const tags = w.peer.received.map((response) => valueOf(response.headers, 'to'));
      expect(tags[0]).toBe(tags[1]);
      await w.close();
    });

    test('chooses the To tag itself where it wants to', async () => {
      const w = await world(way, {}, (srf) => {
        srf.message((_req, res) => res.send(200, { headers: { To: '<sip:x>;tag=151170' } }));
      });
      w.peer.send(requestText('MESSAGE', w.peer));
      await w.until(() => w.peer.received.length === 1, 'a response');
      expect(valueOf(w.peer.received[0]?.headers ?? [], 'to')).toBe('<tel:+1-212-555-2222>;tag=151170');
      await w.close();
    });

    test('answers a SUBSCRIBE by createUAS: 202 with Record-Route and Contact, and requests both ways in the dialog', async () => {
      let dialog: SrfDialog | undefined;
      const events: string[] = [];
      const w = await world(way, { initialCSeq: 42 }, (srf) => {
        srf.subscribe((req, res) => {
          void srf.createUAS(req, res, { headers: { Expires: '7200' } }).then((created) => {
            dialog = created;
            created.on('subscribe', (refresh, answer) => {
              events.push(`subscribe ${refresh.get('Expires')}`);
              answer.send(200, { headers: { Expires: '600' } });
            });
            created.on('unsubscribe', () => events.push('unsubscribe'));
            created.on('message', (_message, answer) => answer.send(200));
          });
        });
      });
      const target = `sip:user1@${w.peer.at.address}:${w.peer.at.port}`;
      const callId = 'cid-1';
      const route = `<sip:${w.peer.at.address}:${w.peer.at.port};lr>`;
      const lines = ['Event: presence', 'Expires: 7200', `Contact: <${target}>`];
      w.peer.send(
        requestText('SUBSCRIBE', w.peer, {
          callId,
          lines: [`Record-Route: ${route}, <sip:far.net;lr>`, ...lines],
        }),
      );
      await w.until(() => dialog, 'the dialog');
      const [accepted] = w.peer.received;
      expect(accepted).toMatchObject({ kind: 'response', status: 202 });
      // prettier-ignore
      expect(names(accepted as SipMessage)).toEqual([
      'Via', 'From', 'To', 'Call-ID', 'CSeq', 'Record-Route', 'Expires', 'Contact', 'Content-Length',
    ]);
      expect(valueOf(accepted?.headers ?? [], 'contact')).toBe('<sip:ps.home2.net>');
      expect(valueOf(accepted?.headers ?? [], 'record-route')).toBe(`${route}, <sip:far.net;lr>`);
      const localTag = /tag=(.*)$/.exec(valueOf(accepted?.headers ?? [], 'to') ?? '')?.[1] ?? '';
      expect(dialog?.id).toBe(`${callId};from-tag=31415`);
      expect(dialog?.sip).toEqual({ callId, localTag, remoteTag: '31415' });
      expect(w.srf.findDialogByCallIDAndFromTag(callId, '31415')).toBe(dialog);

      // Out, in the dialog.
      const answered = dialog?.request({
        method: 'NOTIFY',
        headers: {
          'Subscription-State': 'active;expires=7200',
          Event: 'presence',
          'Content-Type': 'application/pidf+xml',
          'P-Asserted-Identity': '<sip:user2_public1@home2.net>',
          Privacy: 'none',
        },
        body: '<présence/>',
      });
      await w.until(() => w.peer.requests.length === 1, 'the NOTIFY');
      const notify = w.peer.requests[0];
      expect(notify).toMatchObject({
        method: 'NOTIFY',
        uri: target,
        body: Buffer.from('<présence/>').toString('latin1'),
      });
      expect(names(notify as SipMessage)).toEqual([
      'Via', 'Max-Forwards', 'P-Asserted-Identity', 'Privacy', 'Route', 'From', 'To', 'Call-ID', 'CSeq',
      'Subscription-State', 'Event', 'Contact', 'Content-Type', 'Content-Length',
    ]); // prettier-ignore
      const value = (key: string) => valueOf(notify?.headers ?? [], key);
      expect(value('route')).toBe(`${route}, <sip:far.net;lr>`);
      expect(value('from')).toBe(`<tel:+1-212-555-2222>;tag=${localTag}`);
      expect(value('to')).toBe('<sip:user1_public1@home1.net>;tag=31415');
      expect(value('cseq')).toBe('42 NOTIFY');
      expect(value('content-length')).toBe('12');
      w.peer.answer(notify, 200);
      expect((await settled(w, answered))?.status).toBe(200);

      // In, in the dialog: refresh, MESSAGE, unsubscribe.
      const to = `<tel:+1-212-555-2222>;tag=${localTag}`;
      w.peer.send(
        requestText('SUBSCRIBE', w.peer, {
          callId,
          to,
          cseq: 62,
          lines: [...lines.slice(0, 2), 'Contact: <sip:moved@127.0.0.1:1>'],
        }),
      );
      await w.until(() => events.length === 1, 'the refresh');
      w.peer.send(requestText('MESSAGE', w.peer, { callId, to, cseq: 63 }));
      await w.until(() => w.peer.received.length === 4, 'an answer to the MESSAGE');
      w.peer.send(
        requestText('SUBSCRIBE', w.peer, {
          callId,
          to,
          cseq: 64,
          lines: ['Event: presence', 'Expires: 0', `Contact: <${target}>`],
        }),
      );
      await w.until(() => events.length === 2, 'the unsubscribe');
      await w.until(() => w.peer.received.length === 5, 'its answer');
      expect(events).toEqual(['subscribe 7200', 'unsubscribe']);
      expect(w.peer.received.slice(2)).toMatchObject([{ status: 200 }, { status: 200 }, { status: 202 }]);
      // Out of order, and of another dialog.
      w.peer.send(requestText('MESSAGE', w.peer, { callId, to, cseq: 63 }));
      w.peer.send(
        requestText('MESSAGE', w.peer, { callId, to: '<tel:+1-212-555-2222>;tag=other', cseq: 70 }),
      );
      await w.until(() => w.peer.received.length === 7, 'refusals');
      expect(
        w.peer.received
          .slice(5)
          .map((message) => (message.kind === 'response' ? message.status : 0))
          .sort(),
      ).toEqual([481, 500]);

      // The end.
      const destroyed = dialog?.destroy({ headers: { 'X-Last': 'yes' } });
      await w.until(() => w.peer.requests.length === 2, 'the last NOTIFY');
      const last = w.peer.requests[1];
      expect(valueOf(last?.headers ?? [], 'subscription-state')).toBe('terminated');
      expect(valueOf(last?.headers ?? [], 'event')).toBe('presence');
      expect(valueOf(last?.headers ?? [], 'cseq')).toBe('43 NOTIFY');
      expect(w.drachtio.dialogs).toBe(1);
      w.peer.answer(last, 200);
      await destroyed;
      await w.until(() => w.drachtio.dialogs === 0, 'the dialog is forgotten');
      await w.close();
    });

    test('answers a SUBSCRIBE by 200 and its own Dialog, uses its Contact as given, and gets ENODIALOG once the dialog is over', async () => {
      let dialog: SrfDialog | undefined;
      const w = await world(way, {}, (srf) => {
        srf.subscribe((req, res) => {
          res.send(200, { headers: { Expires: '60', Contact: '<sip:ps.home2.net;x=1>' } }, (_error, sent) => {
            dialog = new Srf.Dialog(srf, 'uas', { req, res, sent });
            srf.addDialog(dialog);
          });
        });
      });
      w.peer.send(
        requestText('SUBSCRIBE', w.peer, {
          lines: SUBSCRIBE_LINES(`sip:${w.peer.at.address}:${w.peer.at.port}`).slice(1),
        }),
      );
      await w.until(() => dialog, 'the dialog');
      expect(valueOf(w.peer.received[0]?.headers ?? [], 'contact')).toBe('<sip:ps.home2.net;x=1>');
      const headers = { 'Subscription-State': 'terminated;reason=noresource', Event: 'presence' };
      const answered = dialog?.request({ method: 'NOTIFY', headers });
      await w.until(() => w.peer.requests.length === 1, 'the NOTIFY');
      w.peer.answer(w.peer.requests[0], 200);
      await settled(w, answered);
      const failure = await settled(
        w,
        dialog?.request({ method: 'NOTIFY', headers }).catch((error: unknown) => error as Error),
      );
      expect(failure).toMatchObject({ code: 'ENODIALOG' });
      await w.close();
    });

    test('a body without Content-Type is refused, as by drachtio-server', async () => {
      const w = await world(way);
      const failure = await settled(
        w,
        w.srf
          .request(`sip:${w.peer.at.address}:${w.peer.at.port}`, { method: 'MESSAGE', body: 'hello' })
          .catch((error: unknown) => error),
      );
      expect(failure).toMatchObject({ message: 'missing content-type', code: 'EDRACHTIO' });
      await w.close();
    });

    test('a request that it has no handler for gets 503, one for no dialog 481, and one that can make none 400', async () => {
      const w = await world(way, {}, (srf) => srf.options((_req, res) => res.send(200)));
      w.peer.send(requestText('MESSAGE', w.peer, { callId: 'a' }));
      w.peer.send(requestText('INVITE', w.peer, { callId: 'b' }));
      w.peer.send(requestText('NOTIFY', w.peer, { callId: 'c', to: '<sip:x>;tag=y' }));
      w.peer.send(requestText('OPTIONS', w.peer, { callId: 'd' }));
      w.peer.send(requestText('SUBSCRIBE', w.peer, { callId: 'e' }));
      const finals = () =>
        w.peer.received.filter((message) => message.kind === 'response' && message.status >= 200);
      await w.until(() => finals().length >= 5, 'the answers');
      const statuses = new Map(
        finals().map((message) => [
          valueOf(message.headers, 'call-id'),
          message.kind === 'response' && message.status,
        ]),
      );
      expect(Object.fromEntries(statuses)).toEqual({ a: 503, b: 400, c: 481, d: 200, e: 400 });
      await w.close();
    });

    test('a handler that passes on leaves 404, and the connection stays', async () => {
      const w = await world(way, {}, (srf) => srf.message((_req, _res, next) => next()));
      for (const callId of ['a', 'b']) {
        w.peer.send(requestText('MESSAGE', w.peer, { callId }));
        await w.until(() => w.peer.received.length === (callId === 'a' ? 1 : 2), 'the answer');
      }
      expect(w.peer.received).toMatchObject([{ status: 404 }, { status: 404 }]);
      await w.close();
    });

    test('takes handlers away and puts them back', async () => {
      const w = await world(way, {}, (srf) => srf.message((_req, res) => res.send(200)));
      w.srf.unregisterForMessages('message');
      await w.settle();
      w.peer.send(requestText('MESSAGE', w.peer, { callId: 'a' }));
      await w.until(() => w.peer.received.length === 1, 'a refusal');
      w.srf.reregisterForMessages('message');
      await w.settle();
      w.peer.send(requestText('MESSAGE', w.peer, { callId: 'b' }));
      await w.until(() => w.peer.received.length === 2, 'an answer');
      expect(w.peer.received).toMatchObject([{ status: 503 }, { status: 200 }]);
      await w.close();
    });
  },
);

/** Lets things go on until the promise is settled. */
async function settled<T>(
  w: { until(reached: () => unknown, what: string): Promise<void> },
  promise: Promise<T> | undefined,
): Promise<T | undefined> {
  let done = false;
  void promise?.then(
    () => (done = true),
    () => (done = true),
  );
  await w.until(() => done, 'the promise');
  return promise;
}

test('An application in memory may read less: the messages it is handed have only those headers, and the body whole', async () => {
  let seen: SrfRequest | undefined;
  const w = await world(
    'memory',
    {},
    (srf) =>
      srf.publish((req, res) => {
        seen = req;
        res.send(200);
      }),
    { reads: ['Event', 'Call-ID'], echo: 'start-line' },
  );
  w.peer.send(requestText('PUBLISH', w.peer, { lines: ['Event: presence'], body: 'a\r\n\r\nb' }));
  await w.until(() => w.peer.received.length === 1, 'the answer');
  expect(Object.keys(seen?.headers ?? {})).toEqual(['call-id', 'event', 'content-length']);
  expect(seen?.body).toBe('a\r\n\r\nb');
  expect(first(w.peer.received[0]?.headers ?? [], 'cseq')?.value).toBe('61 PUBLISH');
  expect(parseMessage(seen?.raw ?? '').kind).toBe('message');
  await w.close();
});

test('An application that throws in a callback within drachtio-srf gets later requests all the same', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  let count = 0;
  const w = await world('memory', {}, (srf) =>
    srf.message((_req, res) => {
      res.send(200, {}, () => {
        if (count++ === 0) throw new Error('a bug of the application');
      });
    }),
  );
  w.peer.send(requestText('MESSAGE', w.peer, { callId: 'a' }));
  await w.until(() => w.peer.received.length === 1, 'the first answer');
  await w.settle();
  w.peer.send(requestText('MESSAGE', w.peer, { callId: 'b' }));
  await w.until(() => w.peer.received.length === 2, 'the second answer');
  expect(w.peer.received).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(said).toHaveBeenCalledTimes(1);
  said.mockRestore();
  await w.close();
});
