import { timingSafeEqual } from 'node:crypto';
import { f1, f12345, f5Star, xor, type AkaKeys } from './milenage.js';
import { sequenceNumberFrom, sequenceNumberOctets } from './sequence-number.js';

/** TS 33.102 6.3.2; RAND, AUTN, CK and IK of 16 octets, XRES of 8. */
export interface AuthenticationVector {
  readonly rand: Buffer;
  readonly autn: Buffer;
  readonly xres: Buffer;
  readonly ck: Buffer;
  readonly ik: Buffer;
}

/** TS 33.102 6.3.2: one vector. `rand` has 16 octets, `sqn` 48 bits, `amf` 2 octets. */
export function authenticationVector(
  keys: AkaKeys,
  rand: Buffer,
  sqn: bigint,
  amf: Buffer,
): AuthenticationVector {
  const sqnOctets = sequenceNumberOctets(sqn);
  const { macA, res, ck, ik, ak } = f12345(keys, rand, sqnOctets, amf);
  return { rand, autn: Buffer.concat([xor(sqnOctets, ak), amf, macA]), xres: res, ck, ik };
}

/** TS 33.102 6.3.3: the AMF that AUTS is computed with, so that it need not be transmitted. */
const AMF_STAR = Buffer.alloc(2);

/** TS 33.102 6.3.3: AUTS, 14 octets: SQN_MS concealed with AK*, and MAC-S. */
export function authenticationTokenForResynchronisation(keys: AkaKeys, rand: Buffer, sqnMs: bigint): Buffer {
  const sqnOctets = sequenceNumberOctets(sqnMs);
  const { macS } = f1(keys, rand, sqnOctets, AMF_STAR);
  return Buffer.concat([xor(sqnOctets, f5Star(keys, rand)), macS]);
}

/** TS 33.102 6.3.5: what the home network learns from AUTS. `rand` is that of the challenge which AUTS answers. */
export function resynchronise(
  keys: AkaKeys,
  rand: Buffer,
  auts: Buffer,
): { kind: 'sqn'; sqnMs: bigint } | { kind: 'mac-failure' } {
  if (rand.length !== 16 || auts.length !== 14) {
    return { kind: 'mac-failure' };
  }
  const sqnOctets = xor(auts.subarray(0, 6), f5Star(keys, rand));
  const { macS } = f1(keys, rand, sqnOctets, AMF_STAR);
  return timingSafeEqual(macS, auts.subarray(6))
    ? { kind: 'sqn', sqnMs: sequenceNumberFrom(sqnOctets) }
    : { kind: 'mac-failure' };
}
