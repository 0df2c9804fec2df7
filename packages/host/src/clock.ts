/** Time, handed in: the machine's (`systemClock`), or a virtual one that a test or a simulation moves (`VirtualClock`). */
export interface Clock {
  /** Milliseconds since the epoch, with a fraction; never goes back. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now, unless it is cancelled before. */
  timer(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}
