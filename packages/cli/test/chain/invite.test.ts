import { describe, expect, test } from '@jest/globals';
import type { DatagramFates, TestHost } from '@ims-sim/host';
import { values, valueOf, vias, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { SrfDialog, SrfRequest, SrfResponse, Srf } from '@ims-sim/drachtio';
import { network, PLACES, requestAt, uris, type Network, type Place } from './network.js';
import { ANSWER, OFFER, phone, until, type Phone } from './phone.js';

const CALLEE = 'sip:user2_public1@home2.net';

interface Callee {
  readonly dialogs: SrfDialog[];
  readonly heard: string[];
  take(req: SrfRequest, res: SrfResponse, srf: Srf): void;
}

/** What a UE may say of its access, and what it may not say at all. */
const CLAIMS = {
  'P-Asserted-Identity': '<sip:somebody@else.net>',
  'P-Charging-Vector': 'icid-value=false',
  'P-Access-Network-Info': '3GPP-UTRAN-TDD;utran-cell-id-3gpp=234',
};

/** Rings reliably, and answers once that is acknowledged. */
function callee(answers = true, headers: Record<string, string> = {}): Callee {
  const it: Callee = {
    dialogs: [],
    heard: [],
    take(req, res, srf) {
      it.heard.push(`INVITE ${req.body === OFFER ? 'offer' : String(req.body)}`);
      req.on('cancel', () => it.heard.push('cancel'));
      const answer = () => {
        srf.createUAS(req, res, { localSdp: ANSWER, headers }).then(
          (dialog) => {
            it.dialogs.push(dialog);
            dialog.on('destroy', () => it.heard.push('BYE'));
            dialog.on('modify', (_req, modified) => {
              it.heard.push('re-INVITE');
              modified.send(200, { body: ANSWER });
            });
            dialog.on('update', (_req, updated) => {
              it.heard.push('UPDATE');
              updated.send(200);
            });
          },
          () => undefined,
        );
      };
      if (!/100rel/.test(req.get('Supported') ?? '')) {
        res.send(180, {}, answer);
        return;
      }
      res.send(183, { headers: { Require: '100rel' }, body: ANSWER }, undefined, () => {
        it.heard.push('PRACK');
        if (answers) res.send(180, {}, answer);
      });
    },
  };
  return it;
}

interface Setting {
  readonly net: Network;
  readonly caller: Phone;
  readonly called: Phone;
  readonly at: Callee;
  close(): Promise<void>;
}

interface Settings {
  readonly answers?: boolean;
  readonly callAs?: boolean;
  /** The called UE claims what it may not. */
  readonly says?: boolean;
  readonly tcpAboveBytes?: number;
}

async function setting(
  profile: 'tr-24.841' | 'ts-24.141',
  { answers = true, callAs = false, says = false, tcpAboveBytes }: Settings = {},
): Promise<Setting> {
  const net = await network(profile, { callAs, ...(tcpAboveBytes !== undefined && { tcpAboveBytes }) });
  const at = callee(answers, says ? CLAIMS : {});
  const caller = await phone(net, 'ue1', '1');
  const called = await phone(net, 'ue2', '2', at.take);
  expect(await caller.register()).toBe(200);
  expect(await called.register()).toBe(200);
  return {
    net,
    caller,
    called,
    at,
    async close() {
      await caller.drachtio.close();
      await called.drachtio.close();
      await net.close();
    },
  };
}

const HOPS: readonly Place[] = [
  'pcscf1.home1.net',
  'scscf1.home1.net',
  'icscf2.home2.net',
  'scscf2.home2.net',
  'pcscf2.home2.net',
];
const IN_DIALOG: readonly Place[] = HOPS.filter((place) => place !== 'icscf2.home2.net');

const requestsAt = (net: Network, place: Place, method: string) =>
  net.received(place).filter((it): it is SipRequest => it.kind === 'request' && it.method === method);
const responsesAt = (net: Network, place: Place, method: string) =>
  net
    .received(place)
    .filter(
      (it): it is SipResponse =>
        it.kind === 'response' && valueOf(it.headers, 'cseq')?.endsWith(method) === true,
    );

describe.each<['tr-24.841' | 'ts-24.141']>([['tr-24.841'], ['ts-24.141']])(
  'a call across both networks, %s',
  (profile) => {
    test('TS 24.229 5.2.6, 5.2.7, 5.3.2, 5.4.3: INVITE, 183, PRACK, 180, 200, ACK, UPDATE, re-INVITE, BYE', async () => {
      const { net, caller, at, close } = await setting(profile);
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog, 'the call');
      await until(net, () => at.dialogs.length === 1, 'the called one has it too');

      for (const place of HOPS) {
        expect([place, requestsAt(net, place, 'INVITE').length]).toEqual([place, 1]);
      }
      // 100 at each hop
      for (const place of ['ue1', ...HOPS.slice(0, -1)] as Place[]) {
        expect([place, responsesAt(net, place, 'INVITE').map(({ status }) => status)]).toEqual([
          place,
          [100, 183, 180, 200],
        ]);
      }
      const arrived = requestAt(net, 'ue2', 'INVITE');
      const recorded = [
        'sip:pcscf2.home2.net;lr',
        'sip:scscf2.home2.net;lr',
        'sip:scscf1.home1.net;lr',
        'sip:pcscf1.home1.net;lr',
      ];
      expect(uris(arrived, 'record-route')).toEqual(recorded);
      expect(uris(arrived, 'route')).toEqual([]);
      expect(arrived.uri).toBe(`sip:${PLACES.ue2}:5070`);
      expect(values(arrived, 'max-forwards')).toEqual(['65']);
      expect(uris(arrived, 'p-called-party-id')).toEqual([CALLEE]);
      expect(uris(arrived, 'p-asserted-identity')[0]).toBe('sip:user1_public1@home1.net');
      expect(arrived.headers.some(({ key }) => key === 'p-charging-vector')).toBe(false);
      const answered = responsesAt(net, 'ue1', 'INVITE').at(-1) as SipResponse;
      expect(valueOf(answered.headers, 'p-charging-vector')).toBeUndefined();
      expect(valueOf(answered.headers, 'p-asserted-identity')).toContain(CALLEE);
      const [vector] = responsesAt(net, 'scscf1.home1.net', 'INVITE').flatMap(({ status, headers }) =>
        status > 100 ? [valueOf(headers, 'p-charging-vector')] : [],
      );
      expect(vector === undefined ? undefined : /;(orig-ioi.*)/.exec(vector)?.[1]).toBe(
        profile === 'ts-24.141' ? 'orig-ioi=home1.net;term-ioi=home2.net' : undefined,
      );

      // along the route set, past the I-CSCF
      for (const place of IN_DIALOG) {
        for (const method of ['PRACK', 'ACK']) {
          expect([place, method, requestsAt(net, place, method).length]).toEqual([place, method, 1]);
        }
      }
      expect(requestsAt(net, 'icscf2.home2.net', 'PRACK')).toEqual([]);
      expect(requestsAt(net, 'icscf2.home2.net', 'ACK')).toEqual([]);
      expect(uris(requestAt(net, 'ue2', 'ACK'), 'route')).toEqual([]);

      const dialog = call.dialog as SrfDialog;
      const updated = dialog.request({ method: 'UPDATE', body: OFFER });
      expect((await net.clock.until(updated)).status).toBe(200);
      expect(await net.clock.until(dialog.modify(`${OFFER}a=x\r\n`))).toBe(ANSWER);
      const back = at.dialogs[0] as SrfDialog;
      const changed: string[] = [];
      dialog.on('modify', (req, res) => {
        changed.push(req.method);
        res.send(200, { body: OFFER });
      });
      expect(await net.clock.until(back.modify(`${ANSWER}a=y\r\n`))).toBe(OFFER);
      expect(changed).toEqual(['INVITE']);
      const ended: string[] = [];
      dialog.on('destroy', ({ method }) => ended.push(method));
      await net.clock.until(back.destroy());
      expect(ended).toEqual(['BYE']);
      expect(at.heard).toEqual(['INVITE offer', 'PRACK', 'UPDATE', 're-INVITE']);
      for (const place of IN_DIALOG) {
        expect([place, requestsAt(net, place, 'BYE').length]).toEqual([place, 1]);
        expect([place, requestsAt(net, place, 'ACK').length]).toEqual([place, 3]);
      }
      await close();
    });

    test('RFC 3261 9, 16.10: CANCEL at each hop, 487 and its ACK hop by hop', async () => {
      const { net, caller, called, at, close } = await setting(profile, { answers: false });
      const call = caller.call(CALLEE);
      await until(net, () => at.heard.includes('PRACK'), 'it rings');
      call.request?.cancel();
      await until(net, () => call.failure, 'the end');
      expect(call.failure).toMatchObject({ status: 487 });
      await net.clock.advance(40_000);
      for (const place of HOPS) {
        expect([
          place,
          requestsAt(net, place, 'CANCEL').length,
          requestsAt(net, place, 'ACK').length,
        ]).toEqual([place, 1, 1]);
      }
      expect(at.heard.at(-1)).toBe('cancel');
      expect([caller.drachtio.invites, called.drachtio.invites, called.drachtio.dialogs]).toEqual([0, 0, 0]);
      await close();
    });

    test('RFC 3261 16.6: two contacts with one q ring at once; the one that answers, and CANCEL for the other', async () => {
      const { net, caller, at, close } = await setting(profile);
      const late = callee(false);
      const other = await phone(net, 'ue3', '2', late.take);
      expect(await other.register()).toBe(200);
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog, 'the call');
      await until(net, () => late.heard.includes('cancel'), 'CANCEL');
      expect(at.dialogs).toHaveLength(1);
      expect(late.dialogs).toHaveLength(0);
      expect(call.provisional.filter((status) => status === 183)).toHaveLength(2);
      await net.clock.until((call.dialog as SrfDialog).destroy());
      expect(at.heard.at(-1)).toBe('BYE');
      await other.drachtio.close();
      await close();
    });

    test('RFC 3261 16.6: the contact of the higher q first; its refusal makes way for the next', async () => {
      const { net, caller, called, at, close } = await setting(profile);
      const heard: string[] = [];
      const busy = await phone(net, 'ue3', '2', (_req, res) => {
        heard.push('INVITE');
        res.send(486);
      });
      expect(await busy.register(';q=0.9')).toBe(200);
      expect(await called.register(';q=0.5')).toBe(200);
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog, 'the call');
      expect(heard).toEqual(['INVITE']);
      expect(at.dialogs).toHaveLength(1);
      await busy.drachtio.close();
      await close();
    });

    test('RFC 3261 16.8: what rings for ever ends by Timer C with CANCEL and 408 or 487', async () => {
      const { net, caller, called, at, close } = await setting(profile, { answers: false });
      const call = caller.call(CALLEE);
      await until(net, () => at.heard.includes('PRACK'), 'it rings');
      await until(net, () => call.failure, 'the end', 400_000);
      expect([408, 487]).toContain(call.failure?.status);
      expect(at.heard.filter((it) => it === 'cancel')).toHaveLength(1);
      expect(at.heard.filter((it) => it.startsWith('INVITE'))).toHaveLength(1);
      await net.clock.advance(40_000);
      expect([caller.drachtio.invites, called.drachtio.invites]).toEqual([0, 0]);
      await close();
    });

    test('TS 24.229 5.4.3.3: a criterion leads the call to an AS as a B2BUA, and back', async () => {
      const { net, caller, at, close } = await setting(profile, { callAs: true });
      const legs: string[] = [];
      const as = await phone(net, 'as.home2.net', '2', (req, res, srf) => {
        const back = /<sip:[^>]*scscf2[^>]*>/.exec(req.get('Route') ?? '')?.[0] ?? '';
        srf
          .createB2BUA(req, res, req.uri, {
            localSdpB: req.body ?? '',
            headers: { Route: back, 'P-Asserted-Identity': req.get('P-Asserted-Identity') ?? '' },
            // Without 100rel: with it, drachtio-srf waits for PRACKs by the machine's clock.
            proxyRequestHeaders: ['From', 'To'],
          })
          .then(
            ({ uas, uac }) => {
              legs.push('connected');
              uas.on('destroy', () => void uac.destroy());
            },
            (error: unknown) => legs.push(String(error)),
          );
      });
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog && legs.length > 0, 'the call');
      expect(legs).toEqual(['connected']);
      expect(at.dialogs[0]?.sip.callId).not.toBe(call.dialog?.sip.callId);
      await net.clock.until((call.dialog as SrfDialog).destroy());
      await until(net, () => at.heard.at(-1) === 'BYE', 'BYE at the other end');
      await until(net, () => as.drachtio.dialogs === 0, 'nothing is left at the AS');
      await as.drachtio.close();
      await close();
    });

    test('TS 24.229 5.4.3.3: an AS as a proxy that stays in the dialog', async () => {
      const { net, caller, at, close } = await setting(profile, { callAs: true });
      const results: unknown[] = [];
      const as = await phone(net, 'as.home2.net', '2', (req, _res, srf) => {
        srf.proxyRequest(req, [req.uri], { remainInDialog: true }).then(
          ({ connected }) => results.push(connected),
          (error: unknown) => results.push(error),
        );
      });
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog && results.length > 0, 'the call');
      expect(results).toEqual([true]);
      expect(
        uris(requestAt(net, 'ue2', 'INVITE'), 'record-route').some((uri) =>
          uri.startsWith('sip:as.home2.net'),
        ),
      ).toBe(true);
      await net.clock.until((call.dialog as SrfDialog).destroy());
      expect(at.heard).toEqual(['INVITE offer', 'PRACK', 'BYE']);
      expect(requestsAt(net, 'as.home2.net', 'BYE')).toHaveLength(1);
      await as.drachtio.close();
      await close();
    });

    test('TS 24.229 4.4, 5.2.6.3, 5.2.6.4: what each end says of itself, and what the network keeps', async () => {
      const { net, caller, close } = await setting(profile, { says: true });
      const call = caller.call(CALLEE, { ...CLAIMS, Privacy: 'id' });
      await until(net, () => call.dialog, 'the answer');
      const asked = (place: Place) => requestAt(net, place, 'INVITE').headers;
      const has = (headers: SipRequest['headers'], key: string) => headers.some((h) => h.key === key);
      expect(valueOf(asked('scscf1.home1.net'), 'p-asserted-identity')).toBe('<sip:user1_public1@home1.net>');
      expect(has(asked('scscf1.home1.net'), 'p-access-network-info')).toBe(true);
      expect(has(asked('icscf2.home2.net'), 'p-access-network-info')).toBe(false);
      expect(has(asked('pcscf2.home2.net'), 'p-asserted-identity')).toBe(true);
      expect(has(asked('ue2'), 'p-asserted-identity')).toBe(false); // Privacy: id
      const told = (place: Place) => (responsesAt(net, place, 'INVITE').at(-1) as SipResponse).headers;
      expect(has(told('pcscf2.home2.net'), 'p-access-network-info')).toBe(true);
      expect(valueOf(told('scscf2.home2.net'), 'p-asserted-identity')).toBe(`<${CALLEE}>`);
      expect(has(told('icscf2.home2.net'), 'p-access-network-info')).toBe(false);
      const asserted = told('ue1')
        .filter(({ key }) => key === 'p-asserted-identity')
        .map(({ value }) => value);
      expect(asserted).toEqual(
        profile === 'ts-24.141' ? [`<${CALLEE}>`, '<tel:+1-212-555-2222>'] : [`<${CALLEE}>`],
      );
      expect(
        net
          .received('scscf2.home2.net')
          .some((it) => JSON.stringify(it.headers).includes('icid-value=false')),
      ).toBe(false);
      await close();
    });

    test('TS 24.229 5.4.3.3: a silent AS is passed by within its time, one that rings is not', async () => {
      const { net, caller, at, close } = await setting(profile, { callAs: true });
      const socket = await (net.hosts.get('as.home2.net') as TestHost).net.udp(
        { address: PLACES['as.home2.net'], port: 5060 },
        { onDatagram: () => undefined },
      );
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog, 'the call', 6000);
      expect(at.dialogs).toHaveLength(1);
      await net.clock.until((call.dialog as SrfDialog).destroy());
      socket.close();
      const as = await phone(net, 'as.home2.net', '2', (_req, res) => res.send(180));
      const second = caller.call(CALLEE);
      await until(net, () => second.failure, 'the end', 400_000);
      expect([408, 487]).toContain(second.failure?.status);
      expect(at.dialogs).toHaveLength(1);
      await as.drachtio.close();
      await close();
    });

    test('MESSAGE, OPTIONS and, within a call, INFO and REFER with its NOTIFY, cross both networks', async () => {
      const { net, caller, called, at, close } = await setting(profile);
      const got: string[] = [];
      called.srf.message((req, res) => {
        got.push(`MESSAGE ${req.body} ${req.get('P-Asserted-Identity')}`);
        res.send(200);
      });
      called.srf.options((_req, res) => res.send(200, { headers: { Allow: 'INVITE' } }));
      const ask = (method: string, more: object) =>
        net.clock.until(
          new Promise<SrfResponse>((resolve, reject) => {
            const headers = {
              Route: '<sip:pcscf1.home1.net;lr>',
              From: '<sip:user1_public1@home1.net>',
              ...more,
            };
            const body = method === 'MESSAGE' ? { body: 'hello' } : {};
            caller.srf.request(CALLEE, { method, headers, ...body }, (error, req) => {
              if (error !== null) reject(error);
              else req.on('response', resolve);
            });
          }),
        );
      expect((await ask('MESSAGE', { 'Content-Type': 'text/plain' })).status).toBe(200);
      expect((await ask('OPTIONS', {})).get('Allow')).toBe('INVITE');
      expect(got).toEqual([expect.stringContaining('MESSAGE hello <sip:user1_public1@home1.net>')]);
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog && at.dialogs.length === 1, 'the call');
      const dialog = call.dialog as SrfDialog;
      const back = at.dialogs[0] as SrfDialog;
      back.on('refer', (req, res) => {
        got.push(`REFER ${req.get('Refer-To')}`);
        res.send(202);
        const headers = {
          Event: 'refer',
          'Subscription-State': 'terminated',
          'Content-Type': 'message/sipfrag',
        };
        void back.request({ method: 'NOTIFY', headers, body: 'SIP/2.0 200 OK' });
      });
      dialog.on('notify', (req, res) => {
        got.push(`NOTIFY ${req.body}`);
        res.send(200);
      });
      expect((await net.clock.until(dialog.request({ method: 'INFO' }))).status).toBe(200);
      const headers = { 'Refer-To': '<sip:third@home2.net>' };
      expect((await net.clock.until(dialog.request({ method: 'REFER', headers }))).status).toBe(202);
      await until(net, () => got.length === 3, 'the NOTIFY');
      expect(got.slice(1)).toEqual(['REFER <sip:third@home2.net>', 'NOTIFY SIP/2.0 200 OK']);
      expect(caller.drachtio.dialogs).toBe(1); // the refer subscription is over, the call is not
      await net.clock.until(dialog.destroy());
      await close();
    });

    test('RFC 3261 18.1.1, RFC 5658: an INVITE that is too large for a datagram goes by TCP between the hops, the call all the same', async () => {
      const { net, caller, at, close } = await setting(profile, { tcpAboveBytes: 900 });
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog, 'the call');
      await until(net, () => at.dialogs.length === 1, 'the called one has it too');
      const arrived = requestAt(net, 'ue2', 'INVITE');
      expect(uris(arrived, 'record-route').some((uri) => uri.includes('transport=tcp'))).toBe(true);
      expect(vias(arrived)[0]?.transport).toBe('UDP'); // as the UE has registered
      const back = at.dialogs[0] as SrfDialog;
      expect((await net.clock.until(back.request({ method: 'INFO' }))).status).toBe(200);
      expect(await net.clock.until((call.dialog as SrfDialog).modify(`${OFFER}a=x\r\n`))).toBe(ANSWER);
      await net.clock.until(back.destroy());
      expect(caller.drachtio.dialogs).toBe(0);
      await close();
    });

    test('TS 24.229 5.4.3.3: an AS that is gone is passed by (SESSION_CONTINUED)', async () => {
      const { net, caller, at, close } = await setting(profile, { callAs: true });
      const call = caller.call(CALLEE);
      await until(net, () => call.dialog, 'the call');
      expect(at.dialogs).toHaveLength(1);
      await close();
    });
  },
);

