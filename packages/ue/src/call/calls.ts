import type { ServerTransaction, SipRequest } from '@ims-sim/sip';
import { answerTo, type AnswerParts } from '../compose.js';
import type { CallLeg } from './call-leg.js';
import { type LegContext } from './call-leg.js';
import { IncomingCall } from './incoming-call.js';
import { OutgoingCall, type InviteOptions } from './outgoing-call.js';

export type Call = OutgoingCall | IncomingCall;

/** Calls that are remembered, at most: the oldest that is over makes way. */
const MAX_CALLS = 10_000;

interface Found {
  readonly call: Call;
  readonly leg: CallLeg;
}

/** All calls of one party, in the order in which they began. */
export class Calls {
  readonly #context: LegContext;
  readonly #calls = new Set<Call>();
  readonly #maxCalls: number;

  constructor(context: LegContext, maxCalls = MAX_CALLS) {
    this.#context = context;
    this.#maxCalls = maxCalls;
  }

  /** Throws where there are too many that are not over. */
  invite(options: InviteOptions): OutgoingCall {
    if (!this.#makeRoom()) {
      throw new Error(`A UE has at most ${this.#maxCalls} calls at a time`);
    }
    return this.#add(new OutgoingCall(this.#context, options));
  }

  /** An INVITE without a To tag. Undefined: there are too many calls, it is refused already. */
  incoming(transaction: ServerTransaction): IncomingCall | undefined {
    if (!this.#makeRoom()) {
      transaction.respond(answerTo(this.#context.party, transaction.request, { status: 503 }));
      return undefined;
    }
    return this.#add(new IncomingCall(this.#context, transaction));
  }

  /** The call that began last of those that `fits`. */
  last<C extends Call>(fits: (call: Call) => call is C): C | undefined {
    return [...this.#calls].reverse().find(fits);
  }

  find(request: SipRequest): Found | undefined {
    for (const call of this.#calls) {
      const legs = call.role === 'caller' ? call.legs.values() : call.leg === undefined ? [] : [call.leg];
      for (const leg of legs) {
        if (leg.isOf(request)) {
          return { call, leg };
        }
      }
    }
    return undefined;
  }

  /** An ACK to a 2xx. */
  acknowledged(ack: SipRequest): void {
    this.find(ack)?.leg.acknowledged(ack);
  }

  /** Answers a request within a dialog, as told, or (undefined) as the dialog wants it. */
  serve({ call, leg }: Found, transaction: ServerTransaction, told: AnswerParts | undefined): void {
    if (leg.phase === 'ended') {
      const isCrossing = transaction.request.method === 'BYE' && leg.isMortal;
      leg.respond(transaction, { status: isCrossing ? 200 : 481 });
      return;
    }
    if (leg.admit(transaction) === 'refused') {
      return;
    }
    const { request } = transaction;
    if (request.method === 'PRACK') {
      const isIts = call.role === 'callee' && call.acknowledgedBy(request);
      leg.respond(transaction, told ?? { status: isIts ? 200 : 481 }); // RFC 3262 3
      if (isIts) {
        call.proceed();
      }
      return;
    }
    leg.respond(transaction, told ?? { status: WANTED.has(request.method) ? 200 : 405 });
    if (request.method === 'BYE' && call.role === 'callee' && leg.phase === ended) {
      call.byed();
    }
  }

  /** Nobody waits for an answer to its INVITEs any longer: they are cancelled (RFC 3261 9.1). */
  close(): void {
    for (const call of this.#calls) {
      if (call.role === 'callee') {
        call.close();
      } else {
        if (call.outcome === undefined) {
          call.cancel();
        }
        for (const leg of call.legs.values()) {
          leg.end();
        }
      }
    }
    this.#calls.clear();
  }

  /** False: none is over. */
  #makeRoom(): boolean {
    if (this.#calls.size < this.#maxCalls) {
      return true;
    }
    for (const call of this.#calls) {
      if (call.isOver) {
        return this.#calls.delete(call);
      }
    }
    return false;
  }

  #add<C extends Call>(call: C): C {
    this.#calls.add(call);
    return call;
  }
}

const ended: CallLeg['phase'] = 'ended';
const WANTED: ReadonlySet<string> = new Set(['BYE', 'UPDATE', 'INVITE', 'OPTIONS', 'MESSAGE', 'INFO']);
