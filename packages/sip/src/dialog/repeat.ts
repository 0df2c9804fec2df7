import type { Clock, Timer } from '@ims-sim/host';

export interface Repetition {
  stop(): void;
}

/** In milliseconds; intervals double from `firstMs` up to `maxMs`. */
export interface RepetitionTimes {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly endMs: number;
}

/**
 * RFC 3261 13.3.1.4 (a 2xx to an INVITE until its ACK), RFC 3262 3 (a reliable provisional response until its PRACK): calls `again` in
 * growing intervals until it is stopped; after `endMs` it calls `over` instead, and no more.
 */
export function repeat(
  clock: Clock,
  { firstMs, maxMs, endMs }: RepetitionTimes,
  again: () => void,
  over: () => void,
): Repetition {
  let elapsedMs = 0;
  let intervalMs = firstMs;
  let timer: Timer;
  const arm = () => {
    const nextMs = Math.min(intervalMs, endMs - elapsedMs);
    timer = clock.timer(nextMs, () => {
      elapsedMs += nextMs;
      if (elapsedMs >= endMs) {
        over();
        return;
      }
      intervalMs = Math.min(2 * intervalMs, maxMs);
      arm();
      again(); // last: it may stop this
    });
  };
  arm();
  return { stop: () => timer.cancel() };
}
