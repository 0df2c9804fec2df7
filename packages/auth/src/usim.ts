import { timingSafeEqual } from 'node:crypto';
import { authenticationTokenForResynchronisation } from './authentication-vector.js';
import { f1, f2345, xor, type AkaKeys } from './milenage.js';
import { SequenceNumbers, sequenceNumberFrom } from './sequence-number.js';

export type UsimAnswer =
  | { readonly kind: 'response'; readonly res: Buffer; readonly ck: Buffer; readonly ik: Buffer }
  | { readonly kind: 'mac-failure' }
  | { readonly kind: 'sync-failure'; readonly auts: Buffer };

/** The USIM or ISIM of one subscriber, with the sequence numbers it has accepted (TS 33.102 6.3.3, Annex C.2). */
export class Usim {
  readonly #keys: AkaKeys;
  readonly #sequenceNumbers = new SequenceNumbers();

  constructor(keys: AkaKeys) {
    this.#keys = keys;
  }

  /** TS 33.102 6.3.3: the MAC first, then the sequence number. What is not 16 octets fails as by its MAC. */
  authenticate(rand: Buffer, autn: Buffer): UsimAnswer {
    if (rand.length !== 16 || autn.length !== 16) {
      return { kind: 'mac-failure' };
    }
    const { res, ck, ik, ak } = f2345(this.#keys, rand);
    const sqn = xor(autn.subarray(0, 6), ak);
    const { macA } = f1(this.#keys, rand, sqn, autn.subarray(6, 8));
    if (!timingSafeEqual(macA, autn.subarray(8))) {
      return { kind: 'mac-failure' };
    }
    if (!this.#sequenceNumbers.accept(sequenceNumberFrom(sqn))) {
      const sqnMs = this.#sequenceNumbers.highest;
      return { kind: 'sync-failure', auts: authenticationTokenForResynchronisation(this.#keys, rand, sqnMs) };
    }
    return { kind: 'response', res, ck, ik };
  }
}
