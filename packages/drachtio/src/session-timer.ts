import { parseHeaderParams, valueOf, type SipResponse } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';
import { endSession } from './end-session.js';
import type { Endpoint } from './endpoint.js';

/**
 * RFC 4028 10: a session whose 2xx names an interval ends when nobody has refreshed it by then. `role` is this end's in that
 * transaction. Deviation: the refreshes themselves are the application's to send, which reads Session-Expires; a real
 * drachtio-server may send them by itself.
 */
export function watchSession(
  endpoint: Endpoint,
  dialog: AppDialog,
  { headers }: SipResponse,
  role: 'uas' | 'uac',
): void {
  const { session } = dialog;
  if (session === undefined || session.state !== 'confirmed') return;
  session.expiry?.cancel();
  session.expiry = undefined;
  const interval = intervalOf(valueOf(headers, 'session-expires'));
  if (interval === undefined) return;
  const isRefresher = interval.refresher === role;
  // 10: who does not refresh ends it before the other thinks it over: a third of the interval, or 32 s.
  const { expiresS } = interval;
  const afterS = isRefresher ? expiresS : expiresS - Math.min(32, expiresS / 3);
  session.expiry = endpoint.host.clock.timer(afterS * 1000, () =>
    endSession(endpoint, dialog, { cause: 408, text: 'Session timer expired', reason: 'session-expired' }),
  );
}

/** RFC 4028 4, and nothing below its minimum of 90 s nor above a day. */
function intervalOf(value: string | undefined): { expiresS: number; refresher: string } | undefined {
  if (value === undefined) return undefined;
  const end = value.indexOf(';');
  const expiresS = Number(end < 0 ? value : value.slice(0, end));
  if (!(expiresS >= 90 && expiresS <= 86_400)) return undefined;
  const refresher = end < 0 ? undefined : parseHeaderParams(value, end)?.get('refresher');
  return { expiresS, refresher: typeof refresher === 'string' ? refresher.toLowerCase() : 'uac' };
}
