import {
  forStrictRouter,
  locate,
  parseUri,
  type Header,
  type SipRequest,
  type SipResponse,
  type SipStack,
  type Source,
  type StackOptions,
  type Target,
} from '@ims-sim/sip';
import { hostPort } from './host-port.js';
import type { RequestUser, Sending } from './party.js';
import type { SecurityAssociation } from './security-agreement.js';
import type { Outcome, SendOptions, UeOptions } from './ue.js';

/** `source` is where a final response came from. */
type OnFinal = (outcome: Outcome, source?: Source) => void;

export interface ExchangesOptions extends Pick<UeOptions, 'resolver' | 'proxy'> {
  /** The request once more, with credentials, where the response is a challenge that is to be answered. */
  answered?(request: SipRequest, response: SipResponse): SipRequest | undefined;
}

export interface ExchangeOptions extends SendOptions {
  /** A challenge is answered, once: the request goes out again as this. */
  readonly onResent?: ((request: SipRequest) => void) | undefined;
}

/** Sends requests to the P-CSCF and sees to it that each ends. */
export class Exchanges {
  /** What requests are sent under from now on. */
  association: SecurityAssociation | undefined;
  readonly #stack: SipStack;
  readonly #resolver: StackOptions['resolver'];
  readonly #proxy: UeOptions['proxy'];
  readonly #answered: ExchangesOptions['answered'];
  readonly #open = new Set<OnFinal>();
  #closed = false;

  constructor(stack: SipStack, { resolver, proxy, answered }: ExchangesOptions) {
    this.#stack = stack;
    this.#resolver = resolver;
    this.#proxy = proxy;
    this.#answered = answered;
  }

  /** `onFinal` is called in the turn in which the outcome is known, before anything that comes after it on the wire. */
  send(request: SipRequest, options?: ExchangeOptions, onFinal?: OnFinal): Promise<Outcome> {
    return this.sendUnder(this.association, request, options, onFinal);
  }

  /** As `send`, under another association than that of the time, or none. */
  sendUnder(
    association: SecurityAssociation | undefined,
    request: SipRequest,
    options: ExchangeOptions = {},
    onFinal?: OnFinal,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const end: OnFinal = (outcome, source) => {
        if (this.#open.delete(end)) {
          onFinal?.(outcome, source);
          resolve(outcome);
        }
      };
      this.#open.add(end);
      if (this.#closed) {
        end({ kind: 'failure', failure: 'closed' });
        return;
      }
      const isProtected = association !== undefined && options.targets === undefined;
      const sentBy = isProtected ? hostPort(association.server) : undefined;
      const targets = options.targets ?? (isProtected ? [association.target] : this.targets());
      if (targets instanceof Promise) {
        targets.then(
          (found) => this.#start(request, found, sentBy, options, end),
          () => end({ kind: 'failure', failure: 'transport' }),
        );
      } else {
        this.#start(request, targets, sentBy, options, end);
      }
    });
  }

  /** Sends a request whose every response is wanted: an INVITE. */
  open(request: SipRequest, user: RequestUser): Sending {
    const { association } = this;
    let sent: Sending | undefined;
    let cancelled: { readonly headers: readonly Header[] | undefined } | undefined;
    const end: OnFinal = (outcome) => {
      if (this.#open.delete(end) && outcome.kind === 'failure') {
        user.onFailure(outcome.failure);
      }
    };
    this.#open.add(end);
    const start = (targets: readonly Target[], again?: SipRequest) => {
      if (this.#closed) {
        return;
      }
      const sending = again ?? request;
      sent = this.#stack.send(
        sending,
        {
          onResponse: (response, source) => {
            const answered = cancelled === undefined ? this.#answered?.(sending, response) : undefined;
            if (answered !== undefined) {
              user.onResent?.(answered);
              start(targets, answered);
              return;
            }
            if (response.status >= 200) {
              this.#open.delete(end);
            }
            user.onResponse(response, source);
          },
          onFailure: (failure) => end({ kind: 'failure', failure }),
        },
        { ...this.#under(association), targets, prepare: forStrictRouter },
      );
      if (cancelled !== undefined) {
        sent.cancel(cancelled.headers);
      }
    };
    if (this.#closed) {
      // In a turn of its own, as every other failure.
      this.#stack.host.clock.timer(0, () => end({ kind: 'failure', failure: 'closed' }));
    } else {
      this.#locate(association, start, () => end({ kind: 'failure', failure: 'transport' }));
    }
    return {
      cancel: (headers) => {
        cancelled = { headers };
        sent?.cancel(headers);
      },
    };
  }

  /** An ACK to a 2xx goes the way that its INVITE went. */
  sendStateless(request: SipRequest): void {
    const { association } = this;
    this.#locate(association, (targets) => {
      if (!this.#closed) {
        this.#stack.sendStateless(request, {
          ...this.#under(association),
          targets,
          prepare: forStrictRouter,
        });
      }
    });
  }

  /** Sends these bytes to the P-CSCF; false where there is no way to it. */
  sendBytes(bytes: Buffer): Promise<boolean> {
    const { association } = this;
    return new Promise((resolve) => {
      this.#locate(
        association,
        ([target]) => {
          if (target !== undefined && !this.#closed) {
            this.#stack.sendBytes(bytes, target);
          }
          resolve(target !== undefined && !this.#closed);
        },
        () => {
          resolve(false);
        },
      );
    });
  }

  /** What is sent from the protected client port is answered to the protected server port (TS 33.203 7.1). */
  #under(association: SecurityAssociation | undefined): { sentBy: string; rport: false } | object {
    return association === undefined ? {} : { sentBy: hostPort(association.server), rport: false };
  }

  #locate(
    association: SecurityAssociation | undefined,
    go: (targets: readonly Target[]) => void,
    failed: () => void = () => undefined,
  ): void {
    const targets = association === undefined ? this.targets() : [association.target];
    if (targets instanceof Promise) {
      targets.then(go, failed);
    } else {
      go(targets);
    }
  }

  /** Ends what is open. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#open]) {
      end({ kind: 'failure', failure: 'closed' });
    }
  }

  #start(
    request: SipRequest,
    targets: readonly Target[],
    sentBy: string | undefined,
    options: ExchangeOptions,
    end: OnFinal,
  ): void {
    const { onProvisional, onResent } = options;
    if (this.#closed) {
      return;
    }
    const user = {
      onResponse: (response: SipResponse, source: Source) => {
        const again = onResent === undefined ? undefined : this.#answered?.(request, response);
        if (again !== undefined) {
          onResent?.(again);
          this.#start(again, targets, sentBy, options, end);
        } else if (response.status >= 200) {
          end({ kind: 'response', response }, source);
        } else {
          onProvisional?.(response);
        }
      },
      onFailure: (failure: 'timeout' | 'transport') => end({ kind: 'failure', failure }),
    };
    // TS 33.203 7.1: what is sent from the protected client port is answered to the protected server port.
    const rport = sentBy === undefined ? undefined : false;
    this.#stack.send(request, user, { targets, sentBy, rport, prepare: forStrictRouter });
  }

  /** The P-CSCF, whatever the Route says: a UE has no other way (TS 24.229 5.1.2A.1). */
  targets(): readonly Target[] | Promise<readonly Target[]> {
    if (typeof this.#proxy !== 'string') {
      return [this.#proxy];
    }
    const uri = parseUri(`sip:${this.#proxy}`);
    const { host, listening } = this.#stack;
    const families = [listening.address.includes(':') ? (6 as const) : (4 as const)];
    return uri === undefined ? [] : locate(uri, { resolver: this.#resolver, random: host.random, families });
  }
}
