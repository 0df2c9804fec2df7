import type { RecordedEntry } from './recorded.js';

/** Nothing for as long as this between two actions is a pause of the scenario. */
const QUIET_US = 100_000;
const TENTH_US = 100_000;

/**
 * The pause between an action and what came at `untilUs`, from where it first was quiet on; undefined where it never was. `times`: of all
 * messages, in their order.
 */
export function pauseBetween(
  times: readonly number[],
  sinceUs: number,
  untilUs: number,
): RecordedEntry | undefined {
  const between = times.filter((atUs) => atUs >= sinceUs && atUs <= untilUs);
  const quiet = between.find((atUs, index) => (between[index + 1] ?? atUs) - atUs >= QUIET_US);
  if (quiet === undefined) {
    return undefined;
  }
  return { sentence: `wait ${Math.ceil((untilUs - quiet) / TENTH_US) / 10} s`, options: {} };
}
