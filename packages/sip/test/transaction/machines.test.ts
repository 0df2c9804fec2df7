import { describe, expect, test } from '@jest/globals';
import { stepInviteClient } from '../../src/transaction/invite-client.js';
import { stepInviteServer } from '../../src/transaction/invite-server.js';
import { stepNonInviteClient } from '../../src/transaction/non-invite-client.js';
import { stepNonInviteServer } from '../../src/transaction/non-invite-server.js';
import { Action, type Transition } from '../../src/transaction/transition.js';

type Names = readonly (keyof typeof Action)[];

function shown({ state, actions }: Transition<string>): { state: string; actions: string[] } {
  const names = Object.entries(Action)
    .filter(([, bit]) => (actions & bit) !== 0)
    .map(([name]) => name);
  return { state, actions: names.sort() };
}

function expected(state: string, actions: Names): { state: string; actions: string[] } {
  return { state, actions: [...actions].sort() };
}

const UDP = false;
const TCP = true;

describe('INVITE client transaction (RFC 3261 17.1.1, RFC 6026 7.2)', () => {
  test.each<[...Parameters<typeof stepInviteClient>, string, Names]>([
    ['calling', 'start', UDP, 'calling', ['send', 'startA', 'startB']],
    ['calling', 'start', TCP, 'calling', ['send', 'startB']],
    ['calling', 'timer-a', UDP, 'calling', ['send', 'doubleA']],
    ['calling', 'timer-b', UDP, 'terminated', ['stop', 'timeoutToUser']],
    ['calling', '1xx', UDP, 'proceeding', ['stop', 'toUser']],
    ['calling', '2xx', UDP, 'accepted', ['stop', 'toUser', 'startM']],
    ['calling', '300-699', UDP, 'completed', ['stop', 'toUser', 'ack', 'startD']],
    ['calling', 'transport-error', UDP, 'terminated', ['stop', 'failureToUser']],
    ['proceeding', '1xx', UDP, 'proceeding', ['stop', 'toUser']],
    ['proceeding', '2xx', UDP, 'accepted', ['stop', 'toUser', 'startM']],
    ['proceeding', '2xx', TCP, 'accepted', ['stop', 'toUser', 'startM']],
    ['proceeding', '300-699', UDP, 'completed', ['stop', 'toUser', 'ack', 'startD']],
    ['proceeding', '300-699', TCP, 'terminated', ['stop', 'toUser', 'ack']],
    ['proceeding', 'transport-error', TCP, 'terminated', ['stop', 'failureToUser']],
    ['proceeding', 'timer-a', UDP, 'proceeding', []],
    ['proceeding', 'timer-b', UDP, 'proceeding', []],
    ['completed', '300-699', UDP, 'completed', ['ackAgain']],
    ['completed', '1xx', UDP, 'completed', []],
    ['completed', '2xx', UDP, 'completed', []],
    ['completed', 'transport-error', UDP, 'terminated', ['stop', 'failureToUser']],
    ['completed', 'timer-d', UDP, 'terminated', ['stop']],
    ['accepted', '2xx', UDP, 'accepted', ['toUser']],
    ['accepted', '1xx', UDP, 'accepted', []],
    ['accepted', '300-699', UDP, 'accepted', []],
    ['accepted', 'transport-error', TCP, 'accepted', []],
    ['accepted', 'timer-m', UDP, 'terminated', ['stop']],
    ['terminated', '2xx', UDP, 'terminated', []],
    ['terminated', 'timer-b', UDP, 'terminated', []],
  ])('%s, %s, reliable %s: %s %j', (state, input, reliable, next, actions) => {
    expect(shown(stepInviteClient(state, input, reliable))).toEqual(expected(next, actions));
  });
});

describe('Non-INVITE client transaction (RFC 3261 17.1.2)', () => {
  test.each<[...Parameters<typeof stepNonInviteClient>, string, Names]>([
    ['trying', 'start', UDP, 'trying', ['send', 'startE', 'startF']],
    ['trying', 'start', TCP, 'trying', ['send', 'startF']],
    ['trying', 'timer-e', UDP, 'trying', ['send', 'doubleE']],
    ['trying', 'timer-f', UDP, 'terminated', ['stop', 'timeoutToUser']],
    ['trying', '1xx', UDP, 'proceeding', ['toUser']],
    ['trying', '200-699', UDP, 'completed', ['stop', 'toUser', 'startK']],
    ['trying', '200-699', TCP, 'terminated', ['stop', 'toUser']],
    ['trying', 'transport-error', UDP, 'terminated', ['stop', 'failureToUser']],
    ['proceeding', 'timer-e', UDP, 'proceeding', ['send', 'againEAtT2']],
    ['proceeding', 'timer-f', UDP, 'terminated', ['stop', 'timeoutToUser']],
    ['proceeding', '1xx', UDP, 'proceeding', ['toUser']],
    ['proceeding', '200-699', UDP, 'completed', ['stop', 'toUser', 'startK']],
    ['proceeding', '200-699', TCP, 'terminated', ['stop', 'toUser']],
    ['proceeding', 'transport-error', UDP, 'terminated', ['stop', 'failureToUser']],
    ['completed', '1xx', UDP, 'completed', []],
    ['completed', '200-699', UDP, 'completed', []],
    ['completed', 'transport-error', UDP, 'completed', []],
    ['completed', 'timer-k', UDP, 'terminated', ['stop']],
    ['terminated', '200-699', UDP, 'terminated', []],
    ['terminated', 'timer-f', UDP, 'terminated', []],
  ])('%s, %s, reliable %s: %s %j', (state, input, reliable, next, actions) => {
    expect(shown(stepNonInviteClient(state, input, reliable))).toEqual(expected(next, actions));
  });
});

