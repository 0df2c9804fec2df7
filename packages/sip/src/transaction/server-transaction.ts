import type { Clock } from '@ims-sim/host';
import { tagOf, to as toField } from '../message/access.js';
import { responseTo } from '../message/build.js';
import type { SipRequest, SipResponse } from '../message/message.js';
import { serialize } from '../message/serialize.js';
import type { ServerTransaction, StackOptions } from '../stack.js';
import type { ResponseRoute } from '../transport/response-route.js';
import type { Source } from '../transport/types.js';
import type { Encoder } from './encoder.js';
import { stepInviteServer, type InviteServerInput, type InviteServerState } from './invite-server.js';
import {
  stepNonInviteServer,
  type NonInviteServerInput,
  type NonInviteServerState,
} from './non-invite-server.js';
import { copied } from '../message/own-text.js';
import type { TimerValues } from './timer-values.js';
import { TransactionTimers } from './transaction-timers.js';
import { Action, type Transition } from './transition.js';

/** What server transactions have of the stack. */
export interface ServerSide {
  readonly clock: Clock;
  readonly timers: TimerValues;
  readonly trying: StackOptions['trying'];
  readonly encoder: Encoder;
  /** Sends a response; calls `undelivered` where a connection for it cannot be had. */
  sendResponse(bytes: Buffer, route: ResponseRoute, undelivered: (() => void) | undefined): void;
  retransmitted(): void;
  /** A request that is no INVITE has its final response: timer J begins. Nothing asks the transaction any more. */
  onCompleted(transaction: ServerEntry, response: Buffer, route: ResponseRoute): void;
  onEnded(transaction: ServerEntry): void;
}

type State = InviteServerState | NonInviteServerState;
type Timer = 'timer-trying' | 'timer-abandon' | 'timer-g' | 'timer-h' | 'timer-i' | 'timer-l';

/**
 * Runs a server transaction: what stands in the table until a final response is given; then a non-INVITE leaves its place to
 * that response (`DoneResponse`), and an INVITE lets go of the request.
 */
export class ServerEntry {
  readonly key: string;
  /** The second key of an RFC 2543 peer's INVITE (`legacyAckKey`). */
  readonly ackKey: string | undefined;
  readonly isInvite: boolean;
  /** The To tag of an INVITE's last response that has one. */
  toTag: string | undefined;
  #user: OpenTransaction | undefined;
  #state: State;
  #last: Buffer | undefined;
  readonly #route: ResponseRoute;
  readonly #reliable: boolean;
  readonly #stack: ServerSide;
  readonly #timers: TransactionTimers<Timer>;

  constructor(
    stack: ServerSide,
    request: SipRequest,
    source: Source,
    key: string,
    ackKey: string | undefined,
    route: ResponseRoute,
  ) {
    this.key = key;
    this.ackKey = ackKey;
    this.isInvite = request.method === 'INVITE';
    this.#stack = stack;
    this.#state = this.isInvite ? 'proceeding' : 'trying';
    this.#route = route;
    this.#reliable = source.transport === 'TCP';
    this.#timers = new TransactionTimers(stack.clock, this);
    this.#user = new OpenTransaction(this, request, source);
  }

  /** What the stack's user has of it, while it is not done. */
  get user(): OpenTransaction | undefined {
    return this.#user;
  }

  get done(): boolean {
    return this.#state !== 'proceeding' && this.#state !== 'trying';
  }

