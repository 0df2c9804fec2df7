import type { PidfMediaType } from '@ims-sim/presence';
import type { Expiring } from './expiry-queue.js';
import type { Presentity } from './presentity.js';

/** A watcher's subscription (RFC 6665 4.2). Tens of thousands at once: no object, timer or text that it can do without. */
export interface Subscription extends Expiring {
  /** By which drachtio-srf sends within its dialog. */
  readonly dialogId: string;
  readonly presentity: Presentity;
  /** Event of its NOTIFYs. */
  readonly event: string;
  readonly mediaType: PidfMediaType;
  /** `icid-value=...` of its dialog; undefined in the draft. */
  readonly icid: string | undefined;
  /** `unavailable`: politely blocked, is told nothing (RFC 5025 3.2.1). `nothing`: its presentity has not decided. */
  readonly sees: 'everything' | 'unavailable' | 'nothing';
  /**
   * RFC 6665 4.2.2: one NOTIFY at a time. `idle`; `sent`: one waits for its answer; `held`: its answer said to try again
   * later; `over`.
   */
  progress: 'idle' | 'sent' | 'held' | 'over';
  /** The presentity's version that was sent last; -1: a NOTIFY is owed whatever the version. */
  toldVersion: number;
  /** Why it ends: its last NOTIFY is owed. */
  ends: 'timeout' | undefined;
}

/** What is to be done with a subscription now. */
export type Step =
  | { readonly kind: 'send' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'hold'; readonly forS: number }
  | { readonly kind: 'forget' };

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterS: number | undefined }
  /** It could not be sent: the dialog is gone. */
  | { readonly kind: 'unsent' };

/**
 * ```
 *            owed            answer 2xx, more owed
 *   idle ----------> sent ---------------------------> sent (the newest state)
 *    ^                | answer 2xx, nothing owed
 *    +----------------+ Retry-After: held, then sent; last one answered or any other failure: over
 * ```
 */
export function next(subscription: Subscription): Step {
  if (subscription.progress !== 'idle') return { kind: 'wait' };
  return isOwed(subscription) ? { kind: 'send' } : { kind: 'wait' };
}

/** A NOTIFY was answered, or could not be sent. */
export function answered(subscription: Subscription, answer: Answer): Step {
  if (answer.kind === 'unsent') return { kind: 'forget' };
  if (answer.status < 300) {
    if (wasLast(subscription)) return { kind: 'forget' };
    subscription.progress = 'idle';
    return next(subscription);
  }
  // RFC 6665 4.2.2: a failure that says when to try again is none; any other ends the subscription.
  if (answer.retryAfterS === undefined || wasLast(subscription)) return { kind: 'forget' };
  subscription.progress = 'held';
  subscription.toldVersion = -1;
  return { kind: 'hold', forS: Math.min(answer.retryAfterS, MAX_HOLD_S) };
}

/** Longer than any subscription: the clock ends it before. */
const MAX_HOLD_S = 86_400;

/** Subscription-State of the NOTIFY that is sent at `nowMs` (RFC 6665 4.1.3). */
export function subscriptionState({ ends, sees, expiresAtMs }: Subscription, nowMs: number): string {
  if (ends !== undefined) return `terminated;reason=${ends}`;
  const state = sees === 'nothing' ? 'pending' : 'active';
  return `${state};expires=${Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000))}`;
}

function isOwed({ ends, toldVersion, sees, presentity }: Subscription): boolean {
  if (ends !== undefined || toldVersion < 0) return true;
  // What others are not told of must not show in when they are told.
  return sees === 'everything' && toldVersion !== presentity.version;
}

/** The NOTIFY that is out said `terminated`. */
function wasLast({ ends, toldVersion }: Subscription): boolean {
  return ends !== undefined && toldVersion === LAST;
}

/** `toldVersion` of a subscription whose last NOTIFY is out. */
export const LAST = Infinity;
