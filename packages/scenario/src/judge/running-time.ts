/** Times of the tables that run while a flow does; each pattern has the number between its two groups. */
export interface RunningTime {
  readonly pattern: RegExp;
  readonly direction: 'down' | 'up';
}

/** Subscription-State (RFC 6665 4.1.3). */
export const REMAINING: readonly RunningTime[] = [{ pattern: /(;\s*expires=)(\d+)/g, direction: 'down' }];

/** The contacts of a reginfo document (RFC 3680 5.3): what remains, and how long it has lasted. */
export const IN_REGINFO: readonly RunningTime[] = [
  { pattern: /(<(?:\w+:)?contact\b[^>]*?\sexpires=["'])(\d+)/g, direction: 'down' },
  { pattern: /(<(?:\w+:)?contact\b[^>]*?\sduration-registered=["'])(\d+)/g, direction: 'up' },
];

/**
 * `actual` with the times of `expected` in the place of its own, one by one in their order, where the two lie no further apart than
 * the `lastedS` seconds that the flow has lasted; others stay as they are.
 */
export function withTimesOf(
  expected: string,
  actual: string,
  times: readonly RunningTime[],
  lastedS: number,
): string {
  return times.reduce((text, { pattern, direction }) => {
    const wanted = [...expected.matchAll(pattern)].map(([, , number]) => Number(number));
    let index = 0;
    return text.replace(pattern, (whole, before: string, number: string) => {
      const want = wanted[index++] ?? NaN;
      const late = direction === 'down' ? want - Number(number) : Number(number) - want;
      return late >= 0 && late <= lastedS ? `${before}${want}` : whole;
    });
  }, actual);
}
