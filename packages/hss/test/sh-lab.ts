import { cxApplication, cxClient } from '@ims-sim/cx';
import { startDiameterNode } from '@ims-sim/diameter';
import { testHost } from '@ims-sim/host';
import type { PushNotification, PushNotificationAnswer, RepositoryData, UserData } from '@ims-sim/sh';
import { shApplication, shClient, shNotifications } from '@ims-sim/sh';
import type { SubscriberStore, Subscription } from '../src/index.js';
import { memoryStore, startHss } from '../src/index.js';
import { SCSCF, all } from './lab.js';

export const privateIdentity = 'user1_private@home1.net';
export const identity = 'sip:user1_public1@home1.net';
export const user = { kind: 'public-identity', identity } as const;

/** An HSS, an S-CSCF, and an AS that answers notifications as told. */
export async function shNetwork(
  originHost = 'as1.home1.net',
  pnr: PushNotificationAnswer = { kind: 'notified' },
  over: (store: SubscriberStore) => SubscriberStore = (store) => store,
) {
  const host = testHost({ name: 'hss1.home1.net', addresses: ['10.0.0.1'] });
  const store = over(memoryStore());
  const hss = await startHss({
    host,
    listen: { address: '10.0.0.1', port: 3868 },
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store,
    initial: all,
    applicationServers: ['AS1.home1.net', 'as2.home1.net'],
  });
  const told: PushNotification[] = [];
  const connect = async (name: string, address: string) => {
    const node = await startDiameterNode({
      host: testHost({ name, addresses: [address], beside: host }),
      originHost: name,
      originRealm: 'home1.net',
      applications: [cxApplication, shApplication],
      peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [hss.listening] }],
      onRequest: shNotifications({
        pushNotification: (notification) => {
          told.push(notification);
          return pnr;
        },
      }),
    });
    await host.clock.until(node.ready());
    return node;
  };
  const sh = shClient({ node: await connect(originHost, '10.0.0.2'), destinationRealm: 'home1.net' });
  const cx = cxClient({ node: await connect('scscf1.home1.net', '10.0.0.3'), destinationRealm: 'home1.net' });
  const until = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await host.clock.until(answer);
    await host.clock.advance(10); // what is told of it
    return value;
  };
  const assign = (type: 'registration' | 'user-deregistration', publicIdentity = identity) =>
    until(
      cx.serverAssignment({
        privateIdentity,
        publicIdentities: [publicIdentity],
        serverName: SCSCF,
        type,
        userDataAlreadyAvailable: true,
      }),
    );
  const read = async (asked: Partial<UserData>) =>
    until(sh.userData({ user, references: ['ims-user-state'], ...asked }));
  const write = (...repositoryData: RepositoryData[]) =>
    until(sh.profileUpdate({ user, references: ['repository-data'], data: { repositoryData } }));
  const notifications = async () => (await store.byPrivateIdentity(privateIdentity))?.state.notifications;
  /** As provisioning does it: stored, then told. */
  const change = async (subscription: Subscription) => {
    const outcome = await store.put(subscription);
    const now = await store.byPrivateIdentity(subscription.privateIdentities[0].identity);
    if (outcome.kind !== 'stored' || outcome.before === undefined || now === undefined)
      throw new Error('not put');
    await until(hss.events.changed(outcome.before, now));
  };
  return { host, sh, cx, told, until, assign, read, write, notifications, connect, change };
}
