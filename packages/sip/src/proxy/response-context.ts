import type { Header } from '../message/header.js';
import { every } from '../message/headers.js';
import type { SipResponse } from '../message/message.js';
import type { ServerTransaction } from '../stack.js';
import { asSentBack, bestResponse } from './best-response.js';
import { Branch, type BranchUser } from './branch.js';
import { ownResponse, type ProxyCore } from './core.js';
import type { Decision, Fork, Forward, ForwardFailure, ProxyObserver } from './decision.js';
import { consult } from './consult.js';
import { failureOf, ForkProgress } from './fork.js';

/** Branches of one request, at most, one after the other or side by side. */
const MAX_BRANCHES = 32;

type Act = (decision: Decision, context: ResponseContext) => void;

/**
 * RFC 3261 16.7: what became of a forwarded request on each of its branches, and what of it goes back. `act` carries out the
 * decision that an element puts in the place of a failure.
 */
export class ResponseContext implements BranchUser {
  readonly transaction: ServerTransaction;
  readonly #core: ProxyCore;
  readonly #act: Act;
  readonly #observer: ProxyObserver | undefined;
  readonly #branches: Branch[] = [];
  readonly #isInvite: boolean;
  /** Set while a fork's groups are tried. */
  #fork: ForkProgress | undefined;
  /** A 6xx came. */
  #declined = false;
  #cancelled = false;
  #over = false;

  constructor(core: ProxyCore, transaction: ServerTransaction, act: Act, observer?: ProxyObserver) {
    this.#core = core;
    this.transaction = transaction;
    this.#act = act;
    this.#observer = observer;
    this.#isInvite = transaction.request.method === 'INVITE';
    core.passes.begin(transaction.request);
    transaction.onFailure = () => this.end();
    if (this.#isInvite) {
      transaction.onCancel = (cancel) => this.#cancel(every(cancel.headers, 'reason')); // 16.10; RFC 3326
    }
  }

  /** Adds a branch. */
  start(forward: Forward): void {
    if (!this.#over) {
      this.#add(forward).start(this.transaction.source.transport);
    }
  }

  /** Adds the branches of a fork, group by group. */
  fork(fork: Fork): void {
    if (this.#over) {
      return;
    }
    this.#fork = new ForkProgress(fork);
    if (!this.#startGroup()) {
      this.#bug(new Error('A fork without a branch'));
    }
  }

  /** Answers by itself, and gives up the branches that are left. */
  answer(response: SipResponse): void {
    if (!this.#over) {
      this.end();
      this.transaction.respond(response);
    }
  }

