import type { Clock } from '@ims-sim/host';
import type { SipRequest, SipResponse } from '../message/message.js';
import { serialize } from '../message/serialize.js';
import type { Flow, FlowUser } from '../transport/flow.js';
import type { Source, Target } from '../transport/types.js';
import { ackFor } from './ack-cancel.js';
import { stepInviteClient, type InviteClientInput, type InviteClientState } from './invite-client.js';
import {
  stepNonInviteClient,
  type NonInviteClientInput,
  type NonInviteClientState,
} from './non-invite-client.js';
import type { TimerValues } from './timer-values.js';
import { TransactionTimers } from './transaction-timers.js';
import { Action, type Transition } from './transition.js';

/** What client transactions have of the stack. */
export interface ClientSide {
  readonly clock: Clock;
  readonly timers: TimerValues;
  /** False: too long for a datagram. */
  sendDatagram(bytes: Buffer, target: Target): boolean;
  /** The connection to a TCP target; undefined: none can be had. */
  flowTo(target: Target): Flow | undefined;
  /** False: the connection has ended, or takes no more. */
  sendOnFlow(bytes: Buffer, flow: Flow, target: Target): boolean;
  retransmitted(): void;
  /** A request that is no INVITE has its final response: timer K begins. Nothing asks the transaction any more. */
  onCompleted(transaction: ClientEntry): void;
  onEnded(transaction: ClientEntry): void;
}

export interface ClientEntryUser {
  onResponse(response: SipResponse, source: Source): void;
  onEnded(failure: 'timeout' | 'transport'): void;
}

/** A request that is ready to be sent to one target: its own Via is on top. */
export interface Outgoing {
  readonly request: SipRequest;
  readonly bytes: Buffer;
  readonly target: Target;
  /** The transaction's key (`clientKey`). */
  readonly key: string;
  /** As in its Via. */
  readonly sentBy: string;
}

type State = InviteClientState | NonInviteClientState;
type Timer = 'timer-a' | 'timer-b' | 'timer-d' | 'timer-e' | 'timer-f' | 'timer-m';

/**
 * Runs a client transaction: what stands in the table until the final response; then a non-INVITE leaves only its key there
 * (timer K), and an INVITE what acknowledges that response.
 */
export class ClientEntry implements FlowUser {
  readonly key: string;
  readonly method: string;
  readonly sentBy: string;
  readonly target: Target;
  #state: State;
  #request: SipRequest | undefined;
  /** The request's, and once a final response refused an INVITE, those of the ACK. */
  #bytes: Buffer | undefined;
  #user: ClientEntryUser | undefined;
  #flow: Flow | undefined;
  readonly #stack: ClientSide;
  readonly #timers: TransactionTimers<Timer>;

  constructor(stack: ClientSide, { request, bytes, target, key, sentBy }: Outgoing, user: ClientEntryUser) {
    this.key = key;
    this.method = request.method;
    this.sentBy = sentBy;
    this.target = target;
    this.#stack = stack;
    this.#state = this.#isInvite ? 'calling' : 'trying';
    this.#request = request;
    this.#bytes = bytes;
    this.#user = user;
    this.#timers = new TransactionTimers(stack.clock, this);
  }

  /** Whether a final response may still come. */
  get isWaiting(): boolean {
    return this.#state === 'calling' || this.#state === 'trying' || this.#state === 'proceeding';
  }

  start(): void {
    this.#step('start');
  }

  receive(response: SipResponse, source: Source): void {
    const { status } = response;
    if (this.#isInvite) {
      this.#step(status < 200 ? '1xx' : status < 300 ? '2xx' : '300-699', response, source);
    } else {
      this.#step(status < 200 ? '1xx' : '200-699', response, source);
    }
  }

  onTimer(letter: Timer): void {
    this.#step(letter);
  }

  /** The network says that the target cannot be reached; to be called in a turn of its own. */
  transportFailed(): void {
    this.#step('transport-error');
  }

  onFlowEnded(): void {
    this.#flow = undefined;
    this.#step('transport-error');
  }

  /** RFC 3261 9.1: nothing has come 64*T1 after the CANCEL; the transaction counts as cancelled. */
  abandon(): void {
    if (this.isWaiting) {
      this.#run({ state: 'terminated', actions: Action.stop | Action.timeoutToUser }, undefined, undefined);
    }
  }

  /** A request that is no INVITE is sent no more; what still comes is absorbed, as after a final response (RFC 3261 17.1.2.2). */
  quit(): void {
    if (this.isWaiting && !this.#isInvite) {
      this.#run({ state: 'completed', actions: Action.stop | Action.startK }, undefined, undefined);
    }
  }

