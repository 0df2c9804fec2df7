import { describe, expect, test } from '@jest/globals';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import { firstLine } from '../../src/judge/closest.js';
import { judge } from '../../src/judge/judge.js';
import { changed, flowOf, inOrder, message, messageAt, traceOf } from './small-flow.js';

const request = (method: string): string[] => [
  `${method} sip:b@example.com SIP/2.0`,
  'Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1',
  'From: <sip:a@example.com>;tag=1',
  'To: <sip:b@example.com>',
  'Call-ID: call',
  `CSeq: 1 ${method}`,
];
const response = (start: string): string[] => [
  `SIP/2.0 ${start}`,
  'Via:',
  'From:',
  'To:',
  'Call-ID:',
  'CSeq:',
];

const steps = [
  message(1, 'a', 'b', request('SUBSCRIBE')),
  message(2, 'b', 'a', response('200 OK')),
  message(3, 'a', 'b', request('MESSAGE')),
  message(4, 'b', 'a', response('202 Accepted')),
];
const trace = traceOf(steps);

/** A copy of a message of another call, with this in place of that. */
function stranger(index: number, from: string | RegExp, to: string): MessageRecord {
  const other = changed(changed(trace, index, 'Call-ID: call', 'Call-ID: other'), index, from, to);
  return messageAt(other, index);
}

function closestTo(number: number, records: readonly (TraceRecord | undefined)[]): string[] {
  const verdict = judge(flowOf(steps), inOrder(records));
  const found = verdict.steps.find(({ step }) => step.step === number);
  expect(found?.records).toEqual([]);
  return found?.closest?.map(firstLine) ?? [];
}

describe('what comes closest to a message that did not come', () => {
  const options = stranger(2, /MESSAGE/g, 'OPTIONS');

  test('a request of the same method that went elsewhere, not another between the same two', () => {
    const elsewhere = { ...messageAt(trace, 2), to: 'c' };
    const records = [trace[0], trace[1], options, elsewhere];
    expect(closestTo(3, records)).toEqual(['MESSAGE sip:b@example.com']);
  });

  test('a response to the same method, whatever its status', () => {
    const refused = stranger(3, '202 Accepted', '403 Forbidden');
    const toOptions = stranger(3, /202 Accepted([^]*)MESSAGE/, '500 No$1OPTIONS');
    const records = [trace[0], trace[1], trace[2], toOptions, refused];
    expect(closestTo(4, records)).toEqual(['403 Forbidden']);
  });

  test('another kind between the same two, where there is none of the same', () => {
    expect(closestTo(3, [trace[0], trace[1], options])).toEqual(['OPTIONS sip:b@example.com']);
  });
});
