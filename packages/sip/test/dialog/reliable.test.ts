import { describe, expect, test } from '@jest/globals';
import { testHost } from '@ims-sim/host';
import {
  createRequest,
  header,
  isRackOf,
  lists100rel,
  reliabilityOf,
  repeat,
  responseTo,
  rseqOf,
  type SipRequest,
} from '../../src/index.js';

function request(method: string, ...headers: [string, string][]): SipRequest {
  const all = [['CSeq', `7 ${method}`] as [string, string], ...headers];
  return createRequest({ method, uri: 'sip:b@home2.net', headers: all.map(([n, v]) => header(n, v)) });
}

describe('reliable provisional responses (RFC 3262)', () => {
  test.each([
    ['none', '', ''],
    ['none', 'x100rel, timer', ''],
    ['supported', 'timer, 100REL', ''],
    ['required', '100rel', 'precondition, 100rel'],
  ])('3: %s', (expected, supported, require) => {
    const headers: [string, string][] = [
      ['Supported', supported],
      ['Require', require],
    ];
    const invite = request('INVITE', ...headers.filter(([, value]) => value !== ''));
    expect(reliabilityOf(invite)).toBe(expected);
  });

  test.each([
    ['100rel', '12', 12],
    ['100rel', '0012', 12],
    ['precondition', '12', undefined],
    ['100rel', '', undefined],
    ['100rel', 'x', undefined],
    ['100rel', '-1', undefined],
    ['100rel', '12345678901', undefined],
  ])('4: Require: %s, RSeq: %s', (require, rseq, expected) => {
    const headers = [header('Require', require), header('RSeq', rseq)];
    expect(rseqOf(responseTo(request('INVITE'), 183, undefined, { toTag: 't', headers }))).toBe(expected);
  });

  test.each([
    ['5 7 INVITE', true],
    [' 5\t7  INVITE', true],
    ['6 7 INVITE', false],
    ['5 8 INVITE', false],
    ['5 7 UPDATE', false],
    ['', false],
  ])('7.2: RAck: %s', (rack, expected) => {
    expect(isRackOf(request('PRACK', ['RAck', rack]), request('INVITE'), 5)).toBe(expected);
  });

  test('a list in one value', () => {
    expect(['100rel', 'a, 100rel ', '100relx', ''].map(lists100rel)).toEqual([true, true, false, false]);
  });
});

describe('what is sent again until it is acknowledged', () => {
  const T1 = 500;
  test.each([
    ['a 2xx, T2 apart at most (RFC 3261 13.3.1.4)', 4000, [500, 1500, 3500, 7500, 11_500]],
    ['a 1xx, without that bound (RFC 3262 3)', Infinity, [500, 1500, 3500, 7500, 15_500]],
  ])('%s', async (_what, maxMs, expected) => {
    const { clock } = testHost({});
    const beganMs = clock.now();
    const at: number[] = [];
    let overMs = 0;
    repeat(
      clock,
      { firstMs: T1, maxMs, endMs: 64 * T1 },
      () => at.push(clock.now() - beganMs),
      () => (overMs = clock.now() - beganMs),
    );
    await clock.advance(100_000);
    expect(at.slice(0, 5)).toEqual(expected);
    expect([overMs, clock.pendingTimers]).toEqual([32_000, 0]);
    expect(at.every((ms) => ms < overMs)).toBe(true);
  });

  test('stopped, within what it calls too: nothing more', async () => {
    const { clock } = testHost({});
    let times = 0;
    const repetition = repeat(
      clock,
      { firstMs: T1, maxMs: 4000, endMs: 64 * T1 },
      () => {
        if (++times === 2) repetition.stop();
      },
      () => (times = 100),
    );
    await clock.advance(100_000);
    expect([times, clock.pendingTimers]).toEqual([2, 0]);
  });
});
