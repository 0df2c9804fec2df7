/**
 * @typedef {{ p50: number | null, p95: number | null, p99: number | null, max: number | null }} Percentiles
 */

/** @param {Iterable<number>} values in any unit; of none, null. @returns {Percentiles} */
export function percentiles(values) {
  const sorted = Float64Array.from(values).sort();
  const percentile = (share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max: percentile(1) };
}
