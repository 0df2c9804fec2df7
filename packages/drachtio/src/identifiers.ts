import type { Random } from '@ims-sim/host';

/** Gives a new UUID at each call: 74 random bits once, then a count in the last field, which is unique and cheap. */
export function uuids(random: Random): () => string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0').slice(-digits);
  const variant = 0x8000 | (random.uint32() & 0x3fff);
  const fixed = `${hex(random.uint32(), 8)}-${hex(random.uint32(), 4)}-4${hex(random.uint32(), 3)}-${hex(variant, 4)}-`;
  let count = random.uint32();
  return () => fixed + (count++ % 2 ** 48).toString(16).padStart(12, '0');
}

/** Gives `HH:MM:SS.uuuuuu` (UTC) of a time in milliseconds since the epoch, as the protocol's time token has it. */
export function timeTokens(): (nowMs: number) => string {
  let lastMs = -1;
  let last = '';
  return (nowMs) => {
    const wholeMs = Math.floor(nowMs);
    if (wholeMs !== lastMs) {
      lastMs = wholeMs;
      last = new Date(wholeMs).toISOString().slice(11, 23) + '000';
    }
    return last;
  };
}
