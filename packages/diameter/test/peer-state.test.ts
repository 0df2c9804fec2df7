import { describe, expect, test } from '@jest/globals';
import type { PeerInput, PeerState } from '../src/peer-state.js';
import { step } from '../src/peer-state.js';

describe('RFC 6733 5.6', () => {
  test.each<[PeerState, PeerInput, PeerState, string]>([
    ['closed', 'start', 'wait-conn-ack', 'i-snd-conn-req'],
    ['closed', 'r-conn-cer', 'r-open', 'r-accept r-snd-cea up'],
    ['wait-conn-ack', 'i-conn-ack', 'wait-i-cea', 'i-snd-cer'],
    ['wait-conn-ack', 'i-conn-nack', 'closed', ''],
    ['wait-conn-ack', 'r-conn-cer', 'wait-conn-ack-elect', 'r-accept'],
    ['wait-conn-ack', 'timeout', 'closed', 'i-disc'],
    ['wait-i-cea', 'i-cea', 'i-open', 'up'],
    ['wait-i-cea', 'r-conn-cer', 'wait-returns', 'r-accept elect'],
    ['wait-i-cea', 'i-peer-disc', 'closed', 'i-disc'],
    ['wait-i-cea', 'i-non-cea', 'closed', 'i-disc'],
    ['wait-i-cea', 'timeout', 'closed', 'i-disc'],
    ['wait-conn-ack-elect', 'i-conn-ack', 'wait-returns', 'i-snd-cer elect'],
    ['wait-conn-ack-elect', 'i-conn-nack', 'r-open', 'r-snd-cea up'],
    ['wait-conn-ack-elect', 'r-peer-disc', 'wait-conn-ack', 'r-disc'],
    ['wait-conn-ack-elect', 'r-conn-cer', 'wait-conn-ack-elect', 'r-reject'],
    ['wait-conn-ack-elect', 'timeout', 'closed', 'i-disc r-disc'],
    ['wait-returns', 'win-election', 'r-open', 'i-disc r-snd-cea up'],
    ['wait-returns', 'i-peer-disc', 'r-open', 'i-disc r-snd-cea up'],
    ['wait-returns', 'i-cea', 'i-open', 'r-disc up'],
    ['wait-returns', 'r-peer-disc', 'wait-i-cea', 'r-disc'],
    ['wait-returns', 'r-conn-cer', 'wait-returns', 'r-reject'],
    ['wait-returns', 'timeout', 'closed', 'i-disc r-disc'],
    ['r-open', 'r-conn-cer', 'r-open', 'r-reject'],
    ['r-open', 'stop', 'closing', 'down snd-dpr'],
    ['r-open', 'dpr', 'closing', 'down snd-dpa'],
    ['r-open', 'r-peer-disc', 'closed', 'down r-disc'],
    ['i-open', 'r-conn-cer', 'i-open', 'r-reject'],
    ['i-open', 'stop', 'closing', 'down snd-dpr'],
    ['i-open', 'dpr', 'closing', 'down snd-dpa'],
    ['i-open', 'i-peer-disc', 'closed', 'down i-disc'],
    ['i-open', 'timeout', 'closed', 'down i-disc r-disc'],
    ['closing', 'dpa', 'closed', 'i-disc r-disc'],
    ['closing', 'timeout', 'closed', 'i-disc r-disc'],
    ['closing', 'i-peer-disc', 'closed', 'i-disc r-disc'],
    ['closing', 'r-peer-disc', 'closed', 'i-disc r-disc'],
  ])('%s, %s -> %s', (state, input, next, actions) => {
    expect(step(state, input)).toEqual({ state: next, actions: actions === '' ? [] : actions.split(' ') });
  });

  test('what the table does not have changes nothing', () => {
    expect(step('closed', 'i-cea')).toEqual({ state: 'closed', actions: [] });
    expect(step('i-open', 'start')).toEqual({ state: 'i-open', actions: [] });
  });
});
