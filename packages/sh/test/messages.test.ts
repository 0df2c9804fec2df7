import { describe, expect, test } from '@jest/globals';
import type { Message } from '@ims-sim/diameter';
import { avpOf, base, cx, get, sh } from '@ims-sim/diameter';
import type {
  ProfileUpdate,
  PushNotification,
  ShRefusal,
  SubscribeNotifications,
  SubscribeNotificationsAnswer,
  UserData,
} from '../src/index.js';
import {
  decodeProfileUpdate,
  decodeProfileUpdateAnswer,
  decodePushNotification,
  decodePushNotificationAnswer,
  decodeSubscribeNotifications,
  decodeSubscribeNotificationsAnswer,
  decodeUserData,
  decodeUserDataAnswer,
  encodeProfileUpdate,
  encodeProfileUpdateAnswer,
  encodePushNotification,
  encodePushNotificationAnswer,
  encodeSubscribeNotifications,
  encodeSubscribeNotificationsAnswer,
  encodeUserData,
  encodeUserDataAnswer,
  profileUpdateCommand,
  pushNotificationCommand,
  subscribeNotificationsCommand,
  userDataCommand,
} from '../src/index.js';
import { answer, request } from './lab.js';
import { data, user } from './samples.js';
import { complaints, has, tshark } from '@ims-sim/diameter/test-kit';

const udr: UserData = {
  user,
  wildcardedIdentity: 'sip:user!.*!@home2.net',
  references: [
    'repository-data',
    'ims-user-state',
    's-cscf-name',
    'initial-filter-criteria',
    'ims-public-identity',
  ],
  serviceIndications: ['simserv', 'note'],
  serverName: 'sip:ps.home2.net',
  identitySets: ['all', 'alias'],
  requestedDomain: 'ps',
};
const pur: ProfileUpdate = { user, references: ['repository-data'], data };
const snr: SubscribeNotifications = {
  user,
  type: 'subscribe',
  references: ['ims-user-state'],
  expiryMs: 1_700_000_000_000,
  sendData: true,
  oneTime: true,
};
const pnr: PushNotification = { user, data };

describe('TS 29.329 6.1: the requests', () => {
  test.each<UserData>([
    udr,
    { user, references: ['msisdn'] },
    { user: { kind: 'msisdn', msisdn: '12125552222' }, references: ['charging-information', 'dsai'] },
    { user: { kind: 'msisdn', msisdn: '4912345' }, references: ['user-state'], requestedDomain: 'cs' },
  ])('UDR %#', (asked) => {
    expect(decodeUserData(request(userDataCommand, encodeUserData(asked)))).toEqual(asked);
  });

  test('PUR', () => {
    expect(decodeProfileUpdate(request(profileUpdateCommand, encodeProfileUpdate(pur)))).toEqual(pur);
  });

  test.each<SubscribeNotifications>([snr, { user, type: 'unsubscribe', references: ['s-cscf-name'] }])(
    'SNR, $type',
    (asked) => {
      const message = request(subscribeNotificationsCommand, encodeSubscribeNotifications(asked));
      expect(decodeSubscribeNotifications(message)).toEqual(asked);
    },
  );

  test('PNR', () => {
    expect(decodePushNotification(request(pushNotificationCommand, encodePushNotification(pnr)))).toEqual(
      pnr,
    );
  });

  test('6.3.2: an MSISDN is in TBCD', () => {
    const asked: UserData = { user: { kind: 'msisdn', msisdn: '12345' }, references: ['msisdn'] };
    const message = request(userDataCommand, encodeUserData(asked));
    const identity = get(message, sh.userIdentity);
    expect(identity && get(identity, sh.msisdn)?.toString('hex')).toBe('2143f5');
  });

  test('data that nobody has heard of, no user, data that cannot be read: none of them is a request', () => {
    const identity = avpOf(sh.userIdentity, [avpOf(cx.publicIdentity, 'sip:a@b')]);
    const broken = avpOf(sh.userData, Buffer.from('<a/>'));
    const strange = request(userDataCommand, [identity, avpOf(sh.dataReference, 99)]);
    expect(decodeUserData(strange)).toBeUndefined();
    const nobody = request(userDataCommand, [avpOf(sh.userIdentity, []), avpOf(sh.dataReference, 11)]);
    expect(decodeUserData(nobody)).toBeUndefined();
    const update = request(profileUpdateCommand, [identity, avpOf(sh.dataReference, 0), broken]);
    expect(decodeProfileUpdate(update)).toBeUndefined();
    expect(decodePushNotification(request(pushNotificationCommand, [identity, broken]))).toBeUndefined();
  });
});

