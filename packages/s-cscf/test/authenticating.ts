import { akaPassword, digestHa1, digestResponse } from '@ims-sim/auth';
import type { AuthenticationItem, MultimediaAuthAnswer } from '@ims-sim/cx';
import { expect } from '@jest/globals';
import { formatCredentials, parseCredentials, type Reply } from '@ims-sim/sip';
import { lab, valuesOf, type Lab } from './harness.js';

export const IMPI = 'user1_private@home1.net';

export const VECTOR = {
  scheme: 'Digest-AKAv1-MD5',
  rand: Buffer.alloc(16, 1),
  autn: Buffer.alloc(16, 2),
  xres: Buffer.alloc(8, 3),
  ck: Buffer.alloc(16, 4),
  ik: Buffer.alloc(16, 5),
} as const;

export function digestItem(password = 'secret', algorithm: 'MD5' | 'SHA-256' = 'MD5'): AuthenticationItem {
  const ha1 = digestHa1(algorithm, IMPI, 'home1.net', password);
  return { scheme: 'SIP Digest', realm: 'home1.net', algorithm, qop: 'auth', ha1 };
}

export function vectors(item: AuthenticationItem): MultimediaAuthAnswer {
  return { kind: 'vectors', items: [item] };
}

export function aka(n: number, scheme: 'Digest-AKAv1-MD5' | 'Digest-AKAv2-MD5' = 'Digest-AKAv1-MD5') {
  return vectors({ ...VECTOR, scheme, rand: Buffer.alloc(16, n) });
}

/** What the challenge of a 401 says, by name. */
export function challengeOf(reply: Reply): ReadonlyMap<string, string> {
  expect(reply.status).toBe(401);
  return parseCredentials(valuesOf(reply, 'www-authenticate')[0] ?? '')?.params ?? new Map<string, string>();
}

const AUTHORIZATION =
  'Authorization: Digest username="user1_private@home1.net", realm="home1.net", nonce="", uri="sip:home1.net", response=""';

export interface Asked {
  readonly cseq: number;
  readonly params?: Readonly<Record<string, string>>;
  readonly protection?: 'yes' | 'no' | 'ip-assoc-yes' | undefined;
  readonly changes?: readonly [string, string][];
}

/** A REGISTER with these in its Authorization. */
export function send(it: Lab, { cseq, params = {}, protection, changes = [] }: Asked): Promise<Reply> {
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
export function akaAnswer(
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

export function digestAnswer(
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

export function required(): Lab {
  return lab({ scscf: { auth: 'required' } });
}

/** Challenges, and the right answer to it: registered. */
export async function registeredByAka(): Promise<Lab> {
  const it = required();
  it.vectors.push(aka(1));
  const challenge = challengeOf(await send(it, { cseq: 1, protection: 'no' }));
  const reply = await send(it, { cseq: 2, protection: 'yes', params: akaAnswer(challenge) });
  expect(reply.status).toBe(200);
  return it;
}
