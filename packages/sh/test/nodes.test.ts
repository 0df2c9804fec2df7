import { describe, expect, test } from '@jest/globals';
import { supportedFeatures } from '@ims-sim/cx';
import type { Avp, IncomingRequest, OutgoingAnswer } from '@ims-sim/diameter';
import { avpOf, base, cx, get, sh, startDiameterNode } from '@ims-sim/diameter';
import { testHost } from '@ims-sim/host';
import type { PushNotification } from '../src/index.js';
import {
  decodeUserData,
  encodeSubscribeNotificationsAnswer,
  encodeUserDataAnswer,
  pushNotificationCommand,
  shApplication,
  shClient,
  shNotifications,
  shNotifyClient,
  subscribeNotificationsCommand,
  userDataCommand,
  writeShData,
} from '../src/index.js';
import { data, user } from './samples.js';

const PS = { host: 'ps.home2.net', realm: 'home2.net' };

function hssAnswers({ command, message }: IncomingRequest): OutgoingAnswer {
  switch (command) {
    case userDataCommand: {
      const asked = decodeUserData(message);
      const known = asked?.user.kind === 'public-identity' && asked.user.identity === user.identity;
      return { avps: encodeUserDataAnswer(known ? { kind: 'data', data } : { kind: 'unknown-user' }) };
    }
    case subscribeNotificationsCommand:
      return { avps: encodeSubscribeNotificationsAnswer({ kind: 'subscribed' }) };
    default:
      return { avps: [avpOf(base.resultCode, 5012)] };
  }
}

/** An HSS, and a presence server that is connected to it. */
async function network() {
  const a = testHost({ name: 'hss2.home2.net', addresses: ['10.0.0.1'] });
  const b = testHost({ name: PS.host, addresses: ['10.0.0.2'], beside: a });
  const at = { address: '10.0.0.1', port: 3868 };
  const told: PushNotification[] = [];
  const hss = await startDiameterNode({
    host: a,
    originHost: 'hss2.home2.net',
    originRealm: 'home2.net',
    listen: at,
    applications: [shApplication],
    onRequest: hssAnswers,
  });
  const ps = await startDiameterNode({
    host: b,
    originHost: PS.host,
    originRealm: PS.realm,
    applications: [shApplication],
    peers: [{ host: 'hss2.home2.net', realm: 'home2.net', connect: () => [at] }],
    onRequest: shNotifications({
      pushNotification: (notification) => {
        told.push(notification);
        return { kind: 'notified' };
      },
    }),
  });
  await a.clock.until(ps.ready());
  return { clock: a.clock, hss, ps, told };
}

describe('Sh between two nodes', () => {
  test('TS 29.328 6.1.1, 6.1.3: an AS reads and subscribes', async () => {
    const { clock, ps } = await network();
    const client = shClient({ node: ps, destinationRealm: 'home2.net' });
    expect(await clock.until(client.userData({ user, references: ['ims-user-state'] }))).toEqual({
      kind: 'data',
      data,
    });
    const other = { kind: 'public-identity', identity: 'sip:x@home2.net' } as const;
    expect(await clock.until(client.userData({ user: other, references: ['ims-user-state'] }))).toEqual({
      kind: 'unknown-user',
    });
    const subscribe = { user, type: 'subscribe', references: ['ims-user-state'] } as const;
    expect(await clock.until(client.subscribeNotifications(subscribe))).toEqual({ kind: 'subscribed' });
    const update = { user, references: ['repository-data'], data } as const;
    expect(await clock.until(client.profileUpdate(update))).toEqual({ kind: 'failed', resultCode: 5012 });
  });

  test('6.1.4: the HSS tells the AS over the connection that the AS opened', async () => {
    const { clock, hss, told } = await network();
    const client = shNotifyClient({ node: hss });
    expect(await clock.until(client.pushNotification(PS, { user, data }))).toEqual({ kind: 'notified' });
    expect(told).toEqual([{ user, data }]);
    const gone = await clock.until(client.pushNotification({ ...PS, host: 'x.home2.net' }, { user, data }));
    expect(gone).toMatchObject({ kind: 'unreachable' });
  });

  test('what an AS cannot read is 5100, what is none of its business 3001', async () => {
    const { clock, hss, told } = await network();
    const identity = avpOf(sh.userIdentity, [avpOf(cx.publicIdentity, 'sip:a@b')]);
    const send = async (command: typeof userDataCommand, ...avps: Avp[]) => {
      const to = { destinationRealm: PS.realm, destinationHost: PS.host, sessionId: 'a' };
      const outcome = await clock.until(hss.request({ ...to, command, avps: [identity, ...avps] }));
      if (outcome.kind !== 'answer') throw new Error(outcome.text);
      const result = get(outcome.message, base.experimentalResult);
      return get(outcome.message, base.resultCode) ?? (result && get(result, base.experimentalResultCode));
    };
    expect(await send(pushNotificationCommand, avpOf(sh.userData, Buffer.from('<a/>')))).toBe(5100);
    expect(await send(userDataCommand, avpOf(sh.dataReference, 11))).toBe(3001);
    const notification = avpOf(sh.userData, Buffer.from(writeShData(data)));
    // TS 29.329 7: a feature that is demanded, and none is here
    expect(await send(pushNotificationCommand, notification, ...supportedFeatures(1, true))).toBe(5011);
    expect(told).toEqual([]);
    expect(await send(pushNotificationCommand, notification, ...supportedFeatures(1))).toBe(2001);
    expect(told).toHaveLength(1);
  });

  test('nobody there: unreachable', async () => {
    const { clock, ps, hss } = await network();
    await clock.until(hss.close());
    const client = shClient({ node: ps, destinationRealm: 'home2.net' });
    expect(await clock.until(client.userData({ user, references: ['msisdn'] }))).toMatchObject({
      kind: 'unreachable',
    });
  });
});
