import type { SrfRequestOptions } from '@ims-sim/drachtio';
import { notifyVector } from './charging-vector.js';
import { fullDocument, unavailableDocument } from './presentity.js';
import type { Ps } from './ps.js';
import { subscriptionState, type Subscription } from './subscription.js';

/**
 * The NOTIFY that is owed to a subscription. In the draft who is watched is asserted, for the watcher's network to show (TR 24.841
 * table 6.1.1-18); in the final text there is the charging instead (TS 24.141 table A.5.2.1-1), and nobody is asserted within a dialog
 * (TS 24.229 5.7.3). While the presentity has not decided it has no body (RFC 6665 4.2.1.2: no meaningful state).
 */
export function notifyRequest(ps: Ps, subscription: Subscription): SrfRequestOptions {
  const { presentity, mediaType, event, dialogId, sees, icid } = subscription;
  const headers = {
    ...(icid === undefined
      ? { 'P-Asserted-Identity': `<${presentity.asserted}>`, Privacy: 'none' }
      : { 'P-Charging-Vector': notifyVector(ps, icid) }),
    'Subscription-State': subscriptionState(subscription, ps.host.clock.now()),
    Event: event,
  };
  if (sees === 'nothing') return { method: 'NOTIFY', stackDialogId: dialogId, headers };
  const document = sees === 'everything' ? fullDocument : unavailableDocument;
  const body = document(presentity, mediaType, () => ps.counters.renderings++);
  return {
    method: 'NOTIFY',
    stackDialogId: dialogId,
    headers: { ...headers, 'Content-Type': mediaType },
    body,
  };
}
