import { Action, to, type Transition } from './transition.js';

export type InviteServerState = 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';

/** `request`: the INVITE came again. `1xx` and so on: the user's responses. */
export type InviteServerInput =
  | 'start'
  | 'request'
  | 'ack'
  | '1xx'
  | '2xx'
  | '300-699'
  | 'transport-error'
  | 'timer-trying'
  | 'timer-g'
  | 'timer-h'
  | 'timer-i'
  | 'timer-l';

const STAY: Readonly<Record<InviteServerState, Transition<InviteServerState>>> = {
  proceeding: to('proceeding'),
  completed: to('completed'),
  confirmed: to('confirmed'),
  accepted: to('accepted'),
  terminated: to('terminated'),
};
const START = to('proceeding', Action.startTrying);
const TRYING = to('proceeding', Action.sendTrying);
const RESEND = to('proceeding', Action.send);
const PROVISIONAL = to('proceeding', Action.stop, Action.send);
const ACCEPTED = to('accepted', Action.stop, Action.send, Action.startL);
const REJECTED = to('completed', Action.stop, Action.send, Action.startG, Action.startH);
const REJECTED_RELIABLE = to('completed', Action.stop, Action.send, Action.startH);
const FAILED: Readonly<Record<'proceeding' | 'completed' | 'accepted', Transition<InviteServerState>>> = {
  proceeding: to('proceeding', Action.failureToUser),
  completed: to('completed', Action.failureToUser),
  accepted: to('accepted', Action.failureToUser),
};
const RESEND_FINAL = to('completed', Action.send);
const AGAIN = to('completed', Action.send, Action.doubleG);
const CONFIRMED = to('confirmed', Action.stop, Action.startI);
const NO_ACK = to('terminated', Action.stop, Action.timeoutToUser);
const ANOTHER_2XX = to('accepted', Action.send);
const ACK_OF_2XX = to('accepted', Action.toUser);
const END = to('terminated', Action.stop);

/**
 * The INVITE server transaction, RFC 3261 17.2.1 as RFC 6026 7.1 has changed it (Accepted; a transport error ends nothing,
 * so that a retransmitted INVITE does not come up as a new one):
 *
 * | state                           | input           | next       | actions                               |
 * | ------------------------------- | --------------- | ---------- | ------------------------------------- |
 * | proceeding                      | start           | proceeding | start the 200 ms                      |
 * | proceeding                      | 200 ms are over | proceeding | send 100                              |
 * | proceeding                      | INVITE again    | proceeding | send the last provisional again       |
 * | proceeding                      | 1xx of the user | proceeding | send                                  |
 * | proceeding                      | 2xx of the user | accepted   | send, start L                         |
 * | proceeding                      | 300-699         | completed  | send, start G (unreliable), start H   |
 * | proceeding, completed, accepted | transport error | the same   | failure to the user                   |
 * | completed                       | INVITE again    | completed  | send again                            |
 * | completed                       | timer G         | completed  | send again, G doubled, T2 at most     |
 * | completed                       | ACK             | confirmed  | start I; terminated where reliable    |
 * | completed                       | timer H         | terminated | time-out to the user                  |
 * | confirmed                       | INVITE, ACK     | confirmed  |                                       |
 * | confirmed                       | timer I         | terminated |                                       |
 * | accepted                        | INVITE again    | accepted   | (the user sends its 2xx again)        |
 * | accepted                        | 2xx of the user | accepted   | send                                  |
 * | accepted                        | ACK             | accepted   | to the user                           |
 * | accepted                        | timer L         | terminated |                                       |
 */
export function stepInviteServer(
  state: InviteServerState,
  input: InviteServerInput,
  reliable: boolean,
): Transition<InviteServerState> {
  switch (state) {
    case 'proceeding':
      return proceeding(input, reliable);
    case 'completed':
      return completed(input, reliable);
    case 'confirmed':
      return input === 'timer-i' ? END : STAY.confirmed;
    case 'accepted':
      if (input === 'ack') return ACK_OF_2XX;
      if (input === '2xx') return ANOTHER_2XX;
      if (input === 'transport-error') return FAILED.accepted;
      return input === 'timer-l' ? END : STAY.accepted;
    case 'terminated':
      return STAY.terminated;
  }
}

function proceeding(input: InviteServerInput, reliable: boolean): Transition<InviteServerState> {
  switch (input) {
    case 'start':
      return START;
    case 'timer-trying':
      return TRYING;
    case 'request':
      return RESEND;
    case '1xx':
      return PROVISIONAL;
    case '2xx':
      return ACCEPTED;
    case '300-699':
      return reliable ? REJECTED_RELIABLE : REJECTED;
    case 'transport-error':
      return FAILED.proceeding;
    default:
      return STAY.proceeding;
  }
}

function completed(input: InviteServerInput, reliable: boolean): Transition<InviteServerState> {
  switch (input) {
    case 'request':
      return RESEND_FINAL;
    case 'timer-g':
      return AGAIN;
    case 'ack':
      return reliable ? END : CONFIRMED;
    case 'timer-h':
      return NO_ACK;
    case 'transport-error':
      return FAILED.completed;
    default:
      return STAY.completed;
  }
}
