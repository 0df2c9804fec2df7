/** Chance, handed in: the machine's (`systemRandom`), or a seeded one (`seededRandom`). */
export interface Random {
  /** An unsigned 32-bit number; from the machine's source it is cryptographically strong. */
  uint32(): number;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_';

/** A token of `length` characters out of [0-9a-zA-Z_-], 6 bits each: 11 of them are 66 bits (RFC 3261 19.3 wants 32). */
export function token(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    const bits = random.uint32();
    for (let shift = 0; shift < 30 && text.length < length; shift += 6) {
      text += ALPHABET[(bits >>> shift) & 63];
    }
  }
  return text;
}
