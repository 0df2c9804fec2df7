import { describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '@ims-sim/trace';
import { flowOf, inOrder, judged, message, messageAt, traceOf } from './small-flow.js';

const request = (branch: string, more: object) =>
  message(
    1,
    'a.home1.net',
    'b.home1.net',
    [
      'OPTIONS sip:b.home1.net SIP/2.0',
      `Via: SIP/2.0/UDP a.home1.net;branch=z9hG4bK${branch}`,
      'Max-Forwards: 70',
      'From: <sip:a@home1.net>;tag=1',
      'To: <sip:b@home1.net>',
      'Call-ID: one',
      'CSeq: 1 OPTIONS',
      'Content-Length: 0',
    ],
    more,
  );

describe('RFC 3261 17.1.2.2: a step whose message is to go out again', () => {
  const steps = [request('1', { sentAtLeast: 2 })];
  const once = traceOf(steps);
  const first = messageAt(once, 0);
  const of = (...records: TraceRecord[]) => judged(flowOf(steps), inOrder(records));

  test('once is wrong there, and nowhere where no number is told', () => {
    expect(of(first)).toEqual({ passed: false, wrong: { 1: 'sentAtLeast' } });
    expect(judged(flowOf([request('1', {})]), once).passed).toBe(true);
  });

  test('twice is right, and oftener too', () => {
    expect(of(first, first).passed).toBe(true);
    expect(of(first, first, first).passed).toBe(true);
  });

  test('what goes to somebody else, or has other bytes, is no copy', () => {
    const other = Buffer.from(
      first.bytes.toString('latin1').replace('Max-Forwards: 70', 'Max-Forwards: 69'),
      'latin1',
    );
    expect(of(first, { ...first, to: 'c.home1.net' }).wrong).toEqual({ 1: 'sentAtLeast' });
    expect(of(first, { ...first, bytes: other })).toEqual({ passed: false, wrong: { 1: 'sentAtLeast' } });
  });

  test('a message that never came is told as missing alone', () => {
    expect(of().wrong).toEqual({ 1: 'message' });
  });
});
