import { describe, expect, test } from '@jest/globals';
import type { CapturedMessage } from '@ims-sim/trace';
import { named, narrowed } from '../src/index.js';
import { captured, subscription } from './call.js';

const SECOND_US = 1_000_000;

/** The subscription again, `afterS` later, with a Call-ID of its own. */
function another(id: string, afterS: number): CapturedMessage[] {
  return subscription()
    .slice(2)
    .map((message) => ({
      ...message,
      atUs: message.atUs + afterS * SECOND_US,
      bytes: Buffer.from(message.bytes.toString('latin1').replaceAll('c1@', `${id}@`), 'latin1'),
    }));
}

const stranger = captured(
  20_000,
  '10.0.0.9:5060',
  '10.0.0.2:5060',
  `OPTIONS sip:home1.net SIP/2.0
   Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKo
   From: <sip:carol@home1.net>;tag=o
   To: <sip:home1.net>
   Call-ID: options
   CSeq: 1 OPTIONS`,
);
const { records, actors } = named([...subscription(), ...another('c2', 9), stranger], new Map());
const all = { callIds: [] };

describe('calls out of a capture', () => {
  test('nothing asked for: all', () => {
    expect(narrowed(records, actors, all)).toMatchObject({ records, calls: 4, taken: 4, unknown: [] });
  });

  test('a call by its Call-ID comes with the registration of who takes part, and nothing else', () => {
    const { records: left, taken } = narrowed(records, actors, { callIds: ['c2@10.0.0.1'] });
    expect(taken).toBe(1);
    expect(left.map(({ id }) => id)).toEqual([1, 2, 7, 8, 9, 10]);
  });

  test('a span of time: the calls that begin in it, whole', () => {
    const toUs = 1.5 * SECOND_US;
    expect(narrowed(records, actors, { ...all, toUs }).records.map(({ id }) => id)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    const late = narrowed(records, actors, { ...all, fromUs: 15 * SECOND_US });
    expect(late.records.map(({ id }) => id)).toEqual([11]); // carol never registered
    expect(narrowed(records, actors, { ...all, fromUs: 30 * SECOND_US }).taken).toBe(0);
  });

  test('a Call-ID that nothing has is said', () => {
    expect(narrowed(records, actors, { callIds: ['c1@10.0.0.1', 'c9'] })).toMatchObject({
      taken: 1,
      unknown: ['c9'],
    });
  });
});
