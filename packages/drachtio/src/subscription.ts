import { copied, event, expires, valueOf, type SipMessage } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';

/** What a SUBSCRIBE without Expires asks for: the endpoint does not know the packages' own defaults. */
const DEFAULT_EXPIRES_S = 3600;

/** A subscription within its dialog: Event with its id (RFC 6665 4.4.1). */
export function subscriptionOf(message: SipMessage): string {
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
  dialog.subscriptions = dialog.subscriptions.filter((one) => one !== subscription);
  return dialog.subscriptions.length === 0 && dialog.session === undefined;
}

/** One string for a package that thousands of dialogs name. */
function intern(name: string): string {
  return name === 'presence' ? 'presence' : copied(name);
}
