import { token, type Random } from '@ims-sim/host';
import { MAGIC_COOKIE } from './matching.js';

/** A new branch (RFC 3261 8.1.1.7): 66 bits of chance, so that it is unique and no stranger can answer in a peer's place. */
export function newBranch(random: Random): string {
  return MAGIC_COOKIE + token(random, 11);
}
