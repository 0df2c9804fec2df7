import { testHost } from '@ims-sim/host';
import { describe, expect, test } from '@jest/globals';
import { Challenges, type Challenge } from '../src/index.js';

const ITEM = {
  scheme: 'SIP Digest',
  realm: 'home1.net',
  algorithm: 'MD5',
  qop: 'auth',
  ha1: '',
} as const;

function challengeTo(privateIdentity: string, nonce: string, callId: string | undefined = 'c'): Challenge {
  return {
    nonce,
    item: ITEM,
    privateIdentity,
    publicIdentity: `sip:${privateIdentity}`,
    callId,
    resynchronised: false,
    failures: 0,
    nonceCount: 0,
    validUntilMs: 600_000,
  };
}

describe('TS 24.229 5.4.1.2.1: challenges', () => {
  test('bounded in all: the oldest gives way, as one that nobody answered', () => {
    const { clock } = testHost();
    const unanswered: string[] = [];
    const challenges = new Challenges(clock, ({ nonce }) => unanswered.push(nonce), 2);
    challenges.add(challengeTo('a', '1'));
    challenges.add(challengeTo('b', '2'));
    challenges.add(challengeTo('c', '3'));
    expect(challenges.size).toBe(2);
    expect(unanswered).toEqual(['1']);
    expect(challenges.find('a', '1')).toBeUndefined();
    expect(challenges.find('c', '3')?.nonce).toBe('3');
  });

  test('a full table: nonces that came with a 200 give way before those that a UE is answering', async () => {
    const { clock } = testHost();
    const unanswered: string[] = [];
    const challenges = new Challenges(clock, ({ nonce }) => unanswered.push(nonce), 3);
    const validUntilMs = clock.now() + 600_000;
    const idle = (user: string, nonce: string) => ({
      ...challengeTo(user, nonce),
      callId: undefined,
      validUntilMs,
    });
    challenges.add(challengeTo('a', '1'));
    challenges.add(idle('b', '2'));
    challenges.add(idle('c', '3'));
    challenges.add(challengeTo('d', '4'));
    challenges.add(idle('e', '5'));
    expect(challenges.find('a', '1')).toBeDefined();
    expect(challenges.find('d', '4')).toBeDefined();
    expect(challenges.find('e', '5')).toBeDefined();
    expect(challenges.size).toBe(3);
    expect(unanswered).toEqual([]);
    await clock.advance(240_000);
    expect(unanswered).toEqual(['1', '4']);
    expect(challenges.find('e', '5')).toBeDefined();
    await clock.advance(360_000);
    expect(challenges.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a nonce is that of its private identity, and gone once removed', () => {
    const { clock } = testHost();
    const challenges = new Challenges(clock, () => undefined);
    const given = challengeTo('a', '1');
    challenges.add(given);
    expect(challenges.find('b', '1')).toBeUndefined();
    challenges.remove(given);
    challenges.remove(given);
    expect(challenges.find('a', '1')).toBeUndefined();
    expect(challenges.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a nonce that came with a 200 ends when it is no good any more, and nobody is told', async () => {
    const { clock } = testHost();
    const unanswered: string[] = [];
    const challenges = new Challenges(clock, ({ nonce }) => unanswered.push(nonce));
    const validUntilMs = clock.now() + 600_000;
    challenges.add({ ...challengeTo('a', '1'), callId: undefined, validUntilMs });
    await clock.advance(599_000);
    expect(challenges.find('a', '1')).toBeDefined();
    await clock.advance(1000);
    expect(challenges.find('a', '1')).toBeUndefined();
    expect(unanswered).toEqual([]);
  });
});
