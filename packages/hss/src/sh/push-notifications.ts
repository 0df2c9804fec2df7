import { isDeepStrictEqual } from 'node:util';
import type { Host } from '@ims-sim/host';
import type { PushNotification, PushNotificationAnswer, ShData, ShNotifyClient } from '@ims-sim/sh';
import type { StateChange } from '../observed-store.js';
import { placeOf } from '../service-profile.js';
import type { SubscriberStore } from '../store.js';
import type { NotificationSubscription, StoredSubscription } from '../subscription.js';
import { without } from '../without.js';
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
    const isOver = endedBy(subscription, push, answer);
    if (isOver === undefined) return;
    await store.update(key, ({ state }) => {
      const { notifications = [], ...rest } = state;
      const left = notifications.filter((one) => !isOver(one));
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

/** Which subscriptions end with a PNR that was answered so; undefined: none does. */
function endedBy(
  subscription: NotificationSubscription,
  { data }: PushNotification,
  { kind }: PushNotificationAnswer,
): ((one: NotificationSubscription) => boolean) | undefined {
  // 6.1.4: all that the AS has of an identity that it does not know.
  if (kind === 'unknown-user') {
    return ({ host, publicIdentity }) =>
      host === subscription.host && publicIdentity === subscription.publicIdentity;
  }
  // 6.1.2.1: repository data that is removed has no subscribers.
  const isRemoved = data.repositoryData?.every(({ serviceData }) => serviceData === undefined) === true;
  return subscription.oneTime === true || isRemoved || kind === 'no-subscription-to-data'
    ? (one) => isSame(one, subscription)
    : undefined;
}

/** Who is to be told what of a change. `by`: the AS that has made it, and knows. */
export function notificationsOf(
  { before, subscription = before.subscription, state }: StateChange,
  nowMs: number,
  by?: string,
): readonly Notification[] {
  const { notifications } = state;
  if (notifications === undefined) return none;
  const now = { subscription, state };
  return notifications.flatMap((one) => {
    const { host, publicIdentity, expiryMs } = one;
    if (host === by || (expiryMs !== undefined && expiryMs <= nowMs)) return [];
    const data = dataFor(one, now);
    if (data === undefined || isDeepStrictEqual(told(data), told(dataFor(one, before)))) return [];
    return [
      { subscription: one, push: { user: { kind: 'public-identity', identity: publicIdentity }, data } },
    ];
  });
}

const none: readonly Notification[] = [];

/** 6.1.4.1: that a user is being authenticated is not told, neither its beginning nor its end. */
function told(data: ShData | undefined): ShData | undefined {
  return data?.imsUserState === 'authentication-pending' ? { ...data, imsUserState: 'not-registered' } : data;
}

function dataFor(
  { publicIdentity, reference, serviceIndication, serverName, identitySet }: NotificationSubscription,
  { subscription, state }: StoredSubscription,
): ShData | undefined {
  const place = placeOf(subscription, publicIdentity);
  if (place === undefined) return undefined;
  const data = shDataOf(
    {
      user: { kind: 'public-identity', identity: publicIdentity },
      references: [reference],
      serviceIndications: serviceIndication === undefined ? [] : [serviceIndication],
      ...(serverName !== undefined && { serverName }),
      ...(identitySet !== undefined && { identitySets: [identitySet] }),
    },
    { subscription, state, set: place.set },
  );
  return data && { ...gone(reference, serviceIndication), ...nonEmpty(data) };
}

/** 6.1.4.1: data that is gone is told by its element alone. */
function gone(reference: NotificationSubscription['reference'], serviceIndication = ''): ShData {
  switch (reference) {
    case 'repository-data':
      return { repositoryData: [{ serviceIndication, sequenceNumber: 0 }] };
    case 's-cscf-name':
      return { sCscfName: '' };
    case 'charging-information':
      return { charging: {} };
    case 'ims-public-identity':
    case 'initial-filter-criteria':
    case 'ims-user-state':
      return {}; // always there, if without content
  }
}

function nonEmpty(data: ShData): ShData {
  return data.repositoryData?.length === 0 ? without(data, 'repositoryData') : data;
}
