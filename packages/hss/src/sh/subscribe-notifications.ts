import { resultCode } from '@ims-sim/diameter';
import type { SubscribeNotifications, SubscribeNotificationsAnswer } from '@ims-sim/sh';
import type { Outcome } from '../outcome.js';
import type { FoundByPublicIdentity } from '../store.js';
import type { NotificationSubscription } from '../subscription.js';
import { without } from '../without.js';
import { isAskedForBy, notificationRefusal } from './data-references.js';
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
  const refused = refusalOf(request);
  if (refused !== undefined) return refused;
  const wanted = subscriptionsFor(request, subscriber);
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

/** TS 29.328 6.1.3.1 steps 3 and 3a; what is asked of several references is done for all of them or for none (7). */
function refusalOf({ references, user, serverName }: SubscribeNotifications): SubscribeOutcome | undefined {
  for (const reference of references) {
    const kind = isAskedForBy(reference, user) ? notificationRefusal(reference) : 'operation-not-allowed';
    if (kind !== undefined) return { answer: { kind }, reason: `no notification of changes of ${reference}` };
  }
  return references.includes('initial-filter-criteria') && serverName === undefined
    ? failed(resultCode.MISSING_AVP, 'filter criteria without Server-Name')
    : undefined;
}

/** One for each reference, and for each Service-Indication (step 8) or Identity-Set (8a) of it. */
function subscriptionsFor(
  {
    references,
    serviceIndications = [],
    identitySets = ['all'],
    serverName,
    expiryMs,
    oneTime,
  }: SubscribeNotifications,
  { host, realm, publicIdentity }: Subscriber,
): readonly NotificationSubscription[] {
  const common = {
    host,
    realm,
    publicIdentity,
    ...(expiryMs !== undefined && { expiryMs }),
    ...(oneTime === true && { oneTime }),
  };
  return references.flatMap((reference): NotificationSubscription[] => {
    switch (reference) {
      case 'ims-user-state':
      case 's-cscf-name':
      case 'charging-information':
        return [{ ...common, reference }];
      case 'initial-filter-criteria':
        return [{ ...common, reference, serverName }];
      case 'ims-public-identity':
        return identitySets.map((identitySet) => ({ ...common, reference, identitySet }));
      case 'repository-data':
        return serviceIndications.map((serviceIndication) => ({ ...common, reference, serviceIndication }));
      default:
        return []; // refused above
    }
  });
}

/** Two subscriptions of one AS to the same: the newer replaces the older. */
export function isSame(a: NotificationSubscription, b: NotificationSubscription): boolean {
  return (
    a.host === b.host &&
    a.publicIdentity === b.publicIdentity &&
    a.reference === b.reference &&
    a.serviceIndication === b.serviceIndication &&
    a.serverName === b.serverName &&
    a.identitySet === b.identitySet
  );
}

function failed(code: number, reason: string): SubscribeOutcome {
  return { answer: { kind: 'failed', resultCode: code }, reason };
}
