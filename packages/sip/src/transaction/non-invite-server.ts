import { Action, to, type Transition } from './transition.js';

export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

/** `request`: the request came again. `1xx` and `200-699`: the user's responses. */
export type NonInviteServerInput =
  'start' | 'request' | '1xx' | '200-699' | 'transport-error' | 'timer-trying' | 'timer-abandon' | 'timer-j';

const STAY: Readonly<Record<NonInviteServerState, Transition<NonInviteServerState>>> = {
  trying: to('trying'),
  proceeding: to('proceeding'),
  completed: to('completed'),
  terminated: to('terminated'),
};
const START = to('trying', Action.startTrying, Action.startAbandon);
const START_ANSWERED = to('proceeding', Action.startAbandon);
const TRYING = to('trying', Action.sendTrying);
const PROVISIONAL = to('proceeding', Action.send);
const FINAL = to('completed', Action.stop, Action.send, Action.startJ);
const FINAL_RELIABLE = to('terminated', Action.stop, Action.send);
const RESEND_PROVISIONAL = to('proceeding', Action.send);
const RESEND_FINAL = to('completed', Action.send);
const FAILURE = to('terminated', Action.stop, Action.failureToUser);
const END = to('terminated', Action.stop);

/**
 * The non-INVITE server transaction, RFC 3261 17.2.2. Two waits are not among its timers: the one before a 100 by RFC 4320 4.1,
 * and 64*T1 after which the client has given up (its Timer F), so that a user that never answers leaves nothing behind:
 *
 * | state                 | input           | next       | actions                                    |
 * | --------------------- | --------------- | ---------- | ------------------------------------------ |
 * | trying                | start           | trying     | start the wait before 100, start 64*T1     |
 * | proceeding            | start           | proceeding | start 64*T1 (100 was sent at once)         |
 * | trying                | wait is over    | trying     | send 100 (which comes back as 1xx)         |
 * | trying                | request again   | trying     |                                            |
 * | trying, proceeding    | 1xx of the user | proceeding | send                                       |
 * | trying, proceeding    | 200-699         | completed  | send, start J; terminated where reliable   |
 * | trying, proceeding    | 64*T1 are over  | terminated |                                            |
 * | proceeding, completed | request again   | the same   | send the last response again               |
 * | proceeding, completed | transport error | terminated | failure to the user                        |
 * | completed             | timer J         | terminated |                                            |
 */
export function stepNonInviteServer(
  state: NonInviteServerState,
  input: NonInviteServerInput,
  reliable: boolean,
): Transition<NonInviteServerState> {
  switch (state) {
    case 'trying':
      if (input === 'start') return START;
      if (input === 'timer-trying') return TRYING;
      return unanswered(state, input, reliable);
    case 'proceeding':
      if (input === 'start') return START_ANSWERED;
      if (input === 'request') return RESEND_PROVISIONAL;
      if (input === 'transport-error') return FAILURE;
      return unanswered(state, input, reliable);
    case 'completed':
      if (input === 'request') return RESEND_FINAL;
      if (input === 'transport-error') return FAILURE;
      return input === 'timer-j' ? END : STAY.completed;
    case 'terminated':
      return STAY.terminated;
  }
}

function unanswered(
  state: 'trying' | 'proceeding',
  input: NonInviteServerInput,
  reliable: boolean,
): Transition<NonInviteServerState> {
  switch (input) {
    case '1xx':
      return PROVISIONAL;
    case '200-699':
      return reliable ? FINAL_RELIABLE : FINAL;
    case 'timer-abandon':
      return END;
    default:
      return STAY[state];
  }
}
