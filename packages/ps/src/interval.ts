/** What an Expires asks for and what it gets (RFC 6665 4.2.1.1, RFC 3903 6 step 3). `brief`: 423. */
export type Interval =
  | { readonly kind: 'granted'; readonly expiresS: number }
  | { readonly kind: 'brief' }
  | { readonly kind: 'broken' };

export interface Intervals {
  readonly minExpiresS: number;
  readonly maxExpiresS: number;
}

/** RFC 3856 6.4: an hour, where nothing is asked for. */
const DEFAULT_EXPIRES_S = 3600;

/** Longer ones are shortened; 0 is granted: it ends, or fetches. */
export function interval(field: string | undefined, { minExpiresS, maxExpiresS }: Intervals): Interval {
  if (field !== undefined && !/^\d{1,20}$/.test(field)) return { kind: 'broken' };
  const askedS = field === undefined ? DEFAULT_EXPIRES_S : Number(field);
  if (askedS > 0 && askedS < minExpiresS && field !== undefined) return { kind: 'brief' };
  return { kind: 'granted', expiresS: Math.min(askedS, maxExpiresS) };
}