  /** Ends without a word: the stack closes. */
  close(): void {
    this.#timers.close();
    this.#user = undefined;
    this.#flow?.leave(this);
  }

  get #isInvite(): boolean {
    return this.method === 'INVITE';
  }

  #step(input: InviteClientInput | NonInviteClientInput, response?: SipResponse, source?: Source): void {
    const reliable = this.target.transport === 'TCP';
    const transition = this.#isInvite
      ? stepInviteClient(this.#state as InviteClientState, input as InviteClientInput, reliable)
      : stepNonInviteClient(this.#state as NonInviteClientState, input as NonInviteClientInput, reliable);
    if (input === 'timer-a' || input === 'timer-e') {
      this.#stack.retransmitted();
    }
    this.#run(transition, response, source);
  }

  #run({ state, actions }: Transition<State>, response?: SipResponse, source?: Source): void {
    this.#state = state;
    if (actions === 0) {
      return;
    }
    if ((actions & Action.stop) !== 0) {
      this.#timers.stop();
    }
    if ((actions & Action.ack) !== 0 && this.#request !== undefined && response !== undefined) {
      this.#bytes = Buffer.from(serialize(ackFor(this.#request, response)), 'latin1');
    }
    this.#startTimers(actions);
    if ((actions & (Action.send | Action.ack | Action.ackAgain)) !== 0) {
      this.#send();
    }
    const user = this.#user;
    if (!this.isWaiting) {
      this.#release(state);
    }
    if ((actions & Action.toUser) !== 0 && response !== undefined && source !== undefined) {
      user?.onResponse(response, source);
    }
    if ((actions & Action.timeoutToUser) !== 0) {
      user?.onEnded('timeout');
    }
    if ((actions & Action.failureToUser) !== 0) {
      user?.onEnded('transport');
    }
  }

  /** What a transaction in its last states has no use for any more. */
  #release(state: State): void {
    this.#request = undefined;
    if (!(state === 'completed' && this.#isInvite)) {
      this.#bytes = undefined;
    }
    if (state !== 'accepted') {
      this.#user = undefined;
    }
    this.#flow?.leave(this);
    this.#flow = undefined;
    if (state === 'terminated') {
      this.#timers.close();
      this.#stack.onEnded(this);
    }
  }

  #send(): void {
    const { target } = this;
    const bytes = this.#bytes;
    if (bytes === undefined) {
      return;
    }
    const sent =
      target.transport === 'UDP' ? this.#stack.sendDatagram(bytes, target) : this.#sendOnFlow(bytes, target);
    if (!sent) {
      // In a turn of its own: whoever sends gets the transaction first, and the failure then.
      this.#stack.clock.timer(0, () => {
        this.transportFailed();
      });
    }
  }

  #sendOnFlow(bytes: Buffer, target: Target): boolean {
    if (this.#flow === undefined) {
      this.#flow = this.#stack.flowTo(target);
      this.#flow?.join(this);
    }
    return this.#flow !== undefined && this.#stack.sendOnFlow(bytes, this.#flow, target);
  }

  #startTimers(actions: number): void {
    const { timers } = this.#stack;
    if ((actions & Action.startF) !== 0) {
      const repeats = (actions & Action.startE) !== 0;
      this.#timers.start(repeats ? 'timer-e' : undefined, timers.t1Ms, 'timer-f', timers.longMs);
    } else if ((actions & Action.startK) !== 0) {
      this.#stack.onCompleted(this);
    } else if ((actions & Action.doubleE) !== 0) {
      this.#timers.again('timer-e', Math.min(2 * this.#timers.repeatMs, timers.t2Ms));
    } else if ((actions & Action.againEAtT2) !== 0) {
      this.#timers.again('timer-e', timers.t2Ms);
    } else if ((actions & Action.startB) !== 0) {
      const repeats = (actions & Action.startA) !== 0;
      this.#timers.start(repeats ? 'timer-a' : undefined, timers.t1Ms, 'timer-b', timers.longMs);
    } else if ((actions & Action.doubleA) !== 0) {
      this.#timers.again('timer-a', 2 * this.#timers.repeatMs);
    } else if ((actions & Action.startD) !== 0) {
      this.#timers.start(undefined, 0, 'timer-d', timers.timerDMs);
    } else if ((actions & Action.startM) !== 0) {
      this.#timers.start(undefined, 0, 'timer-m', timers.longMs);
    }
  }
}
