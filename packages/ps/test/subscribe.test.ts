import { describe, expect, test } from '@jest/globals';
import type { Profile } from '@ims-sim/sip';
import { lab, toTag, TR_DOCUMENT, value, type Lab } from './lab.js';

const published = (it: Lab, callId = 'publish') => it.ask('PUBLISH', { callId, body: TR_DOCUMENT });
const states = (it: Lab) => it.notifies.map((notify) => value(notify, 'subscription-state'));
const kinds = (it: Lab) =>
  it.sent.map((message) => (message.kind === 'request' ? message.method : message.status));

describe('TR 24.841 6.1.1 steps 11-18: a watcher that may', () => {
  test('gets 200 and then, in the dialog, the NOTIFY of table 6.1.1-18', async () => {
    const it = await lab();
    await published(it);
    const response = await it.ask('SUBSCRIBE');
    expect(kinds(it)).toEqual([200, 200, 'NOTIFY']);
    const names = (at: number) => it.sent[at]?.headers.map(({ line }) => line.slice(0, line.indexOf(':')));
    expect(names(1)).toEqual([
      'Via', 'Record-Route', 'From', 'To', 'Call-ID', 'CSeq', 'Event', 'Expires', 'Contact', 'Content-Length',
    ]); // prettier-ignore
    expect(value(response, 'to')).toMatch(/^<tel:\+1-212-555-2222>;tag=\S+$/);
    expect(value(response, 'event')).toBe('presence');
    expect(value(response, 'expires')).toBe('7200');
    expect(value(response, 'contact')).toBe('<sip:ps.home2.net>');
    const [notify] = it.notifies;
    expect(notify?.uri).toBe('sip:[5555::aaa:bbb:ccc:ddd]');
    expect(names(2)).toEqual([
      'Via', 'Max-Forwards', 'P-Asserted-Identity', 'Privacy', 'Route', 'From', 'To', 'Call-ID', 'CSeq',
      'Subscription-State', 'Event', 'Contact', 'Content-Type', 'Content-Length',
    ]); // prettier-ignore
    const table = {
      'max-forwards': '70',
      'p-asserted-identity': '<sip:user2_public1@home2.net>',
      privacy: 'none',
      route: '<sip:10.0.0.2;lr>, <sip:scscf1.home1.net;lr>',
      from: value(response, 'to'),
      to: '<sip:user1_public1@home1.net>;tag=31415',
      'call-id': 'b89rjhnedlrfjflslj40a222',
      cseq: '42 NOTIFY',
      'subscription-state': 'active;expires=7200',
      event: 'presence',
      contact: '<sip:ps.home2.net>',
      'content-type': 'application/cpim-pidf+xml',
    };
    for (const [key, expected] of Object.entries(table)) expect(value(notify, key)).toBe(expected);
    expect(value(notify, 'via')).toMatch(/^SIP\/2\.0\/UDP ps\.home2\.net;/);
    expect(notify?.body).toContain('Ne derangez pas');
    expect(notify?.body).toContain('urn:ietf:params:xml:ns:cpim-pidf');
    expect(it.host.trace.decisions).toMatchObject([
      {
        callId: 'b89rjhnedlrfjflslj40a222',
        clause: 'TR 24.841 6.1.1 step 12; RFC 5025 3.2.1',
        text: expect.stringMatching(
          /rule for the domain home1.net lets sip:user1_public1@home1.net watch sip:user2_public1@home2.net/,
        ) as unknown,
      },
    ]);
    await it.close();
  });

  test('gets the type that it accepts, and without Accept the profile’s own', async () => {
    const types: [Profile, string | undefined, string][] = [
      ['tr-24.841', undefined, 'application/cpim-pidf+xml'],
      ['ts-24.141', undefined, 'application/pidf+xml'],
      ['tr-24.841', 'application/pidf+xml', 'application/pidf+xml'],
      ['ts-24.141', 'application/cpim-pidf+xml;q=0.5, text/plain', 'application/cpim-pidf+xml'],
      ['tr-24.841', 'application/cpim-pidf+xml;q=0.5, application/pidf+xml', 'application/pidf+xml'],
      ['ts-24.141', 'application/*', 'application/pidf+xml'],
    ];
    for (const [profile, Accept, expected] of types) {
      const it = await lab({ profile });
      await published(it);
      await it.ask('SUBSCRIBE', { headers: { Accept } });
      expect(value(it.notifies[0], 'content-type')).toBe(expected);
      const namespace = expected === 'application/pidf+xml' ? 'ns:pidf"' : 'ns:cpim-pidf"';
      expect(it.notifies[0]?.body).toContain(namespace);
      await it.close();
    }
  });

  test('is told by a tel URI with other separators too, and of an unpublished user that it is away', async () => {
    const it = await lab();
    await it.ask('SUBSCRIBE', { uri: 'tel:+12125552222' });
    expect(states(it)).toEqual(['active;expires=7200']);
    expect(it.notifies[0]?.body).toContain('closed');
    await it.close();
  });

  test('gets a shorter subscription than it asked for; too brief a one is 423', async () => {
    const it = await lab({ maxExpiresS: 600 });
    expect(value(await it.ask('SUBSCRIBE'), 'expires')).toBe('600');
    expect(states(it)).toEqual(['active;expires=600']);
    const brief = await it.ask('SUBSCRIBE', { callId: 'x', headers: { Expires: '5' } });
    expect(brief.status).toBe(423);
    expect(value(brief, 'min-expires')).toBe('60');
    const unsaid = await it.ask('SUBSCRIBE', { callId: 'y', headers: { Expires: undefined } });
    expect(value(unsaid, 'expires')).toBe('600');
    await it.close();
  });

  test('fetches with Expires: 0', async () => {
    const it = await lab();
    await published(it);
    const response = await it.ask('SUBSCRIBE', { headers: { Expires: '0' } });
    expect(response.status).toBe(200);
    expect(value(response, 'expires')).toBe('0');
    expect(states(it)).toEqual(['terminated;reason=timeout']);
    expect(it.notifies[0]?.body).toContain('busy');
    expect(it.ps.subscriptions).toBe(0);
    await it.close();
  });

  test('refreshes, and is told again; unsubscribes, and gets 200 and a last NOTIFY; after that 481', async () => {
    const it = await lab();
    const tag = toTag(await it.ask('SUBSCRIBE', { headers: { Expires: '100' } }));
    await it.advance(90);
    const refreshed = await it.ask('SUBSCRIBE', { tag, cseq: 62, headers: { Expires: '300' } });
    expect(refreshed.status).toBe(200);
    expect(value(refreshed, 'event')).toBe('presence');
    await it.advance(200);
    expect(states(it)).toEqual(['active;expires=100', 'active;expires=300']);
    const ended = await it.ask('SUBSCRIBE', { tag, cseq: 63, headers: { Expires: '0' } });
    expect([ended.status, value(ended, 'expires')]).toEqual([200, '0']);
    expect(states(it)[2]).toBe('terminated;reason=timeout');
    expect(it.notifies.map((notify) => value(notify, 'cseq'))).toEqual([
      '42 NOTIFY',
      '43 NOTIFY',
      '44 NOTIFY',
    ]);
    expect((await it.ask('SUBSCRIBE', { tag, cseq: 64 })).status).toBe(481);
    await published(it);
    expect(it.notifies.length).toBe(3);
    await it.close();
  });

  test('is told at the end of its time, by the clock', async () => {
    const it = await lab();
    await it.ask('SUBSCRIBE');
    await it.advance(7199);
    expect(it.notifies.length).toBe(1);
    await it.advance(2);
    expect(states(it)).toEqual(['active;expires=7200', 'terminated;reason=timeout']);
    expect(it.ps.subscriptions).toBe(0);
    expect(await it.host.clock.runUntilIdle(120_000)).toBe('idle');
    await it.close();
  });

  test('has two subscriptions in one dialog, told apart by the id of Event', async () => {
    const it = await lab();
    const tag = toTag(await it.ask('SUBSCRIBE', { headers: { Event: 'presence;id=7' } }));
    expect(value(it.notifies[0], 'event')).toBe('presence;id=7');
    expect((await it.ask('SUBSCRIBE', { tag, cseq: 62 })).status).toBe(481);
    expect((await it.ask('SUBSCRIBE', { tag, cseq: 63, headers: { Event: 'presence;id=7' } })).status).toBe(
      200,
    );
    await it.close();
  });
});

