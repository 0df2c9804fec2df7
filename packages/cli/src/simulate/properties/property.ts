import type { Network } from '@ims-sim/element';
import type { TraceRecord } from '@ims-sim/trace';
import type { SipSeen } from './sip-seen.js';

/** Something that must always hold, and did not. */
export interface BrokenProperty {
  readonly property: string;
  /** Where it is written; undefined: it is our own. */
  readonly clause?: string | undefined;
  readonly text: string;
  /** Those that show it. */
  readonly records: readonly TraceRecord[];
}

/** What the properties are checked against: everything that came until all had ended. */
export interface Evidence {
  readonly network: Network;
  readonly records: readonly TraceRecord[];
  readonly sip: readonly SipSeen[];
  /** Names of what is no element of ours: test UEs and servers that the scenario plays, and may do wrong on purpose; nobody. */
  readonly actors: ReadonlySet<string>;
  /** When each element was killed, in microseconds. */
  readonly kills: readonly Kill[];
  /**
   * Whether messages were lost, delayed or turned over on purpose, or elements killed: a request may then be without an answer for as
   * long as its timers say.
   */
  readonly isDisturbed: boolean;
  /** Elements whose messages the scenario changes on purpose; `all`: it does not say whose. */
  readonly altered: ReadonlySet<string> | 'all';
}

export interface Kill {
  readonly element: string;
  readonly atUs: number;
}

/** RFC 3261 17.1.1.1: 64*T1, timers B and F, and N of RFC 6665 4.1.2, in microseconds. */
export const LONG_US = 32_000_000;

/** Whether what an element writes says nothing of it. */
export function isAltered({ altered }: Evidence, element: string): boolean {
  return altered === 'all' || altered.has(element);
}

/** Whether an element was killed between two moments: it then has forgotten what came before. */
export function wasKilled({ kills }: Evidence, element: string, fromUs: number, untilUs: number): boolean {
  return kills.some((kill) => kill.element === element && kill.atUs >= fromUs && kill.atUs <= untilUs);
}

/** What did not hold, where it is written, who broke it, and in which message. */
export function propertyText({ property, clause, text, records }: BrokenProperty): string {
  const [first] = records;
  return (
    `${property}${clause === undefined ? '' : ` (${clause})`}: ${text}` +
    (first === undefined ? '' : ` (message ${first.id})`)
  );
}
