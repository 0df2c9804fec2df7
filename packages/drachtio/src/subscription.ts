import {
  copied,
  event,
  expires,
  valueOf,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';

/** What a SUBSCRIBE without Expires asks for: the endpoint does not know the packages' own defaults. */
const DEFAULT_EXPIRES_S = 3600;

/** RFC 6665 3.1, RFC 3515 2.4.4: outside of dialogs it makes one, with a subscription. */
export function subscribes(method: string): boolean {
  return method === 'SUBSCRIBE' || method === 'REFER';
}

/** A 2xx to such a request has made the subscription: always, but for a REFER that wants none (RFC 4488 4). */
export function isSubscribed({ method }: SipRequest, { status, headers }: SipResponse): boolean {
  const isWithout = method === 'REFER' && valueOf(headers, 'refer-sub')?.toLowerCase().startsWith('false');
  return status >= 200 && status < 300 && isWithout !== true;
}

/** A subscription within its dialog: Event with its id (RFC 6665 4.4.1); of a REFER `refer` (RFC 3515 2.4.4). */
export function subscriptionOf(message: SipMessage): string {
  if (message.kind === 'request' && message.method === 'REFER') return 'refer';
  const field = event(message);
  if (field === undefined) return '';
  return field.id === undefined ? intern(field.package) : `${field.package};id=${field.id}`;
}

/** A NOTIFY that ends its subscription (RFC 6665 4.1.3). */
export function isTerminated(message: SipMessage): boolean {
  return valueOf(message.headers, 'subscription-state')?.toLowerCase().startsWith('terminated') === true;
}

/** Counts a subscription as made or refreshed, for as long as `message` says (the 2xx, or a SUBSCRIBE). */
export function keepSubscription(
  dialog: AppDialog,
  subscription: string,
  message: SipMessage,
  nowMs: number,
): void {
  const others = dialog.subscriptions.length > (dialog.subscriptions.includes(subscription) ? 1 : 0);
  if (!dialog.subscriptions.includes(subscription))
    dialog.subscriptions = [...dialog.subscriptions, subscription];
  const untilMs = nowMs + (expires(message) ?? DEFAULT_EXPIRES_S) * 1000;
  dialog.expiresAtMs = others ? Math.max(dialog.expiresAtMs, untilMs) : untilMs;
}

/** Takes a subscription off its dialog; true where nothing is left of that, no session either (RFC 5057). */
export function endSubscription(dialog: AppDialog, subscription: string): boolean {
  // RFC 3515 2.4.6: the NOTIFYs of the REFER that made the dialog may have its CSeq as their id.
  const isOfFirst = !dialog.subscriptions.includes(subscription) && subscription.startsWith('refer;id=');
  const named = isOfFirst ? 'refer' : subscription;
  dialog.subscriptions = dialog.subscriptions.filter((one) => one !== named);
  return dialog.subscriptions.length === 0 && dialog.session === undefined;
}

/** One string for a package that thousands of dialogs name. */
function intern(name: string): string {
  return name === 'presence' ? 'presence' : copied(name);
}
