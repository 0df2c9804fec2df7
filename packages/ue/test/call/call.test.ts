import { describe, expect, test } from '@jest/globals';
import { header } from '@ims-sim/sip';
import type { IncomingCall, OutgoingCall } from '../../src/index.js';
import { ANSWER, CALLEE_URI, headerOf, OFFER, twoUes, type TwoUes } from './two-ues.js';

/** Something that an action would wait for. */
function until<T>({ clock, caller, callee }: TwoUes, look: () => T | undefined): Promise<T | undefined> {
  void callee;
  return clock.until(caller.peer.watch.until(look, 40_000), 50_000);
}

async function incoming(two: TwoUes): Promise<IncomingCall> {
  const call = await two.clock.until(two.callee.peer.watch.until(() => two.callee.peer.ringingCall, 40_000));
  if (call === undefined) {
    throw new Error('no INVITE came');
  }
  return call;
}

/** INVITE, 183 with PRACK, UPDATE, 200, ACK. */
async function establish(two: TwoUes, reliable = true): Promise<[OutgoingCall, IncomingCall]> {
  const call = two.caller.peer.invite({ uri: CALLEE_URI, reliable, ...OFFER });
  const came = await incoming(two);
  expect(came.ring({ status: 183, reliable, ...ANSWER })).toBe('sent');
  await until(two, () => (call.provisional.length > 0 ? true : undefined));
  await two.clock.until(
    two.callee.peer.watch.until(() => (came.isUnacknowledged ? undefined : true), 40_000),
    180_000,
  );
  if (reliable) {
    const outcome = await two.clock.until(
      call.leg?.request('UPDATE', OFFER) ?? Promise.reject(new Error('no leg')),
    );
    expect(outcome).toMatchObject({ response: { status: 200, body: ANSWER.body } });
  }
  expect(came.answer(200)).toBe(true);
  await until(two, () => call.outcome);
  await two.clock.until(
    two.callee.peer.watch.until(() => (came.leg?.isUnacknowledged === false ? true : undefined), 40_000),
    180_000,
  );
  return [call, came];
}

const CLAIMED = { claimed: (method: string) => (method === 'INVITE' ? 1 : 0) };

