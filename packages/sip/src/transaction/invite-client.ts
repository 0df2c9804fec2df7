import { Action, to, type Transition } from './transition.js';

export type InviteClientState = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';

export type InviteClientInput =
  'start' | '1xx' | '2xx' | '300-699' | 'transport-error' | 'timer-a' | 'timer-b' | 'timer-d' | 'timer-m';

const STAY: Readonly<Record<InviteClientState, Transition<InviteClientState>>> = {
  calling: to('calling'),
  proceeding: to('proceeding'),
  completed: to('completed'),
  accepted: to('accepted'),
  terminated: to('terminated'),
};
const START = to('calling', Action.send, Action.startA, Action.startB);
const START_RELIABLE = to('calling', Action.send, Action.startB);
const AGAIN = to('calling', Action.send, Action.doubleA);
const TIMEOUT = to('terminated', Action.stop, Action.timeoutToUser);
const FAILURE = to('terminated', Action.stop, Action.failureToUser);
const PROVISIONAL = to('proceeding', Action.stop, Action.toUser);
const ACCEPTED = to('accepted', Action.stop, Action.toUser, Action.startM);
const REJECTED = to('completed', Action.stop, Action.toUser, Action.ack, Action.startD);
const REJECTED_RELIABLE = to('terminated', Action.stop, Action.toUser, Action.ack);
const ACK_AGAIN = to('completed', Action.ackAgain);
const ANOTHER_2XX = to('accepted', Action.toUser);
const END = to('terminated', Action.stop);

/**
 * The INVITE client transaction, RFC 3261 17.1.1 with the Accepted state of RFC 6026 7.2:
 *
 * | state               | input           | next       | actions                                     |
 * | ------------------- | --------------- | ---------- | ------------------------------------------- |
 * | calling             | start           | calling    | send, start A (unreliable only), start B    |
 * | calling             | timer A         | calling    | send, A doubled                             |
 * | calling             | timer B         | terminated | time-out to the user                        |
 * | calling, proceeding | 1xx             | proceeding | to the user; A and B stop                   |
 * | calling, proceeding | 2xx             | accepted   | to the user, start M                        |
 * | calling, proceeding | 300-699         | completed  | ACK, to the user, start D; terminated where |
 * |                     |                 |            | the transport is reliable (D is zero)       |
 * | calling, proceeding | transport error | terminated | failure to the user                         |
 * | completed           | 300-699         | completed  | the same ACK again                          |
 * | completed           | transport error | terminated | failure to the user                         |
 * | completed           | timer D         | terminated |                                             |
 * | accepted            | 2xx             | accepted   | to the user, who acknowledges it            |
 * | accepted            | timer M         | terminated |                                             |
 */
export function stepInviteClient(
  state: InviteClientState,
  input: InviteClientInput,
  reliable: boolean,
): Transition<InviteClientState> {
  switch (state) {
    case 'calling':
      if (input === 'start') return reliable ? START_RELIABLE : START;
      if (input === 'timer-a') return AGAIN;
      if (input === 'timer-b') return TIMEOUT;
      return answered(state, input, reliable);
    case 'proceeding':
      return answered(state, input, reliable);
    case 'completed':
      if (input === '300-699') return ACK_AGAIN;
      if (input === 'transport-error') return FAILURE;
      return input === 'timer-d' ? END : STAY.completed;
    case 'accepted':
      if (input === '2xx') return ANOTHER_2XX;
      return input === 'timer-m' ? END : STAY.accepted;
    case 'terminated':
      return STAY.terminated;
  }
}

function answered(
  state: 'calling' | 'proceeding',
  input: InviteClientInput,
  reliable: boolean,
): Transition<InviteClientState> {
  switch (input) {
    case '1xx':
      return PROVISIONAL;
    case '2xx':
      return ACCEPTED;
    case '300-699':
      return reliable ? REJECTED_RELIABLE : REJECTED;
    case 'transport-error':
      return FAILURE;
    default:
      return STAY[state];
  }
}
