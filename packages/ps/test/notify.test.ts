import { describe, expect, test } from '@jest/globals';
import { lab, toTag, TR_DOCUMENT, value, type Lab } from './lab.js';

const document = (note: string) => TR_DOCUMENT.replace('Tokyo', note);
const publish = (it: Lab, note: string, callId = `publish-${note}`) =>
  it.ask('PUBLISH', { callId, body: document(note) });
const states = (it: Lab) => it.notifies.map((notify) => value(notify, 'subscription-state'));

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
