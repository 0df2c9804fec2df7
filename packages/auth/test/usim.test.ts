import { describe, expect, test } from '@jest/globals';
import { authenticationVector, nextSequenceNumber, resynchronise, Usim } from '../src/index.js';

const keys = {
  k: Buffer.from('465b5ce8b199b49faa5f0a2ee238a6bc', 'hex'),
  opc: Buffer.from('cd63cb71954a9f4e48a5994e37a02baf', 'hex'),
};
const rand = Buffer.from('23553cbe9637a89d218ae64dae47bf35', 'hex');
const amf = Buffer.from('8000', 'hex');

const challenge = (sqn: bigint) => authenticationVector(keys, rand, sqn, amf);
const answer = (usim: Usim, sqn: bigint) => usim.authenticate(rand, challenge(sqn).autn);
/** SEQ || IND. */
const sqnOf = (seq: number, ind: number) => (BigInt(seq) << 5n) | BigInt(ind);

describe('authentication vector (TS 33.102 6.3.2)', () => {
  test('AUTN is SQN xor AK, AMF, MAC-A: TS 35.208 test set 1', () => {
    const vector = authenticationVector(keys, rand, 0xff9bb4d0b607n, Buffer.from('b9b9', 'hex'));
    expect(vector.autn.toString('hex')).toBe('55f328b43577' + 'b9b9' + '4a9ffac354dfafb3');
    expect(vector.xres.toString('hex')).toBe('a54211d5e3ba50bf');
  });
});

describe('sequence numbers at the home network (TS 33.102 C.1)', () => {
  test('SEQ and IND go on by one each, IND around its 5 bits', () => {
    expect(nextSequenceNumber(0n)).toBe(sqnOf(1, 1));
    expect(nextSequenceNumber(sqnOf(7, 30))).toBe(sqnOf(8, 31));
    expect(nextSequenceNumber(sqnOf(8, 31))).toBe(sqnOf(9, 0));
  });

  test('never goes back, also at the end of the 48 bits', () => {
    const last = (1n << 48n) - 1n;
    expect(nextSequenceNumber(last)).toBe(last);
    expect(nextSequenceNumber(last - 32n)).toBeGreaterThan(last - 32n);
  });
});

describe('USIM (TS 33.102 6.3.3, C.2)', () => {
  test('what it answers is what the home network expects', () => {
    const vector = challenge(sqnOf(1, 1));
    const { xres: res, ck, ik } = vector;
    expect(new Usim(keys).authenticate(rand, vector.autn)).toEqual({ kind: 'response', res, ck, ik });
  });

  test('a MAC that is wrong in one bit, anywhere in AUTN, and another K', () => {
    const usim = new Usim(keys);
    const { autn } = challenge(sqnOf(1, 1));
    for (let bit = 0; bit < 128; bit++) {
      const wrong = Buffer.from(autn);
      wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(usim.authenticate(rand, wrong)).toEqual({ kind: 'mac-failure' });
    }
    expect(new Usim({ ...keys, k: Buffer.alloc(16) }).authenticate(rand, autn).kind).toBe('mac-failure');
    expect(usim.authenticate(rand, autn).kind).toBe('response'); // nothing of that has used the SQN up
  });

  test.each([
    ['RAND', Buffer.alloc(15), Buffer.alloc(16)],
    ['AUTN', Buffer.alloc(16), Buffer.alloc(17)],
    ['both', Buffer.alloc(0), Buffer.alloc(0)],
  ])('a %s of another length fails, and throws nothing', (_, badRand, badAutn) => {
    expect(new Usim(keys).authenticate(badRand, badAutn)).toEqual({ kind: 'mac-failure' });
  });

  test('C.2.2: each IND counts for itself, so that vectors may be used out of order, each once', () => {
    const usim = new Usim(keys);
    const inOrder = [sqnOf(1, 1), sqnOf(2, 2), sqnOf(3, 3)];
    expect(answer(usim, sqnOf(3, 3)).kind).toBe('response');
    expect(answer(usim, sqnOf(1, 1)).kind).toBe('response');
    expect(answer(usim, sqnOf(2, 2)).kind).toBe('response');
    expect(inOrder.map((sqn) => answer(usim, sqn).kind)).toEqual([
      'sync-failure',
      'sync-failure',
      'sync-failure',
    ]);
    expect(answer(usim, sqnOf(2, 3)).kind).toBe('sync-failure'); // SEQ 3 was seen with IND 3
    expect(answer(usim, sqnOf(4, 3)).kind).toBe('response');
  });

  test('C.2.1: SEQ may be at most 2^28 ahead', () => {
    expect(answer(new Usim(keys), sqnOf(2 ** 28, 0)).kind).toBe('response');
    expect(answer(new Usim(keys), sqnOf(2 ** 28 + 1, 0)).kind).toBe('sync-failure');
  });

  test('6.3.5: AUTS tells the highest SQN, and the next vector is taken', () => {
    const usim = new Usim(keys);
    answer(usim, sqnOf(900, 4));
    answer(usim, sqnOf(3, 7));
    const refused = answer(usim, sqnOf(2, 4));
    if (refused.kind !== 'sync-failure') {
      throw new Error(`AUTS expected, not ${refused.kind}`);
    }
    expect(refused.auts).toHaveLength(14);
    expect(resynchronise(keys, rand, refused.auts)).toEqual({ kind: 'sqn', sqnMs: sqnOf(900, 4) });
    expect(answer(usim, nextSequenceNumber(sqnOf(900, 4))).kind).toBe('response');
  });

  test('6.3.5: an AUTS that is not of this subscriber, this RAND or this length changes nothing', () => {
    const refused = answer(new Usim(keys), 0n);
    const auts = refused.kind === 'sync-failure' ? refused.auts : Buffer.alloc(0);
    expect(resynchronise(keys, rand, auts)).toEqual({ kind: 'sqn', sqnMs: 0n });
    for (let octet = 0; octet < 14; octet++) {
      const wrong = Buffer.from(auts);
      wrong.writeUInt8(wrong.readUInt8(octet) ^ 1, octet);
      expect(resynchronise(keys, rand, wrong)).toEqual({ kind: 'mac-failure' });
    }
    expect(resynchronise(keys, Buffer.alloc(16), auts)).toEqual({ kind: 'mac-failure' });
    expect(resynchronise(keys, rand, auts.subarray(1))).toEqual({ kind: 'mac-failure' });
    expect(resynchronise(keys, Buffer.alloc(0), auts)).toEqual({ kind: 'mac-failure' });
  });
});
