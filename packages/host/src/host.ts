import type { Clock } from './clock.js';
import type { Net } from './net.js';
import type { Random } from './random.js';
import type { Trace } from './trace.js';

/** One line for the operator, with what belongs to it as fields. */
export type LogLine = (text: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/** All that an element has of the outside world. Nothing below reaches for time, chance or the network by itself. */
export interface Host {
  /** The element's own host name, e.g. `scscf1.home1.net`. */
  readonly name: string;
  readonly net: Net;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly log: Log;
}
