import { describe, expect, test } from '@jest/globals';
import { readRegInfo, type RegInfo } from '@ims-sim/reginfo';
import {
  createRequest,
  fromUtf8,
  header,
  responseTo,
  valueOf,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { criterion } from '../harness.js';
import { network, register, type Agent, type NetworkOptions } from '../network.js';

const UE = '<sip:user1_public1@home1.net>';

function subscribe(...headers: [string, string][]): SipRequest {
  const given = new Set(headers.map(([name]) => name));
  const all: [string, string][] = [
    ['Max-Forwards', '69'],
    ['P-Asserted-Identity', UE],
    ['Record-Route', '<sip:pcscf1.home1.net;lr>'],
    ['From', `${UE};tag=ue`],
    ['To', UE],
    ['Call-ID', 'subscription'],
    ['CSeq', '1 SUBSCRIBE'],
    ['Event', 'reg'],
    ['Accept', 'application/reginfo+xml'],
    ['Expires', '600000'],
    ['Contact', '<sip:[5555::aaa]>'],
  ];
  return createRequest({
    method: 'SUBSCRIBE',
    uri: 'sip:user1_public1@home1.net',
    headers: [...all.filter(([name]) => !given.has(name)), ...headers]
      .filter(([, value]) => value !== '')
      .map(([name, value]) => header(name, value)),
  });
}

/** A SUBSCRIBE within the dialog that `response` made. */
function again(response: SipResponse, cseq: number, ...headers: [string, string][]): SipRequest {
  const contact = valueOf(response.headers, 'contact') ?? '';
  const number: [string, string][] = headers.some(([name]) => name === 'CSeq')
    ? []
    : [['CSeq', `${cseq} SUBSCRIBE`]];
  return {
    ...subscribe(...number, ['To', valueOf(response.headers, 'to') ?? ''], ...headers),
    uri: contact.slice(1, -1),
  };
}

function documents({ requests }: Agent): RegInfo[] {
  return requests
    .filter(({ method }) => method === 'NOTIFY')
    .map(({ body }) => {
      const read = readRegInfo(fromUtf8(body));
      if ('error' in read) throw new Error(read.error);
      return read;
    });
}

const states = ({ requests }: Agent) => requests.map(({ headers }) => valueOf(headers, 'subscription-state'));

async function subscribed(options: NetworkOptions = {}) {
  const it = await network(options);
  const pcscf = await it.agent('pcscf1.home1.net');
  expect((await pcscf.ask(register())).status).toBe(200);
  const response = await pcscf.ask(subscribe());
  return { ...it, pcscf, response };
}

describe('TS 24.229 5.4.2.1.1: a SUBSCRIBE to the registration state', () => {
  test('of the user itself: 200, and a NOTIFY with the full state of all identities that are not barred', async () => {
    const { pcscf, response } = await subscribed();
    expect(response.status).toBe(200);
    expect(valueOf(response.headers, 'expires')).toBe('600000');
    expect(valueOf(response.headers, 'record-route')).toBe('<sip:pcscf1.home1.net;lr>');
    expect(valueOf(response.headers, 'contact')).toMatch(/^<sip:[\w-]{11}@scscf1\.home1\.net>$/);
    const [notify] = pcscf.requests;
    expect(notify?.method).toBe('NOTIFY');
    expect(notify?.uri).toBe('sip:[5555::aaa]');
    expect(valueOf(notify?.headers ?? [], 'route')).toBe('<sip:pcscf1.home1.net;lr>');
    expect(valueOf(notify?.headers ?? [], 'event')).toBe('reg');
    expect(valueOf(notify?.headers ?? [], 'subscription-state')).toBe('active;expires=600000');
    expect(valueOf(notify?.headers ?? [], 'content-type')).toBe('application/reginfo+xml');
    const [full] = documents(pcscf);
    expect(full).toMatchObject({ version: 0, state: 'full' });
    expect(
      full?.registrations.map(({ aor, state, contacts }) => [
        aor,
        state,
        contacts.map((c) => [c.state, c.event, c.uri]),
      ]),
    ).toEqual([
      ['sip:user1_public1@home1.net', 'active', [['active', 'registered', 'sip:[5555::aaa]']]],
      ['tel:+1-212-555-1111', 'active', [['active', 'created', 'sip:[5555::aaa]']]],
    ]);
    expect(full?.registrations[0]?.contacts[0]).toMatchObject({ expiresS: 3600, callId: 'registration' });
  });

  test.each([
    ['pcscf1.home1.net', UE, 1],
    ['pcscf1.home1.net', '<sip:pcscf1.home1.net>', 1],
    ['as1.home1.net', '<sip:as1.home1.net>', 3],
  ])('4.5.4.1: by way of %s, of %s: both operators are of type %i', async (name, identity, type) => {
    const { pcscf, ...it } = await subscribed({ criteria: [criterion(0, 'as1.home1.net')] });
    const asker = name === 'pcscf1.home1.net' ? pcscf : await it.agent(name);
    const operators = `icid-value=x;orig-ioi="Type ${type}other.net"`;
    const contact: [string, string][] =
      identity === UE
        ? []
        : [
            ['Contact', identity],
            ['Record-Route', ''],
          ];
    const { headers } = await asker.ask(
      subscribe(
        ['Call-ID', 'other'],
        ['P-Asserted-Identity', identity],
        ['P-Charging-Vector', operators],
        ...contact,
      ),
    );
    expect(valueOf(headers, 'p-charging-vector')).toBe(`${operators};term-ioi="Type ${type}home1.net"`);
    const notify = asker.requests.find((request) => valueOf(request.headers, 'call-id') === 'other');
    expect(valueOf(notify?.headers ?? [], 'p-charging-vector')).toBe(
      `icid-value=x;orig-ioi="Type ${type}home1.net"`,
    );
  });

  test('step 1B: each NOTIFY has the ICID of the last SUBSCRIBE that had one', async () => {
    const { pcscf } = await subscribed();
    const vector = (value: string): [string, string] => [
      'P-Charging-Vector',
      `icid-value=${value};orig-ioi="Type 1a"`,
    ];
    const first = await pcscf.ask(subscribe(['Call-ID', 'other'], vector('x')));
    await pcscf.ask(again(first, 2, ['Call-ID', 'other'], vector('"y z"')));
    await pcscf.ask(again(first, 3, ['Call-ID', 'other']));
    await pcscf.ask(again(first, 4, ['Call-ID', 'other'], vector('x'.repeat(300)))); // one that nobody keeps
    const icids = (id: string): readonly (string | undefined)[] =>
      pcscf.requests
        .filter(({ headers }) => valueOf(headers, 'call-id') === id)
        .map(({ headers }) => /icid-value=([^;]+)/.exec(valueOf(headers, 'p-charging-vector') ?? '')?.[1]);
    expect(icids('other')).toEqual(['x', '"y z"', '"y z"', '"y z"']);
  });

  test('one whose SUBSCRIBE had no ICID gets its own, the same in each NOTIFY', async () => {
    const { pcscf, response } = await subscribed();
    await pcscf.ask(again(response, 2));
    const [one, other, ...further] = pcscf.requests.map(({ headers }) =>
      valueOf(headers, 'p-charging-vector'),
    );
    expect(one).toMatch(/^icid-value=[\w-]{22};orig-ioi="Type 1home1.net"$/);
    expect([other, further]).toEqual([one, []]);
  });

  test('of the P-CSCF of its Path, and of an AS of its criteria', async () => {
    const { pcscf, ...it } = await subscribed({ criteria: [criterion(0, 'as1.home1.net')] });
    const as = await it.agent('as1.home1.net');
    for (const [asker, name] of [
      [pcscf, 'pcscf1.home1.net'],
      [as, 'as1.home1.net'],
    ] as const) {
      const response = await asker.ask(
        subscribe(
          ['P-Asserted-Identity', `<sip:${name}>`],
          ['Call-ID', name],
          ['Contact', `<sip:${name}>`],
          ['Record-Route', ''],
        ),
      );
      expect(response.status).toBe(200);
      expect(asker.requests.at(-1)).toMatchObject({ method: 'NOTIFY', uri: `sip:${name}` });
    }
  });

  test.each([
    ['somebody else: 403', [['P-Asserted-Identity', '<sip:user2_public1@home2.net>']], 403],
    ['another P-CSCF: 403', [['P-Asserted-Identity', '<sip:pcscf2.home1.net>']], 403],
    ['a barred identity of the user: 403', [['P-Asserted-Identity', '<sip:user1_barred@home1.net>']], 403],
    ['nobody asserted: 403', [['P-Asserted-Identity', '']], 403],
    ['below the least expiry: 423', [['Expires', '10']], 423],
    ['another media type: 406', [['Accept', 'application/pidf+xml']], 406],
    ['no Contact: 400', [['Contact', '']], 400],
  ] as [string, [string, string][], number][])('%s, and no NOTIFY', async (_title, headers, status) => {
    const it = await network();
    const pcscf = await it.agent('pcscf1.home1.net');
    await pcscf.ask(register());
    expect((await pcscf.ask(subscribe(...headers))).status).toBe(status);
    await it.host.clock.advance(1000);
    expect(pcscf.requests).toEqual([]);
  });

  test('step 0: nobody is registered: 480', async () => {
    const it = await network();
    const pcscf = await it.agent('pcscf1.home1.net');
    await pcscf.ask(register());
    await pcscf.ask(register(['Contact', '<sip:[5555::aaa]>;expires=0']));
    expect((await pcscf.ask(subscribe())).status).toBe(480);
  });

  test('RFC 3680 4.3: without Expires 3761 s', async () => {
    const { pcscf } = await subscribed();
    const response = await pcscf.ask(subscribe(['Expires', ''], ['Call-ID', 'other']));
    expect(valueOf(response.headers, 'expires')).toBe('3761');
  });
});

describe('RFC 6665: the subscription', () => {
  test('a refresh is answered, and notified with the full state again', async () => {
    const { pcscf, response, host } = await subscribed();
    await host.clock.advance(1000);
    const refreshed = await pcscf.ask(again(response, 2, ['Expires', '3600']));
    expect(refreshed.status).toBe(200);
    expect(valueOf(refreshed.headers, 'expires')).toBe('3600');
    expect(documents(pcscf)).toMatchObject([{ version: 0 }, { version: 1, state: 'full' }]);
    expect(states(pcscf)).toEqual(['active;expires=600000', 'active;expires=3600']);
  });

  test('4.4.1: Expires 0 ends it with a NOTIFY', async () => {
    const { pcscf, response, host } = await subscribed();
    expect((await pcscf.ask(again(response, 2, ['Expires', '0']))).status).toBe(200);
    expect(states(pcscf)).toEqual(['active;expires=600000', 'terminated;reason=timeout']);
    expect((await pcscf.ask(again(response, 3))).status).toBe(481);
    await pcscf.ask(register());
    await host.clock.advance(1000);
    expect(pcscf.requests).toHaveLength(2);
  });

  test('4.2.2: one that is not refreshed ends with a NOTIFY', async () => {
    const it = await network();
    const pcscf = await it.agent('pcscf1.home1.net');
    await pcscf.ask(register());
    await pcscf.ask(subscribe(['Expires', '600']));
    await it.host.clock.advance(601_000);
    expect(states(pcscf)).toEqual(['active;expires=600', 'terminated;reason=timeout']);
  });

  test.each([
    ['another event package: 489', 489, [['Event', 'presence']]],
    ['a dialog that is not there: 481', 481, [['Call-ID', 'unknown']]],
    ['CSeq out of order: 500', 500, [['CSeq', '0 SUBSCRIBE']]],
    ['below the least expiry: 423', 423, [['Expires', '5']]],
  ] as [string, number, [string, string][]][])(
    '%s, and it stays as it is',
    async (_title, status, headers) => {
      const { pcscf, response, host } = await subscribed();
      expect((await pcscf.ask(again(response, 2, ...headers))).status).toBe(status);
      await host.clock.advance(1000);
      expect(pcscf.requests).toHaveLength(1);
    },
  );
});

describe('TS 24.229 5.4.2.1.2: NOTIFY of what changed', () => {
  test('a refreshed and an added contact: partial, each version one up', async () => {
    const { pcscf, host } = await subscribed();
    await host.clock.advance(60_000);
    await pcscf.ask(register());
    await pcscf.ask(
      register(
        ['Contact', '<sip:[5555::bbb]>;q=0.5;+sip.instance="<urn:uuid:1>";expires=3600'],
        ['Call-ID', 'second'],
      ),
    );
    const [, refreshed, created] = documents(pcscf);
    expect(refreshed).toMatchObject({ version: 1, state: 'partial' });
    expect(refreshed?.registrations[0]?.contacts).toMatchObject([
      { event: 'refreshed', state: 'active', uri: 'sip:[5555::aaa]', durationRegisteredS: 60 },
    ]);
    expect(created).toMatchObject({ version: 2, state: 'partial' });
    expect(created?.registrations[0]?.contacts).toMatchObject([
      {
        event: 'registered',
        uri: 'sip:[5555::bbb]',
        q: '0.5',
        unknownParams: [{ name: '+sip.instance', value: '"<urn:uuid:1>"' }],
      },
    ]);
    expect(created?.registrations[1]?.contacts).toMatchObject([{ event: 'created' }]);
  });

  test('the last contact gone: all terminated, and the subscription too', async () => {
    const { pcscf, host, response } = await subscribed();
    await pcscf.ask(register(['Contact', '<sip:[5555::aaa]>;expires=0']));
    const last = documents(pcscf).at(-1);
    expect(last?.registrations.map(({ state }) => state)).toEqual(['terminated', 'terminated']);
    expect(last?.registrations[0]?.contacts).toMatchObject([{ state: 'terminated', event: 'unregistered' }]);
    expect(states(pcscf)).toEqual(['active;expires=600000', 'terminated;reason=noresource']);
    expect((await pcscf.ask(again(response, 2))).status).toBe(481);
    await pcscf.ask(register());
    await host.clock.advance(1000);
    expect(pcscf.requests).toHaveLength(2);
  });

  test('the registration expires: expired', async () => {
    const { pcscf, host } = await subscribed();
    await host.clock.advance(3_602_000);
    const last = documents(pcscf).at(-1);
    expect(last?.registrations[0]).toMatchObject({ state: 'terminated', contacts: [{ event: 'expired' }] });
  });

  test('one NOTIFY at a time: what happens meanwhile goes with the next', async () => {
    const it = await network();
    const pcscf = await it.agent('pcscf1.home1.net', () => undefined);
    await pcscf.ask(register());
    await pcscf.ask(subscribe());
    await pcscf.ask(register());
    await pcscf.ask(register(['Contact', '<sip:[5555::bbb]>;expires=3600']));
    expect(documents(pcscf)).toHaveLength(1);
    const [first] = pcscf.transactions;
    first?.respond(responseTo(first.request, 200));
    await it.host.clock.advance(10);
    const [, second] = documents(pcscf);
    expect(second).toMatchObject({ version: 1, state: 'partial' });
    expect(second?.registrations[0]?.contacts.map(({ uri }) => uri).sort()).toEqual([
      'sip:[5555::aaa]',
      'sip:[5555::bbb]',
    ]);
  });

  test.each([
    ['481', 481],
    ['no answer', undefined],
  ])('a NOTIFY that fails ends the subscription: %s', async (_title, status) => {
    const it = await network();
    const pcscf = await it.agent('pcscf1.home1.net', (transaction) => {
      if (status !== undefined) transaction.respond(responseTo(transaction.request, status));
    });
    await pcscf.ask(register());
    const response = await pcscf.ask(subscribe());
    await it.host.clock.advance(40_000);
    const before = pcscf.requests.length;
    await pcscf.ask(register());
    expect(pcscf.requests).toHaveLength(before);
    expect((await pcscf.ask(again(response, 2))).status).toBe(481);
    expect(it.logged.length).toBeGreaterThan(0);
  });

  test('one that is refused otherwise is followed by the full state', async () => {
    let status = 500;
    const it = await network();
    const pcscf = await it.agent('pcscf1.home1.net', (transaction) => {
      transaction.respond(responseTo(transaction.request, status));
    });
    await pcscf.ask(register());
    await pcscf.ask(subscribe());
    status = 200;
    await pcscf.ask(register());
    expect(documents(pcscf)).toMatchObject([
      { version: 0, state: 'full' },
      { version: 1, state: 'full' },
    ]);
    await pcscf.ask(register());
    expect(documents(pcscf).at(-1)).toMatchObject({ version: 2, state: 'partial' });
  });

  test('it ends with the S-CSCF', async () => {
    const { scscf, host, pcscf } = await subscribed();
    await scscf.close();
    await pcscf.stack.close();
    await host.clock.advance(1);
    expect(host.clock.pendingTimers).toBe(0);
  });
});

test('TS 24.229 5.4.2.1.2: an identity that the HSS bars or takes away is told as terminated, once', async () => {
  const { pcscf, scscf, host } = await subscribed();
  const barred = (identity: string, isBarred: boolean) => ({ identity, barred: isBarred });
  const profile = (...publicIdentities: ReturnType<typeof barred>[]) => ({
    privateIdentity: 'user1_private@home1.net',
    serviceProfiles: [{ publicIdentities, initialFilterCriteria: [] }],
  });
  const own = barred('sip:user1_public1@home1.net', false);
  const privateIdentity = 'user1_private@home1.net';
  for (const pushed of [profile(own, barred('tel:+1-212-555-1111', true)), profile(own)]) {
    expect(await scscf.cx.pushProfile({ privateIdentity, profile: pushed })).toEqual({ kind: 'updated' });
    await host.clock.advance(10);
  }
  const told = documents(pcscf).map(({ registrations }) =>
    registrations.map(({ aor, state, contacts }) => [aor, state, contacts.length]),
  );
  expect(told.slice(1)).toEqual([
    [
      ['sip:user1_public1@home1.net', 'active', 1],
      ['tel:+1-212-555-1111', 'terminated', 0],
    ],
    [['sip:user1_public1@home1.net', 'active', 1]],
  ]);
});

describe('TS 23.380 4: the subscription of the UE', () => {
  test('4.2: is kept by the HSS until it ends; that of its P-CSCF too, that of an AS is not', async () => {
    const { pcscf, asked, response } = await subscribed();
    const kept = () => asked.at(-1)?.restoration?.registrations[0]?.subscription;
    const tag = /;tag=.*/.exec(valueOf(response.headers, 'to') ?? '')?.[0] ?? '';
    expect(kept()).toEqual({
      callId: 'subscription',
      from: `${UE};tag=ue`,
      to: `${UE}${tag}`,
      recordRoute: '<sip:pcscf1.home1.net;lr>',
      contact: '<sip:[5555::aaa]>',
    });
    const before = asked.length;
    await pcscf.ask(subscribe(['P-Asserted-Identity', '<sip:pcscf1.home1.net>'], ['Call-ID', 'pcscf']));
    expect(asked).toHaveLength(before + 1);
    const both = asked.at(-1)?.restoration?.registrations[0];
    expect(both).toMatchObject({
      subscription: { callId: 'subscription' },
      pCscfSubscription: { callId: 'pcscf' },
    });
    await pcscf.ask(again(response, 2, ['Expires', '0']));
    expect(asked).toHaveLength(before + 2);
    expect(kept()).toBeUndefined();
    expect(asked.at(-1)?.restoration?.registrations[0]).toMatchObject({
      pCscfSubscription: { callId: 'pcscf' },
    });
  });

  test('4.3: the HSS takes the registration back from an S-CSCF without its memory: UE and P-CSCF are told', async () => {
    const first = await subscribed();
    await first.pcscf.ask(subscribe(['P-Asserted-Identity', '<sip:pcscf1.home1.net>'], ['Call-ID', 'pcscf']));
    const restoration = first.asked.at(-1)?.restoration;
    const it = await network(restoration === undefined ? {} : { restoration: [restoration] });
    await it.host.clock.advance(1_000_000);
    const pcscf = await it.agent('pcscf1.home1.net');
    const answer = it.host.clock.until(
      it.scscf.cx.registrationTermination({
        privateIdentity: 'user1_private@home1.net',
        associatedIdentities: [],
        publicIdentities: ['sip:user1_public1@home1.net'],
        reason: 'permanent-termination',
      }),
    );
    expect(await answer).toEqual({ kind: 'terminated' });
    expect(it.asked.map(({ type }) => type)).toEqual(['no-assignment']);
    await it.host.clock.advance(1000);
    const last = new Map(pcscf.requests.map(({ headers }) => [valueOf(headers, 'call-id'), headers]));
    expect([...last.keys()]).toEqual(['subscription', 'pcscf']);
    for (const headers of last.values()) {
      expect(valueOf(headers, 'subscription-state')).toBe('terminated;reason=noresource');
    }
    expect(documents(pcscf).at(-1)?.registrations[0]).toMatchObject({ state: 'terminated' });
  });

  test('4.3: goes on where the S-CSCF comes back without its memory', async () => {
    const first = await subscribed();
    const restoration = first.asked.at(-1)?.restoration;
    const it = await network(restoration === undefined ? {} : { restoration: [restoration] });
    await it.host.clock.advance(1_000_000);
    const pcscf = await it.agent('pcscf1.home1.net');
    const message = subscribe(
      ['Event', 'presence'],
      ['Call-ID', 'other'],
      ['Route', '<sip:orig@scscf1.home1.net;lr>'],
    );
    await pcscf.ask({ ...message, uri: 'sip:user2@home1.net' });
    const [notify] = pcscf.requests;
    expect(notify?.method).toBe('NOTIFY');
    expect(valueOf(notify?.headers ?? [], 'call-id')).toBe('subscription');
    expect(valueOf(notify?.headers ?? [], 'to')).toBe(`${UE};tag=ue`);
    expect(valueOf(notify?.headers ?? [], 'cseq')).toMatch(/^\d{4,} NOTIFY$/);
    const [document] = documents(pcscf);
    expect(document).toMatchObject({ state: 'full' });
    expect(document?.version).toBeGreaterThan(100);
    expect((await pcscf.ask(again(first.response, 2))).status).toBe(200);
    expect(documents(pcscf)).toHaveLength(2);
  });
});