/** Drops the first datagram of this kind between two hops. */
function dropping(
  isIt: (text: string, from: string, to: string) => boolean,
): DatagramFates & { dropped(): number } {
  let dropped = 0;
  const fates = (datagram: Buffer, from: { address: string }, to: { address: string }) => {
    if (dropped === 0 && isIt(datagram.toString('latin1'), from.address, to.address)) {
      dropped++;
      return 'drop' as const;
    }
    return 'deliver' as const;
  };
  return Object.assign(fates, { dropped: () => dropped });
}

const WAY: readonly Place[] = ['ue1', ...HOPS, 'ue2'];
const LOSSES = [
  'INVITE ',
  'SIP/2.0 183',
  'PRACK ',
  'SIP/2.0 180',
  'SIP/2.0 200 OK-INVITE',
  'ACK ',
  'BYE ',
].flatMap((kind) => {
  const way = /^(PRACK|ACK|BYE)/.test(kind) ? WAY.filter((place) => place !== 'icscf2.home2.net') : WAY;
  return way.slice(1).map((place, i) => [kind, way[i] as Place, place] as [string, Place, Place]);
});

describe('RFC 3261 17, 13.3.1.4: a datagram lost at any hop is made up for', () => {
  test.each(LOSSES)('%s between %s and %s', async (kind, near, far) => {
    const { net, caller, called, at, close } = await setting('ts-24.141');
    const isResponse = kind.startsWith('SIP');
    const [from, to] = isResponse ? [PLACES[far], PLACES[near]] : [PLACES[near], PLACES[far]];
    const [start = '', method] = kind.split('-');
    const loss = dropping(
      (text, source, target) =>
        source === from &&
        target === to &&
        text.startsWith(start) &&
        (method === undefined || /CSeq: \d+ INVITE/.test(text)),
    );
    const network = net.hosts.get('ue1')?.network;
    if (network !== undefined) network.faults = loss;
    const idle = net.clock.pendingTimers;
    const call = caller.call(CALLEE);
    await until(net, () => call.dialog, 'the call');
    await until(net, () => at.dialogs.length === 1, 'the called one has it too');
    await net.clock.advance(2000);
    await net.clock.until((call.dialog as SrfDialog).destroy());
    await net.clock.advance(120_000);
    expect(net.clock.pendingTimers).toBeLessThanOrEqual(idle); // nothing of the call is left at any hop
    // An unreliable 180 is not sent again, and nobody waits for it.
    expect(loss.dropped()).toBe(1);
    expect(at.heard).toEqual(['INVITE offer', 'PRACK', 'BYE']);
    expect([called.drachtio.dialogs, called.drachtio.invites, caller.drachtio.dialogs]).toEqual([0, 0, 0]);
    await close();
  });
});

