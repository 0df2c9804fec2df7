import { describe, expect, test } from '@jest/globals';
import { every, header, serialize, valueOf, type SipMessage } from '../../src/index.js';
import { LINGER_STEP_MS } from '../../src/transaction/lingering.js';
import { ALICE, BOB, answer, asRequest, hosts, listener, stackAt, toSend, udp } from './kit.js';
import { AT_ALICE, TO_BOB, answering, branchOf, methods, setting } from './client-setting.js';

describe('A request that is not INVITE over UDP (RFC 3261 17.1.2)', () => {
  test('has its own Via with a branch of its own and rport on top', async () => {
    const { clock, stack, bob } = await setting();
    const sent = stack.send(toSend(), listener(), TO_BOB);
    stack.send(toSend(), listener(), { ...TO_BOB, sentBy: 'icscf2_s.home2.net' });
    await clock.advance(0);
    expect(bob.heard[0]?.text).toMatch(
      /^OPTIONS sip:bob@home2.net SIP\/2.0\r\nVia: SIP\/2.0\/UDP alice.home1.net;branch=z9hG4bK[\w-]{11};rport\r\nMax-/,
    );
    expect(bob.heard[1]?.text).toMatch(/Via: SIP\/2.0\/UDP icscf2_s.home2.net;branch=z9hG4bK/);
    expect(branchOf(bob.last())).not.toBe(branchOf(bob.heard[0]?.message as SipMessage));
    expect(serialize(sent.request as SipMessage)).toBe(bob.heard[0]?.text);
    expect(sent.target).toEqual(udp(BOB));
  });

  test('is sent again by timer E and given up by timer F', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    stack.send(toSend(), user, TO_BOB);
    await clock.advance(31_999);
    expect(bob.times()).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(new Set(bob.heard.map(({ text }) => text)).size).toBe(1);
    expect(user.told).toEqual([]);
    await clock.advance(1);
    expect(user.told).toEqual(['timeout']);
    await clock.advance(60_000);
    expect(bob.heard).toHaveLength(11);
    expect(clock.pendingTimers).toBe(0);
  });

  test('after a provisional response is sent again every T2, and given up by timer F all the same', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    bob.onMessage = (message) => {
      if (bob.heard.length === 2) bob.say(serialize(answer(asRequest(message), 100)), AT_ALICE);
    };
    stack.send(toSend(), user, TO_BOB);
    await clock.advance(33_000);
    expect(bob.times()).toEqual([0, 500, 1500, 5500, 9500, 13_500, 17_500, 21_500, 25_500, 29_500]);
    expect(user.told).toEqual([100, 'timeout']);
  });

  test('gets its final response once; what is repeated within timer K is absorbed, and stray later', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    answering(bob, 100, 200, 200, 500);
    stack.send(toSend(), user, TO_BOB);
    await clock.advance(4999);
    expect(user.told).toEqual([100, 200]);
    expect(stack.counters.stray).toBe(0);
    await clock.advance(LINGER_STEP_MS + 2);
    bob.say(serialize(answer(asRequest(bob.last()), 200)), AT_ALICE);
    await clock.advance(1);
    expect(user.told).toEqual([100, 200]);
    expect(stack.counters.stray).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('does not take a response with another branch, CSeq method or sent-by (17.1.3, 18.1.2)', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    stack.send(toSend(), user, TO_BOB);
    await clock.advance(0);
    const right = serialize(answer(asRequest(bob.last()), 200));
    bob.say(right.replace('z9hG4bK', 'z9hG4bKx'), AT_ALICE);
    bob.say(right.replace('7 OPTIONS', '7 MESSAGE'), AT_ALICE);
    bob.say(right.replace('UDP alice.home1.net', 'UDP mallory.home1.net'), AT_ALICE);
    await clock.advance(1);
    expect(user.told).toEqual([]);
    expect(stack.counters.stray).toBe(3);
    bob.say(right.replace('UDP alice.home1.net', 'UDP ALICE.home1.net'), AT_ALICE);
    await clock.advance(1);
    expect(user.told).toEqual([200]);
  });

  test.each(['request', 'response'])('comes through where the first %s is lost', async (lost) => {
    const { alice, bob } = hosts();
    let drop = true;
    alice.network.faults = (datagram) => {
      const isResponse = datagram.toString('latin1', 0, 8) === 'SIP/2.0 ';
      if (drop && isResponse === (lost === 'response')) {
        drop = false;
        return 'drop';
      }
      return 'deliver';
    };
    const server = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const client = await stackAt(alice, ALICE);
    const user = listener();
    client.send(toSend(), user, TO_BOB);
    await alice.clock.advance(40_000);
    expect(user.told).toEqual([200]);
    expect(server.requests).toHaveLength(1);
    expect(client.counters.retransmissionsSent).toBe(1);
    expect(alice.clock.pendingTimers).toBe(0);
  });
});

