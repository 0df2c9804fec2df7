import type { Host, Timer } from '@ims-sim/host';

/** RFC 3539 3.4.1 for a connection that is up. `pending`: a DWR was sent and nothing has come since. */
export type WatchdogState =
  { readonly kind: 'okay'; readonly pending: boolean } | { readonly kind: 'suspect' };

export type WatchdogInput = 'timer' | 'received';
export type WatchdogAction = 'send-dwr' | 'failover' | 'failback' | 'close';

export interface WatchdogStep {
  readonly state: WatchdogState;
  readonly action?: WatchdogAction;
}

const okay: WatchdogState = { kind: 'okay', pending: false };

/**
 * One step of the watchdog. The timer runs for Tw after anything was received:
 *
 *     state          input      action     next state
 *     okay           timer      send-dwr   okay, pending
 *     okay, pending  timer      failover   suspect
 *     suspect        timer      close
 *     okay           received              okay
 *     suspect        received   failback   okay
 *
 * Deviation: the REOPEN state (three watchdogs answered before a peer that came back is used again) is left out: an element
 * that was started anew has been through CER and CEA and is as good as new.
 */
export function stepWatchdog(state: WatchdogState, input: WatchdogInput): WatchdogStep {
  if (input === 'received')
    return state.kind === 'suspect' ? { state: okay, action: 'failback' } : { state: okay };
  if (state.kind === 'suspect') return { state, action: 'close' };
  if (state.pending) return { state: { kind: 'suspect' }, action: 'failover' };
  return { state: { kind: 'okay', pending: true }, action: 'send-dwr' };
}

/** RFC 3539 3.4.1: Tw with up to 2 s of jitter either way, less where Tw is short. `chance` is 32 random bits. */
export function watchdogIntervalMs(twMs: number, chance: number): number {
  const jitterMs = Math.min(2000, twMs / 3);
  return twMs + jitterMs * ((2 * chance) / 0xffffffff - 1);
}

export interface WatchdogEvents {
  /** Whether anything was received since it was asked last. */
  takeActivity(): boolean;
  on(action: Exclude<WatchdogAction, 'failback'>): void;
}

/**
 * The watchdog of one connection, running from the start to `stop`. Its timer runs on through traffic and asks afterwards
 * whether there was any, so that a message sets no timer; a DWR goes out between Tw and twice Tw after the last message.
 */
export class Watchdog {
  readonly #host: Host;
  readonly #twMs: number;
  readonly #events: WatchdogEvents;
  #state: WatchdogState = okay;
  #timer: Timer;

  constructor(host: Host, twMs: number, events: WatchdogEvents) {
    this.#host = host;
    this.#twMs = twMs;
    this.#events = events;
    this.#timer = this.#arm();
  }

  get isSuspicious(): boolean {
    return this.#state.kind === 'suspect';
  }

  /** A message has come: what was suspect is trusted again at once. */
  noteReceived(): void {
    if (this.#state.kind === 'suspect') this.#state = stepWatchdog(this.#state, 'received').state;
  }

  stop(): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    const delayMs = watchdogIntervalMs(this.#twMs, this.#host.random.uint32());
    return this.#host.clock.timer(delayMs, () => {
      const input = this.#events.takeActivity() ? 'received' : 'timer';
      const { state, action } = stepWatchdog(this.#state, input);
      this.#state = state;
      this.#timer = this.#arm();
      if (action !== undefined && action !== 'failback') this.#events.on(action);
    });
  }
}
