import type { Clock, Timer } from '@ims-sim/host';
import {
  callId,
  completedBy,
  expires,
  from,
  inDialogRequest,
  isOfDialog,
  receive,
  receiveResponse,
  reply,
  tagOf,
  to,
  uacDialog,
  uacDialogFromNotify,
  valueOf,
  type Because,
  type Decision,
  type Dialog,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '@ims-sim/sip';
import { refreshHeaders, subscribeRequest, type Subscriber } from './subscribe-request.js';

/** What one subscription has of the P-CSCF. */
export interface SubscriptionContext {
  readonly self: Subscriber;
  readonly stack: Pick<SipStack, 'send'>;
  readonly clock: Clock;
  /** A document has come for the user. */
  document(identity: string, xml: string): 'ok' | 'gap';
  /** It is over, for the reason given. `isLost`: the notifier does not know it any more. */
  ended(subscription: RegEventSubscription, why: string, isLost: boolean): void;
}

/** 5.2.3: longer than the registration, by this many seconds. */
const SPARE_S = 60;
/** A notifier that grants next to nothing is not asked at the speed of the network; the subscription may lapse meanwhile. */
const MIN_REFRESH_S = 30;

/** TS 24.229 5.2.3: one subscription of the P-CSCF to the registration event package, for one user. */
export class RegEventSubscription {
  readonly identity: string;
  /** Host of the S-CSCF that served the user when it began. */
  readonly server: string;
  readonly callId: string;
  /** Until when the user is registered through this P-CSCF, as far as is known. */
  registeredUntilMs: number;
  readonly #context: SubscriptionContext;
  /** The first SUBSCRIBE, until it has its 2xx. */
  #request: SipRequest | undefined;
  #dialog: Dialog | undefined;
  #timer: Timer | undefined;
  #untilMs = 0;
  #isRefreshing = false;
  #isOver = false;

  constructor(
    context: SubscriptionContext,
    { identity, server }: { readonly identity: string; readonly server: string },
    registeredUntilMs: number,
  ) {
    this.#context = context;
    this.identity = identity;
    this.server = server;
    this.registeredUntilMs = registeredUntilMs;
    const request = subscribeRequest(context.self, identity, this.#wantedS());
    this.#request = request;
    this.callId = callId(request) ?? '';
  }

  start(): void {
    const request = this.#request;
    if (this.#isOver || request === undefined) {
      return;
    }
    this.#send(request, (response) => {
      this.#request = undefined;
      const dialog =
        this.#dialog === undefined ? uacDialog(request, response) : completedBy(this.#dialog, response); // a NOTIFY overtook it
      if (dialog === undefined) {
        this.end('the 2xx to SUBSCRIBE makes no dialog');
        return;
      }
      this.#dialog = dialog;
      this.#granted(expires(response) ?? this.#wantedS());
    });
  }

  /** A NOTIFY with its Call-ID. */
  notified(request: SipRequest): Decision {
    const dialog = this.#dialogOf(request);
    if (dialog === undefined) {
      return reply(481, 'Subscription does not exist', { because: NOT_ITS });
    }
    const state = valueOf(request.headers, 'subscription-state')?.split(';')[0]?.trim().toLowerCase();
    if (state === undefined) {
      return reply(400, 'Missing Subscription-State', { because: NOT_ITS });
    }
    const received = receive(dialog, request);
    if (received.kind === 'reply') {
      return reply(received.status, received.reason, { because: NOT_ITS });
    }
    this.#dialog = received.dialog;
    const outcome = request.body === '' ? 'ok' : this.#context.document(this.identity, request.body);
    if (state === 'terminated') {
      this.end('terminated by the S-CSCF');
    } else if (outcome === 'gap') {
      this.#refresh(); // RFC 3680 5.2: one was lost, the whole is asked for
    }
    return reply(200, 'OK', { because: SERVED });
  }

  /** Nothing is sent. */
  end(why: string, isLost = false): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#timer?.cancel();
      this.#context.ended(this, why, isLost);
    }
  }

  #refresh(): void {
    if (this.#dialog === undefined || this.#isOver || this.#isRefreshing) {
      return;
    }
    this.#isRefreshing = true;
    const wantedS = this.#wantedS();
    const headers = refreshHeaders(this.#context.self, wantedS);
    const { request, dialog } = inDialogRequest(this.#dialog, 'SUBSCRIBE', { headers });
    this.#dialog = dialog;
    this.#send(request, (response) => {
      this.#isRefreshing = false;
      this.#dialog = this.#dialog && receiveResponse(this.#dialog, response);
      this.#granted(expires(response) ?? wantedS);
    });
  }

  #send(request: SipRequest, onSuccess: (response: SipResponse) => void): void {
    this.#context.stack.send(request, {
      onResponse: (response) => {
        if (response.status < 200 || this.#isOver) {
          return;
        }
        if (response.status < 300) {
          onSuccess(response);
        } else {
          this.#failed(`${response.status} to SUBSCRIBE`, response.status === 481);
        }
      },
      onFailure: (failure) => this.#failed(`${failure} of SUBSCRIBE`, false),
    });
  }

  /** RFC 6665 4.1.2.2: what a refresh cannot prolong lasts as long as it was granted, but for a 481. */
  #failed(why: string, isGone: boolean): void {
    this.#isRefreshing = false;
    const leftMs = this.#untilMs - this.#context.clock.now();
    if (isGone || leftMs <= 0) {
      this.end(why, isGone && this.#dialog !== undefined);
      return;
    }
    this.#wake(leftMs, () => this.end(why));
  }

  /** 5.2.3: refreshed 600 s before it expires where that is more than 1200 s away, else after half the time. */
  #granted(seconds: number): void {
    if (seconds === 0) {
      this.end('the S-CSCF grants no time');
      return;
    }
    this.#untilMs = this.#context.clock.now() + seconds * 1000;
    const refreshS = seconds > 1200 ? seconds - 600 : seconds / 2;
    this.#wake(1000 * Math.max(refreshS, MIN_REFRESH_S), () => {
      if (this.#context.clock.now() < this.registeredUntilMs) {
        this.#refresh();
      } else {
        this.#wake(this.#untilMs - this.#context.clock.now(), () =>
          this.end('the user is registered no more'),
        );
      }
    });
  }

  #wake(afterMs: number, callback: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#context.clock.timer(Math.max(1, afterMs), callback);
  }

  #wantedS(): number {
    const leftMs = this.registeredUntilMs - this.#context.clock.now();
    return Math.max(0, Math.ceil(leftMs / 1000)) + SPARE_S;
  }

  /** The first NOTIFY makes the dialog where no 2xx has come (RFC 6665 4.4.1). */
  #dialogOf(notify: SipRequest): Dialog | undefined {
    if (this.#dialog !== undefined) {
      return isOfDialog(this.#dialog, notify) ? this.#dialog : undefined;
    }
    const request = this.#request;
    const isOurs = request !== undefined && tagOf(to(notify)) === tagOf(from(request));
    return isOurs ? uacDialogFromNotify(request, notify) : undefined;
  }
}

const NOT_ITS: Because = [
  { clause: 'RFC 6665 4.1.3', text: 'NOTIFY of no subscription of this P-CSCF, or one that cannot be read' },
];
const SERVED: Because = [
  { clause: 'TS 24.229 5.2.3', text: 'NOTIFY of the registration event package for this P-CSCF' },
];
