import type { RecordedEntry } from './recorded.js';
import type { SipSeen } from './select.js';

/** Nothing for as long as this between two actions is a pause of the scenario. */
const QUIET_US = 100_000;
const TENTH_US = 100_000;
const SECOND_US = 1_000_000;
/** What an element begins by itself comes later where the machine is busy: so much longer than it took is waited for it. */
const AT_LEAST_S = 5;
/** What no action of a UE's has: it answers it by itself. Of NOTIFYs the actions that subscribe have theirs. */
const AWAITED: ReadonlySet<string> = new Set(['BYE', 'MESSAGE', 'OPTIONS']);

/** A request that a UE can be said to wait for. */
export interface Awaited {
  readonly atUs: number;
  readonly actor: string;
  readonly method: string;
}

/** When something came, in the order of time. */
export interface Course {
  readonly times: readonly number[];
  readonly awaited: readonly Awaited[];
}

/** `ues`: by their names. Of each method the first that a UE gets from `firstId` on: `receives` takes the first that nobody had. */
export function courseOf(sip: readonly SipSeen[], ues: ReadonlySet<string>, firstId: number): Course {
  const known = new Set<string>();
  const awaited = sip.flatMap(({ record, message }): Awaited[] => {
    const { id, to, atUs } = record;
    if (id < firstId || message.kind === 'response' || !AWAITED.has(message.method) || !ues.has(to)) {
      return [];
    }
    const key = `${to} ${message.method}`;
    const isFirst = !known.has(key);
    known.add(key);
    return isFirst ? [{ atUs, actor: to, method: message.method }] : [];
  });
  return { times: sip.map(({ record }) => record.atUs), awaited };
}

/**
 * What passed between an action and the next one at `untilUs`, from where it first was quiet on: requests that UEs got, and time,
 * `marginUs` longer. Nothing where it never was quiet.
 */
export function pausesBetween(
  course: Course,
  sinceUs: number,
  untilUs: number,
  marginUs = 0,
): RecordedEntry[] {
  const { times, awaited } = course;
  const between = times.filter((atUs) => atUs >= sinceUs && atUs <= untilUs);
  const quiet = between.find((atUs, index) => (between[index + 1] ?? atUs) - atUs >= QUIET_US);
  if (quiet === undefined) {
    return [];
  }
  const next = awaited.findIndex(({ atUs }) => atUs > quiet && atUs < untilUs + marginUs);
  const its = awaited[next];
  if (its === undefined) {
    const forUs = untilUs - quiet + marginUs;
    return [{ sentence: `wait ${Math.ceil(forUs / TENTH_US) / 10} s`, options: {} }];
  }
  const withinS = AT_LEAST_S + 2 * Math.ceil((its.atUs - quiet) / SECOND_US);
  const rest = { times, awaited: awaited.slice(next + 1) };
  return [
    { sentence: `${its.actor} receives ${its.method} within ${withinS} s`, options: {} },
    ...pausesBetween(rest, its.atUs, untilUs, marginUs),
  ];
}

/** The same behind the last action, until nothing more came: an element may begin something late, and nothing waits for the end of this. */
export function pausesAtTheEnd(course: Course, sinceUs: number): RecordedEntry[] {
  return pausesBetween(course, sinceUs, course.times.at(-1) ?? sinceUs, SECOND_US);
}
