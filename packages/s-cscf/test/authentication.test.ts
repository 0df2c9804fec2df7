import type { CxRefusal, ServerAssignmentAnswer } from '@ims-sim/cx';
import { describe, expect, test } from '@jest/globals';
import {
  aka,
  challengeOf,
  digestAnswer,
  digestItem,
  IMPI,
  registeredByAka,
  required,
  send,
  VECTOR,
  vectors,
  type Asked,
} from './authenticating.js';
import { lab, valuesOf } from './harness.js';

describe('TS 24.229 5.4.1.2.1: a REGISTER that is not protected is challenged', () => {
  test('IMS AKA: nonce, ck and ik of the vector; the HSS is asked for it and told nothing yet', async () => {
    const it = required();
    it.vectors.push(aka(1));
    const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
    expect(Object.fromEntries(challenge)).toEqual({
      realm: 'home1.net',
      nonce: Buffer.concat([Buffer.alloc(16, 1), VECTOR.autn]).toString('base64'),
      algorithm: 'AKAv1-MD5',
      ck: '04'.repeat(16),
      ik: '05'.repeat(16),
    });
    expect(it.vectorsAsked).toEqual([
      {
        privateIdentity: IMPI,
        publicIdentity: 'sip:user1_public1@home1.net',
        serverName: 'sip:scscf1.home1.net',
        scheme: 'Digest-AKAv1-MD5',
        items: 1,
      },
    ]);
    expect(it.asked).toEqual([]);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test.each<['yes' | 'no' | 'ip-assoc-yes' | undefined, string]>([
    ['no', 'Digest-AKAv1-MD5'],
    ['yes', 'Digest-AKAv1-MD5'],
    [undefined, 'Unknown'],
    ['ip-assoc-yes', 'Unknown'],
  ])('integrity-protected=%s: the HSS is asked for %s', async (protection, scheme) => {
    const it = required();
    it.vectors.push(vectors(digestItem()));
    challengeOf(await send(it, { cseq: 1, protection }));
    expect(it.vectorsAsked[0]?.scheme).toBe(scheme);
  });

  test.each<[CxRefusal, number]>([
    [{ kind: 'unknown-user' }, 403],
    [{ kind: 'identities-dont-match' }, 403],
    [{ kind: 'identity-not-registered' }, 403],
    [{ kind: 'roaming-not-allowed' }, 403],
    [{ kind: 'identity-already-registered' }, 403],
    [{ kind: 'auth-scheme-not-supported' }, 403],
    [{ kind: 'in-assignment-type' }, 500],
    [{ kind: 'too-much-data' }, 500],
    [{ kind: 'not-supported-user-data' }, 500],
    [{ kind: 'failed', resultCode: 5012 }, 500],
    [{ kind: 'failed', resultCode: 5999, experimental: true }, 500],
    [{ kind: 'unreachable', reason: 'no answer' }, 480],
  ])('the HSS says %j to MAR: %i, no challenge', async (answer, status) => {
    const it = required();
    it.vectors.push(answer);
    const reply = await send(it, { cseq: 1, protection: 'no' });
    expect(reply.status).toBe(status);
    expect(valuesOf(reply, 'www-authenticate')).toEqual([]);
    expect(it.scscf.challenges.size).toBe(0);
    expect(it.asked).toEqual([]);
  });

  test('auth: none challenges nobody', async () => {
    const it = lab();
    expect((await send(it, { cseq: 1, protection: 'no' })).status).toBe(200);
    expect(it.vectorsAsked).toEqual([]);
  });
});

describe('TS 24.229 5.4.1.2.2: a protected REGISTER', () => {
  test('of a contact that is registered: refreshed without a challenge', async () => {
    const it = await registeredByAka();
    expect((await send(it, { cseq: 3, protection: 'yes' })).status).toBe(200);
    expect(it.vectorsAsked).toHaveLength(1);
  });

  test('also the de-registration', async () => {
    const it = await registeredByAka();
    const changes: [string, string][] = [
      ['Contact: <sip:[5555::aaa]>;expires=3600', 'Contact: *\nExpires: 0'],
    ];
    expect((await send(it, { cseq: 3, protection: 'yes', changes })).status).toBe(200);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test.each<[string, Omit<Asked, 'cseq'>]>([
    ['another contact', { protection: 'yes', changes: [['[5555::aaa]>;', '[5555::bbb]>;']] }],
    ['another private identity', { protection: 'yes', params: { username: 'other@home1.net' } }],
    ['not protected', { protection: 'no', changes: [[';expires=3600', ';expires=0']] }],
  ])('%s: challenged, and nothing changes', async (_what, asked) => {
    const it = await registeredByAka();
    it.vectors.push(aka(2));
    const reply = await send(it, { cseq: 3, ...asked });
    expect(reply.status).toBe(401);
    const set = it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set;
    expect(set?.bindings.map(({ contact }) => contact.uriText)).toEqual(['sip:[5555::aaa]']);
  });

  test.each([
    ['username=other@home1.net, ', 401],
    ['username="", ', 400],
    ['', 400],
    ['opaque="x, username=", y="other@home1.net", ', 400],
  ])('whom the P-CSCF vouches for is not derived from To: %s%i', async (username, status) => {
    const it = required();
    const user = ['user1_public1@home1.net', 'user1_private@home1.net'] as const;
    it.vectors.push(vectors(digestItem()));
    const first = await send(it, { cseq: 1, params: { username: user[0] } });
    const answer = digestAnswer(challengeOf(first).get('nonce') ?? '', '00000001');
    expect((await send(it, { cseq: 2, params: { ...answer, username: user[0] } })).status).toBe(200);
    it.vectors.push(vectors(digestItem()));
    const line = `username="${user[1]}", `;
    const reply = await it.register(
      [line, username],
      ['response=""', 'response="", integrity-protected="ip-assoc-yes"'],
      ['CSeq: 1 REG', 'CSeq: 3 REG'],
      [';expires=3600', ';expires=0'],
    );
    expect(reply.status).toBe(status);
    expect(it.scscf.registrar.size).toBe(1);
  });

  test('of a user whom nobody knows, not even the HSS: challenged', async () => {
    const it = required();
    it.answers.push({ kind: 'identity-not-registered' } satisfies ServerAssignmentAnswer);
    it.vectors.push(aka(1));
    expect((await send(it, { cseq: 1, protection: 'yes' })).status).toBe(401);
    expect(it.asked.map(({ type }) => type)).toEqual(['no-assignment']);
    expect(it.scscf.registrar.size).toBe(0);
  });
});
