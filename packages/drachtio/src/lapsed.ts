import { createRequest, header, serialize } from '@ims-sim/sip';
import type { AppDialog } from './app-dialog.js';
import { tell } from './deliver.js';
import { ownUri, type Endpoint } from './endpoint.js';
import { requestHeaders } from './fields.js';

/**
 * A subscription that an application has elsewhere ran out, and no NOTIFY ended it: the application is told by one that
 * the endpoint makes (RFC 6665 4.1.2.4), as drachtio-server tells of a session that it gave up. Of watchers that lapse
 * the application knows by itself.
 */
export function lapsed(endpoint: Endpoint, dialog: AppDialog): void {
  if (dialog.role === 'uas') return;
  for (const subscription of dialog.subscriptions) {
    tell(endpoint, dialog.app, dialog.id, serialize(lastNotify(endpoint, dialog, subscription)));
  }
}

function lastNotify(endpoint: Endpoint, dialog: AppDialog, subscription: string) {
  const core = {
    maxForwards: '70',
    route: undefined,
    from: dialog.remote,
    to: dialog.local,
    callId: dialog.callId,
    cseq: `${dialog.remoteCSeq + 1} NOTIFY`,
    contact: `<${dialog.target}>`,
  };
  const headers = [
    ...requestHeaders(core, []),
    header('Event', subscription),
    header('Subscription-State', 'terminated;reason=timeout'),
  ];
  return createRequest({ method: 'NOTIFY', uri: ownUri(endpoint), headers });
}
