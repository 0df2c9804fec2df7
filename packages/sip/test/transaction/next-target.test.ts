import { describe, expect, test } from '@jest/globals';
import { header, valueOf, type SendOptions } from '../../src/index.js';
import { BOB, CAROL, listener, tcp, toSend, udp } from './kit.js';
import { TO_BOB, answering, branchOf, methods, setting } from './client-setting.js';

describe('The next target (RFC 3263 4.3)', () => {
  const BOTH: SendOptions = { targets: [udp(BOB), udp(CAROL)] };

  test('after a 503, in a new transaction with a new branch; the user sees the answer only', async () => {
    const { clock, stack, bob, carol } = await setting();
    const user = listener();
    answering(bob, 503);
    answering(carol, 200);
    const sent = stack.send(toSend(), user, BOTH);
    await clock.advance(1);
    expect(user.told).toEqual([200]);
    expect(branchOf(carol.last())).not.toBe(branchOf(bob.last()));
    expect(sent.target).toEqual(udp(CAROL));
  });

  test('an INVITE’s 503 is acknowledged before', async () => {
    const { clock, stack, bob, carol } = await setting();
    const user = listener();
    answering(bob, 503);
    answering(carol, 180);
    stack.send(toSend('INVITE'), user, BOTH);
    await clock.advance(1);
    expect(methods(bob)).toEqual(['INVITE', 'ACK']);
    expect(user.told).toEqual([180]);
  });

  test('the last target’s 503 is the answer; another status is at once', async () => {
    const { clock, stack, bob, carol } = await setting();
    const user = listener();
    answering(bob, 503);
    answering(carol, 503);
    stack.send(toSend(), user, BOTH);
    await clock.advance(1);
    expect(user.told).toEqual([503]);
    answering(bob, 500);
    const other = listener();
    stack.send(toSend(), other, BOTH);
    await clock.advance(1);
    expect(other.told).toEqual([500]);
    expect(carol.heard).toHaveLength(1);
  });

  test('after a time-out without any response', async () => {
    const { clock, stack, carol } = await setting();
    const user = listener();
    answering(carol, 200);
    stack.send(toSend(), user, BOTH);
    await clock.advance(32_001);
    expect(user.told).toEqual([200]);
  });

  test('not after a time-out where a response had come', async () => {
    const { clock, stack, bob, carol } = await setting();
    const user = listener();
    answering(bob, 100);
    stack.send(toSend(), user, BOTH);
    await clock.advance(32_001);
    expect(user.told.at(-1)).toBe('timeout');
    expect(carol.heard).toHaveLength(0);
  });

  test('after a connection that is refused', async () => {
    const { clock, stack, carol } = await setting();
    const user = listener();
    answering(carol, 200);
    stack.send(toSend(), user, { targets: [tcp(BOB), udp(CAROL)] });
    await clock.advance(1);
    expect(user.told).toEqual([200]);
    expect(carol.heard[0]?.text).toMatch(/^Via: SIP\/2.0\/UDP /m);
  });

  test('after what the network says about a datagram', async () => {
    const { clock, stack, carol } = await setting();
    const user = listener();
    answering(carol, 200);
    stack.send(toSend(), user, { targets: [udp('2001:db8::1'), udp(CAROL)] });
    await clock.advance(1);
    expect(user.told).toEqual([200]);
    expect(stack.counters.sendErrors).toBe(1);
  });

  test('after a request that no datagram can hold; others to the same target go on', async () => {
    const { clock, stack, bob } = await setting();
    const [user, other] = [listener(), listener()];
    stack.send(toSend(), other, TO_BOB);
    stack.send(toSend('MESSAGE', 'sip:bob@home2.net', 'x'.repeat(65_500)), user, TO_BOB);
    await clock.advance(1);
    expect(user.told).toEqual(['transport']);
    expect(other.told).toEqual([]);
    expect(bob.heard).toHaveLength(1);
  });

  test('is prepared for by the user, who is told each target', async () => {
    const { clock, stack, bob, carol } = await setting();
    answering(bob, 503);
    stack.send(toSend(), listener(), {
      ...BOTH,
      prepare: (request, target) => ({
        ...request,
        headers: [...request.headers, header('X-Target', target.address)],
      }),
    });
    await clock.advance(1);
    expect(valueOf(bob.last().headers, 'x-target')).toBe(BOB);
    expect(valueOf(carol.last().headers, 'x-target')).toBe(CAROL);
  });
});

describe('A next hop', () => {
  test('is found by the Route, else the Request-URI', async () => {
    const { clock, stack, bob, carol } = await setting();
    stack.send(toSend('OPTIONS', `sip:x@${BOB}`), listener());
    const routed = toSend('OPTIONS', `sip:x@${BOB}`);
    stack.send({ ...routed, headers: [...routed.headers, header('Route', `<sip:${CAROL};lr>`)] }, listener());
    await clock.advance(0);
    expect([bob.heard.length, carol.heard.length]).toEqual([1, 1]);
  });

  test('that is not found is a failure of the transport, told in a later turn', async () => {
    const { clock, stack } = await setting();
    const user = listener();
    const sent = stack.send(toSend('OPTIONS', 'sip:x@nowhere.home1.net'), user);
    expect(user.told).toEqual([]);
    expect(sent.request).toBeUndefined();
    await clock.advance(0);
    expect(user.told).toEqual(['transport']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('whose look-up takes time, or fails, does the same later', async () => {
    let rejects = false;
    const { clock, stack, bob } = await setting({
      resolver: {
        resolve: (_name, type) => {
          if (rejects) return Promise.reject(new Error('bug'));
          return Promise.resolve(
            type === 'A' ? { kind: 'records', records: [{ address: BOB }] } : { kind: 'empty' },
          ) as never;
        },
      },
    });
    const user = listener();
    answering(bob, 200);
    stack.send(toSend(), user);
    await clock.advance(1);
    expect(user.told).toEqual([200]);
    rejects = true;
    stack.send(toSend(), user);
    await clock.advance(1);
    expect(user.told).toEqual([200, 'transport']);
  });
});

describe('Bounds', () => {
  test('a table that is full fails what is sent as by transport', async () => {
    const { clock, stack, bob } = await setting({ limits: { clientTransactions: 2 } });
    const users = [listener(), listener(), listener()];
    for (const user of users) stack.send(toSend(), user, TO_BOB);
    await clock.advance(0);
    expect(users.map(({ told }) => told)).toEqual([[], [], ['transport']]);
    expect(bob.heard).toHaveLength(2);
    expect(stack.counters.refused).toBe(1);
  });

  test('close ends everything without a word', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    stack.send(toSend(), user, TO_BOB);
    stack.send(toSend('INVITE'), user, TO_BOB);
    await stack.close();
    await clock.advance(60_000);
    expect(user.told).toEqual([]);
    expect(bob.heard).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test('an ACK to a 2xx goes out without a transaction', async () => {
    const { clock, stack, bob } = await setting();
    stack.sendStateless(toSend('ACK'), TO_BOB);
    await clock.advance(60_000);
    expect(methods(bob)).toEqual(['ACK']);
    expect(branchOf(bob.last())).toMatch(/^z9hG4bK/);
  });
});
