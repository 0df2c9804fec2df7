import { callId, cseq, event, expires, from, tagOf, to, valueOf } from '@ims-sim/sip';
import { type BrokenProperty, type Evidence, isAltered, LONG_US } from './property.js';
import { isFinal, type SipSeen } from './sip-seen.js';

const PROPERTY = 'subscriptions expire';
const CLAUSE = 'RFC 6665 4.4.1';

interface Subscription {
  /** As the 2xx to the last SUBSCRIBE said. */
  expiresAtUs: number;
  /** The NOTIFY that ended it, and its CSeq number. */
  ended: { readonly seen: SipSeen; readonly number: number } | undefined;
  lastNumber: number;
}

/**
 * RFC 6665 4.1.3 and 4.4.1: a notifier sends nothing more after the NOTIFY that says `terminated`, and none later than 64*T1 after the
 * subscription would have expired.
 */
export function lastingSubscriptions(evidence: Evidence): BrokenProperty[] {
  const subscriptions = new Map<string, Subscription>();
  return evidence.sip.flatMap((seen) => {
    if (seen.method === 'SUBSCRIBE' && isFinal(seen)) {
      accepted(seen, subscriptions);
      return [];
    }
    if (
      seen.method !== 'NOTIFY' ||
      seen.message.kind !== 'request' ||
      isAltered(evidence, seen.record.from)
    ) {
      return [];
    }
    const subscription = subscriptions.get(keyOf(seen, 'notifier'));
    return subscription === undefined ? [] : notified(seen, subscription, evidence);
  });
}

/** In the dialog's words: Call-ID, the notifier's tag, and the event. */
function keyOf({ message }: SipSeen, sender: 'notifier' | 'subscriber'): string {
  const tag = tagOf(sender === 'notifier' ? from(message) : to(message));
  return [callId(message), tag, event(message)?.params.get('id') ?? ''].join(' ');
}

function accepted(seen: SipSeen, subscriptions: Map<string, Subscription>): void {
  const { message, record } = seen;
  const lifetimeS = expires(message);
  if (message.kind !== 'response' || message.status >= 300 || lifetimeS === undefined) {
    return;
  }
  const key = keyOf(seen, 'subscriber');
  const expiresAtUs = record.atUs + lifetimeS * 1_000_000;
  const known = subscriptions.get(key);
  if (known === undefined) {
    subscriptions.set(key, { expiresAtUs, ended: undefined, lastNumber: 0 });
  } else {
    known.expiresAtUs = Math.max(known.expiresAtUs, expiresAtUs);
  }
}

function notified(seen: SipSeen, subscription: Subscription, { actors }: Evidence): BrokenProperty[] {
  const { record, message } = seen;
  const number = cseq(message)?.number ?? 0;
  if (number <= subscription.lastNumber || actors.has(record.from)) {
    return []; // a further hop, or sent again
  }
  subscription.lastNumber = number;
  const { ended, expiresAtUs } = subscription;
  if (/^\s*terminated/i.test(valueOf(message.headers, 'subscription-state') ?? '')) {
    subscription.ended ??= { seen, number };
  }
  if (ended !== undefined) {
    const text = `${record.from} sent a NOTIFY after the one that said terminated`;
    return [{ property: PROPERTY, clause: CLAUSE, text, records: [ended.seen.record, record] }];
  }
  if (record.atUs > expiresAtUs + LONG_US) {
    const lateS = ((record.atUs - expiresAtUs) / 1_000_000).toFixed(0);
    const text = `${record.from} sent a NOTIFY ${lateS} s after the subscription had expired`;
    return [{ property: PROPERTY, clause: CLAUSE, text, records: [record] }];
  }
  return [];
}