const CANCELLED = ['CANCEL ', 'SIP/2.0 487', 'ACK '].flatMap((kind) =>
  WAY.slice(1).map((place, i) => [kind, WAY[i] as Place, place] as [string, Place, Place]),
);

describe('RFC 3261 9, 17.1.1.3: a datagram lost at any hop of a CANCEL is made up for', () => {
  test.each(CANCELLED)('%s between %s and %s', async (kind, near, far) => {
    const { net, caller, called, at, close } = await setting('ts-24.141', { answers: false });
    const [from, to] = kind.startsWith('SIP') ? [PLACES[far], PLACES[near]] : [PLACES[near], PLACES[far]];
    const loss = dropping(
      (text, source, target) => source === from && target === to && text.startsWith(kind),
    );
    const network = net.hosts.get('ue1')?.network;
    const idle = net.clock.pendingTimers;
    const call = caller.call(CALLEE);
    await until(net, () => at.heard.includes('PRACK'), 'it rings');
    if (network !== undefined) network.faults = loss;
    call.request?.cancel();
    await until(net, () => call.failure, 'the end');
    expect(call.failure).toMatchObject({ status: 487 });
    await net.clock.advance(120_000);
    expect(loss.dropped()).toBe(1);
    expect(at.heard.filter((it) => it === 'cancel')).toHaveLength(1);
    expect([called.drachtio.dialogs, called.drachtio.invites, caller.drachtio.invites]).toEqual([0, 0, 0]);
    expect(net.clock.pendingTimers).toBeLessThanOrEqual(idle); // nothing of the call is left at any hop
    await close();
  });
});
