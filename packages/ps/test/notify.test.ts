import { describe, expect, test } from '@jest/globals';
import { lab, toTag, TR_DOCUMENT, value, type Lab } from './lab.js';

const document = (note: string) => TR_DOCUMENT.replace('Tokyo', note);
const publish = (it: Lab, note: string, callId = `publish-${note}`) =>
  it.ask('PUBLISH', { callId, body: document(note) });
const states = (it: Lab) => it.notifies.map((notify) => value(notify, 'subscription-state'));

describe('ts-24.141: charging', () => {
  const VECTOR = 'icid-value="a;b";icid-generated-at=pcscf1.home1.net;orig-ioi="Type 3home2.net"';

  test('TS 24.141 table A.5.2.1-1: a NOTIFY has the ICID of its dialog and asserts nobody', async () => {
    const it = await lab({ profile: 'ts-24.141' });
    const response = await it.ask('SUBSCRIBE', {
      headers: { Accept: undefined, 'P-Charging-Vector': VECTOR },
    });
    expect(value(response, 'p-charging-vector')).toBe(`${VECTOR};term-ioi="Type 3home2.net"`);
    const [notify] = it.notifies;
    expect(notify?.headers.slice(0, 4).map(({ line }) => line.split(':')[0])).toEqual([
      'Via',
      'Max-Forwards',
      'P-Charging-Vector',
      'Route',
    ]);
    expect(value(notify, 'p-charging-vector')).toBe('icid-value="a;b";orig-ioi=home2.net');
    expect(value(notify, 'p-asserted-identity')).toBeUndefined();
    expect(value(notify, 'privacy')).toBeUndefined();
    await it.close();
  });

  test('5.7.2: the 200 to a PUBLISH names this operator; a refusal does not', async () => {
    const it = await lab({ profile: 'ts-24.141' });
    const headers = { 'P-Charging-Vector': VECTOR };
    const published = await it.ask('PUBLISH', { callId: 'publish', body: TR_DOCUMENT, headers });
    expect(value(published, 'p-charging-vector')).toBe(`${VECTOR};term-ioi="Type 3home2.net"`);
    const refused = await it.ask('PUBLISH', { callId: 'publish2', headers });
    expect(refused.status).toBe(400);
    expect(value(refused, 'p-charging-vector')).toBeUndefined();
    await it.close();
  });

  test.each([undefined, `icid-value=${'x'.repeat(300)}`, 'orig-ioi=home1.net'])(
    'RFC 7315 4.6: a SUBSCRIBE with %s gets an ICID for its dialog',
    async (vector) => {
      const it = await lab({ profile: 'ts-24.141' });
      const response = await it.ask('SUBSCRIBE', {
        headers: { Accept: undefined, 'P-Charging-Vector': vector },
      });
      expect(value(response, 'p-charging-vector') === undefined).toBe(vector === undefined);
      expect(value(it.notifies[0], 'p-charging-vector')).toMatch(/^icid-value=[^;]{22};orig-ioi=home2\.net$/);
      await it.close();
    },
  );

  test('TS 24.229 4.4: what a stranger says of charging is passed over', async () => {
    let trusts = true;
    const it = await lab({ profile: 'ts-24.141', trusted: () => trusts });
    const headers = { Accept: undefined, 'P-Charging-Vector': VECTOR };
    const tag = toTag(await it.ask('SUBSCRIBE', { headers }));
    trusts = false;
    const refreshed = await it.ask('SUBSCRIBE', { tag, cseq: 62, headers });
    expect(refreshed.status).toBe(200);
    expect(value(refreshed, 'p-charging-vector')).toBeUndefined();
    expect(value(it.notifies[1], 'p-charging-vector')).toBe('icid-value="a;b";orig-ioi=home2.net');
    await it.close();
  });

  test('the draft knows of none', async () => {
    const it = await lab();
    const response = await it.ask('SUBSCRIBE', { headers: { 'P-Charging-Vector': VECTOR } });
    expect(value(response, 'p-charging-vector')).toBeUndefined();
    expect(value(it.notifies[0], 'p-charging-vector')).toBeUndefined();
    expect(value(it.notifies[0], 'p-asserted-identity')).toBe('<sip:user2_public1@home2.net>');
    await it.close();
  });
});