describe('INVITE server transaction (RFC 3261 17.2.1, RFC 6026 7.1)', () => {
  test.each<[...Parameters<typeof stepInviteServer>, string, Names]>([
    ['proceeding', 'start', UDP, 'proceeding', ['startTrying']],
    ['proceeding', 'timer-trying', UDP, 'proceeding', ['sendTrying']],
    ['proceeding', 'request', UDP, 'proceeding', ['send']],
    ['proceeding', '1xx', UDP, 'proceeding', ['stop', 'send']],
    ['proceeding', '2xx', UDP, 'accepted', ['stop', 'send', 'startL']],
    ['proceeding', '2xx', TCP, 'accepted', ['stop', 'send', 'startL']],
    ['proceeding', '300-699', UDP, 'completed', ['stop', 'send', 'startG', 'startH']],
    ['proceeding', '300-699', TCP, 'completed', ['stop', 'send', 'startH']],
    ['proceeding', 'transport-error', TCP, 'proceeding', ['failureToUser']],
    ['proceeding', 'ack', UDP, 'proceeding', []],
    ['completed', 'request', UDP, 'completed', ['send']],
    ['completed', 'timer-g', UDP, 'completed', ['send', 'doubleG']],
    ['completed', 'ack', UDP, 'confirmed', ['stop', 'startI']],
    ['completed', 'ack', TCP, 'terminated', ['stop']],
    ['completed', 'timer-h', UDP, 'terminated', ['stop', 'timeoutToUser']],
    ['completed', 'transport-error', UDP, 'completed', ['failureToUser']],
    ['completed', '2xx', UDP, 'completed', []],
    ['completed', '300-699', UDP, 'completed', []],
    ['confirmed', 'request', UDP, 'confirmed', []],
    ['confirmed', 'ack', UDP, 'confirmed', []],
    ['confirmed', 'timer-i', UDP, 'terminated', ['stop']],
    ['accepted', 'request', UDP, 'accepted', []],
    ['accepted', '2xx', UDP, 'accepted', ['send']],
    ['accepted', '300-699', UDP, 'accepted', []],
    ['accepted', 'ack', UDP, 'accepted', ['toUser']],
    ['accepted', 'transport-error', TCP, 'accepted', ['failureToUser']],
    ['accepted', 'timer-l', UDP, 'terminated', ['stop']],
    ['terminated', 'request', UDP, 'terminated', []],
    ['terminated', '2xx', UDP, 'terminated', []],
  ])('%s, %s, reliable %s: %s %j', (state, input, reliable, next, actions) => {
    expect(shown(stepInviteServer(state, input, reliable))).toEqual(expected(next, actions));
  });
});

describe('Non-INVITE server transaction (RFC 3261 17.2.2)', () => {
  test.each<[...Parameters<typeof stepNonInviteServer>, string, Names]>([
    ['trying', 'start', UDP, 'trying', ['startTrying', 'startAbandon']],
    ['trying', 'timer-trying', UDP, 'trying', ['sendTrying']],
    ['trying', 'timer-abandon', UDP, 'terminated', ['stop']],
    ['trying', 'request', UDP, 'trying', []],
    ['trying', '1xx', UDP, 'proceeding', ['send']],
    ['trying', '200-699', UDP, 'completed', ['stop', 'send', 'startJ']],
    ['trying', '200-699', TCP, 'terminated', ['stop', 'send']],
    ['proceeding', 'start', UDP, 'proceeding', ['startAbandon']],
    ['proceeding', 'timer-trying', UDP, 'proceeding', []],
    ['proceeding', 'timer-abandon', UDP, 'terminated', ['stop']],
    ['proceeding', 'request', UDP, 'proceeding', ['send']],
    ['proceeding', '1xx', UDP, 'proceeding', ['send']],
    ['proceeding', '200-699', UDP, 'completed', ['stop', 'send', 'startJ']],
    ['proceeding', 'transport-error', TCP, 'terminated', ['stop', 'failureToUser']],
    ['completed', 'request', UDP, 'completed', ['send']],
    ['completed', '1xx', UDP, 'completed', []],
    ['completed', '200-699', UDP, 'completed', []],
    ['completed', 'transport-error', UDP, 'terminated', ['stop', 'failureToUser']],
    ['completed', 'timer-j', UDP, 'terminated', ['stop']],
    ['terminated', 'request', UDP, 'terminated', []],
    ['terminated', '200-699', UDP, 'terminated', []],
  ])('%s, %s, reliable %s: %s %j', (state, input, reliable, next, actions) => {
    expect(shown(stepNonInviteServer(state, input, reliable))).toEqual(expected(next, actions));
  });
});
