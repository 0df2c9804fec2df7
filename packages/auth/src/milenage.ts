import { createCipheriv } from 'node:crypto';

/** What a USIM and its home network share (TS 35.206); 16 octets each. */
export interface AkaKeys {
  readonly k: Buffer;
  readonly opc: Buffer;
}

/** TS 35.206 8.2: OPc, which stands in for the operator's OP at one subscriber. 16 octets. */
export function opcFrom(k: Buffer, op: Buffer): Buffer {
  return xor(kernel(k)(op), op);
}

/** TS 35.206 4.1: MAC-A by f1 and MAC-S by f1*, 8 octets each. `sqn` has 6 octets, `amf` 2. */
export function f1(keys: AkaKeys, rand: Buffer, sqn: Buffer, amf: Buffer): { macA: Buffer; macS: Buffer } {
  const encrypt = kernel(keys.k);
  return macs(encrypt, keys.opc, temp(encrypt, keys.opc, rand), sqn, amf);
}

/** TS 35.206 4.1: RES (8 octets), CK and IK (16), AK (6). */
export function f2345(keys: AkaKeys, rand: Buffer): { res: Buffer; ck: Buffer; ik: Buffer; ak: Buffer } {
  const encrypt = kernel(keys.k);
  return outputs(encrypt, keys.opc, temp(encrypt, keys.opc, rand));
}

/** TS 35.206 4.1: the AK of a re-synchronisation, 6 octets. */
export function f5Star(keys: AkaKeys, rand: Buffer): Buffer {
  const encrypt = kernel(keys.k);
  return out(encrypt, keys.opc, temp(encrypt, keys.opc, rand), ROTATIONS.r5, 8).subarray(0, 6);
}

/** All that a challenge with this RAND, SQN and AMF is made of, with one key schedule. */
export function f12345(keys: AkaKeys, rand: Buffer, sqn: Buffer, amf: Buffer) {
  const encrypt = kernel(keys.k);
  const block = temp(encrypt, keys.opc, rand);
  return { ...macs(encrypt, keys.opc, block, sqn, amf), ...outputs(encrypt, keys.opc, block) };
}

/** As many octets as the shorter one. */
export function xor(a: Buffer, b: Buffer): Buffer {
  const result = Buffer.alloc(Math.min(a.length, b.length));
  for (let i = 0; i < result.length; i++) {
    result[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  }
  return result;
}

type Encrypt = (block: Buffer) => Buffer;

/** The kernel function E[x]k of TS 35.206 4: AES-128, one block at a time. */
function kernel(k: Buffer): Encrypt {
  const cipher = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false);
  return (block) => cipher.update(block);
}

/** r1 to r5 of TS 35.206 4.1, in octets. */
const ROTATIONS = { r1: 8, r2: 0, r3: 4, r4: 8, r5: 12 };

function temp(encrypt: Encrypt, opc: Buffer, rand: Buffer): Buffer {
  return encrypt(xor(rand, opc));
}

/** OUT1, halved. */
function macs(encrypt: Encrypt, opc: Buffer, block: Buffer, sqn: Buffer, amf: Buffer) {
  const in1 = Buffer.concat([sqn, amf, sqn, amf]);
  const out1 = xor(encrypt(xor(block, rotated(xor(in1, opc), ROTATIONS.r1))), opc); // c1 is 0
  return { macA: out1.subarray(0, 8), macS: out1.subarray(8) };
}

function outputs(encrypt: Encrypt, opc: Buffer, block: Buffer) {
  const out2 = out(encrypt, opc, block, ROTATIONS.r2, 1);
  return {
    res: out2.subarray(8),
    ak: out2.subarray(0, 6),
    ck: out(encrypt, opc, block, ROTATIONS.r3, 2),
    ik: out(encrypt, opc, block, ROTATIONS.r4, 4),
  };
}

/** OUT2 to OUT5; the constants c2 to c5 differ from 0 in their last octet only. */
function out(encrypt: Encrypt, opc: Buffer, block: Buffer, rotation: number, c: number): Buffer {
  const input = rotated(xor(block, opc), rotation);
  input[15] = (input[15] ?? 0) ^ c;
  return xor(encrypt(input), opc);
}

/** Towards the most significant octet. */
function rotated(block: Buffer, octets: number): Buffer {
  return Buffer.concat([block.subarray(octets), block.subarray(0, octets)]);
}
