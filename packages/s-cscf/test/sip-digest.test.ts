import { parseCredentials } from '@ims-sim/sip';
import { digestHa1, digestResponse } from '@ims-sim/auth';
import { describe, expect, test } from '@jest/globals';
import { challengeOf, digestAnswer, digestItem, IMPI, required, send, vectors } from './authenticating.js';
import { profileOf, valuesOf } from './harness.js';
import { registrationTermination } from '../src/network-deregistration.js';
import { pushProfile } from '../src/push-profile.js';

describe('TS 24.229 5.4.1.2.2A: SIP Digest', () => {
  test.each(['MD5', 'SHA-256'] as const)(
    '%s: the 200 proves that it knows the password, and has the next nonce',
    async (algorithm) => {
      const it = required();
      it.vectors.push(vectors(digestItem('secret', algorithm)));
      const challenge = challengeOf(await send(it, { cseq: 1 }));
      expect([...challenge.keys()]).toEqual(['realm', 'nonce', 'algorithm', 'qop']);
      expect(challenge.get('algorithm')).toBe(algorithm);
      const nonce = challenge.get('nonce') ?? '';
      const reply = await send(it, { cseq: 2, params: digestAnswer(nonce, '00000001', 'secret', algorithm) });
      expect(reply.status).toBe(200);
      const info = parseCredentials(valuesOf(reply, 'authentication-info').join(', '))?.params;
      const ha1 = digestHa1(algorithm, IMPI, 'home1.net', 'secret');
      const common = { nonce, uri: 'sip:home1.net', qop: 'auth', cnonce: 'c0', nc: '00000001' } as const;
      expect(info?.get('rspauth')).toBe(digestResponse({ ...common, algorithm, ha1, method: '' }));
      const next = digestAnswer(info?.get('nextnonce') ?? '', '00000001', 'secret', algorithm);
      expect((await send(it, { cseq: 3, params: next })).status).toBe(200);
      expect(it.vectorsAsked).toHaveLength(1);
    },
  );

  test('the nonce count must grow: else 401 with stale and a new nonce', async () => {
    const it = required();
    it.vectors.push(vectors(digestItem()), vectors(digestItem()));
    const nonce = challengeOf(await send(it, { cseq: 1 })).get('nonce') ?? '';
    expect((await send(it, { cseq: 2, params: digestAnswer(nonce, '00000005') })).status).toBe(200);
    for (const nc of ['00000005', '00000004']) {
      it.vectors.push(vectors(digestItem()));
      const changes: [string, string][] = [['[5555::aaa]>;exp', '[5555::bad]>;exp']];
      const replayed = challengeOf(await send(it, { cseq: 3, params: digestAnswer(nonce, nc), changes }));
      expect(replayed.get('stale')).toBe('true');
      expect(replayed.get('nonce')).not.toBe(nonce);
    }
    expect((await send(it, { cseq: 4, params: digestAnswer(nonce, '00000006') })).status).toBe(200);
    const set = it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set;
    expect(set?.bindings.map(({ contact }) => contact.uriText)).toEqual(['sip:[5555::aaa]']);
  });

  test('an expired nonce: stale where the response was right, not where it was wrong; never a way in', async () => {
    const it = required();
    it.vectors.push(vectors(digestItem()), vectors(digestItem()), vectors(digestItem()));
    const nonce = challengeOf(await send(it, { cseq: 1 })).get('nonce') ?? '';
    await it.host.clock.advance(241_000);
    const right = challengeOf(await send(it, { cseq: 2, params: digestAnswer(nonce, '00000001') }));
    expect(right.get('stale')).toBe('true');
    const wrong = challengeOf(await send(it, { cseq: 3, params: digestAnswer(nonce, '00000001', 'guess') }));
    expect(wrong.has('stale')).toBe(false);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('a nonce is not good for longer by being used', async () => {
    const it = required();
    it.vectors.push(vectors(digestItem()));
    const nonce = challengeOf(await send(it, { cseq: 1 })).get('nonce') ?? '';
    for (let i = 1; i <= 5; i++) {
      const params = digestAnswer(nonce, `0000000${i}`);
      expect((await send(it, { cseq: 1 + i, params })).status).toBe(200);
      await it.host.clock.advance(121_000);
    }
    it.vectors.push(vectors(digestItem()));
    const late = await send(it, { cseq: 9, params: digestAnswer(nonce, '00000009') });
    expect(challengeOf(late).get('stale')).toBe('true');
  });

  test('a password that was changed: the next nonces are no good for longer than the first', async () => {
    const it = required();
    it.vectors.push(vectors(digestItem()));
    let nonce = challengeOf(await send(it, { cseq: 1 })).get('nonce') ?? '';
    for (let i = 1; i <= 5; i++) {
      const reply = await send(it, { cseq: 1 + i, params: digestAnswer(nonce, '00000001') });
      expect(reply.status).toBe(200);
      nonce = parseCredentials(valuesOf(reply, 'authentication-info').join())?.params.get('nextnonce') ?? '';
      await it.host.clock.advance(121_000);
    }
    it.vectors.push(vectors(digestItem('changed')));
    const late = await send(it, { cseq: 9, params: digestAnswer(nonce, '00000001') });
    expect(challengeOf(late).has('stale')).toBe(false);
  });

  test.each(['a profile that the HSS pushes', 'a registration that it takes back', 'a contact that is new'])(
    'after %s no nonce of before is good',
    async (what) => {
      const it = required();
      it.vectors.push(vectors(digestItem()));
      const nonce = challengeOf(await send(it, { cseq: 1 })).get('nonce') ?? '';
      expect((await send(it, { cseq: 2, params: digestAnswer(nonce, '00000001') })).status).toBe(200);
      if (what.includes('profile')) {
        pushProfile({ privateIdentity: IMPI, profile: profileOf() }, it.scscf);
      } else if (what.includes('back')) {
        registrationTermination(
          { privateIdentity: IMPI, publicIdentities: [], associatedIdentities: [], reason: 'server-change' },
          it.scscf,
        );
      }
      const changes: [string, string][] = what.includes('contact')
        ? [['[5555::aaa]>;exp', '[5555::bad]>;exp']]
        : [];
      it.vectors.push(vectors(digestItem('changed')));
      const again = await send(it, { cseq: 3, params: digestAnswer(nonce, '00000002'), changes });
      expect(challengeOf(again).has('stale')).toBe(false);
      expect(it.vectorsAsked).toHaveLength(2);
    },
  );

  test('wrong passwords: two further attempts, then 403, and the HSS is told', async () => {
    const it = required();
    it.vectors.push(vectors(digestItem()), vectors(digestItem()), vectors(digestItem()));
    let challenge = challengeOf(await send(it, { cseq: 1 }));
    for (let cseq = 2; cseq < 4; cseq++) {
      const params = digestAnswer(challenge.get('nonce') ?? '', '00000001', 'guess');
      challenge = challengeOf(await send(it, { cseq, params }));
      expect(challenge.has('stale')).toBe(false);
    }
    expect(it.asked).toEqual([]);
    const params = digestAnswer(challenge.get('nonce') ?? '', '00000001', 'guess');
    expect((await send(it, { cseq: 4, params })).status).toBe(403);
    expect(it.asked.map(({ type }) => type)).toEqual(['authentication-failure']);
    expect(it.scscf.registrar.size).toBe(0);
    expect(it.scscf.challenges.size).toBe(0);
  });

  test.each([
    ['no qop', { qop: 'auth-int' }],
    ['a nonce count that is none', { nc: '1' }],
    ['another algorithm', { algorithm: 'SHA-256' }],
  ])('%s: no way in', async (_what, change) => {
    const it = required();
    it.vectors.push(vectors(digestItem()), vectors(digestItem()));
    const nonce = challengeOf(await send(it, { cseq: 1 })).get('nonce') ?? '';
    const params = { ...digestAnswer(nonce, '00000001'), ...change };
    expect((await send(it, { cseq: 2, params })).status).toBe(401);
    expect(it.scscf.registrar.size).toBe(0);
  });
});