describe('A watcher that may not', () => {
  const asserted = (user: string) => ({ 'P-Asserted-Identity': `<sip:${user}_public1@home3.net>` });

  test.each<[Profile, number, string | undefined]>([
    ['tr-24.841', 202, 'presence'],
    ['ts-24.141', 200, undefined],
  ])(
    '%s: waits for the presentity with %d and pending, and is told nothing',
    async (profile, status, event) => {
      const it = await lab({ profile });
      await published(it);
      const response = await it.ask('SUBSCRIBE', { headers: asserted('user5') });
      expect(response.status).toBe(status);
      expect(value(response, 'event')).toBe(event);
      expect(states(it)).toEqual(['pending;expires=7200']);
      expect(it.notifies[0]?.body).toBe('');
      await it.ask('PUBLISH', { callId: 'second', body: TR_DOCUMENT });
      expect(it.notifies.length).toBe(1);
      await it.close();
    },
  );

  test('is blocked: 403, and no NOTIFY ever', async () => {
    const it = await lab();
    const response = await it.ask('SUBSCRIBE', { headers: asserted('user3') });
    expect([response.status, response.reason]).toEqual([403, 'Forbidden']);
    await published(it);
    await it.advance(7300);
    expect(it.notifies).toEqual([]);
    expect(it.host.trace.decisions[0]?.text).toContain('rule for sip:user3_public1@home3.net does not let');
    await it.close();
  });

  test('is blocked politely: 200, and a document that is the same whatever is published', async () => {
    const it = await lab();
    const response = await it.ask('SUBSCRIBE', { headers: asserted('user4') });
    expect(response.status).toBe(200);
    await published(it);
    await it.ask('SUBSCRIBE', { callId: 'again', headers: asserted('user4') });
    expect(states(it)).toEqual(['active;expires=7200', 'active;expires=7200']);
    expect(it.notifies[0]?.body).toBe(it.notifies[1]?.body);
    expect(it.notifies[0]?.body).not.toContain('busy');
    await it.close();
  });

  test.each([
    ['another package', { Event: 'dialog' }, {}, 489],
    ['no package', { Event: undefined }, {}, 489],
    ['a type that there is none of', { Accept: 'text/plain' }, {}, 406],
    ['nobody', { 'P-Asserted-Identity': undefined }, {}, 403],
    ['a broken Expires', { Expires: 'soon' }, {}, 400],
    ['an unknown presentity', {}, { uri: 'sip:user9_public1@home2.net' }, 404],
    ['no Contact', { Contact: undefined }, {}, 400],
  ])('%s: refused', async (_what, headers, ask, status) => {
    const it = await lab();
    const response = await it.ask('SUBSCRIBE', { headers, ...ask });
    expect(response.status).toBe(status);
    if (status === 489) expect(value(response, 'allow-events')).toBe('presence');
    if (status === 406) expect(value(response, 'accept')).toContain('application/pidf+xml');
    expect(it.notifies).toEqual([]);
    expect(it.ps.subscriptions).toBe(0);
    await it.close();
  });

  test('one too many gets 503', async () => {
    const it = await lab({ limits: { subscriptions: 1 } });
    await it.ask('SUBSCRIBE');
    const response = await it.ask('SUBSCRIBE', { callId: 'b' });
    expect(response.status).toBe(503);
    expect(value(response, 'retry-after')).toBe('60');
    await it.close();
  });
});

