import { resultCode } from '@ims-sim/diameter';
import type { SubscribeNotifications, SubscribeNotificationsAnswer } from '@ims-sim/sh';
import type { Outcome } from '../outcome.js';
import type { FoundByPublicIdentity } from '../store.js';
import type { NotificationSubscription } from '../subscription.js';
import { without } from '../without.js';
import { repositoryOf, shDataOf } from './sh-data-of.js';

type SubscribeOutcome = Outcome<SubscribeNotificationsAnswer>;

/** Of one subscription, over all ASs. */
const MAX_SUBSCRIPTIONS = 64;

/** The AS that asks (Origin-Host, Origin-Realm), of which public identity, and when it is. */
export interface Subscriber {
  readonly host: string;
  readonly realm: string;
  readonly publicIdentity: string;
  readonly nowMs: number;
}

/** TS 29.328 6.1.3.1: an AS wants to be told of changes, or no longer. */
export function subscribeNotifications(
  request: SubscribeNotifications,
  found: FoundByPublicIdentity,
  subscriber: Subscriber,
): SubscribeOutcome {
  const { state } = found;
  const wanted = subscriptionsFor(request, subscriber);
  if (wanted === 'not-allowed') {
    const answer = { kind: 'operation-not-allowed' } as const;
    return { answer, reason: 'no notification of changes of such data' };
  }
  if (wanted.length === 0) return failed(resultCode.MISSING_AVP, 'no Data-Reference or Service-Indication');
  const isLive = ({ expiryMs }: NotificationSubscription): boolean =>
    expiryMs === undefined || expiryMs > subscriber.nowMs;
  const others = (state.notifications ?? []).filter(
    (there) => isLive(there) && !wanted.some((one) => isSame(one, there)),
  );
  const rest = without(state, 'notifications');
  if (request.type === 'unsubscribe') {
    const next = others.length === 0 ? rest : { ...rest, notifications: others };
    return { answer: { kind: 'subscribed' }, reason: 'unsubscribed', state: next };
  }
  const absent = wanted.find(
    ({ reference, serviceIndication = '' }) =>
      reference === 'repository-data' && repositoryOf(found, [serviceIndication]).length === 0,
  );
  if (absent !== undefined) {
    const reason = `no data of ${absent.serviceIndication ?? ''}`;
    return { answer: { kind: 'subscribed-data-absent' }, reason };
  }
  if (others.length + wanted.length > MAX_SUBSCRIPTIONS) {
    return failed(resultCode.UNABLE_TO_COMPLY, 'too many subscriptions to this user');
  }
  const data = request.sendData === true ? shDataOf(request, found) : undefined;
  return {
    answer: {
      kind: 'subscribed',
      ...(request.expiryMs !== undefined && { expiryMs: request.expiryMs }),
      ...(data !== undefined && { data }),
    },
    reason: `subscribed to ${request.references.join(', ')}`,
    state: { ...rest, notifications: [...others, ...wanted.filter(isLive)] },
  };
}

function subscriptionsFor(
  { references, serviceIndications = [], expiryMs, oneTime }: SubscribeNotifications,
  { host, realm, publicIdentity }: Subscriber,
): readonly NotificationSubscription[] | 'not-allowed' {
  const wanted: NotificationSubscription[] = [];
  const common = {
    host,
    realm,
    publicIdentity,
    ...(expiryMs !== undefined && { expiryMs }),
    ...(oneTime === true && { oneTime }),
  };
  for (const reference of references) {
    switch (reference) {
      case 'ims-user-state':
      case 's-cscf-name':
        wanted.push({ ...common, reference });
        break;
      case 'repository-data':
        for (const serviceIndication of serviceIndications) {
          wanted.push({ ...common, reference, serviceIndication });
        }
        break;
      default:
        return 'not-allowed';
    }
  }
  return wanted;
}

/** Two subscriptions of one AS to the same: the newer replaces the older. */
export function isSame(a: NotificationSubscription, b: NotificationSubscription): boolean {
  return (
    a.host === b.host &&
    a.publicIdentity === b.publicIdentity &&
    a.reference === b.reference &&
    a.serviceIndication === b.serviceIndication
  );
}

function failed(code: number, reason: string): SubscribeOutcome {
  return { answer: { kind: 'failed', resultCode: code }, reason };
}