describe('RFC 6665 4.2.2: NOTIFY', () => {
  test('the next is sent only after the last is answered, and then only the newest state', async () => {
    const it = await lab();
    it.autoAnswer = undefined;
    await it.ask('SUBSCRIBE');
    const etag = value(await publish(it, 'Oslo'), 'sip-etag') ?? '';
    await it.ask('PUBLISH', { callId: 'm', headers: { 'SIP-If-Match': etag }, body: document('Rome') });
    expect(it.notifies.length).toBe(1);
    await it.answer(it.notifies[0], 200);
    expect(it.notifies.length).toBe(2);
    expect(it.notifies[1]?.body).toContain('Rome');
    expect(it.notifies[1]?.body).not.toContain('Oslo');
    await it.answer(it.notifies[1], 200);
    expect(it.notifies.length).toBe(2);
    await it.close();
  });

  test.each([481, 404, 500, 503])('a %d ends the subscription', async (status) => {
    const it = await lab();
    it.autoAnswer = status;
    const tag = toTag(await it.ask('SUBSCRIBE'));
    expect(it.ps.subscriptions).toBe(0);
    await publish(it, 'Oslo');
    expect(it.notifies.length).toBe(1);
    it.autoAnswer = 200;
    expect((await it.ask('SUBSCRIBE', { tag, cseq: 62 })).status).toBe(481);
    await it.close();
  });

  test('no answer ends the subscription', async () => {
    const it = await lab();
    it.autoAnswer = undefined;
    await it.ask('SUBSCRIBE');
    await it.advance(33);
    expect(it.ps.subscriptions).toBe(0);
    const sent = it.notifies.length;
    await publish(it, 'Oslo');
    expect(it.notifies.length).toBe(sent);
    await it.close();
  });

  test('a 503 with Retry-After is tried again then, with the newest state', async () => {
    const it = await lab();
    it.autoAnswer = undefined;
    await it.ask('SUBSCRIBE');
    await it.answer(it.notifies[0], 503, { 'Retry-After': '20' });
    await publish(it, 'Oslo');
    it.autoAnswer = 200;
    await it.advance(18);
    expect(it.notifies.length).toBe(1);
    await it.advance(3);
    expect(it.notifies.length).toBe(2);
    expect(it.notifies[1]?.body).toContain('Oslo');
    await it.close();
  });

  test('the last one waits for the answer to the one before', async () => {
    const it = await lab();
    it.autoAnswer = undefined;
    const tag = toTag(await it.ask('SUBSCRIBE'));
    await it.ask('SUBSCRIBE', { tag, cseq: 62, headers: { Expires: '0' } });
    expect(states(it)).toEqual(['active;expires=7200']);
    await it.answer(it.notifies[0], 200);
    expect(states(it)).toEqual(['active;expires=7200', 'terminated;reason=timeout']);
    await it.answer(it.notifies[1], 200);
    expect(it.notifies.length).toBe(2);
    await it.close();
  });

  test('a document is rendered once for a publication and a type, not once for a watcher', async () => {
    const it = await lab();
    await publish(it, 'Oslo');
    for (let i = 0; i < 250; i++)
      await it.ask('SUBSCRIBE', {
        callId: `w${i}`,
        headers: i % 2 === 0 ? {} : { Accept: 'application/pidf+xml' },
      });
    expect(it.notifies.length).toBe(250);
    expect(it.ps.counters.renderings).toBe(2);
    await publish(it, 'Rome');
    await it.advance(1);
    expect(it.notifies.length).toBe(500);
    expect(it.ps.counters.renderings).toBe(4);
    expect(it.notifies.slice(250).every(({ body }) => body.includes('Rome'))).toBe(true);
    await it.close();
  });
});
