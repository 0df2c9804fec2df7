import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../src/index.js';
import { toldOf } from '../src/index.js';
import { lab, NOTIFY, OK, RECEIVER, rule, SUBSCRIBE } from './lab.js';

const LABEL = 'fault 1 (flow.yaml:9)';
const label = { label: LABEL };
const subscribe = { message: { protocol: 'sip', method: 'SUBSCRIBE' } } as const;

describe('the trace says each time that a rule takes place', () => {
  test.each([
    [{ kind: 'drop' }, 'dropped'],
    [{ kind: 'duplicate' }, 'sent twice'],
    [{ kind: 'delay', byMs: 200 }, 'late by 200 ms'],
    [{ kind: 'reorder' }, 'held back for the next one'],
    [{ kind: 'corrupt', bytes: 1 }, 'with 1 byte corrupted'],
    [{ kind: 'set-header', header: 'Max-Forwards', value: '0' }, 'with Max-Forwards: 0'],
    [{ kind: 'set-header', header: 'Call-ID' }, 'without Call-ID'],
    [{ kind: 'replace', text: 'user1', by: 'user2' }, 'with "user2" for "user1"'],
  ] satisfies [Fault, string][])('%j', async (fault, outcome) => {
    for (const over of ['udp', 'tcp'] as const) {
      const { set, send, advance, told } = await lab(over);
      set(rule(fault, subscribe, label));
      send(SUBSCRIBE);
      send(NOTIFY);
      send(SUBSCRIBE);
      await advance(10_000);
      const expected = `${LABEL}: SUBSCRIBE to ${RECEIVER} ${outcome}`;
      expect(told()).toEqual([expected, expected]);
      expect(toldOf(LABEL, expected)).toBe('struck');
      expect(toldOf('fault 1 (flow.yaml:90)', expected)).toBeUndefined();
    }
  });

  test('of a response by what it answers; not of what is let through, and not when it has had its times', async () => {
    const { set, send, advance, told } = await lab('udp');
    set(
      rule(
        { kind: 'drop' },
        { message: { protocol: 'sip', response: true } },
        { ...label, after: 1, times: 1 },
      ),
    );
    for (let sent = 0; sent < 4; sent++) send(OK);
    await advance(100);
    expect(told()).toEqual([`${LABEL}: 200 of SUBSCRIBE to ${RECEIVER} dropped`]);
  });

  test.each([
    [{ kind: 'replace', text: 'not there', by: 'x' }],
    [{ kind: 'set-header', header: 'Date' }],
    [{ kind: 'set-header', header: 'Call-ID', value: 'b89rjhnedlrfjflslj40a222' }],
  ] satisfies [Fault][])('%j: a message in which nothing is to be changed, once', async (fault) => {
    const { set, send, advance, told } = await lab('udp');
    set(rule(fault, subscribe, label));
    send(SUBSCRIBE);
    send(SUBSCRIBE);
    await advance(100);
    const expected = `${LABEL}: SUBSCRIBE to ${RECEIVER}: nothing to change in it`;
    expect(told()).toEqual([expected]);
    expect(toldOf(LABEL, expected)).toBe('unchanged');
  });

  test('nothing of a rule without a label', async () => {
    const { set, send, advance, told } = await lab('udp');
    set(rule({ kind: 'drop' }, subscribe));
    send(SUBSCRIBE);
    await advance(100);
    expect(told()).toEqual([]);
  });
});
