import { parseHeaderParams, valueOf, type SipRequest } from '@ims-sim/sip';

/** The Subscription-State header (RFC 6665 8.2.3). */
export interface SubscriptionState {
  /** `active`, `pending`, `terminated`, or an extension; lower case. */
  readonly value: string;
  /** In seconds. */
  readonly expiresS: number | undefined;
  /** Why it is terminated. */
  readonly reason: string | undefined;
}

/** Undefined where it is missing or cannot be read. */
export function subscriptionState(notify: SipRequest): SubscriptionState | undefined {
  const text = valueOf(notify.headers, 'subscription-state');
  if (text === undefined) {
    return undefined;
  }
  const semicolon = text.indexOf(';');
  const value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const params = semicolon < 0 ? undefined : parseHeaderParams(text, semicolon);
  if (value === '' || (semicolon >= 0 && params === undefined)) {
    return undefined;
  }
  const expires = params?.get('expires');
  const reason = params?.get('reason');
  return {
    value,
    expiresS: typeof expires === 'string' && /^\d{1,10}$/.test(expires) ? Number(expires) : undefined,
    reason: typeof reason === 'string' ? reason : undefined,
  };
}
