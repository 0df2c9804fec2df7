import { describe, expect, test } from '@jest/globals';
import { lab, TR_DOCUMENT, value, type Lab } from './lab.js';

const document = (note: string) => TR_DOCUMENT.replace('Tokyo', note);
const etag = (response: Awaited<ReturnType<Lab['ask']>>) => value(response, 'sip-etag') ?? '';
const last = (it: Lab) => it.notifies.at(-1)?.body;

describe('RFC 3903: PUBLISH', () => {
  test('initial, refresh, modify, remove: each with a new entity-tag, and a NOTIFY where the state changed', async () => {
    const it = await lab();
    await it.ask('SUBSCRIBE');
    const initial = await it.ask('PUBLISH', { body: document('Oslo') });
    expect([initial.status, value(initial, 'expires')]).toEqual([200, '7200']);
    expect(it.notifies.length).toBe(2);
    expect(last(it)).toContain('Oslo');
    const refreshed = await it.ask('PUBLISH', { headers: { 'SIP-If-Match': etag(initial) } });
    expect(refreshed.status).toBe(200);
    expect(it.notifies.length).toBe(2);
    const modified = await it.ask('PUBLISH', {
      headers: { 'SIP-If-Match': etag(refreshed) },
      body: document('Rome'),
    });
    expect(it.notifies.length).toBe(3);
    expect(last(it)).toContain('Rome');
    expect(last(it)).not.toContain('Oslo');
    const removed = await it.ask('PUBLISH', { headers: { 'SIP-If-Match': etag(modified), Expires: '0' } });
    expect([removed.status, value(removed, 'expires')]).toEqual([200, '0']);
    expect(it.notifies.length).toBe(4);
    expect(last(it)).toContain('closed');
    expect(new Set([initial, refreshed, modified].map(etag)).size).toBe(3);
    for (const old of [initial, refreshed, modified]) {
      expect((await it.ask('PUBLISH', { headers: { 'SIP-If-Match': etag(old) } })).status).toBe(412);
    }
    await it.close();
  });

  test('ends by the clock, and the watchers are told', async () => {
    const it = await lab();
    await it.ask('SUBSCRIBE');
    const initial = await it.ask('PUBLISH', { body: document('Oslo'), headers: { Expires: '100' } });
    await it.advance(90);
    const refreshed = await it.ask('PUBLISH', { headers: { 'SIP-If-Match': etag(initial), Expires: '100' } });
    await it.advance(50);
    expect(last(it)).toContain('Oslo');
    await it.advance(60);
    expect(last(it)).toContain('closed');
    expect((await it.ask('PUBLISH', { headers: { 'SIP-If-Match': etag(refreshed) } })).status).toBe(412);
    await it.close();
  });

  test('several publications are composed', async () => {
    const it = await lab();
    const other = TR_DOCUMENT.replace('mobile-im', 'laptop')
      .replace('"phone"', '"desk"')
      .replace('Tokyo', 'Rome');
    await it.ask('PUBLISH', { callId: 'a', body: TR_DOCUMENT });
    await it.ask('PUBLISH', { callId: 'b', body: other });
    await it.ask('SUBSCRIBE');
    for (const id of ['mobile-im', 'phone', 'laptop', 'desk']) expect(last(it)).toContain(`id="${id}"`);
    await it.close();
  });

  test.each([
    ['an unknown presentity', { uri: 'sip:user9_public1@home2.net' }, 404],
    ['another package', { headers: { Event: 'dialog' } }, 489],
    ['another’s state', { headers: { 'P-Asserted-Identity': '<sip:user1_public1@home1.net>' } }, 403],
    ['nobody’s', { headers: { 'P-Asserted-Identity': undefined } }, 403],
    ['an unknown entity-tag', { headers: { 'SIP-If-Match': 'nope' } }, 412],
    ['two entity-tags', { headers: { 'SIP-If-Match': 'a, b' } }, 400],
    ['too brief', { headers: { Expires: '1' } }, 423],
    ['another type', { headers: { 'Content-Type': 'text/plain' } }, 415],
    ['no document', { body: '' }, 400],
    ['a broken document', { body: '<presence' }, 400],
    ['a large document', { body: `<presence entity="pres:a@b">${' '.repeat(40_000)}</presence>` }, 413],
  ])('%s: refused, and nothing changes', async (_what, ask, status) => {
    const it = await lab();
    await it.ask('SUBSCRIBE');
    const response = await it.ask('PUBLISH', { body: TR_DOCUMENT, ...ask });
    expect(response.status).toBe(status);
    if (status === 489) expect(value(response, 'allow-events')).toBe('presence');
    if (status === 415) expect(value(response, 'accept')).toContain('application/pidf+xml');
    if (status === 423) expect(value(response, 'min-expires')).toBe('60');
    if (status === 400) expect(response.reason).not.toBe('Bad Request');
    expect(it.notifies.length).toBe(1);
    await it.close();
  });

  test('too many publications of one presentity get 503', async () => {
    const it = await lab({ limits: { publications: 2 } });
    for (const callId of ['a', 'b'])
      expect((await it.ask('PUBLISH', { callId, body: TR_DOCUMENT })).status).toBe(200);
    expect((await it.ask('PUBLISH', { callId: 'c', body: TR_DOCUMENT })).status).toBe(503);
    await it.close();
  });
});
