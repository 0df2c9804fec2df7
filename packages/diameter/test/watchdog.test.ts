import { describe, expect, test } from '@jest/globals';
import type { WatchdogInput, WatchdogState } from '../src/watchdog.js';
import { stepWatchdog, watchdogIntervalMs } from '../src/watchdog.js';

const okay: WatchdogState = { kind: 'okay', pending: false };
const pending: WatchdogState = { kind: 'okay', pending: true };
const suspect: WatchdogState = { kind: 'suspect' };

describe('RFC 3539 3.4.1', () => {
  test.each<[string, WatchdogState, WatchdogInput, WatchdogState, string | undefined]>([
    ['silence', okay, 'timer', pending, 'send-dwr'],
    ['no answer', pending, 'timer', suspect, 'failover'],
    ['still none', suspect, 'timer', suspect, 'close'],
    ['traffic', okay, 'received', okay, undefined],
    ['an answer', pending, 'received', okay, undefined],
    ['life again', suspect, 'received', okay, 'failback'],
  ])('%s', (_, state, input, next, action) => {
    expect(stepWatchdog(state, input)).toEqual(
      action === undefined ? { state: next } : { state: next, action },
    );
  });

  test('Tw has up to two seconds of jitter either way', () => {
    expect(watchdogIntervalMs(30_000, 0)).toBe(28_000);
    expect(watchdogIntervalMs(30_000, 0xffffffff)).toBe(32_000);
  });
});
