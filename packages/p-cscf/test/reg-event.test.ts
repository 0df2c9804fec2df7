import { describe, expect, test } from '@jest/globals';
import {
  addresses,
  callId,
  createRequest,
  expires,
  from,
  header,
  tagOf,
  to,
  withBody,
  type Header,
  type SipRequest,
} from '@ims-sim/sip';
import { writeRegInfo, type RegInfo } from '@ims-sim/reginfo';
import { valuesOf } from './harness.js';
import { FORGETS, message, network, SECURED, subscribes, UE, USER } from './network.js';

function notify(
  subscribe: SipRequest,
  info: RegInfo | undefined,
  number: number,
  state = 'active',
): SipRequest {
  const request = createRequest({
    method: 'NOTIFY',
    uri: addresses(subscribe, 'contact')[0]?.uriText ?? '',
    headers: [
      header('Max-Forwards', '70'),
      header('From', `<${USER}>;tag=home`),
      header('To', valuesOf(subscribe, 'from')[0] ?? ''),
      header('Call-ID', callId(subscribe) ?? ''),
      header('CSeq', `${number} NOTIFY`),
      header('Event', 'reg'),
      header('Subscription-State', state),
      header('Contact', '<sip:scscf1.home1.net>'),
    ],
  });
  return info === undefined ? request : withBody(request, 'application/reginfo+xml', writeRegInfo(info));
}

function info(version: number, state: 'active' | 'terminated', contactState = state): RegInfo {
  return {
    version,
    state: version === 0 ? 'full' : 'partial',
    registrations: [
      {
        aor: USER,
        id: 'a1',
        state,
        contacts: [
          {
            id: 'c1',
            state: contactState,
            event: contactState === 'active' ? 'created' : 'deactivated',
            uri: `sip:${UE}:1357`,
          },
        ],
      },
    ],
  };
}

