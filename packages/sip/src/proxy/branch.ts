import type { Timer } from '@ims-sim/host';
import { withoutTopValue } from '../message/edit.js';
import type { Header } from '../message/header.js';
import { has } from '../message/headers.js';
import type { SipResponse } from '../message/message.js';
import type { ClientTransaction, ClientTransactionUser, SendOptions } from '../stack.js';
import type { Target, Transport } from '../transport/types.js';
import type { ProxyCore } from './core.js';
import type { Forward, ForwardFailure } from './decision.js';
import { outgoing } from './forward.js';

/** What a branch tells the response context that it belongs to. */
export interface BranchUser {
  /** Any response but 100, without this element's Via (RFC 3261 16.7 step 3). */
  onResponse(branch: Branch, response: SipResponse): void;
  /** No response comes any more, or none that could still be waited for. */
  onFailure(branch: Branch, failure: ForwardFailure): void;
  /** `Forward.timeoutMs`, or `silenceMs`, is over; a response may still come. */
  onLate(branch: Branch): void;
}

/**
 * One branch of a forwarded request (RFC 3261 16.6 steps 10 and 11): its client transaction, Timer C for an INVITE, and the
 * time that the element gives it.
 */
export class Branch implements ClientTransactionUser {
  readonly forward: Forward;
  /** `pending`: a final response may come. `deciding`: it failed and the element is asked. `over`: it counts no more. */
  state: 'pending' | 'deciding' | 'over' = 'pending';
  /** What it contributes to the choice of the best response. */
  final: SipResponse | undefined;
  /** `final` came from the next hop; otherwise it is this element's own. */
  finalCame = false;
  /** The element has been asked about its failure; it is asked once. */
  asked = false;
  /** How it ended while the element was being asked. */
  endedMeanwhile: ForwardFailure | undefined;
  readonly #core: ProxyCore;
  readonly #user: BranchUser;
  readonly #isInvite: boolean;
  #client: ClientTransaction | undefined;
  #answered = false;
  #rang = false;
  #cancelled: readonly Header[] | undefined;
  #timerC: Timer | undefined;
  #patience: Timer | undefined;
  #silence: Timer | undefined;

  constructor(core: ProxyCore, forward: Forward, user: BranchUser) {
    this.#core = core;
    this.#user = user;
    this.forward = forward;
    this.#isInvite = forward.request.method === 'INVITE';
  }

  /** Where the request went last. */
  get target(): Target | undefined {
    return this.#client?.target;
  }

  /** How it fails where nothing final came. */
  get timeout(): ForwardFailure {
    return this.#rang ? { kind: 'timeout', rang: true } : { kind: 'timeout' };
  }

  /** Sends the request; `from` is the transport that it came by. */
  start(from: Transport): void {
    const { forward } = this;
    this.#startTimers();
    const options: SendOptions = {
      targets: forward.targets,
      bySize: forward.bySize,
      sentBy: forward.sentBy,
      // Not what `prepare` is given, which may be another target's: what the element wants to leave.
      prepare: (_request, target) =>
        outgoing(forward.request, this.#core.recordRoutes.of(forward.recordRoute, from, target.transport)),
    };
    const client = this.#core.stack.send(forward.request, this, options);
    this.#client = client;
    if (this.#cancelled !== undefined) {
      client.cancel(this.#cancelled); // the element was told to while it was sending
    }
  }

  onResponse(received: SipResponse): void {
    const { status, reason, body } = received;
    this.#answered = true;
    this.#silence?.cancel();
    if (status === 100) {
      return; // 16.7 step 5: a 100 goes one hop
    }
    if (status >= 200) {
      this.#stopTimers();
    } else {
      this.#rang = true;
      if (this.#isInvite && this.state === 'pending') {
        this.#restartTimerC(); // 16.7 step 2
      }
    }
    const headers = withoutTopValue(received.headers, 'via');
    if (has(headers, 'via')) {
      // Where none is left, it was meant for this element, which did not ask.
      this.#user.onResponse(this, { kind: 'response', status, reason, headers, body });
    }
  }

  onFailure(failure: 'timeout' | 'transport'): void {
    this.#stopTimers();
    this.#user.onFailure(this, failure === 'timeout' ? this.timeout : { kind: failure });
  }

  /** RFC 3261 9.1: an INVITE only; other requests are not cancelled. */
  cancel(extra: readonly Header[] = []): void {
    if (!this.#isInvite || this.#cancelled !== undefined) {
      return;
    }
    this.#cancelled = extra;
    this.#client?.cancel(extra);
  }

  /** Another is tried in its place: an INVITE is cancelled; of another request no copy goes out to one who may be back meanwhile. */
  giveUp(): void {
    this.cancel();
    this.#client?.quit();
    this.end();
  }

  /** It counts no more. */
  end(): void {
    this.state = 'over';
    this.#stopTimers();
  }

  #startTimers(): void {
    const { clock } = this.#core.stack.host;
    if (this.#isInvite) {
      this.#restartTimerC();
    }
    if (this.forward.timeoutMs !== undefined) {
      this.#patience = clock.timer(this.forward.timeoutMs, () => {
        this.#user.onLate(this);
      });
    }
    if (this.forward.silenceMs !== undefined) {
      this.#silence = clock.timer(this.forward.silenceMs, () => {
        if (this.forward.silenceByTcp === true || this.target?.transport === 'UDP') {
          this.#user.onLate(this);
        }
      });
    }
  }

  #restartTimerC(): void {
    this.#timerC?.cancel();
    this.#timerC = this.#core.stack.host.clock.timer(this.#core.timers.timerCMs, () => this.#timerCFired());
  }

  /** 16.8: CANCEL where a provisional response has come, and then a last wait for the 487; else as if a 408 had come. */
  #timerCFired(): void {
    if (!this.#answered || this.#cancelled !== undefined) {
      this.#user.onFailure(this, this.timeout);
      return;
    }
    this.cancel();
    const waitMs = 64 * this.#core.timers.t1Ms; // 9.1
    this.#timerC = this.#core.stack.host.clock.timer(waitMs, () => {
      this.#user.onFailure(this, this.timeout);
    });
  }

  #stopTimers(): void {
    this.#timerC?.cancel();
    this.#patience?.cancel();
    this.#silence?.cancel();
  }
}
