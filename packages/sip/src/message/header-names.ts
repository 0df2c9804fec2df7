/** RFC 3261 7.3.3 and 20, with the compact forms that later RFCs registered. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Spellings seen, so that a name costs one look-up. Bounded: strangers choose the spellings. */
const seen = new Map<string, string>();
const MAX_SEEN = 1000;

/** The lower-case long form of a header name: `v`, `Via` and `VIA` give `via`. */
export function headerKey(name: string): string {
  const known = seen.get(name);
  if (known !== undefined) {
    return known;
  }
  const lower = name.toLowerCase();
  const key = COMPACT[lower] ?? lower;
  if (seen.size < MAX_SEEN) {
    seen.set(name, key);
  }
  return key;
}
