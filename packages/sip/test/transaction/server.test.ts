import { describe, expect, test } from '@jest/globals';
import { valueOf, type StackOptions } from '../../src/index.js';
import { LINGER_STEP_MS } from '../../src/transaction/lingering.js';
import { answer, text } from './kit.js';
import { AT_BOB, answering, setting } from './server-setting.js';

describe('A request that is not INVITE (RFC 3261 17.2.2)', () => {
  test('is given to the user once, and each retransmission gets the same final response', async () => {
    const { clock, peer, stack } = await setting(answering(200));
    for (let i = 0; i < 3; i++) {
      peer.say(text(), AT_BOB);
      await clock.advance(500);
    }
    expect(stack.requests).toHaveLength(1);
    expect(peer.heard).toHaveLength(3);
    expect(new Set(peer.heard.map((heard) => heard.text)).size).toBe(1);
    expect(stack.counters.retransmissionsReceived).toBe(2);
  });

  test('is absorbed while the user thinks', async () => {
    const { clock, peer, stack } = await setting();
    peer.say(text(), AT_BOB);
    peer.say(text(), AT_BOB);
    await clock.advance(1000);
    expect(stack.requests).toHaveLength(1);
    expect(peer.heard).toHaveLength(0);
  });

  test('gets no second final response, and no provisional one after the final one', async () => {
    const { clock, peer, stack, statuses } = await setting();
    peer.say(text(), AT_BOB);
    await clock.advance(0);
    const [transaction] = stack.requests;
    expect(transaction?.done).toBe(false);
    expect(transaction?.respond(answer(transaction.request, 202))).toBe(true);
    expect(transaction?.done).toBe(true);
    expect(transaction?.respond(answer(transaction.request, 500))).toBe(false);
    expect(transaction?.respond(answer(transaction.request, 100))).toBe(false);
    transaction?.trying();
    await clock.advance(1000);
    expect(statuses()).toEqual([202]);
  });

  test('is forgotten after timer J (64*T1)', async () => {
    const { clock, peer, stack } = await setting(answering(200));
    peer.say(text(), AT_BOB);
    await clock.advance(31_999);
    peer.say(text(), AT_BOB);
    await clock.advance(LINGER_STEP_MS + 2);
    expect(stack.requests).toHaveLength(1);
    peer.say(text(), AT_BOB);
    await clock.advance(1);
    expect(stack.requests).toHaveLength(2);
  });

  test('leaves nothing behind when the user never answers: 64*T1 later the client has given up', async () => {
    const { clock, peer, stack } = await setting();
    peer.say(text(), AT_BOB);
    await clock.advance(32_001);
    const [transaction] = stack.requests;
    expect(transaction?.respond(answer(transaction.request, 200))).toBe(false);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(1);
    expect(peer.heard).toHaveLength(0);
  });

  test('whose method or sent-by differs is another transaction (17.2.3)', async () => {
    const { clock, peer, stack } = await setting(answering(200));
    const branch = 'z9hG4bKsame';
    peer.say(text({ branch }), AT_BOB);
    peer.say(text({ branch, method: 'MESSAGE' }), AT_BOB);
    peer.say(text({ via: `SIP/2.0/UDP carol.home1.net;branch=${branch}` }), AT_BOB);
    peer.say(text({ via: `SIP/2.0/UDP carol.home1.net:5070;branch=${branch}` }), AT_BOB);
    peer.say(text({ via: `SIP/2.0/UDP CAROL.home1.net:5060;branch=${branch}` }), AT_BOB);
    await clock.advance(1);
    expect(stack.requests).toHaveLength(4);
    expect(stack.counters.retransmissionsReceived).toBe(1);
  });
});

describe('100 Trying to a request that is not INVITE', () => {
  test.each<[StackOptions['trying'], number[]]>([
    ['at-once', [0]],
    ['rfc4320', [3500]],
    ['never', []],
  ])('%s: after %j ms, when the request was passed on', async (trying, at) => {
    const { clock, peer, statuses } = await setting({
      trying,
      onRequest: (transaction) => {
        transaction.trying();
      },
    });
    peer.say(text({ method: 'SUBSCRIBE' }), AT_BOB);
    await clock.advance(31_000);
    expect(peer.times()).toEqual(at);
    expect(statuses()).toEqual(at.map(() => 100));
  });

  test('is not sent without being asked for, at once, when the request is answered in the same turn', async () => {
    const { clock, peer, statuses } = await setting({ trying: 'at-once', ...answering(200) });
    peer.say(text(), AT_BOB);
    await clock.advance(31_000);
    expect(statuses()).toEqual([200]);
  });

  test('is repeated for a retransmission, and gives way to the final response', async () => {
    const { clock, peer, stack, statuses } = await setting({
      trying: 'at-once',
      onRequest: (transaction) => {
        transaction.trying();
      },
    });
    peer.say(text(), AT_BOB);
    await clock.advance(500);
    peer.say(text(), AT_BOB);
    await clock.advance(500);
    const [transaction] = stack.requests;
    transaction?.respond(answer(transaction.request, 200));
    await clock.advance(500);
    peer.say(text(), AT_BOB);
    await clock.advance(500);
    expect(statuses()).toEqual([100, 100, 200, 200]);
  });
});

