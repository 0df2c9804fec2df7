import type { Host } from '@ims-sim/host';
import type { Maybe } from '../maybe.js';
import { callId, tagOf, to } from '../message/access.js';
import type { ServerTransaction } from '../stack.js';
import { startSipStack } from '../start-stack.js';
import { Actor } from './actor.js';
import { proxyCore, type ProxyCore } from './core.js';
import type { Decide, Decision, Incoming } from './decision.js';
import { reply } from './decisions.js';
import type { Own } from './own.js';
import { preprocess } from './preprocess.js';
import type { Proxy, ProxyOptions } from './proxy.js';
import { validate, type ValidationRules } from './validate.js';

/**
 * Starts a stateful proxy (RFC 3261 16): checks each request (16.3), takes its own Routes off (16.4), asks `decide`,
 * and does what that decides (16.6 to 16.10). A `decide` that throws is a bug: the request gets a 500, the error is
 * logged, the element lives. Rejects where the address cannot be bound.
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  // Bound before its own port is known; no request comes before that.
  let onRequest: (transaction: ServerTransaction) => void = () => undefined;
  const stack = await startSipStack({ ...options, onRequest: (transaction) => onRequest(transaction) });
  const core = proxyCore(stack, options.timers);
  const receiver = new Receiver(core, options, {
    names: new Set(options.names.map((name) => name.toLowerCase())),
    listening: stack.listening,
    further: stack.furtherListening,
  });
  onRequest = (transaction) => receiver.onRequest(transaction);
  return { stack, close: () => stack.close() };
}

/** Has each request decided upon. */
class Receiver {
  readonly #host: Host;
  readonly #decide: Decide;
  readonly #own: Own;
  readonly #rules: ValidationRules;
  readonly #actor: Actor;

  constructor(core: ProxyCore, options: ProxyOptions, own: Own) {
    this.#host = options.host;
    this.#decide = options.decide;
    this.#own = own;
    const proxyRequire = new Set(options.proxyRequire?.map((option) => option.toLowerCase()));
    this.#rules = { proxyRequire, schemes: options.schemes, passes: core.passes };
    // TR 24.841 6.1.1: the NOTIFY of steps 18 to 21 has no 100 on any hop.
    this.#actor = new Actor(core, options.trying !== 'at-once');
  }

  onRequest(transaction: ServerTransaction): void {
    const { request, source } = transaction;
    if (request.method === 'CANCEL') {
      // The stack answers one that finds its INVITE (16.10); for another there is nothing to be cancelled.
      this.#actor.act(reply(481, 'Call/Transaction Does Not Exist'), transaction);
      return;
    }
    const refusal = validate(request, this.#rules);
    if (refusal !== undefined) {
      this.#actor.act(refusal, transaction);
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
      this.#actor.act(decision, transaction);
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
      this.#actor.trying(transaction, inDialog); // where TR 24.841 shows it: steps 3 and 6 come before 4 and 7
    }
    decision
      .then((decided) => {
        const moot = cancelled && (decided.kind === 'forward' || decided.kind === 'fork'); // RFC 3261 9.2
        this.#actor.act(moot ? reply(487, 'Request Terminated') : decided, transaction);
      })
      .catch((error: unknown) => this.#bug(transaction, error));
  }

  #bug(transaction: ServerTransaction, error: unknown): void {
    const { method, uri } = transaction.request;
    this.#host.log.error('A procedure failed', { method, uri, callId: callId(transaction.request), error });
    if (!transaction.done) {
      this.#actor.act(reply(500, 'Server Internal Error'), transaction);
    }
  }
}
