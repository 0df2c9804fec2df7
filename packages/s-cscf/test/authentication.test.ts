import { akaPassword, digestHa1, digestResponse, formatCredentials, parseCredentials } from '@ims-sim/auth';
import type {
  AuthenticationItem,
  CxRefusal,
  MultimediaAuthAnswer,
  ServerAssignmentAnswer,
} from '@ims-sim/cx';
import { describe, expect, test } from '@jest/globals';
import type { Reply } from '@ims-sim/sip';
import { lab, texts, valuesOf, type Lab } from './harness.js';

const IMPI = 'user1_private@home1.net';

const VECTOR = {
  scheme: 'Digest-AKAv1-MD5',
  rand: Buffer.alloc(16, 1),
  autn: Buffer.alloc(16, 2),
  xres: Buffer.alloc(8, 3),
  ck: Buffer.alloc(16, 4),
  ik: Buffer.alloc(16, 5),
} as const;

function digestItem(password = 'secret', algorithm: 'MD5' | 'SHA-256' = 'MD5'): AuthenticationItem {
  const ha1 = digestHa1(algorithm, IMPI, 'home1.net', password);
  return { scheme: 'SIP Digest', realm: 'home1.net', algorithm, qop: 'auth', ha1 };
}

function vectors(item: AuthenticationItem): MultimediaAuthAnswer {
  return { kind: 'vectors', items: [item] };
}

function aka(n: number, scheme: 'Digest-AKAv1-MD5' | 'Digest-AKAv2-MD5' = 'Digest-AKAv1-MD5') {
  return vectors({ ...VECTOR, scheme, rand: Buffer.alloc(16, n) });
}

/** What the challenge of a 401 says, by name. */
function challengeOf(reply: Reply): ReadonlyMap<string, string> {
  expect(reply.status).toBe(401);
  return parseCredentials(valuesOf(reply, 'www-authenticate')[0] ?? '')?.params ?? new Map<string, string>();
}

const AUTHORIZATION =
  'Authorization: Digest username="user1_private@home1.net", realm="home1.net", nonce="", uri="sip:home1.net", response=""';

interface Asked {
  readonly cseq: number;
  readonly params?: Readonly<Record<string, string>>;
  readonly protection?: 'yes' | 'no' | 'ip-assoc-yes' | undefined;
  readonly changes?: readonly [string, string][];
}

/** A REGISTER with these in its Authorization. */
function send(it: Lab, { cseq, params = {}, protection, changes = [] }: Asked): Promise<Reply> {
  const all = {
    username: IMPI,
    realm: 'home1.net',
    nonce: '',
    uri: 'sip:home1.net',
    response: '',
    ...params,
  };
  const said = protection === undefined ? all : { ...all, 'integrity-protected': protection };
  return it.register(
    [AUTHORIZATION, `Authorization: ${formatCredentials('Digest', Object.entries(said))}`],
    ['CSeq: 1 REG', `CSeq: ${cseq} REG`],
    ...changes,
  );
}

/** The answer to an AKA challenge with this XRES. */
function akaAnswer(
  challenge: ReadonlyMap<string, string>,
  xres: Buffer = VECTOR.xres,
): Record<string, string> {
  const algorithm = challenge.get('algorithm') === 'AKAv2-MD5' ? 'AKAv2-MD5' : 'AKAv1-MD5';
  const password = akaPassword(algorithm, { res: xres, ck: VECTOR.ck, ik: VECTOR.ik });
  const ha1 = digestHa1('MD5', IMPI, 'home1.net', password);
  const nonce = challenge.get('nonce') ?? '';
  const response = digestResponse({ algorithm: 'MD5', ha1, nonce, method: 'REGISTER', uri: 'sip:home1.net' });
  return { nonce, algorithm, response };
}

function digestAnswer(
  nonce: string,
  nc: string,
  password = 'secret',
  algorithm: 'MD5' | 'SHA-256' = 'MD5',
): Record<string, string> {
  const ha1 = digestHa1(algorithm, IMPI, 'home1.net', password);
  const common = { nonce, uri: 'sip:home1.net', qop: 'auth', cnonce: 'c0', nc } as const;
  const response = digestResponse({ ...common, algorithm, ha1, method: 'REGISTER' });
  return { ...common, algorithm, response };
}

function required(): Lab {
  return lab({ scscf: { auth: 'required' } });
}

/** Challenges, and the right answer to it: registered. */
async function registeredByAka(): Promise<Lab> {
  const it = required();
  it.vectors.push(aka(1));
  const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
  const reply = await send(it, { cseq: 2, protection: 'yes', params: akaAnswer(challenge) });
  expect(reply.status).toBe(200);
  return it;
}

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

  test('of a user whom nobody knows, not even the HSS: challenged', async () => {
    const it = required();
    it.answers.push({ kind: 'identity-not-registered' } satisfies ServerAssignmentAnswer);
    it.vectors.push(aka(1));
    expect((await send(it, { cseq: 1, protection: 'yes' })).status).toBe(401);
    expect(it.asked.map(({ type }) => type)).toEqual(['no-assignment']);
    expect(it.scscf.registrar.size).toBe(0);
  });
});

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
