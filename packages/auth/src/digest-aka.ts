import { createHmac } from 'node:crypto';

export type AkaAlgorithm = 'AKAv1-MD5' | 'AKAv2-MD5';

/** Longer nonces are not looked at; RAND and AUTN have 44 characters, the rest is the server's own. */
const MAX_NONCE = 1024;

/** RFC 3310 3.2: the nonce that carries RAND and AUTN, without server data. */
export function akaNonce(rand: Buffer, autn: Buffer): string {
  return Buffer.concat([rand, autn]).toString('base64');
}

/** RFC 3310 3.2: undefined where it is not base64 of at least RAND and AUTN. Server data behind them is left alone. */
export function parseAkaNonce(nonce: string): { rand: Buffer; autn: Buffer } | undefined {
  if (nonce.length > MAX_NONCE || !/^[A-Za-z0-9+/]+={0,2}$/.test(nonce)) {
    return undefined;
  }
  const octets = Buffer.from(nonce, 'base64');
  return octets.length < 32 ? undefined : { rand: octets.subarray(0, 16), autn: octets.subarray(16, 32) };
}

/** What Digest takes in place of a password: RES itself (RFC 3310 3.3), or what RFC 4169 3 makes of RES, IK and CK. */
export function akaPassword(
  algorithm: AkaAlgorithm,
  { res, ck, ik }: { res: Buffer; ck: Buffer; ik: Buffer },
): Buffer {
  if (algorithm === 'AKAv1-MD5') {
    return res;
  }
  const prf = createHmac('md5', Buffer.concat([res, ik, ck])).update('http-digest-akav2-password');
  return Buffer.from(prf.digest('base64'), 'latin1');
}
