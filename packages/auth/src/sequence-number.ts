/** TS 33.102 6.3.2: 48 bits. */
const MAX_SQN = (1n << 48n) - 1n;

/** IND has 5 bits, so that the USIM's array has 32 entries (TS 33.102 C.3.2). */
export const IND_BITS = 5n;
const IND_MASK = (1n << IND_BITS) - 1n;

/** TS 33.102 C.3.2: how far SEQ may be ahead of what the USIM has, against a wrap of the counter. */
const DELTA = 1n << 28n;

/**
 * TS 33.102 C.1.1.1, C.1.2, C.3.2: the SQN after the highest one that was used, SEQ and IND each one further. At the end of the 48
 * bits it stays: such a SQN is not fresh, and none is ever used twice.
 */
export function nextSequenceNumber(highest: bigint): bigint {
  const seq = (highest >> IND_BITS) + 1n;
  const next = (seq << IND_BITS) | ((highest + 1n) & IND_MASK);
  return next > MAX_SQN ? MAX_SQN : next;
}

/** TS 33.102 C.2.1: the sequence numbers that a USIM has accepted, the last one for each IND. */
export class SequenceNumbers {
  readonly #accepted = new Array<bigint>(Number(IND_MASK) + 1).fill(0n);
  #highest = 0n;

  /** SQN_MS: the highest that was accepted, 0 before the first. */
  get highest(): bigint {
    return this.#highest;
  }

  /** TS 33.102 C.2.2: takes a SQN that is fresh, and leaves everything as it was where it is not. */
  accept(sqn: bigint): boolean {
    const seq = sqn >> IND_BITS;
    const ind = Number(sqn & IND_MASK);
    const isTooFar = seq - (this.#highest >> IND_BITS) > DELTA;
    if (isTooFar || seq <= (this.#accepted[ind] ?? 0n)) {
      return false;
    }
    this.#accepted[ind] = seq;
    this.#highest = sqn > this.#highest ? sqn : this.#highest;
    return true;
  }
}

/** 6 octets. */
export function sequenceNumberOctets(sqn: bigint): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(sqn & MAX_SQN);
  return octets.subarray(2);
}

/**
 * The number in 6 octets, the most significant first (TS 33.102 6.3.2: SQN has 48 bits); throws where there are
 * fewer.
 */
export function sequenceNumberFrom(octets: Buffer): bigint {
  return BigInt(octets.readUIntBE(0, 6));
}
