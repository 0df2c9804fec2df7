import { Action, to, type Transition } from './transition.js';

export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteClientInput =
  'start' | '1xx' | '200-699' | 'transport-error' | 'timer-e' | 'timer-f' | 'timer-k';

const STAY: Readonly<Record<NonInviteClientState, Transition<NonInviteClientState>>> = {
  trying: to('trying'),
  proceeding: to('proceeding'),
  completed: to('completed'),
  terminated: to('terminated'),
};
const START = to('trying', Action.send, Action.startE, Action.startF);
const START_RELIABLE = to('trying', Action.send, Action.startF);
const AGAIN_TRYING = to('trying', Action.send, Action.doubleE);
const AGAIN_PROCEEDING = to('proceeding', Action.send, Action.againEAtT2);
const TIMEOUT = to('terminated', Action.stop, Action.timeoutToUser);
const FAILURE = to('terminated', Action.stop, Action.failureToUser);
const PROVISIONAL = to('proceeding', Action.toUser);
const FINAL = to('completed', Action.stop, Action.toUser, Action.startK);
const FINAL_RELIABLE = to('terminated', Action.stop, Action.toUser);
const END = to('terminated', Action.stop);

/**
 * The non-INVITE client transaction, RFC 3261 17.1.2:
 *
 * | state              | input           | next       | actions                                       |
 * | ------------------ | --------------- | ---------- | --------------------------------------------- |
 * | trying             | start           | trying     | send, start E (unreliable only), start F      |
 * | trying             | timer E         | trying     | send, E doubled, T2 at most                   |
 * | proceeding         | timer E         | proceeding | send, E at T2                                 |
 * | trying, proceeding | timer F         | terminated | time-out to the user                          |
 * | trying, proceeding | 1xx             | proceeding | to the user; E and F run on                   |
 * | trying, proceeding | 200-699         | completed  | to the user, start K; terminated where the    |
 * |                    |                 |            | transport is reliable (K is zero)             |
 * | trying, proceeding | transport error | terminated | failure to the user                           |
 * | completed          | 1xx, 200-699    | completed  |                                               |
 * | completed          | timer K         | terminated |                                               |
 */
export function stepNonInviteClient(
  state: NonInviteClientState,
  input: NonInviteClientInput,
  reliable: boolean,
): Transition<NonInviteClientState> {
  switch (state) {
    case 'trying':
      if (input === 'start') return reliable ? START_RELIABLE : START;
      if (input === 'timer-e') return AGAIN_TRYING;
      return answered(state, input, reliable);
    case 'proceeding':
      if (input === 'timer-e') return AGAIN_PROCEEDING;
      return answered(state, input, reliable);
    case 'completed':
      return input === 'timer-k' ? END : STAY.completed;
    case 'terminated':
      return STAY.terminated;
  }
}

function answered(
  state: 'trying' | 'proceeding',
  input: NonInviteClientInput,
  reliable: boolean,
): Transition<NonInviteClientState> {
  switch (input) {
    case '1xx':
      return PROVISIONAL;
    case '200-699':
      return reliable ? FINAL_RELIABLE : FINAL;
    case 'transport-error':
      return FAILURE;
    case 'timer-f':
      return TIMEOUT;
    default:
      return STAY[state];
  }
}