describe('INVITE over UDP (RFC 3261 17.1.1, RFC 6026)', () => {
  test('is sent again by timer A, which doubles without end, and given up by timer B', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    stack.send(toSend('INVITE'), user, TO_BOB);
    await clock.advance(40_000);
    expect(bob.times()).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(user.told).toEqual(['timeout']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is not sent again once a provisional response has come', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    answering(bob, 100, 180);
    stack.send(toSend('INVITE'), user, TO_BOB);
    await clock.advance(200_000);
    expect(bob.heard).toHaveLength(1);
    expect(user.told).toEqual([100, 180]);
  });

  test('refused: the ACK is the transaction’s own (17.1.1.3), and the same again for each repetition', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    answering(bob, 180, 486, 486);
    const route = header('Route', '<sip:bob.home2.net;lr>');
    const invite = toSend('INVITE');
    stack.send({ ...invite, headers: [...invite.headers, route] }, user, TO_BOB);
    await clock.advance(1);
    expect(user.told).toEqual([180, 486]);
    expect(methods(bob)).toEqual(['INVITE', 'ACK', 'ACK']);
    const [sent, ack] = bob.heard.map(({ message }) => asRequest(message));
    expect(bob.heard[2]?.text).toBe(bob.heard[1]?.text);
    expect(ack?.uri).toBe(sent?.uri);
    expect(every(ack?.headers ?? [], 'via').map((via) => via.line)).toEqual([sent?.headers[0]?.line]);
    expect(valueOf(ack?.headers ?? [], 'cseq')).toBe('7 ACK');
    expect(valueOf(ack?.headers ?? [], 'to')).toBe('<sip:bob@home2.net>;tag=b1');
    expect(valueOf(ack?.headers ?? [], 'route')).toBe('<sip:bob.home2.net;lr>');
    expect(valueOf(ack?.headers ?? [], 'from')).toBe('<sip:alice@home1.net>;tag=a1');
    expect(valueOf(ack?.headers ?? [], 'content-length')).toBe('0');
    await clock.advance(32_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test('accepted: every 2xx goes to the user, who acknowledges it, until timer M', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    answering(bob, 200, 200);
    stack.send(toSend('INVITE'), user, TO_BOB);
    await clock.advance(31_999);
    bob.say(serialize(answer(asRequest(bob.last()), 200)), AT_ALICE);
    await clock.advance(1);
    expect(user.told).toEqual([200, 200, 200]);
    expect(methods(bob)).toEqual(['INVITE']);
    bob.say(serialize(answer(asRequest(bob.last()), 200)), AT_ALICE);
    await clock.advance(1);
    expect(user.told).toHaveLength(3);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('cancel (RFC 3261 9.1)', () => {
  test('waits for a provisional response, and goes the INVITE’s way', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    const sent = stack.send(toSend('INVITE'), user, TO_BOB);
    sent.cancel([header('Reason', 'SIP;cause=200')]);
    sent.cancel();
    await clock.advance(400);
    expect(methods(bob)).toEqual(['INVITE']);
    const invite = asRequest(bob.last());
    bob.say(serialize(answer(invite, 180)), AT_ALICE);
    await clock.advance(1);
    expect(methods(bob)).toEqual(['INVITE', 'CANCEL']);
    const cancel = asRequest(bob.last());
    expect(cancel.uri).toBe(invite.uri);
    expect(cancel.headers[0]?.line).toBe(invite.headers[0]?.line);
    expect(valueOf(cancel.headers, 'cseq')).toBe('7 CANCEL');
    expect(valueOf(cancel.headers, 'to')).toBe('<sip:bob@home2.net>');
    expect(valueOf(cancel.headers, 'reason')).toBe('SIP;cause=200');
    bob.say(serialize(answer(cancel, 200)), AT_ALICE);
    bob.say(serialize(answer(invite, 487)), AT_ALICE);
    await clock.advance(40_000);
    expect(methods(bob)).toEqual(['INVITE', 'CANCEL', 'ACK']);
    expect(user.told).toEqual([180, 487]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('does nothing once a final response has come, or to another method', async () => {
    const { clock, stack, bob } = await setting();
    answering(bob, 180, 200);
    stack
      .send(toSend('INVITE'), { onResponse: () => undefined, onFailure: () => undefined }, TO_BOB)
      .cancel();
    const options = stack.send(toSend(), listener(), TO_BOB);
    options.cancel();
    await clock.advance(1);
    options.cancel();
    await clock.advance(1);
    // The 180 and the 200 come in one turn each: the CANCEL goes out in between.
    expect(methods(bob).filter((method) => method !== 'CANCEL')).toEqual(['INVITE', 'OPTIONS']);
    const late = stack.send(toSend('INVITE'), listener(), TO_BOB);
    await clock.advance(1);
    const before = bob.heard.length;
    late.cancel();
    await clock.advance(1);
    expect(bob.heard).toHaveLength(before);
  });

  test('64*T1 after a CANCEL that changes nothing, the INVITE counts as cancelled', async () => {
    const { clock, stack, bob } = await setting();
    const user = listener();
    bob.onMessage = (message) => {
      if (asRequest(message).method === 'INVITE')
        bob.say(serialize(answer(asRequest(message), 180)), AT_ALICE);
    };
    const sent = stack.send(toSend('INVITE'), user, TO_BOB);
    await clock.advance(1);
    sent.cancel();
    await clock.advance(31_999);
    expect(user.told).toEqual([180]);
    await clock.advance(2);
    expect(user.told).toEqual([180, 'timeout']);
    expect(clock.pendingTimers).toBe(0);
  });
});