describe('INVITE (RFC 3261 17.2.1, RFC 6026)', () => {
  const invite = text({ method: 'INVITE' });

  test('gets 100 after 200 ms, unless something else was sent', async () => {
    const { clock, peer, statuses } = await setting();
    peer.say(invite, AT_BOB);
    await clock.advance(5000);
    expect(statuses()).toEqual([100]);
    expect(peer.times()).toEqual([200]);
  });

  test('gets no 100 once 180 was sent; retransmissions get the 180', async () => {
    const { clock, peer, statuses } = await setting(answering(180));
    peer.say(invite, AT_BOB);
    await clock.advance(5000);
    peer.say(invite, AT_BOB);
    await clock.advance(1);
    expect(statuses()).toEqual([180, 180]);
  });

  test('refused over UDP: the response is repeated by timer G until the ACK, which the user does not see', async () => {
    const { clock, peer, stack, statuses } = await setting(answering(486));
    peer.say(invite, AT_BOB);
    await clock.advance(12_000);
    expect(peer.times()).toEqual([0, 500, 1500, 3500, 7500, 11_500]);
    peer.say(text({ method: 'ACK', toTag: 'b1' }), AT_BOB);
    peer.say(text({ method: 'ACK', toTag: 'b1' }), AT_BOB);
    await clock.advance(4999);
    peer.say(invite, AT_BOB); // absorbed while confirmed
    await clock.advance(30_000);
    expect(statuses()).toHaveLength(6);
    expect(stack.requests).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('refused and never acknowledged: timer H tells the user after 64*T1', async () => {
    const failures: string[] = [];
    const { clock, peer } = await setting({
      onRequest(transaction) {
        transaction.onFailure = (failure) => failures.push(failure);
        transaction.respond(answer(transaction.request, 486));
      },
    });
    peer.say(invite, AT_BOB);
    await clock.advance(31_999);
    expect(failures).toEqual([]);
    await clock.advance(1);
    expect(failures).toEqual(['timeout']);
    expect(peer.times().at(-1)).toBe(31_500);
    expect(clock.pendingTimers).toBe(0);
  });

  test('accepted: retransmissions are absorbed, the user may send its 2xx again, the ACK is the user’s', async () => {
    const { clock, peer, stack, statuses } = await setting(answering(200));
    peer.say(invite, AT_BOB);
    await clock.advance(500);
    peer.say(invite, AT_BOB);
    await clock.advance(500);
    expect(statuses()).toEqual([200]);
    const [transaction] = stack.requests;
    expect(transaction?.respond(answer(transaction.request, 200))).toBe(true);
    expect(transaction?.respond(answer(transaction.request, 486))).toBe(false);
    peer.say(text({ method: 'ACK', branch: 'z9hG4bKack', toTag: 'b1' }), AT_BOB);
    peer.say(text({ method: 'ACK', toTag: 'b1' }), AT_BOB); // a peer that uses the INVITE's branch for it
    await clock.advance(1);
    expect(statuses()).toEqual([200, 200]);
    expect(stack.requests.map(({ request }) => request.method)).toEqual(['INVITE', 'ACK', 'ACK']);
    expect(stack.requests[1]?.respond(answer(stack.requests[1].request, 200))).toBe(false);
    await clock.advance(32_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test('an ACK that matches nothing goes to the user, and nothing answers it', async () => {
    const { clock, peer, stack } = await setting(answering(200));
    peer.say(text({ method: 'ACK', toTag: 'b1' }), AT_BOB);
    await clock.advance(1000);
    expect(stack.requests.map(({ request }) => request.method)).toEqual(['ACK']);
    expect(peer.heard).toHaveLength(0);
  });
});

describe('CANCEL (RFC 3261 9.2)', () => {
  test('is answered with 200 by the stack, and told to whoever serves the INVITE', async () => {
    const cancelled: string[] = [];
    const { clock, peer, stack, statuses } = await setting({
      onRequest(transaction) {
        transaction.respond(answer(transaction.request, 180));
        transaction.onCancel = (cancel) => {
          cancelled.push(valueOf(cancel.headers, 'reason') ?? '');
          transaction.respond(answer(transaction.request, 487));
        };
      },
    });
    peer.say(text({ method: 'INVITE' }), AT_BOB);
    await clock.advance(1);
    const cancel = text({ method: 'CANCEL', more: ['Reason: SIP;cause=200'] });
    peer.say(cancel, AT_BOB);
    peer.say(cancel, AT_BOB);
    await clock.advance(1);
    expect(cancelled).toEqual(['SIP;cause=200']);
    expect(statuses()).toEqual([180, 200, 487, 200]);
    const toOf = (index: number) => valueOf(peer.heard[index]?.message.headers ?? [], 'to');
    expect(toOf(1)).toBe(toOf(0)); // the same To tag: 9.2
    expect(stack.requests).toHaveLength(1);
  });

  test('of nothing gets 481', async () => {
    const { clock, peer, stack, statuses } = await setting();
    peer.say(text({ method: 'CANCEL' }), AT_BOB);
    await clock.advance(1);
    expect(statuses()).toEqual([481]);
    expect(stack.requests).toHaveLength(0);
  });

  test('after the final response changes nothing, and gets 200', async () => {
    const { clock, peer, stack, statuses } = await setting(answering(200));
    peer.say(text({ method: 'INVITE' }), AT_BOB);
    await clock.advance(1);
    let told = false;
    const [transaction] = stack.requests;
    if (transaction !== undefined) transaction.onCancel = () => (told = true);
    peer.say(text({ method: 'CANCEL' }), AT_BOB);
    await clock.advance(1);
    expect(statuses()).toEqual([200, 200]);
    expect(told).toBe(false);
  });
});
