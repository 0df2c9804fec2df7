import type { Clock } from '@ims-sim/host';
import { DEFAULT_TIMERS, type ServerTransaction } from '@ims-sim/sip';
import type { App } from './app.js';
import type { AppDialog } from './app-dialog.js';

/** A request that was handed to an application and is to be answered by it. */
export interface PendingRequest {
  readonly transaction: ServerTransaction;
  readonly app: App;
  /** The dialog it came in. */
  readonly dialog: AppDialog | undefined;
  /** What the endpoint puts into To of every response, unless the application chose one. */
  toTag: string | undefined;
  readonly sinceMs: number;
}

export interface PendingRequests {
  readonly size: number;
  /** Those that somebody may still wait for. */
  readonly awaited: number;
  find(txId: string): PendingRequest | undefined;
  /** False where there are too many. */
  add(txId: string, pending: PendingRequest): boolean;
  remove(txId: string): void;
}

/** Requests waiting for an application's answer, at most. */
const MAX_PENDING = 50_000;

/** Timer F at the other end: nobody waits for an answer any more. */
const UNANSWERED_MS = 64 * DEFAULT_TIMERS.t1Ms;

/** Those that an application never answers are forgotten as newer ones come in: no timer for each. */
export function pendingRequests(clock: Clock): PendingRequests {
  const pending = new Map<string, PendingRequest>();
  const forgetOld = (nowMs: number) => {
    for (const [txId, { sinceMs }] of pending) {
      if (nowMs - sinceMs <= UNANSWERED_MS) return;
      pending.delete(txId);
    }
  };
  return {
    get size() {
      return pending.size;
    },
    get awaited() {
      forgetOld(clock.now());
      return pending.size;
    },
    find: (txId) => pending.get(txId),
    add(txId, request) {
      forgetOld(clock.now());
      if (pending.size >= MAX_PENDING) return false;
      pending.set(txId, request);
      return true;
    },
    remove: (txId) => void pending.delete(txId),
  };
}
