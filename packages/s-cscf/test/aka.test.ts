import { describe, expect, test } from '@jest/globals';
import { aka, akaAnswer, challengeOf, registeredByAka, required, send } from './authenticating.js';
import { reauthenticate } from '../src/network-reauthentication.js';
import { texts } from './harness.js';

describe('TS 24.229 5.4.1.2.2: IMS AKA', () => {
  test.each(['Digest-AKAv1-MD5', 'Digest-AKAv2-MD5'] as const)(
    '%s: the right answer registers',
    async (scheme) => {
      const it = required();
      it.vectors.push(aka(1, scheme));
      const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
      const reply = await send(it, { cseq: 2, protection: 'yes', params: akaAnswer(challenge) });
      expect(reply.status).toBe(200);
      expect(texts(reply)[0]).toBe('the response is that of XRES');
      expect(it.asked.map(({ type }) => type)).toEqual(['registration']);
      expect(it.scscf.challenges.size).toBe(0);
    },
  );

  test('a wrong response: 403, the HSS is told, nobody is registered, and the challenge is used up', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    const wrong = akaAnswer(challenge, Buffer.alloc(8, 9));
    expect((await send(it, { cseq: 2, protection: 'yes', params: wrong })).status).toBe(403);
    expect(it.asked).toMatchObject([
      { type: 'authentication-failure', publicIdentities: ['sip:user1_public1@home1.net'] },
    ]);
    expect(it.scscf.registrar.size).toBe(0);
    const right = await send(it, { cseq: 3, protection: 'yes', params: akaAnswer(challenge) });
    expect(right.status).toBe(401);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('a registered user stays registered when somebody answers wrongly for them', async () => {
    const it = await registeredByAka();
    it.vectors.push(aka(2));
    const challenge = challengeOf(await send(it, { cseq: 3, protection: 'no' }));
    const wrong = akaAnswer(challenge, Buffer.alloc(8, 9));
    const changes: [string, string][] = [[';expires=3600', ';expires=0']];
    expect((await send(it, { cseq: 4, protection: 'no', params: wrong, changes })).status).toBe(403);
    expect(it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set.bindings).toHaveLength(1);
  });

  test('a nonce is answered once: the same answer again is challenged anew', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    const params = akaAnswer(challenge);
    await send(it, { cseq: 2, protection: 'no', params });
    const changes: [string, string][] = [['[5555::aaa]>;exp', '[5555::bad]>;exp']];
    const again = await send(it, { cseq: 3, protection: 'no', params, changes });
    expect(challengeOf(again).get('nonce')).not.toBe(challenge.get('nonce'));
    expect(it.asked.map(({ type }) => type)).toEqual(['registration']);
  });

  test.each<[string, [string, string]]>([
    ['Call-ID', ['Call-ID: a', 'Call-ID: b']],
    ['public identity', ['To: <sip:user1_public1@', 'To: <sip:user2_public1@']],
  ])('the answer to a challenge with another %s is none', async (_what, change) => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    const params = akaAnswer(challenge);
    const reply = await send(it, { cseq: 2, protection: 'yes', params, changes: [change] });
    expect(reply.status).toBe(401);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('the nonce of another private identity is none', async () => {
    const it = required();
    it.vectors.push(aka(1), { kind: 'identities-dont-match' });
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    const params = { ...akaAnswer(challenge), username: 'thief@home1.net' };
    expect((await send(it, { cseq: 2, protection: 'yes', params })).status).toBe(403);
    expect(it.vectorsAsked[1]?.privateIdentity).toBe('thief@home1.net');
    expect(it.scscf.registrar.size).toBe(0);
  });

  test.each([
    ['another realm', { realm: 'home2.net' }],
    ['another algorithm', { algorithm: 'MD5' }],
    ['another URI than was hashed', { uri: 'sip:home2.net' }],
    ['an empty cnonce with qop', { qop: 'auth' }],
  ])('%s: 403', async (_what, change) => {
    const it = required();
    it.vectors.push(aka(1));
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    const params = { ...akaAnswer(challenge), ...change };
    expect((await send(it, { cseq: 2, protection: 'yes', params })).status).toBe(403);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('MAC failure (neither response nor AUTS): 403, and the HSS is told', async () => {
    const it = required();
    it.vectors.push(aka(1));
    const nonce = challengeOf(await send(it, { cseq: 1, protection: 'no' })).get('nonce') ?? '';
    const reply = await send(it, { cseq: 2, protection: 'yes', params: { nonce, algorithm: 'AKAv1-MD5' } });
    expect(reply.status).toBe(403);
    expect(it.asked.map(({ type }) => type)).toEqual(['authentication-failure']);
    expect(it.vectorsAsked).toHaveLength(1);
  });

  test('the same answer twice at once: one of them is let in', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const params = akaAnswer(challengeOf(await send(it, { cseq: 1, protection: 'no' })));
    const replies = await Promise.all([
      send(it, { cseq: 2, protection: 'no', params }),
      send(it, { cseq: 3, protection: 'no', params }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(it.asked.map(({ type }) => type)).toEqual(['registration']);
  });

  test('the HSS refuses the assignment after the right answer: nobody is registered, the nonce is used up', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    it.answers.push({ kind: 'unreachable', reason: 'x' });
    const params = akaAnswer(challengeOf(await send(it, { cseq: 1, protection: 'no' })));
    expect((await send(it, { cseq: 2, protection: 'yes', params })).status).toBe(480);
    expect(it.scscf.registrar.size).toBe(0);
    expect((await send(it, { cseq: 3, protection: 'no', params })).status).toBe(401);
  });

  test('5.4.1.6: who is to authenticate again is challenged though protected, once', async () => {
    const it = await registeredByAka();
    expect(reauthenticate('sip:user1_public1@home1.net', 60, it.scscf)).toBeUndefined();
    it.vectors.push(aka(2));
    const challenge = challengeOf(await send(it, { cseq: 3, protection: 'yes' }));
    expect((await send(it, { cseq: 4, protection: 'yes', params: akaAnswer(challenge) })).status).toBe(200);
    expect((await send(it, { cseq: 5, protection: 'yes' })).status).toBe(200);
    expect(it.vectorsAsked).toHaveLength(2);
  });

  test('AUTS: the HSS gets RAND and AUTS, and there is another challenge; AUTS again: 403', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const nonce = challengeOf(await send(it, { cseq: 1, protection: 'no' })).get('nonce') ?? '';
    const auts = Buffer.alloc(14, 7);
    const params = { nonce, algorithm: 'AKAv1-MD5', auts: auts.toString('base64') };
    const second = challengeOf(await send(it, { cseq: 2, protection: 'yes', params }));
    expect(it.vectorsAsked[1]?.resynchronisation).toEqual({ rand: Buffer.alloc(16, 1), auts });
    expect(second.get('nonce')).not.toBe(nonce);
    const again = { ...params, nonce: second.get('nonce') ?? '' };
    expect((await send(it, { cseq: 3, protection: 'yes', params: again })).status).toBe(403);
    expect(it.vectorsAsked).toHaveLength(2);
    expect(it.asked.map(({ type }) => type)).toEqual(['authentication-failure']);
  });

  test('after a resynchronisation the right answer registers', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const nonce = challengeOf(await send(it, { cseq: 1, protection: 'no' })).get('nonce') ?? '';
    const auts = Buffer.alloc(14, 7).toString('base64');
    const second = challengeOf(await send(it, { cseq: 2, protection: 'yes', params: { nonce, auts } }));
    const reply = await send(it, { cseq: 3, protection: 'yes', params: akaAnswer(second) });
    expect(reply.status).toBe(200);
  });

  test('timer reg-await-auth: the HSS is told, and the answer that comes later is challenged anew', async () => {
    const it = required();
    it.vectors.push(aka(1), aka(2));
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    await it.host.clock.advance(239_000);
    expect(it.asked).toEqual([]);
    await it.host.clock.advance(2000);
    expect(it.asked.map(({ type }) => type)).toEqual(['authentication-timeout']);
    expect(it.host.clock.pendingTimers).toBe(0);
    const late = await send(it, { cseq: 2, protection: 'no', params: akaAnswer(challenge) });
    expect(late.status).toBe(401);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('four challenges a user, the oldest goes first', async () => {
    const it = required();
    const given: ReadonlyMap<string, string>[] = [];
    for (let i = 1; i <= 5; i++) {
      it.vectors.push(aka(i));
      given.push(challengeOf(await send(it, { cseq: i, protection: 'no' })));
    }
    expect(it.scscf.challenges.size).toBe(4);
    it.vectors.push(aka(6));
    const first = await send(it, { cseq: 6, protection: 'no', params: akaAnswer(given[0] ?? new Map()) });
    expect(first.status).toBe(401);
    const last = await send(it, { cseq: 7, protection: 'no', params: akaAnswer(given[4] ?? new Map()) });
    expect(last.status).toBe(200);
  });
});
