import { expires, values } from '@ims-sim/sip';
import type { SipSeen } from './select.js';

/** A request that a UE can be said to wait for (`receives`). */
export interface AwaitedRequest {
  readonly atUs: number;
  readonly actor: string;
  readonly method: string;
  /** Which of that method it is, for that UE; from 1. */
  readonly nth: number;
}

/** What no action of a UE's has: it answers it by itself. */
const ANSWERED_BY_ITSELF: ReadonlySet<string> = new Set(['BYE', 'MESSAGE', 'OPTIONS']);

/**
 * In the order of time, from the flow's first record on: of each method the first that a UE gets; NOTIFYs but those that `subscribes` and
 * `unsubscribes` wait for by themselves. None of a UE that was notified before the flow: how often it is on replay, nobody knows.
 */
export function awaitedRequests(
  sip: readonly SipSeen[],
  ues: ReadonlySet<string>,
  firstId: number,
): AwaitedRequest[] {
  const counts = new Map<string, number>();
  return sip.flatMap((seen, index): AwaitedRequest[] => {
    const { record, message } = seen;
    const { id, to: actor, atUs } = record;
    if (message.kind === 'response' || !ues.has(actor)) {
      return [];
    }
    const { method } = message;
    const isNotify = method === 'NOTIFY';
    if (!isNotify && (id < firstId || !ANSWERED_BY_ITSELF.has(method))) {
      return [];
    }
    const key = `${actor} ${method}`;
    const nth = id < firstId ? Infinity : (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const isAwaited = isNotify ? nth !== Infinity && !isWaitedFor(seen, sip.slice(0, index)) : nth === 1;
    return isAwaited ? [{ atUs, actor, method, nth }] : [];
  });
}

/** RFC 6665 4.1.2.4, 4.1.2.3: the first NOTIFY of a subscription, and the last one of one that the UE ends. */
function isWaitedFor({ record, callId, message }: SipSeen, earlier: readonly SipSeen[]): boolean {
  const call = earlier.filter((one) => one.callId === callId && one.message.kind === 'request');
  const subscribed = call.findLast((one) => one.record.from === record.to && one.cseq.method === 'SUBSCRIBE');
  const isFirst = !call.some((one) => one.record.to === record.to && one.cseq.method === 'NOTIFY');
  const isLast = values(message, 'subscription-state').some((state) => state.startsWith('terminated'));
  return subscribed !== undefined && (isFirst || (isLast && expires(subscribed.message) === 0));
}
