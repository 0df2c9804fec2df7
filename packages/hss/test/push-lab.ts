import { expect } from '@jest/globals';
import type { CxPush, PushProfile, RegistrationTermination } from '@ims-sim/cx';
import { cxApplication, cxClient, cxPushHandler } from '@ims-sim/cx';
import { startDiameterNode } from '@ims-sim/diameter';
import { testHost } from '@ims-sim/host';
import type { Subscription, SubscriptionState } from '../src/index.js';
import { keyOf, memoryStore, startHss } from '../src/index.js';
import { SCSCF, all } from './lab.js';

type Answers = Partial<{
  rtr: Awaited<ReturnType<CxPush['registrationTermination']>>;
  ppr: Awaited<ReturnType<CxPush['pushProfile']>>[];
}>;

/** An HSS, and an S-CSCF that has connected to it and answers as told. */
export async function network(answers: Answers = {}) {
  const host = testHost({ name: 'hss1.home1.net', addresses: ['10.0.0.1'] });
  const store = memoryStore();
  const hss = await startHss({
    host,
    listen: { address: '10.0.0.1', port: 3868 },
    originRealm: 'home1.net',
    homeDomain: 'home1.net',
    store,
    initial: all,
  });
  const asked: (RegistrationTermination | PushProfile)[] = [];
  const profileAnswers = [...(answers.ppr ?? [])];
  const scscf: CxPush = {
    registrationTermination: async (request) => {
      asked.push(request);
      return Promise.resolve(answers.rtr ?? { kind: 'terminated' });
    },
    pushProfile: async (request) => {
      asked.push(request);
      return Promise.resolve(profileAnswers.shift() ?? { kind: 'updated' });
    },
  };
  const node = await startDiameterNode({
    host: testHost({ name: 'scscf1.home1.net', addresses: ['10.0.0.2'], beside: host }),
    originHost: 'scscf1.home1.net',
    originRealm: 'home1.net',
    applications: [cxApplication],
    peers: [{ host: 'hss1.home1.net', realm: 'home1.net', connect: () => [hss.listening] }],
    onRequest: cxPushHandler(scscf),
  });
  await host.clock.until(node.ready());
  const cx = cxClient({ node, destinationRealm: 'home1.net' });
  const register = async (privateIdentity: string, publicIdentity: string): Promise<void> => {
    const answer = await host.clock.until(
      cx.serverAssignment({
        privateIdentity,
        publicIdentities: [publicIdentity],
        serverName: SCSCF,
        type: 'registration',
        userDataAlreadyAvailable: true,
      }),
    );
    expect(answer.kind).toBe('assigned');
  };
  const stateOf = async (subscription: Subscription): Promise<SubscriptionState | undefined> =>
    (await store.byPrivateIdentity(keyOf(subscription)))?.state;
  /** Replaces a subscription as the provisioning interface does; gives what was said of it. */
  const change = async (to: Subscription): Promise<string> => {
    const put = await store.put(to);
    const now = await store.byPrivateIdentity(keyOf(to));
    if (put.kind !== 'stored' || put.before === undefined || now === undefined)
      throw new Error('not changed');
    return host.clock.until(hss.events.changed(put.before, now));
  };
  return { host, hss, store, node, asked, register, stateOf, change, cx };
}
