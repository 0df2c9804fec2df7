import { describe, expect, test } from '@jest/globals';
import type { ImsUserState, PushNotification, Sh, SubscribeNotifications } from '@ims-sim/sh';
import { lab, TR_DOCUMENT } from './lab.js';

/** An HSS that has user2 in one state, and remembers what it was asked. */
function hss(state: ImsUserState | undefined): { readonly sh: Sh; readonly asked: SubscribeNotifications[] } {
  const asked: SubscribeNotifications[] = [];
  const never = () => Promise.reject(new Error('not asked for'));
  return {
    asked,
    sh: {
      userData: never,
      profileUpdate: never,
      subscribeNotifications: async (request) => {
        asked.push(request);
        return state === undefined
          ? { kind: 'unreachable', reason: 'no peer' }
          : { kind: 'subscribed', data: { imsUserState: state } };
      },
    },
  };
}

const PUSHED: PushNotification = {
  user: { kind: 'public-identity', identity: 'sip:user2_public1@home2.net' },
  data: { imsUserState: 'not-registered' },
};

describe('TS 29.328 6.1.3: the IMS state of a user who publishes nothing', () => {
  test('is asked of the HSS once, told to the watcher, and told again when the HSS says that it has changed', async () => {
    const { sh, asked } = hss('registered');
    const it = await lab({ sh });
    await it.ask('SUBSCRIBE');
    await it.ask('SUBSCRIBE', { callId: 'another' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      user: { kind: 'public-identity', identity: 'sip:user2_public1@home2.net' },
      type: 'subscribe',
      references: ['ims-user-state'],
      sendData: true,
    });
    expect(it.notifies[0]?.body).toContain('closed'); // before the HSS has answered
    expect(it.notifies.at(-1)?.body).toContain('open');
    const told = it.notifies.length;
    expect(await it.ps.shNotifications.pushNotification(PUSHED)).toEqual({ kind: 'notified' });
    await it.advance(1);
    expect(it.notifies.length).toBe(told + 2);
    expect(it.notifies.at(-1)?.body).toContain('closed');
    await it.close();
  });

  test('is not asked for where the user publishes, and gives way to what it publishes', async () => {
    const { sh, asked } = hss('registered');
    const it = await lab({ sh });
    await it.ask('PUBLISH', { callId: 'published', body: TR_DOCUMENT });
    await it.ask('SUBSCRIBE');
    expect(asked).toEqual([]);
    expect(it.notifies).toHaveLength(1);
    expect(it.notifies[0]?.body).toContain('Tokyo');
    await it.close();
  });

  test('an HSS that cannot be asked leaves the user unavailable, and is asked again for the next watcher', async () => {
    const { sh, asked } = hss(undefined);
    const it = await lab({ sh });
    await it.ask('SUBSCRIBE');
    expect(it.notifies.at(-1)?.body).toContain('closed');
    await it.ask('SUBSCRIBE', { callId: 'another' });
    expect(asked).toHaveLength(2);
    await it.close();
  });

  test('changes that the document does not show are not told', async () => {
    const { sh } = hss('not-registered');
    const it = await lab({ sh });
    await it.ask('SUBSCRIBE');
    const push = async (imsUserState: ImsUserState) => {
      const pushed = { ...PUSHED, data: { imsUserState } };
      expect(await it.ps.shNotifications.pushNotification(pushed)).toEqual({ kind: 'notified' });
      await it.advance(1);
    };
    expect(it.notifies).toHaveLength(1); // `not-registered` is what it says before the HSS has answered
    await push('authentication-pending');
    await push('registered-unreg-services');
    expect(it.notifies).toHaveLength(1);
    await push('registered');
    expect(it.notifies).toHaveLength(2);
    expect(it.notifies.at(-1)?.body).toContain('open');
    await it.close();
  });

  test('is not followed when the last watcher has gone, and asked for again by the next', async () => {
    const { sh, asked } = hss('registered');
    const it = await lab({ sh });
    const ends = { Expires: '60' };
    await it.ask('SUBSCRIBE', { headers: ends });
    await it.ask('SUBSCRIBE', { callId: 'another', headers: { Expires: '600' } });
    await it.advance(100);
    expect(asked.map(({ type }) => type)).toEqual(['subscribe']);
    await it.advance(600);
    expect(asked.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe']);
    expect(await it.ps.shNotifications.pushNotification(PUSHED)).toEqual({ kind: 'no-subscription-to-data' });
    await it.ask('SUBSCRIBE', { callId: 'third' });
    await it.advance(1);
    expect(asked.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(it.notifies.at(-1)?.body).toContain('open');
    await it.close();
  });

  test('is not followed while the user publishes, and is again when nothing is published any more', async () => {
    const { sh, asked } = hss('registered');
    const it = await lab({ sh });
    await it.ask('SUBSCRIBE');
    await it.ask('PUBLISH', { callId: 'published', body: TR_DOCUMENT, headers: { Expires: '60' } });
    expect(asked.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe']);
    expect(it.notifies.at(-1)?.body).toContain('Tokyo');
    await it.advance(70);
    expect(asked.map(({ type }) => type)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(it.notifies.at(-1)?.body).toContain('open');
    expect(it.notifies.at(-1)?.body).not.toContain('Tokyo');
    await it.close();
  });

  test('a question to the HSS that fails ends nothing, and is put again for the next watcher', async () => {
    let asked = 0;
    const never = () => Promise.reject(new Error('broken'));
    const sh: Sh = {
      userData: never,
      profileUpdate: never,
      subscribeNotifications: () => {
        asked++;
        return never();
      },
    };
    const it = await lab({ sh });
    await it.ask('SUBSCRIBE');
    await it.ask('SUBSCRIBE', { callId: 'another' });
    expect(asked).toBe(2);
    await it.close();
  });

  test.each([
    [
      'of nobody here',
      { ...PUSHED, user: { kind: 'public-identity', identity: 'sip:nobody@home2.net' } },
      'unknown-user',
    ],
    ['that was not asked for', PUSHED, 'no-subscription-to-data'],
  ] as [string, PushNotification, string][])('a PNR %s is refused', async (_, pushed, kind) => {
    const it = await lab({ sh: hss('registered').sh });
    expect(await it.ps.shNotifications.pushNotification(pushed)).toEqual({ kind });
    expect(it.notifies).toEqual([]);
    await it.close();
  });
});
