import type { ServerTransaction, SipRequest } from '@ims-sim/sip';
import type { AnswerParts } from '../compose.js';
import type { CallLeg } from './call-leg.js';
import { type LegContext } from './call-leg.js';
import { IncomingCall } from './incoming-call.js';
import { OutgoingCall, type InviteOptions } from './outgoing-call.js';

export type Call = OutgoingCall | IncomingCall;

/** Calls that are remembered, at most: the oldest that is over goes first. */
const MAX_CALLS = 10_000;

interface Found {
  readonly call: Call;
  readonly leg: CallLeg;
}

/** All calls of one party, in the order in which they began. */
export class Calls {
  readonly #context: LegContext;
  readonly #calls = new Set<Call>();

  constructor(context: LegContext) {
    this.#context = context;
  }

  invite(options: InviteOptions): OutgoingCall {
    return this.#add(new OutgoingCall(this.#context, options));
  }

  /** An INVITE without a To tag. */
  incoming(transaction: ServerTransaction): IncomingCall {
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
      leg.respond(transaction, { status: 481 });
      return;
    }
    if (leg.admit(transaction) === 'refused') {
      return;
    }
    const { request } = transaction;
    if (request.method === 'PRACK') {
      const isIts = call.role === 'callee' && call.acknowledgedBy(request);
      leg.respond(transaction, told ?? { status: isIts ? 200 : 481 }); // RFC 3262 3
      return;
    }
    leg.respond(transaction, told ?? { status: WANTED.has(request.method) ? 200 : 405 });
    if (request.method === 'BYE' && call.role === 'callee' && leg.phase === ended) {
      call.byed();
    }
  }

  close(): void {
    for (const call of this.#calls) {
      if (call.role === 'callee') {
        call.close();
      } else {
        for (const leg of call.legs.values()) {
          leg.end();
        }
      }
    }
    this.#calls.clear();
  }

  #add<C extends Call>(call: C): C {
    if (this.#calls.size >= MAX_CALLS) {
      const over = [...this.#calls].find(({ isOver }) => isOver) ?? [...this.#calls][0];
      if (over !== undefined) {
        this.#calls.delete(over);
      }
    }
    this.#calls.add(call);
    return call;
  }
}

const ended: CallLeg['phase'] = 'ended';
const WANTED: ReadonlySet<string> = new Set(['BYE', 'UPDATE', 'INVITE', 'OPTIONS', 'MESSAGE', 'INFO']);
