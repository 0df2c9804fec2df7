import { createHash, timingSafeEqual } from 'node:crypto';

export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** What one Digest response is made of; texts as they are on the wire. */
export interface DigestRequest {
  readonly algorithm: DigestAlgorithm;
  /** `digestHa1`, in hexadecimal. */
  readonly ha1: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  readonly qop?: 'auth' | 'auth-int' | undefined;
  readonly cnonce?: string | undefined;
  /** 8 hexadecimal digits. */
  readonly nc?: string | undefined;
  /** For `auth-int`. */
  readonly body?: Buffer | undefined;
}

/** RFC 7616 3.4.2: H(A1), in hexadecimal. Texts are a reader's, and hashed as UTF-8; AKA's passwords are octets. */
export function digestHa1(
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string | Buffer,
): string {
  return createHash(hashOf(algorithm)).update(`${username}:${realm}:`).update(password).digest('hex');
}

/** RFC 7616 3.4.1; without `qop` as in RFC 2617 3.2.2.1. In hexadecimal. */
export function digestResponse(request: DigestRequest): string {
  const { algorithm, ha1, nonce, method, uri, qop, cnonce = '', nc = '', body } = request;
  const bodyHash = qop === 'auth-int' ? `:${hash(algorithm, body ?? Buffer.alloc(0))}` : '';
  const ha2 = hash(algorithm, Buffer.from(`${method}:${uri}${bodyHash}`, 'latin1'));
  const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
  return hash(algorithm, Buffer.from(`${ha1}:${middle}:${ha2}`, 'latin1'));
}

/** Compares what is secret, in a time that says nothing about where two texts of one length differ. */
export function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a, 'utf8');
  const right = Buffer.from(b, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}

function hash(algorithm: DigestAlgorithm, octets: Buffer): string {
  return createHash(hashOf(algorithm)).update(octets).digest('hex');
}

function hashOf(algorithm: DigestAlgorithm): string {
  return algorithm === 'MD5' ? 'md5' : 'sha256';
}
