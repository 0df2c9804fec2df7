import { token, type Host } from '@ims-sim/host';
import { callId, maxForwards, tagOf, to } from '../message/access.js';
import { responseTo } from '../message/build.js';
import type { ServerTransaction } from '../stack.js';
import type { ProxyCore } from './core.js';
import type { Because, Decision, Fork, ForkBranch, Forward, Reply } from './decision.js';
import { outgoing } from './forward.js';
import { ResponseContext } from './response-context.js';
import { tooManyHops } from './validate.js';

/** The one place that acts on decisions (RFC 3261 16.6 to 16.10). A user agent that also is a proxy has one, too. */
export class Actor {
  readonly #core: ProxyCore;
  readonly #host: Host;
  readonly #tryingInDialog: boolean;

  /** `tryingInDialog`: also requests within a dialog get a 100 where the stack sends any to requests other than INVITE. */
  constructor(core: ProxyCore, tryingInDialog: boolean) {
    this.#core = core;
    this.#host = core.stack.host;
    this.#tryingInDialog = tryingInDialog;
  }

  /** Does what was decided for a request: for a new one, or in a failure's place within its response context. */
  act(decision: Decision, transaction: ServerTransaction, context?: ResponseContext): void {
    switch (decision.kind) {
      case 'reply':
        this.#trace(decision.because, transaction);
        this.#reply(transaction, decision, context);
        break;
      case 'forward':
        this.#forward(decision, transaction, context);
        break;
      case 'fork':
        this.#fork(decision, transaction, context);
        break;
      case 'taken':
        this.#trace(decision.because, transaction);
        context?.end();
        break;
    }
  }

  #forward(decision: Forward, transaction: ServerTransaction, context?: ResponseContext): void {
    if (maxForwards(decision.request) === 0) {
      this.act(tooManyHops(), transaction, context);
      return;
    }
    if (transaction.request.method === 'ACK') {
      this.#trace(decision.because, transaction);
      this.#forwardAck(decision, transaction);
      return;
    }
    if (context !== undefined) {
      this.#trace(decision.because, transaction);
      context.start(decision);
      return;
    }
    this.#begin(transaction, decision).start(decision);
  }

  #fork(decision: Fork, transaction: ServerTransaction, context?: ResponseContext): void {
    const first = decision.groups.find(([branch]) => branch !== undefined)?.[0];
    if (first !== undefined && maxForwards(first.request) === 0) {
      this.act(tooManyHops(), transaction, context);
      return;
    }
    if (transaction.request.method === 'ACK') {
      this.#trace(decision.because, transaction);
      if (first !== undefined) {
        this.#forwardAck(first, transaction); // it has one target: the contact of the 2xx (RFC 3261 13.2.2.4)
      }
      return;
    }
    if (context === undefined) {
      this.#begin(transaction, decision).fork(decision);
    } else {
      this.#trace(decision.because, transaction);
      context.fork(decision);
    }
  }

  #begin(transaction: ServerTransaction, { because, observer }: Forward | Fork): ResponseContext {
    this.trying(transaction, tagOf(to(transaction.request)) !== undefined);
    this.#trace(because, transaction); // TR 24.841 6.1.1: the 100 of step 9, then the decision of step 10
    return new ResponseContext(
      this.#core,
      transaction,
      (next, its) => this.act(next, transaction, its),
      observer,
    );
  }

  /** RFC 3261 16.6, 13.2.2.4: the ACK to a 2xx is no transaction; it goes on, and nothing comes back. */
  #forwardAck(
    { request, recordRoute, targets, bySize, sentBy }: ForkBranch,
    { source }: ServerTransaction,
  ): void {
    this.#core.stack.sendStateless(request, {
      targets,
      bySize,
      sentBy,
      prepare: (_request, target) =>
        outgoing(request, this.#core.recordRoutes.of(recordRoute, source.transport, target.transport)),
    });
  }

  #reply(
    transaction: ServerTransaction,
    { status, reason, headers, body }: Reply,
    context?: ResponseContext,
  ): void {
    if (transaction.request.method === 'ACK') {
      return;
    }
    const toTag = token(this.#host.random, 11);
    const response = responseTo(transaction.request, status, reason, { toTag, headers, body });
    if (context === undefined) {
      transaction.respond(response);
    } else {
      context.answer(response);
    }
  }

  /** 100 to a request that is passed on. */
  trying(transaction: ServerTransaction, inDialog: boolean): void {
    const { method } = transaction.request;
    if (method === 'INVITE' || (method !== 'ACK' && (this.#tryingInDialog || !inDialog))) {
      transaction.trying();
    }
  }

  #trace(because: Because | undefined, { request }: ServerTransaction): void {
    const { trace } = this.#host;
    if (because === undefined || !trace.enabled) {
      return;
    }
    const call = callId(request);
    for (const { clause, text } of because) {
      trace.decision({ callId: call, clause, text });
    }
  }
}
