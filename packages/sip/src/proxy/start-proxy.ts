import { token, type Host } from '@ims-sim/host';
import type { Maybe } from '../maybe.js';
import { callId, maxForwards, tagOf, to } from '../message/access.js';
import { responseTo } from '../message/build.js';
import { DEFAULT_TIMERS, type ServerTransaction } from '../stack.js';
import { startSipStack } from '../start-stack.js';
import type { ProxyCore } from './core.js';
import type { Because, Decide, Decision, Fork, ForkBranch, Forward, Incoming, Reply } from './decision.js';
import { reply } from './decisions.js';
import { outgoing, RecordRoutes } from './forward.js';
import { Passes } from './loop.js';
import type { Own } from './own.js';
import { preprocess } from './preprocess.js';
import type { Proxy, ProxyOptions } from './proxy.js';
import { ResponseContext } from './response-context.js';
import { tooManyHops, validate, type ValidationRules } from './validate.js';

/**
 * Starts a stateful proxy (RFC 3261 16): checks each request (16.3), takes its own Routes off (16.4), asks `decide`,
 * and does what that decides (16.6 to 16.10). A `decide` that throws is a bug: the request gets a 500, the error is
 * logged, the element lives. Rejects where the address cannot be bound.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  // Bound before its own port is known; no request comes before that.
  let onRequest: (transaction: ServerTransaction) => void = () => undefined;
  const stack = await startSipStack({ ...options, onRequest: (transaction) => onRequest(transaction) });
  const passes = new Passes();
  [stack.sentBy, ...stack.furtherSentBy].forEach((sentBy) => passes.sendsAs(sentBy));
  const core: ProxyCore = {
    stack,
    log: options.host.log,
    timers: { ...DEFAULT_TIMERS, ...options.timers },
    recordRoutes: new RecordRoutes(),
    passes,
  };
  const actor = new Actor(core, options, {
    names: new Set(options.names.map((name) => name.toLowerCase())),
    listening: stack.listening,
    further: stack.furtherListening,
  });
  onRequest = (transaction) => actor.onRequest(transaction);
  return { stack, close: () => stack.close() };
}

/** The one place that acts on decisions. */
class Actor {
  readonly #core: ProxyCore;
  readonly #host: Host;
  readonly #decide: Decide;
  readonly #own: Own;
  readonly #rules: ValidationRules;
  readonly #tryingInDialog: boolean;

  constructor(core: ProxyCore, options: ProxyOptions, own: Own) {
    this.#core = core;
    this.#host = options.host;
    this.#decide = options.decide;
    this.#own = own;
    const proxyRequire = new Set(options.proxyRequire?.map((option) => option.toLowerCase()));
    this.#rules = { proxyRequire, schemes: options.schemes, passes: core.passes };
    // TR 24.841 6.1.1: the NOTIFY of steps 18 to 21 has no 100 on any hop.
    this.#tryingInDialog = options.trying !== 'at-once';
  }

  onRequest(transaction: ServerTransaction): void {
    const { request, source } = transaction;
    if (request.method === 'CANCEL') {
      // The stack answers one that finds its INVITE (16.10); for another there is nothing to be cancelled.
      this.#reply(transaction, reply(481, 'Call/Transaction Does Not Exist'));
      return;
    }
    const refusal = validate(request, this.#rules);
    if (refusal !== undefined) {
      this.#act(refusal, transaction);
      return;
    }
    const { request: own, ownRoutes } = preprocess(request, this.#own, source);
    const inDialog = tagOf(to(request)) !== undefined;
    const incoming: Incoming = { request: own, source, ownRoutes, inDialog, transaction };
    let decision: Maybe<Decision>;
    try {
      decision = this.#decide(incoming);
    } catch (error) {
      this.#bug(transaction, error);
      return;
    }
    if (decision instanceof Promise) {
      this.#wait(incoming, decision);
    } else {
      this.#act(decision, transaction);
    }
  }

  /** The decision takes the element some time: another element is asked (Cx, ENUM). */
  #wait({ transaction, inDialog }: Incoming, decision: Promise<Decision>): void {
    let cancelled = false;
    if (transaction.request.method === 'INVITE') {
      transaction.onCancel = () => {
        cancelled = true;
      };
    }
    if (transaction.request.method !== 'REGISTER') {
      this.#trying(transaction, inDialog); // where TR 24.841 shows it: steps 3 and 6 come before 4 and 7
    }
    decision
      .then((decided) => {
        const moot = cancelled && (decided.kind === 'forward' || decided.kind === 'fork'); // RFC 3261 9.2
        this.#act(moot ? reply(487, 'Request Terminated') : decided, transaction);
      })
      .catch((error: unknown) => this.#bug(transaction, error));
  }

  #act(decision: Decision, transaction: ServerTransaction, context?: ResponseContext): void {
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
      this.#act(tooManyHops(), transaction, context);
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
    this.#begin(transaction, decision.because).start(decision);
  }

  #fork(decision: Fork, transaction: ServerTransaction, context?: ResponseContext): void {
    const first = decision.groups.find(([branch]) => branch !== undefined)?.[0];
    if (first !== undefined && maxForwards(first.request) === 0) {
      this.#act(tooManyHops(), transaction, context);
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
      this.#begin(transaction, decision.because).fork(decision);
    } else {
      this.#trace(decision.because, transaction);
      context.fork(decision);
    }
  }

  #begin(transaction: ServerTransaction, because: Because | undefined): ResponseContext {
    this.#trying(transaction, tagOf(to(transaction.request)) !== undefined);
    this.#trace(because, transaction); // TR 24.841 6.1.1: the 100 of step 9, then the decision of step 10
    return new ResponseContext(this.#core, transaction, (next, its) => this.#act(next, transaction, its));
  }

  /** RFC 3261 16.6, 13.2.2.4: the ACK to a 2xx is no transaction; it goes on, and nothing comes back. */
  #forwardAck({ request, recordRoute, targets, sentBy }: ForkBranch, { source }: ServerTransaction): void {
    this.#core.stack.sendStateless(request, {
      targets,
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

  #trying(transaction: ServerTransaction, inDialog: boolean): void {
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

  #bug(transaction: ServerTransaction, error: unknown): void {
    const { method, uri } = transaction.request;
    this.#host.log.error('A procedure failed', { method, uri, callId: callId(transaction.request), error });
    if (!transaction.done) {
      this.#reply(transaction, reply(500, 'Server Internal Error'));
    }
  }
}
