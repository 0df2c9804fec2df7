import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { f1, f2345, f5Star, opcFrom } from '../src/index.js';

interface TestSet {
  readonly name: string;
  readonly k: Buffer;
  readonly rand: Buffer;
  readonly sqn: Buffer;
  readonly amf: Buffer;
  readonly op: Buffer;
  /** OPc, f1, f1*, f2, f5, f3, f4, f5*, as published. */
  readonly published: readonly string[];
}

const sets: TestSet[] = readFileSync(new URL('../../test/milenage-test-sets.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [document, number, ...fields] = line.split(' ');
    const [k, rand, sqn, amf, op] = fields.slice(0, 5).map((field) => Buffer.from(field, 'hex'));
    const none = Buffer.alloc(0);
    return {
      name: `TS ${document} test set ${number}`,
      k: k ?? none,
      rand: rand ?? none,
      sqn: sqn ?? none,
      amf: amf ?? none,
      op: op ?? none,
      published: fields.slice(5),
    };
  });

describe('Milenage (TS 35.206)', () => {
  test('all sets of TS 35.208 4.3 and TS 35.207 are here', () => {
    const numbers = (document: string, count: number) =>
      Array.from({ length: count }, (_, i) => `TS ${document} test set ${i + 1}`);
    expect(sets.map(({ name }) => name)).toEqual([...numbers('35.208', 20), ...numbers('35.207', 6)]);
  });

  test.each(sets)('$name', ({ k, rand, sqn, amf, op, published }) => {
    const opc = opcFrom(k, op);
    const { macA, macS } = f1({ k, opc }, rand, sqn, amf);
    const { res, ck, ik, ak } = f2345({ k, opc }, rand);
    const results = [opc, macA, macS, res, ak, ck, ik, f5Star({ k, opc }, rand)];
    expect(results.map((octets) => octets.toString('hex'))).toEqual(published);
  });

  test.each(sets)('$name, by the formulas of TS 35.206 4.1 on 128-bit numbers', (set) => {
    expect(reference(set)).toEqual(set.published);
  });
});

/** The clause word for word, bits as one number: shares nothing with the code under test but AES itself. */
function reference({ k, rand, sqn, amf, op }: TestSet): string[] {
  const number = (octets: Buffer) => BigInt(`0x${octets.toString('hex')}`);
  const hex = (value: bigint, bits: number) => value.toString(16).padStart(bits / 4, '0');
  const e = (x: bigint) => {
    const cipher = createCipheriv('aes-128-ecb', k, null).setAutoPadding(false);
    return number(cipher.update(Buffer.from(hex(x, 128), 'hex')));
  };
  const rot = (x: bigint, r: bigint) => ((x << r) | (x >> (128n - r))) & ((1n << 128n) - 1n);
  const opc = number(op) ^ e(number(op));
  const temp = e(number(rand) ^ opc);
  const in1 = number(Buffer.concat([sqn, amf, sqn, amf]));
  const out1 = e(temp ^ rot(in1 ^ opc, 64n)) ^ opc;
  const outN = (r: bigint, c: bigint) => e(rot(temp ^ opc, r) ^ c) ^ opc;
  const [out2, out3, out4, out5] = [outN(0n, 1n), outN(32n, 2n), outN(64n, 4n), outN(96n, 8n)];
  const low64 = (1n << 64n) - 1n;
  return [
    hex(opc, 128),
    hex(out1 >> 64n, 64),
    hex(out1 & low64, 64),
    hex(out2 & low64, 64),
    hex(out2 >> 80n, 48),
    hex(out3, 128),
    hex(out4, 128),
    hex(out5 >> 80n, 48),
  ];
}
