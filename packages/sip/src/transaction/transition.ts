/**
 * What a step asks of the one who runs the machine: bits, so that a step makes no garbage. Timers go by their letters in
 * RFC 3261 17 (table 4) and RFC 6026; `stop` stands for all timers that run.
 */
export const Action = {
  none: 0,
  /** A client: the request. A server: the last response, where there is one. */
  send: 1 << 0,
  /** Build the ACK of this response, and send it. */
  ack: 1 << 1,
  /** Send the ACK that was sent before. */
  ackAgain: 1 << 2,
  toUser: 1 << 3,
  timeoutToUser: 1 << 4,
  failureToUser: 1 << 5,
  sendTrying: 1 << 6,
  stop: 1 << 7,
  startA: 1 << 8,
  doubleA: 1 << 9,
  startB: 1 << 10,
  startD: 1 << 11,
  startM: 1 << 12,
  startE: 1 << 13,
  /** Doubles, up to T2. */
  doubleE: 1 << 14,
  againEAtT2: 1 << 15,
  startF: 1 << 16,
  startK: 1 << 17,
  startG: 1 << 18,
  /** Doubles, up to T2. */
  doubleG: 1 << 19,
  startH: 1 << 20,
  startI: 1 << 21,
  startL: 1 << 22,
  startJ: 1 << 23,
  /** The wait before a 100 is sent: 200 ms for an INVITE (RFC 3261 17.2.1), RFC 4320 4.1 for the others. */
  startTrying: 1 << 24,
  /** 64*T1 in which the user is to answer a non-INVITE: nobody waits for the answer any longer (RFC 4320 4.2). */
  startAbandon: 1 << 25,
} as const;

/** A step's result: the next state, and `Action` bits. Shared and frozen by use: nobody changes one. */
export interface Transition<State extends string> {
  readonly state: State;
  readonly actions: number;
}

/** One entry of a transition table; `actions` are bits of `Action` and become one number. */
export function to<State extends string>(state: State, ...actions: readonly number[]): Transition<State> {
  return { state, actions: actions.reduce((all, action) => all | action, 0) };
}