  /** Nothing goes back any more but further 2xx to an INVITE. */
  end(): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#core.passes.end(this.transaction.request);
    for (const branch of this.#branches) {
      if (branch.state !== 'over') {
        branch.cancel(); // 16.7 step 10
        branch.end();
      }
    }
    this.#observer?.onEnd();
  }

  onResponse(branch: Branch, response: SipResponse): void {
    const { status } = response;
    if (status >= 200 && branch.state !== 'over') {
      this.#observer?.onFinal(response, branch.target);
    }
    if (status >= 300) {
      this.onFailure(branch, { kind: 'response', response });
    } else if (status >= 200) {
      this.#succeed(branch, response);
    } else if (branch.state === 'pending' && !this.#over) {
      this.#pass(branch, response);
    }
  }

  onFailure(branch: Branch, failure: ForwardFailure): void {
    if (branch.state === 'deciding') {
      branch.endedMeanwhile = failure;
    } else if (branch.state === 'pending') {
      this.#ask(branch, failure, () => this.#conclude(branch, failure));
    }
  }

  onLate(branch: Branch): void {
    if (branch.state !== 'pending') {
      return;
    }
    this.#ask(branch, branch.timeout, () => {
      // A request that is no INVITE has no 408 (RFC 4320): what comes before Timer F may still go back, where no other
      // contact waits for its turn.
      if (this.#isInvite || this.#fork !== undefined) {
        this.#conclude(branch, branch.timeout);
      }
    });
  }

  /** 16.7 step 5: a 2xx goes back at once; to an INVITE every one does, also after another final response. */
  #succeed(branch: Branch, response: SipResponse): void {
    if (!this.#isInvite && (this.#over || branch.state === 'over')) {
      return;
    }
    branch.end();
    this.#pass(branch, response);
    this.end();
  }

  #add(forward: Forward): Branch {
    if (forward.sentBy !== undefined) {
      this.#core.passes.sendsAs(forward.sentBy);
    }
    const branch = new Branch(this.#core, forward, this);
    this.#branches.push(branch);
    return branch;
  }

  /** Starts the branches of the next group side by side; false where no group is left, or no room for it. */
  #startGroup(): boolean {
    const group = this.#fork?.nextGroup(MAX_BRANCHES - this.#branches.length);
    if (group === undefined) {
      return false;
    }
    // All are there before the first one can fail: the group is not over with it.
    for (const branch of group.map((forward) => this.#add(forward))) {
      if (branch.state === 'pending') {
        branch.start(this.transaction.source.transport);
      }
    }
    return true;
  }

  /** Asks the element what to do about a failure, once a branch and not for a request that was cancelled. */
  #ask(branch: Branch, failure: ForwardFailure, otherwise: () => void): void {
    const { onFailure } = branch.forward;
    if (onFailure === undefined || branch.asked || !this.#mayAsk) {
      otherwise();
      return;
    }
    branch.asked = true;
    branch.state = 'deciding';
    const decided = (decision: Decision | undefined) => this.#decided(branch, decision, otherwise);
    consult(onFailure, failure, decided, (error) => this.#bug(error));
  }

  get #mayAsk(): boolean {
    return !this.#cancelled && this.#branches.length < MAX_BRANCHES;
  }

  #decided(branch: Branch, decision: Decision | undefined, otherwise: () => void): void {
    if (this.#over) {
      return;
    }
    if (decision === undefined || this.#cancelled) {
      branch.state = 'pending';
      if (branch.endedMeanwhile === undefined) {
        otherwise();
      } else {
        this.#conclude(branch, branch.endedMeanwhile);
      }
      return;
    }
    branch.giveUp();
    this.#act(decision, this);
    this.#settle();
  }

  /** The branch ends without a 2xx. */
  #conclude(branch: Branch, failure: ForwardFailure): void {
    switch (failure.kind) {
      case 'response':
        if (failure.response.status !== 408 || this.#isInvite) {
          branch.final = failure.response; // RFC 4320 4.2: a 408 to a request that is no INVITE helps nobody
          branch.finalCame = true;
        }
        break;
      case 'transport':
        branch.final = ownResponse(this.#core, this.transaction.request, 503); // 16.9
        break;
      case 'timeout':
        branch.final = this.#isInvite ? ownResponse(this.#core, this.transaction.request, 408) : undefined; // 16.8; RFC 4320 4.2
        branch.cancel();
        break;
    }
    branch.end();
    if (branch.finalCame && branch.final !== undefined && branch.final.status >= 600) {
      this.#declined = true;
      this.#cancelPending(); // 16.7 step 5
    }
    this.#settle();
  }

  /** 16.7 steps 4 to 9: once no branch is left, the next group is tried, or the best of what came goes back. */
  #settle(): void {
    if (this.#over || this.#branches.some(({ state }) => state !== 'over')) {
      return;
    }
    const fork = this.#fork;
    if (fork === undefined) {
      this.#giveBest();
      return;
    }
    if (fork.asking || (!this.#cancelled && !this.#declined && this.#startGroup())) {
      return;
    }
    const { onFailure } = fork;
    if (onFailure === undefined || !this.#mayAsk) {
      this.#giveBest();
      return;
    }
    fork.asking = true;
    const best = this.#branches[bestResponse(this.#branches.map(({ final }) => final))];
    const decided = (decision: Decision | undefined) => this.#forkDecided(decision);
    consult(onFailure, failureOf(best), decided, (error) => this.#bug(error));
  }

  /** What the element does about a fork that failed takes the place of all that came of it. */
  #forkDecided(decision: Decision | undefined): void {
    if (this.#over) {
      return;
    }
    this.#fork = undefined;
    if (decision !== undefined && !this.#cancelled) {
      for (const branch of this.#branches) {
        branch.final = undefined;
      }
      this.#act(decision, this);
    }
    this.#settle();
  }

  #giveBest(): void {
    const finals = this.#branches.map(({ final }) => final);
    const branch = this.#branches[bestResponse(finals)];
    this.end();
    if (branch?.final !== undefined) {
      const response = asSentBack(branch.final, finals);
      this.#pass(branch.finalCame ? branch : undefined, response);
    }
  }

  /** Sends a response back, as the element changes it. */
  #pass(branch: Branch | undefined, response: SipResponse): void {
    let changed: SipResponse;
    try {
      changed = branch?.forward.onResponse?.(response) ?? response;
    } catch (error) {
      this.#bug(error);
      return;
    }
    this.transaction.respond(changed);
  }

  #cancel(reason: readonly Header[]): void {
    this.#cancelled = true;
    this.#cancelPending(reason);
  }

  #cancelPending(reason?: readonly Header[]): void {
    for (const branch of this.#branches) {
      if (branch.state === 'pending') {
        branch.cancel(reason);
      }
    }
  }

  #bug(error: unknown): void {
    this.#core.log.error('A procedure failed', { error });
    this.end();
    this.transaction.respond(ownResponse(this.#core, this.transaction.request, 500));
  }
}