describe('TS 24.229 5.2.3: the registration event package', () => {
  test('one SUBSCRIBE a user, by its default identity, longer than the registration', async () => {
    const net = await network();
    await net.register(600);
    await net.register(600);
    const [subscribe, ...others] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    expect(others).toEqual([]);
    expect(subscribe.uri).toBe(USER);
    expect(to(subscribe)?.uriText).toBe(USER);
    expect(valuesOf(subscribe, 'p-asserted-identity')).toEqual(['<sip:term@pcscf1.visited1.net>']);
    expect(valuesOf(subscribe, 'accept')).toEqual(['application/reginfo+xml']);
    expect(expires(subscribe)).toBeGreaterThan(600);
    expect(tagOf(from(subscribe))).toBeDefined();
    await net.pcscf.close();
  });

  test('a user whom another S-CSCF has taken over is subscribed to there; the old one is not known any more', async () => {
    const net = await network();
    await net.register(600);
    net.servedBy('scscf2.home1.net');
    await net.register(600);
    await net.register(600);
    const [first, second, ...others] = subscribes(net);
    if (first === undefined || second === undefined) throw new Error('no SUBSCRIBE');
    expect(others).toEqual([]);
    expect(callId(second)).not.toBe(callId(first));
    expect(net.traced()).toContain('is over: the user is registered at scscf2.home1.net now');
    expect(await net.ask(net.home, notify(first, info(1, 'terminated'), 2))).toMatchObject({ status: 481 });
    expect(await net.ask(net.home, notify(second, info(0, 'active'), 1))).toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(1);
    await net.pcscf.close();
  });

  test('5.2.5.2: what the network ended can send nothing, still hears of it, and is forgotten', async () => {
    const net = await network();
    const { given } = await net.register();
    const [subscribe] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    expect(await net.ask(net.home, notify(subscribe, info(0, 'active'), 1))).toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(1);
    const verify = header('Security-Verify', given);
    expect(await net.ask(net.ue, message([verify]), SECURED)).toMatchObject({ status: 200 });
    expect(await net.ask(net.home, notify(subscribe, info(1, 'terminated'), 2))).toMatchObject({
      status: 200,
    });
    expect(await net.ask(net.ue, message([verify]), SECURED)).toMatchObject({ status: 403 });
    expect(await net.ask(net.home, message())).toMatchObject({ status: 200 });
    expect(net.traced()).toContain('5.2.5.2: the network has ended the registration');
    await net.advance(32_000);
    expect(await net.ask(net.home, message())).not.toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(0);
    expect(
      await net.ask(net.home, notify(subscribe, undefined, 3, 'terminated;reason=deactivated')),
    ).toMatchObject({ status: 200 });
    expect(await net.ask(net.home, notify(subscribe, undefined, 4, 'terminated'))).toMatchObject({
      status: 481,
    });
    await net.pcscf.close();
  });

  test('another contact that ends is not this one, and an overtaken document ends nothing', async () => {
    const net = await network();
    await net.register();
    const [subscribe] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    const other = info(5, 'active', 'terminated');
    const elsewhere = {
      ...other,
      state: 'full' as const,
      registrations: other.registrations.map((one) => ({
        ...one,
        contacts: one.contacts.map((contact) => ({ ...contact, uri: 'sip:10.0.0.77:1357' })),
      })),
    };
    await net.ask(net.home, notify(subscribe, elsewhere, 1));
    await net.ask(net.home, notify(subscribe, info(4, 'terminated'), 2));
    expect(await net.ask(net.home, message())).toMatchObject({ status: 200 });
    expect(subscribes(net)).toHaveLength(1);
    // One that is missing is asked for.
    await net.ask(net.home, notify(subscribe, info(7, 'active'), 3));
    expect(subscribes(net)).toHaveLength(2);
    await net.pcscf.close();
  });

  test('a stranger’s NOTIFY, one of another event, and one that is no XML change nothing', async () => {
    const net = await network();
    await net.register();
    const [subscribe] = subscribes(net);
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    const right = notify(subscribe, info(0, 'terminated'), 1);
    const swap = (key: string, value: Header) => ({
      ...right,
      headers: right.headers.map((h) => (h.key === key ? value : h)),
    });
    expect(await net.ask(net.home, swap('call-id', header('Call-ID', 'x')))).toMatchObject({ status: 481 });
    expect(
      await net.ask(net.home, swap('to', header('To', '<sip:pcscf1.visited1.net>;tag=x'))),
    ).toMatchObject({ status: 481 });
    expect(await net.ask(net.home, swap('event', header('Event', 'presence')))).toMatchObject({
      status: 489,
      headers: expect.arrayContaining([expect.objectContaining({ line: 'Allow-Events: reg' })]) as unknown,
    });
    expect(await net.ask(net.home, withBody(right, 'application/reginfo+xml', '<reginfo'))).toMatchObject({
      status: 200,
    });
    expect(await net.ask(net.home, message())).toMatchObject({ status: 200 });
    expect(net.pcscf.registrations.size).toBe(1);
    await net.pcscf.close();
  });

  test('refreshed while the user is registered, and given up afterwards', async () => {
    const net = await network();
    await net.register(3600);
    expect(subscribes(net)).toHaveLength(1);
    await net.advance(3070_000);
    const [first, second] = subscribes(net);
    expect(second && callId(second)).toBe(first && callId(first));
    expect(second && tagOf(to(second))).toBe('home');
    await net.advance(4000_000);
    const count = subscribes(net).length;
    await net.advance(40_000_000);
    expect(subscribes(net)).toHaveLength(count);
    expect(net.traced()).toContain('the user is registered no more');
    await net.register(600);
    expect(subscribes(net)).toHaveLength(count + 1);
    await net.pcscf.close();
  });

  test('RFC 6665 4.1.2.2: an S-CSCF that has forgotten the subscription is subscribed to anew, while the user is registered', async () => {
    const net = await network({}, FORGETS);
    await net.register(3600);
    await net.advance(3070_000);
    const [first, refresh, anew, ...others] = subscribes(net);
    if (first === undefined || refresh === undefined || anew === undefined) throw new Error('too few');
    expect(others).toEqual([]);
    expect([tagOf(to(first)), tagOf(to(refresh)), tagOf(to(anew))]).toEqual([undefined, 'home', undefined]);
    expect(callId(anew)).not.toBe(callId(first));
    expect(await net.ask(net.home, notify(anew, info(0, 'active'), 1))).toMatchObject({ status: 200 });
    expect(await net.ask(net.home, notify(first, info(1, 'active'), 1))).toMatchObject({ status: 481 });
    await net.advance(40_000_000);
    expect(subscribes(net).length).toBeLessThan(20);
    await net.pcscf.close();
  });

  test.each([
    [0, 1],
    [1, 21],
  ])(
    'a notifier that grants %i s is not asked without end: %i SUBSCRIBEs in ten minutes',
    async (granted, asked) => {
      const net = await network({}, granted);
      await net.register(600);
      await net.advance(599_000);
      expect(subscribes(net).length).toBeLessThanOrEqual(asked);
      await net.pcscf.close();
    },
  );

  test('no more users are subscribed to than may be, and none where it is switched off', async () => {
    for (const options of [{ limits: { registrations: 0 } }, { regEvent: false }]) {
      const net = await network(options);
      await net.register();
      expect(subscribes(net)).toEqual([]);
      await net.pcscf.close();
    }
  });
});
