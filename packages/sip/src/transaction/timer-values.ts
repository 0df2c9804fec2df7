import { DEFAULT_TIMERS, type TimerSettings } from '../stack.js';

/** RFC 3261 table 4 and RFC 6026 for one stack, in milliseconds; D, I, J and K are for unreliable transports (else zero). */
export interface TimerValues extends TimerSettings {
  /** B, F, H, J, L, M: 64*T1. */
  readonly longMs: number;
  /** D: at least 32 s. */
  readonly timerDMs: number;
  /** RFC 3261 17.2.1: a 100 to an INVITE, unless something else comes first. */
  readonly inviteTryingMs: number;
  /** RFC 4320 4.1: when a client's Timer E has been reset to T2. */
  readonly nonInviteTryingMs: number;
}

/** The timers of a stack, those of RFC 3261 table 4 where `settings` says nothing. */
export function timerValues(settings: Partial<TimerSettings> = {}): TimerValues {
  const timers = { ...DEFAULT_TIMERS, ...settings };
  const longMs = 64 * timers.t1Ms;
  return {
    ...timers,
    longMs,
    timerDMs: Math.max(longMs, 32_000),
    inviteTryingMs: 200,
    nonInviteTryingMs: untilTimerEIsAtT2(timers),
  };
}

/** T1 + 2*T1 + 4*T1 …: what Timer E has run for when it is set to T2; with the default values 3,500 ms. */
function untilTimerEIsAtT2({ t1Ms, t2Ms }: TimerSettings): number {
  let elapsedMs = 0;
  for (let eMs = Math.max(1, t1Ms); eMs < t2Ms; eMs *= 2) {
    elapsedMs += eMs;
  }
  return elapsedMs;
}
