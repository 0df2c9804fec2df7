import { describe, expect, test } from '@jest/globals';
import type { responseTo } from '@ims-sim/sip';
import { type ServerTransaction } from '@ims-sim/sip';
import type { IncomingCall, OutgoingCall } from '../../src/index.js';
import { Calls } from '../../src/call/calls.js';
import { ANSWER, CALLEE_URI, headerOf, OFFER, twoUes, type TwoUes } from './two-ues.js';

const CLAIMED = { claimed: (method: string) => (method === 'INVITE' ? 1 : 0) };

async function incoming(two: TwoUes): Promise<IncomingCall> {
  const call = await two.clock.until(two.callee.peer.watch.until(() => two.callee.peer.ringingCall, 40_000));
  if (call === undefined) throw new Error('no INVITE came');
  return call;
}

async function answered(two: TwoUes): Promise<[OutgoingCall, IncomingCall]> {
  const call = two.caller.peer.invite({ uri: CALLEE_URI, reliable: true, ...OFFER });
  const came = await incoming(two);
  came.answer(200, ANSWER);
  await two.clock.advance(100);
  expect([call.leg?.phase, came.leg?.phase]).toEqual(['confirmed', 'confirmed']);
  return [call, came];
}

function of(two: TwoUes, pattern: RegExp): string[] {
  return two.sent.filter((what) => pattern.test(what));
}

describe('a 2xx while a reliable provisional response waits for its PRACK (RFC 3262 3)', () => {
  async function decided(body: boolean, fate: TwoUes['fate']): Promise<[TwoUes, OutgoingCall, IncomingCall]> {
    const two = await twoUes(CLAIMED);
    two.fate = fate;
    const call = two.caller.peer.invite({ uri: CALLEE_URI, reliable: true, ...OFFER });
    const came = await incoming(two);
    expect(came.ring({ status: 183, reliable: true, ...(body ? ANSWER : {}) })).toBe('sent');
    expect(came.answer(200)).toBe(true);
    return [two, call, came];
  }

  test('is held until then where that had a session description, and goes out once', async () => {
    const [two, call, came] = await decided(true, (what, n) =>
      what === 'caller PRACK' && n < 3 ? 'drop' : 'deliver',
    );
    expect([came.status, came.isDecided, came.answer(200)]).toEqual([undefined, true, false]);
    expect(two.callee.peer.ringingCall).toBeUndefined();
    expect(came.ring({ status: 180 })).toBe('over');
    await two.clock.advance(400);
    expect(of(two, /callee 200 INVITE/)).toEqual([]);
    await two.clock.advance(100_000);
    const sent = two.sent.filter((what) => !what.startsWith('callee 183'));
    expect(sent.slice(-4)).toEqual(['caller PRACK', 'callee 200 PRACK', 'callee 200 INVITE', 'caller ACK']);
    expect([call.leg?.phase, came.leg?.phase, came.status]).toEqual(['confirmed', 'confirmed', 200]);
  });

  test('is not held where it had none', async () => {
    const [two, , came] = await decided(false, () => 'deliver');
    expect(came.status).toBe(200);
    await two.clock.advance(1000);
    expect(of(two, /callee 200/)).toHaveLength(2);
  });

  test('no PRACK: 504 in its place', async () => {
    const [two, call] = await decided(true, (what) => (what === 'caller PRACK' ? 'drop' : 'deliver'));
    await two.clock.advance(100_000);
    expect(call.outcome).toMatchObject({ response: { status: 504 } });
    expect(of(two, /callee 200 INVITE/)).toEqual([]);
  });

  test('CANCEL meanwhile: 487 in its place', async () => {
    const [two, call] = await decided(true, (what) => (what === 'caller PRACK' ? 'drop' : 'deliver'));
    await two.clock.advance(100);
    call.cancel();
    await two.clock.advance(100_000);
    expect(call.outcome).toMatchObject({ response: { status: 487 } });
    expect(of(two, /callee (2|4)\d\d INVITE/)).toEqual(['callee 487 INVITE']);
  });
});

describe('a request in a call that is not answered ends it (RFC 3261 12.2.1.2)', () => {
  test.each(['UPDATE', 'INVITE'])('%s times out: BYE', async (method) => {
    const two = await twoUes(CLAIMED);
    const [call] = await answered(two);
    two.fate = (what) => (what === `caller ${method}` ? 'drop' : 'deliver');
    const outcome = await two.clock.until(
      call.leg?.request(method, OFFER) ?? Promise.reject(new Error('no leg')),
      180_000,
    );
    expect(outcome).toEqual({ kind: 'failure', failure: 'timeout' });
    await two.clock.advance(1000);
    expect(of(two, /BYE/)).toEqual(['caller BYE', 'callee 200 BYE']);
    expect(call.isOver).toBe(true);
  });

  test.each([
    [408, ['caller BYE', 'callee 200 BYE']],
    [481, []],
    [488, []],
  ])('%i', async (status, byes) => {
    const two = await twoUes({
      claimed: (method) => (method === 'INVITE' || method === 'UPDATE' ? 1 : 0),
    });
    const [call] = await answered(two);
    const update = call.leg?.request('UPDATE', OFFER) ?? Promise.reject(new Error('no leg'));
    const held = await two.clock.until(
      two.callee.peer.watch.until(() => two.callee.peer.inbox.takeHeld('UPDATE'), 1000),
    );
    if (held === undefined) throw new Error('no UPDATE');
    two.callee.peer.answer(held, { status });
    await two.clock.until(update);
    await two.clock.advance(1000);
    expect(of(two, /BYE/)).toEqual(byes);
    expect(call.leg?.phase).toBe(status === 488 ? 'confirmed' : 'ended');
  });

  test('in an early dialog the callee refuses the INVITE: it has no BYE (15)', async () => {
    const two = await twoUes(CLAIMED);
    const call = two.caller.peer.invite({ uri: CALLEE_URI, ...OFFER });
    const came = await incoming(two);
    came.ring({ status: 183 });
    two.fate = (what) => (what === 'callee UPDATE' ? 'drop' : 'deliver');
    void came.leg?.request('UPDATE', OFFER);
    await two.clock.advance(100_000);
    expect(call.outcome).toMatchObject({ response: { status: 480 } });
    expect(of(two, /BYE/)).toEqual([]);
  });
});

