import { isDeepStrictEqual } from 'node:util';
import type { Host } from '@ims-sim/host';
import type { PushNotification, ShData, ShNotifyClient } from '@ims-sim/sh';
import type { StateChange } from '../observed-store.js';
import { placeOf } from '../service-profile.js';
import type { SubscriberStore } from '../store.js';
import type { NotificationSubscription, StoredSubscription } from '../subscription.js';
import { shDataOf } from './sh-data-of.js';
import { isSame } from './subscribe-notifications.js';

export interface PushNotificationsOptions {
  readonly host: Host;
  readonly client: ShNotifyClient;
  readonly store: SubscriberStore;
}

/** One PNR, and the subscription that it is for. */
export interface Notification {
  readonly subscription: NotificationSubscription;
  readonly push: PushNotification;
}

/** TS 29.328 6.1.4.1: tells the ASs that have subscribed to what has changed. What they answer ends subscriptions, nothing else. */
export function pushNotifications({
  host,
  client,
  store,
}: PushNotificationsOptions): (change: StateChange, by?: string) => void {
  const send = async (key: string, { subscription, push }: Notification): Promise<void> => {
    const answer = await client.pushNotification(subscription, push);
    if (host.trace.enabled) {
      const text = `PNR (${subscription.reference}) of ${subscription.publicIdentity} to ${subscription.host}: ${answer.kind}`;
      host.trace.decision({ clause: 'TS 29.328 6.1.4', text });
    }
    const isOver =
      subscription.oneTime === true ||
      answer.kind === 'no-subscription-to-data' ||
      answer.kind === 'unknown-user';
    if (!isOver) return;
    await store.update(key, ({ state }) => {
      const { notifications = [], ...rest } = state;
      const left = notifications.filter((one) => !isSame(one, subscription));
      return { result: undefined, state: left.length === 0 ? rest : { ...rest, notifications: left } };
    });
  };
  return (change, by) => {
    for (const notification of notificationsOf(change, host.clock.now(), by)) {
      send(change.key, notification).catch((error: unknown) => {
        host.log.error('a subscription of an AS could not be ended', { error, key: change.key });
      });
    }
  };
}

/** Who is to be told what of a change. `by`: the AS that has made it, and knows. */
export function notificationsOf(
  { before, state }: StateChange,
  nowMs: number,
  by?: string,
): readonly Notification[] {
  const { notifications } = state;
  if (notifications === undefined) return none;
  const now = { subscription: before.subscription, state };
  return notifications.flatMap((subscription) => {
    const { host, publicIdentity, expiryMs } = subscription;
    if (host === by || (expiryMs !== undefined && expiryMs <= nowMs)) return [];
    const data = dataFor(subscription, now);
    if (data === undefined || isDeepStrictEqual(data, dataFor(subscription, before))) return [];
    return [{ subscription, push: { user: { kind: 'public-identity', identity: publicIdentity }, data } }];
  });
}

const none: readonly Notification[] = [];

function dataFor(
  { publicIdentity, reference, serviceIndication }: NotificationSubscription,
  { subscription, state }: StoredSubscription,
): ShData | undefined {
  const place = placeOf(subscription, publicIdentity);
  if (place === undefined) return undefined;
  const serviceIndications = serviceIndication === undefined ? [] : [serviceIndication];
  const found = { subscription, state, set: place.set };
  const data = shDataOf({ references: [reference], serviceIndications }, found);
  // 6.1.4.1: data that is gone is told by its indication alone.
  return reference === 'repository-data' && data?.repositoryData?.length === 0
    ? { repositoryData: [{ serviceIndication: serviceIndication ?? '', sequenceNumber: 0 }] }
    : data;
}