describe('a call between two UEs (RFC 3261 13, RFC 3262, RFC 3311)', () => {
  test('INVITE, 183 and PRACK, UPDATE, 200, ACK, BYE: each once', async () => {
    const two = await twoUes(CLAIMED);
    const [call, came] = await establish(two);
    expect(call.outcome).toMatchObject({ kind: 'response', response: { status: 200 } });
    expect([call.leg?.phase, came.leg?.phase]).toEqual(['confirmed', 'confirmed']);
    const outcome = await two.clock.until(came.leg?.request('BYE') ?? Promise.reject(new Error('no leg')));
    expect(outcome).toMatchObject({ response: { status: 200 } });
    await two.clock.advance(200_000);
    expect([call.leg?.phase, came.leg?.phase, call.isOver, came.isOver]).toEqual([
      'ended',
      'ended',
      true,
      true,
    ]);
    expect(two.sent).toEqual([
      'caller INVITE',
      'callee 183 INVITE',
      'caller PRACK',
      'callee 200 PRACK',
      'caller UPDATE',
      'callee 200 UPDATE',
      'callee 200 INVITE',
      'caller ACK',
      'callee BYE',
      'caller 200 BYE',
    ]);
    const [invite, progress, prack] = two.messages;
    expect(headerOf(invite, 'supported')).toBe('100rel');
    expect(headerOf(invite, 'p-preferred-identity')).toBe('<sip:user1_public1@home1.net>');
    expect(headerOf(progress, 'require')).toBe('100rel');
    expect(headerOf(prack, 'rack')).toBe(`${headerOf(progress, 'rseq')} 1 INVITE`);
    expect(
      two.messages.map((message) => headerOf(message, 'to')?.includes('tag=') ?? false).slice(1),
    ).not.toContain(false);
    await two.caller.close();
    await two.callee.close();
  });

  test.each([
    'caller INVITE',
    'callee 183 INVITE',
    'caller PRACK',
    'callee 200 PRACK',
    'caller UPDATE',
    'callee 200 UPDATE',
    'callee 200 INVITE',
    'caller ACK',
  ])('the first %s is lost: it comes again, and nothing else happens twice', async (lost) => {
    const two = await twoUes(CLAIMED);
    two.fate = (what, number) => (what === lost && number === 1 ? 'drop' : 'deliver');
    const [call, came] = await establish(two);
    const outcome = await two.clock.until(call.leg?.request('BYE') ?? Promise.reject(new Error('no leg')));
    expect(outcome).toMatchObject({ response: { status: 200 } });
    await two.clock.advance(200_000);
    expect(two.sent.filter((what) => what === lost).length).toBeGreaterThanOrEqual(2);
    expect([call.isOver, came.isOver]).toEqual([true, true]);
    expect(call.provisional).toHaveLength(1); // the same one again is none of its own
    expect(call.failedPracks).toEqual([]);
    // one final response to each request, whatever was sent again
    const finals = two.messages.flatMap((message) =>
      message.kind === 'response' && message.status >= 200
        ? [`${headerOf(message, 'cseq') ?? ''} ${headerOf(message, 'via') ?? ''} ${message.status}`]
        : [],
    );
    expect(new Set(finals).size).toBe(4);
    expect(two.sent.filter((what) => what === 'callee BYE')).toEqual([]);
    expect(two.clock.pendingTimers).toBe(0);
  });

  test('RFC 3261 13.3.1.4: no ACK at all: the 200 goes out again for 64*T1, then a BYE', async () => {
    const two = await twoUes(CLAIMED);
    two.fate = (what) => (what === 'caller ACK' ? 'drop' : 'deliver');
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    const came = await incoming(two);
    came.answer(200);
    await two.clock.advance(40_000);
    expect(came.leg?.wasAcknowledged).toBe(false);
    expect(two.sent.filter((what) => what === 'callee 200 INVITE')).toHaveLength(11);
    expect(two.sent.filter((what) => what === 'callee BYE')).toHaveLength(1);
    expect([call.isOver, came.isOver]).toEqual([true, true]);
  });

  test('RFC 3262 3: no PRACK at all: the 183 goes out again for 64*T1, then 504', async () => {
    const two = await twoUes(CLAIMED);
    two.fate = (what) => (what === 'caller PRACK' ? 'drop' : 'deliver');
    const call = two.caller.peer.invite({ uri: CALLEE_URI, reliable: true });
    const came = await incoming(two);
    came.ring({ status: 183, reliable: true });
    expect(came.ring({ status: 180, reliable: true })).toBe('unacknowledged');
    await two.clock.advance(33_000);
    expect(call.outcome).toMatchObject({ response: { status: 504 } });
    expect(two.sent.filter((what) => what === 'callee 183 INVITE')).toHaveLength(7);
    expect(came.answer(200)).toBe(false);
    await two.clock.advance(100_000);
    expect(two.sent.filter((what) => /callee [2-6]\d\d INVITE/.test(what))).toEqual(['callee 504 INVITE']);
  });

  test('RFC 3262 3: nothing reliable for who has not said 100rel', async () => {
    const two = await twoUes(CLAIMED);
    two.caller.peer.invite({ uri: CALLEE_URI });
    const came = await incoming(two);
    expect(came.ring({ status: 183, reliable: true })).toBe('not-supported');
    expect(two.sent).toEqual(['caller INVITE']);
    expect(came.answer(486)).toBe(true);
    await two.clock.advance(1000);
    expect(two.sent).toEqual(['caller INVITE', 'callee 486 INVITE', 'caller ACK']);
  });

  test('CANCEL: 200 to it, 487 to the INVITE, and no second final response', async () => {
    const two = await twoUes();
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await until(two, () => call.provisional[0]);
    call.cancel([header('Reason', 'RELEASE_CAUSE;cause=1')]);
    call.cancel();
    await until(two, () => call.outcome);
    await two.clock.advance(100_000);
    expect(call.outcome).toMatchObject({ response: { status: 487 } });
    expect(two.sent).toEqual([
      'caller INVITE',
      'callee 180 INVITE',
      'caller CANCEL',
      'callee 200 CANCEL',
      'callee 487 INVITE',
      'caller ACK',
    ]);
    expect(headerOf(two.messages[two.sent.indexOf('caller CANCEL')], 'reason')).toBe('RELEASE_CAUSE;cause=1');
    expect(two.callee.peer.ringingCall).toBeUndefined();
    expect(call.isOver).toBe(true);
  });

  test('a 200 that crosses the CANCEL is acknowledged, and ended by a BYE (RFC 3261 9.1, 15)', async () => {
    const two = await twoUes();
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await until(two, () => call.provisional[0]);
    two.callee.peer.ringingCall?.answer(200);
    call.cancel();
    await two.clock.advance(100_000);
    expect(two.sent.filter((what) => /ACK|BYE|CANCEL/.test(what)).sort()).toEqual([
      'callee 200 BYE',
      'callee 200 CANCEL',
      'caller ACK',
      'caller BYE',
      'caller CANCEL',
    ]);
    expect(call.isOver).toBe(true);
  });

  test('re-INVITE both ways, each acknowledged (RFC 3261 14)', async () => {
    const two = await twoUes(CLAIMED);
    const [call, came] = await establish(two, false);
    for (const leg of [call.leg, came.leg]) {
      const outcome = await two.clock.until(
        leg?.request('INVITE', OFFER) ?? Promise.reject(new Error('no leg')),
      );
      expect(outcome).toMatchObject({ response: { status: 200 } });
      await two.clock.advance(100);
      expect([call.leg?.isUnacknowledged, came.leg?.isUnacknowledged]).toEqual([false, false]);
    }
    await two.clock.advance(100_000);
    expect(two.sent.filter((what) => what.endsWith('ACK'))).toEqual([
      'caller ACK',
      'caller ACK',
      'callee ACK',
    ]);
    expect(two.sent.filter((what) => what.endsWith('BYE'))).toEqual([]);
    expect(call.leg?.phase).toBe('confirmed');
  });

  test('RFC 3261 14.2: both at once get 491', async () => {
    const two = await twoUes(CLAIMED);
    const [call, came] = await establish(two, false);
    const both = Promise.all([call.leg, came.leg].map((leg) => leg?.request('INVITE', OFFER)));
    expect(await two.clock.until(both)).toMatchObject([
      { response: { status: 491 } },
      { response: { status: 491 } },
    ]);
    expect(call.leg?.phase).toBe('confirmed');
  });

  test('a BYE that comes before the answer ends the INVITE with 487 (RFC 3261 15.1.2)', async () => {
    const two = await twoUes();
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await until(two, () => call.provisional[0]);
    const outcome = await two.clock.until(call.leg?.request('BYE') ?? Promise.reject(new Error('no leg')));
    expect(outcome).toMatchObject({ response: { status: 200 } });
    await two.clock.advance(1000);
    expect(call.outcome).toMatchObject({ response: { status: 487 } });
  });

  test('what is said of a method is done, and INVITE is not rung then', async () => {
    const two = await twoUes({
      reaction: (method) =>
        method === 'INVITE'
          ? { kind: 'answer', status: 486, headers: [['Reason', 'busy']] }
          : method === 'MESSAGE'
            ? { kind: 'silent' }
            : undefined,
    });
    const call = two.caller.peer.invite({ uri: CALLEE_URI });
    await until(two, () => call.outcome);
    expect(call.outcome).toMatchObject({ response: { status: 486 } });
    expect(headerOf(two.messages[1], 'reason')).toBe('busy');
    const message = two.caller.peer.request({
      method: 'MESSAGE',
      uri: CALLEE_URI,
      body: 'hello',
      contentType: 'text/plain',
    });
    expect(await two.clock.until(message)).toEqual({ kind: 'failure', failure: 'timeout' });
    expect(two.sent.filter((what) => /callee \d+ MESSAGE/.test(what))).toEqual([]);
  });
});