  /** After the user was given the request: starts to wait, unless it has answered at once. */
  begin(): void {
    if (!this.done && !(this.isInvite && this.#last !== undefined)) {
      this.#step('start');
    }
  }

  /** The same request came again. */
  again(): void {
    this.#step('request');
  }

  /** An ACK that matches. True: it is for the user, as it acknowledges a 2xx. */
  acknowledged(): boolean {
    const { state, actions } = stepInviteServer(this.#state as InviteServerState, 'ack', this.#reliable);
    this.#run({ state, actions: actions & ~Action.toUser });
    return (actions & Action.toUser) !== 0;
  }

  /** False where this response has no place any more. */
  respond(response: SipResponse): boolean {
    const { status } = response;
    if (this.done && !(this.#state === 'accepted' && status >= 200 && status < 300)) {
      return false;
    }
    this.#last = this.#stack.encoder.encode(serialize(response));
    if (this.isInvite) {
      const tag = tagOf(toField(response));
      this.toTag = tag === undefined ? this.toTag : copied(tag);
      this.#step(status < 200 ? '1xx' : status < 300 ? '2xx' : '300-699');
    } else {
      this.#step(status < 200 ? '1xx' : '200-699');
    }
    return true;
  }

  /** The 100 of `ServerTransaction.trying`. */
  trying(): void {
    if (this.#last === undefined && (this.isInvite || this.#stack.trying === 'at-once')) {
      this.#sendTrying();
    }
  }

  onTimer(letter: Timer): void {
    this.#step(letter);
  }

  /** Ends without a word: the stack closes. */
  close(): void {
    this.#timers.close();
    this.#user = undefined;
  }

  #step(input: InviteServerInput | NonInviteServerInput): void {
    this.#run(
      this.isInvite
        ? stepInviteServer(this.#state as InviteServerState, input as InviteServerInput, this.#reliable)
        : stepNonInviteServer(
            this.#state as NonInviteServerState,
            input as NonInviteServerInput,
            this.#reliable,
          ),
      input,
    );
  }

  #run({ state, actions }: Transition<State>, input?: string): void {
    this.#state = state;
    if (actions === 0) {
      return;
    }
    if ((actions & Action.stop) !== 0) {
      this.#timers.stop();
    }
    const user = this.#user;
    if (this.done && !(this.isInvite && state === 'completed')) {
      this.#user = undefined;
    }
    if ((actions & Action.send) !== 0) {
      this.#send(user);
      if (input === 'request' || input === 'timer-g') {
        this.#stack.retransmitted();
      }
    }
    if ((actions & Action.sendTrying) !== 0) {
      this.#sendTrying();
    }
    this.#startTimers(actions);
    if (state === 'accepted' || state === 'confirmed' || state === 'terminated') {
      this.#last = undefined;
    }
    if (state === 'terminated') {
      this.#timers.close();
      this.#stack.onEnded(this);
    }
    if ((actions & Action.timeoutToUser) !== 0) {
      user?.onFailure?.('timeout');
    }
    if ((actions & Action.failureToUser) !== 0) {
      user?.onFailure?.('transport');
    }
  }

  #send(user: OpenTransaction | undefined): void {
    if (this.#last === undefined) {
      return;
    }
    this.#stack.sendResponse(
      this.#last,
      this.#route,
      this.#reliable
        ? () => {
            this.#undelivered(user);
          }
        : undefined,
    );
  }

  #undelivered(user: OpenTransaction | undefined): void {
    const isKnown = this.#user !== undefined;
    this.#step('transport-error');
    if (!isKnown) {
      user?.onFailure?.('transport');
    }
  }

  #sendTrying(): void {
    if (this.#user !== undefined) {
      this.respond(responseTo(this.#user.request, 100));
    }
  }

  #startTimers(actions: number): void {
    const { timers } = this.#stack;
    if ((actions & (Action.startTrying | Action.startAbandon)) !== 0) {
      this.#startWaits(actions);
    } else if ((actions & Action.startJ) !== 0 && this.#last !== undefined) {
      this.#stack.onCompleted(this, this.#last, this.#route);
    } else if ((actions & Action.startH) !== 0) {
      const repeats = (actions & Action.startG) !== 0;
      this.#timers.start(repeats ? 'timer-g' : undefined, timers.t1Ms, 'timer-h', timers.longMs);
    } else if ((actions & Action.doubleG) !== 0) {
      this.#timers.again('timer-g', Math.min(2 * this.#timers.repeatMs, timers.t2Ms));
    } else if ((actions & Action.startI) !== 0) {
      this.#timers.start(undefined, 0, 'timer-i', timers.t4Ms);
    } else if ((actions & Action.startL) !== 0) {
      this.#timers.start(undefined, 0, 'timer-l', timers.longMs);
    }
  }

  #startWaits(actions: number): void {
    const { timers, trying } = this.#stack;
    if (this.isInvite) {
      this.#timers.start('timer-trying', timers.inviteTryingMs, undefined, 0);
      return;
    }
    const waits = (actions & Action.startTrying) !== 0 && trying === 'rfc4320' && !this.#reliable;
    this.#timers.start(
      waits ? 'timer-trying' : undefined,
      timers.nonInviteTryingMs,
      'timer-abandon',
      timers.longMs,
    );
  }
}

/** A server transaction as the stack's user has it. */
export class OpenTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly source: Source;
  onCancel: ((cancel: SipRequest) => void) | undefined = undefined;
  onFailure: ((failure: 'timeout' | 'transport') => void) | undefined = undefined;
  readonly #entry: ServerEntry;

  constructor(entry: ServerEntry, request: SipRequest, source: Source) {
    this.#entry = entry;
    this.request = request;
    this.source = source;
  }

  get key(): string {
    return this.#entry.key;
  }

  get done(): boolean {
    return this.#entry.done;
  }

  respond(response: SipResponse): boolean {
    return this.#entry.respond(response);
  }

  trying(): void {
    this.#entry.trying();
  }
}