describe('BYE', () => {
  test('both at once: each gets 200 (RFC 5407 3.2.2)', async () => {
    const two = await twoUes(CLAIMED);
    const [call, came] = await answered(two);
    const both = Promise.all([call.leg, came.leg].map((leg) => leg?.request('BYE')));
    expect(await two.clock.until(both)).toMatchObject([
      { response: { status: 200 } },
      { response: { status: 200 } },
    ]);
    await two.clock.advance(100_000);
    expect(of(two, /BYE/).sort()).toEqual(['callee 200 BYE', 'callee BYE', 'caller 200 BYE', 'caller BYE']);
  });

  test('a request that crosses it gets 481 (RFC 5407 3.1.4)', async () => {
    const two = await twoUes(CLAIMED);
    const [call, came] = await answered(two);
    const update = came.leg?.request('UPDATE', OFFER) ?? Promise.reject(new Error('no leg'));
    void call.leg?.request('BYE');
    expect(await two.clock.until(update)).toMatchObject({ response: { status: 481 } });
  });

  test('of the caller in an early dialog: 200, then 487 (RFC 3261 15)', async () => {
    const two = await twoUes();
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await two.clock.advance(100);
    void call.leg?.request('BYE');
    await two.clock.advance(100_000);
    expect(two.sent.slice(2)).toEqual(['caller BYE', 'callee 200 BYE', 'callee 487 INVITE', 'caller ACK']);
    expect(call.isOver).toBe(true);
  });

  test('of the caller that crosses the 2xx: acknowledged, and over at both ends', async () => {
    const two = await twoUes();
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await two.clock.advance(100);
    const came = two.callee.peer.ringingCall;
    void call.leg?.request('BYE');
    came?.answer(200);
    await two.clock.advance(100_000);
    expect(of(two, /BYE|ACK/).sort()).toEqual(['callee 200 BYE', 'caller ACK', 'caller BYE']);
    expect(call.outcome).toMatchObject({ response: { status: 200 } });
    expect([call.isOver, came?.isOver]).toEqual([true, true]);
    expect(two.clock.pendingTimers).toBe(0);
  });
});

describe('many calls, and the end of all', () => {
  test('where none is over, a further one gets 503 and an own one is not made; a live one stays', async () => {
    const two = await twoUes(CLAIMED);
    const { party } = two.caller.peer;
    const calls = new Calls({ party, changed: () => undefined, responded: () => undefined }, 2);
    const first = calls.invite({ uri: CALLEE_URI });
    const second = calls.invite({ uri: CALLEE_URI });
    await two.clock.advance(100);
    expect(() => calls.invite({ uri: CALLEE_URI })).toThrow('at most 2 calls');
    const invite = two.callee.peer.ringingCall?.request;
    if (invite === undefined) throw new Error('no INVITE');
    const statuses: number[] = [];
    const transaction = {
      request: invite,
      respond: (response: ReturnType<typeof responseTo>) => statuses.push(response.status) > 0,
    } as unknown as ServerTransaction;
    expect(calls.incoming(transaction)).toBeUndefined();
    expect(statuses).toEqual([503]);
    expect(calls.last((call): call is OutgoingCall => call.role === 'caller')).toBe(second);
    two.callee.peer.ringingCall?.answer(486);
    two.callee.peer.ringingCall?.answer(486);
    await two.clock.advance(1000);
    expect(first.isOver).toBe(true);
    expect(calls.invite({ uri: CALLEE_URI })).toBeDefined();
  });

  test('close: an INVITE that rings is cancelled, one that is answered is not', async () => {
    const two = await twoUes();
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await two.clock.advance(100);
    two.callee.peer.ringingCall?.answer(200);
    await two.clock.advance(100);
    const ringing = two.caller.peer.invite({ uri: CALLEE_URI });
    await two.clock.advance(100);
    await two.caller.close();
    await two.clock.advance(100);
    expect(of(two, /CANCEL/)).toEqual(['caller CANCEL', 'callee 200 CANCEL']);
    const cancel = two.messages.find(
      ({ kind }, at) => kind === 'request' && two.sent[at] === 'caller CANCEL',
    );
    expect(headerOf(cancel, 'call-id')).toBe(ringing.callId);
    expect(call.callId).not.toBe(ringing.callId);
    expect(two.callee.peer.ringingCall).toBeUndefined();
  });
});