describe('TS 29.329 6.2: the answers', () => {
  const refusals: readonly [ShRefusal, number][] = [
    [{ kind: 'user-data-not-available' }, 4100],
    [{ kind: 'prior-update-in-progress' }, 4101],
    [{ kind: 'unknown-user' }, 5001],
    [{ kind: 'identities-dont-match' }, 5002],
    [{ kind: 'too-much-data' }, 5008],
    [{ kind: 'user-data-not-recognized' }, 5100],
    [{ kind: 'operation-not-allowed' }, 5101],
    [{ kind: 'user-data-cannot-be-read' }, 5102],
    [{ kind: 'user-data-cannot-be-modified' }, 5103],
    [{ kind: 'user-data-cannot-be-notified' }, 5104],
    [{ kind: 'transparent-data-out-of-sync' }, 5105],
    [{ kind: 'subscribed-data-absent' }, 5106],
    [{ kind: 'no-subscription-to-data' }, 5107],
    [{ kind: 'dsai-not-available' }, 5108],
    [{ kind: 'failed', resultCode: 5199, experimental: true }, 5199],
  ];

  test.each(refusals)('%j is Experimental-Result-Code %i', (refusal, code) => {
    const message = answer(userDataCommand, encodeUserDataAnswer(refusal));
    const result = get(message, base.experimentalResult);
    expect(result && get(result, base.experimentalResultCode)).toBe(code);
    expect(get(message, base.resultCode)).toBeUndefined();
    expect(decodeUserDataAnswer(message)).toEqual(refusal);
    expect(
      decodeProfileUpdateAnswer(answer(profileUpdateCommand, encodeProfileUpdateAnswer(refusal))),
    ).toEqual(refusal);
    expect(
      decodePushNotificationAnswer(answer(pushNotificationCommand, encodePushNotificationAnswer(refusal))),
    ).toEqual(refusal);
    expect(
      decodeSubscribeNotificationsAnswer(
        answer(subscribeNotificationsCommand, encodeSubscribeNotificationsAnswer(refusal)),
      ),
    ).toEqual(refusal);
  });

  test('UDA: data, none of it, data that cannot be read, no result', () => {
    const uda = (...avps: Parameters<typeof answer>[1][number][]): Message => answer(userDataCommand, avps);
    const success = avpOf(base.resultCode, 2001);
    expect(decodeUserDataAnswer(uda(...encodeUserDataAnswer({ kind: 'data', data })))).toEqual({
      kind: 'data',
      data,
    });
    expect(decodeUserDataAnswer(uda(success))).toEqual({ kind: 'data', data: {} });
    expect(decodeUserDataAnswer(uda(success, avpOf(sh.userData, Buffer.from('<a/>'))))).toEqual({
      kind: 'failed',
      resultCode: 5004,
    });
    expect(decodeUserDataAnswer(uda())).toEqual({ kind: 'failed', resultCode: 5005 });
  });

  test.each<SubscribeNotificationsAnswer>([
    { kind: 'subscribed' },
    { kind: 'subscribed', expiryMs: 1_700_000_000_000, data },
  ])('SNA %#', (given) => {
    const message = answer(subscribeNotificationsCommand, encodeSubscribeNotificationsAnswer(given));
    expect(decodeSubscribeNotificationsAnswer(message)).toEqual(given);
  });
});

(has('tshark') ? test : test.skip)(
  'tshark reads every command, with nothing unknown or malformed [needs tshark]',
  () => {
    const messages = [
      request(userDataCommand, encodeUserData(udr)),
      answer(userDataCommand, encodeUserDataAnswer({ kind: 'data', data })),
      request(
        userDataCommand,
        encodeUserData({ user: { kind: 'msisdn', msisdn: '12345' }, references: ['msisdn'] }),
      ),
      answer(userDataCommand, encodeUserDataAnswer({ kind: 'subscribed-data-absent' })),
      request(profileUpdateCommand, encodeProfileUpdate(pur)),
      answer(profileUpdateCommand, encodeProfileUpdateAnswer({ kind: 'updated' })),
      request(subscribeNotificationsCommand, encodeSubscribeNotifications(snr)),
      answer(
        subscribeNotificationsCommand,
        encodeSubscribeNotificationsAnswer({ kind: 'subscribed', expiryMs: 1_700_000_000_000, data }),
      ),
      request(pushNotificationCommand, encodePushNotification(pnr)),
      answer(pushNotificationCommand, encodePushNotificationAnswer({ kind: 'notified' })),
    ];
    const text = tshark(messages.map(({ bytes }) => bytes));
    expect([...text.matchAll(/Command Code: /g)]).toHaveLength(messages.length);
    expect(complaints(text)).toEqual([]);
    for (const said of ['IMSUserState', 'Identity-Set', 'Expiry-Time', 'DIAMETER_ERROR_SUBS_DATA_ABSENT']) {
      expect(text).toContain(said);
    }
  },
  180_000,
);