test('OPTIONS is answered, other methods get 405 with Allow', async () => {
  const it = await lab();
  const options = await it.ask('OPTIONS');
  expect([options.status, value(options, 'allow-events')]).toEqual([200, 'presence']);
  const message = await it.ask('MESSAGE');
  expect([message.status, value(message, 'allow')]).toEqual([405, 'SUBSCRIBE, PUBLISH, OPTIONS']);
  await it.close();
});

describe('RFC 3261 8.2.2.3 and 7.3.3, TS 24.229 4.4: a peer that is not like the others', () => {
  test.each(['SUBSCRIBE', 'PUBLISH', 'OPTIONS'])(
    'whose %s requires an extension gets 420',
    async (method) => {
      const it = await lab();
      const response = await it.ask(method, { headers: { Require: 'eventlist, foo' } });
      expect([response.status, value(response, 'unsupported')]).toEqual([420, 'eventlist, foo']);
      expect(it.notifies).toEqual([]);
      await it.close();
    },
  );

  test('who writes compact forms is understood', async () => {
    const it = await lab();
    const headers = { Event: undefined, o: 'presence', Contact: undefined, m: '<sip:[5555::1]>' };
    expect(await it.ask('SUBSCRIBE', { headers })).toMatchObject({ status: 200 });
    expect(states(it)).toEqual(['active;expires=7200']);
    await it.close();
  });

  test('who is outside of the trust domain may neither watch nor publish, whatever it asserts', async () => {
    const asked: unknown[] = [];
    const it = await lab({
      trusted: (source) => {
        asked.push(source);
        return false;
      },
    });
    expect(await it.ask('SUBSCRIBE')).toMatchObject({ status: 403 });
    expect(await published(it)).toMatchObject({ status: 403 });
    expect(asked[0]).toEqual({ transport: 'UDP', remote: { address: '10.0.0.2', port: 5060 } });
    expect(it.notifies).toEqual([]);
    await it.close();
  });
});
