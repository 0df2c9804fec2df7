import type { Timer } from '@ims-sim/host';
import {
  completedBy,
  event as eventOf,
  expires as expiresOf,
  fromUtf8,
  header,
  inDialogRequest,
  isOfDialog,
  receive,
  receiveResponse,
  responseTo,
  tagOf,
  to,
  from,
  uacDialog,
  uacDialogFromNotify,
  valueOf,
  type Dialog,
  type Header,
  type ServerTransaction,
  type SipRequest,
} from '@ims-sim/sip';
import type { Exchanges } from './exchange.js';
import { withCSeqOf } from './challenges.js';
import { withExtra } from './extra-headers.js';
import type { ExtraHeaders } from './party.js';
import {
  accessHeaders,
  accessNetwork,
  identityHints,
  newCallId,
  subscribeRequest,
  type Self,
} from './requests.js';
import { subscriptionState, type SubscriptionState } from './subscription-state.js';
import type { Outcome } from './ue.js';

export interface SubscribeOptions {
  /** Whose state: the Request-URI and To, e.g. `tel:+1-212-555-2222`. */
  readonly uri: string;
  readonly event: string;
  readonly accept?: string | undefined;
  /** Asked for, in seconds; 0 fetches once. */
  readonly expiresS: number;
  /** Of the first SUBSCRIBE; 61 if not given, as in TR 24.841. */
  readonly cseq?: number | undefined;
  /** After those that every SUBSCRIBE has. */
  readonly headers?: readonly Header[] | undefined;
  /** Of the first SUBSCRIBE alone. */
  readonly extra?: ExtraHeaders | undefined;
  readonly onNotify?: ((notification: Notification) => void) | undefined;
}

/** A NOTIFY of this subscription, answered with 200. */
export interface Notification {
  readonly request: SipRequest;
  readonly state: SubscriptionState;
  /** Undefined where there is no body. */
  readonly contentType: string | undefined;
  /** A reader's text. */
  readonly body: string;
}

export interface Subscription {
  readonly callId: string;
  /** Known with the first 2xx or NOTIFY. */
  readonly dialog: Dialog | undefined;
  /** `trying` before the first answer; `failed`: refused; `ended`: the notifier, or an answer, said so. */
  readonly phase: 'trying' | 'up' | 'failed' | 'ended';
  /** The last duration that the notifier granted, in seconds. */
  readonly grantedS: number | undefined;
  /** How the first SUBSCRIBE ended. */
  readonly response: Promise<Outcome>;
  /** In the order in which they came, the first 1,000. */
  readonly notifications: readonly Notification[];
  onNotify: ((notification: Notification) => void) | undefined;
  /** The notification with this number, from 0, once it is there; undefined if it is not within `timeoutMs`. */
  notification(number: number, timeoutMs: number): Promise<Notification | undefined>;
  /** Sends a SUBSCRIBE in the dialog, with the first one's duration if none is given. */
  refresh(expiresS?: number, extra?: ExtraHeaders): Promise<Outcome>;
  /** Sends one with Expires: 0; the last NOTIFY is waited for, and answered, for 64*T1. */
  unsubscribe(extra?: ExtraHeaders): Promise<Outcome>;
}

const MAX_NOTIFICATIONS = 1000;

/** What a subscription has of its UE. */
export interface SubscriptionContext {
  readonly exchanges: Exchanges;
  self(): Self;
  timer(delayMs: number, callback: () => void): Timer;
  /** 64*T1, in milliseconds. */
  readonly longMs: number;
  /** Before the user's own `onNotify`. */
  notified?(notification: Notification): void;
  ended(subscription: OpenSubscription): void;
}

/** A subscription as the UE keeps it. */
export class OpenSubscription implements Subscription {
  readonly callId: string;
  readonly response: Promise<Outcome>;
  readonly notifications: Notification[] = [];
  dialog: Dialog | undefined;
  phase: Subscription['phase'] = 'trying';
  grantedS: number | undefined;
  onNotify: ((notification: Notification) => void) | undefined;
  readonly #context: SubscriptionContext;
  readonly #options: SubscribeOptions;
  #request: SipRequest;
  readonly #waiting = new Set<() => void>();
  #timerN: Timer | undefined;

  constructor(context: SubscriptionContext, options: SubscribeOptions) {
    const self = context.self();
    this.#context = context;
    this.#options = options;
    this.onNotify = options.onNotify;
    this.callId = newCallId(self.random);
    this.#request = subscribeRequest(self, {
      uri: options.uri,
      callId: this.callId,
      cseq: options.cseq ?? 61,
      rest: this.#rest(self, options.expiresS),
      extra: options.extra,
    });
    const onResent = (request: SipRequest) => {
      this.#request = request;
    };
    this.response = context.exchanges.send(this.#request, { onResent }, (outcome) => this.#answered(outcome));
  }

  /** A NOTIFY with its Call-ID. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const dialog = this.#dialogOf(request);
    if (dialog === undefined || !this.#isItsEvent(request)) {
      this.#respond(transaction, 481, 'Subscription does not exist');
      return;
    }
    const state = subscriptionState(request);
    if (state === undefined) {
      this.#respond(transaction, 400, 'Missing or bad Subscription-State');
      return;
    }
    const received = receive(dialog, request);
    if (received.kind === 'reply') {
      this.#respond(transaction, received.status, received.reason);
      return;
    }
    this.dialog = received.dialog;
    this.#respond(transaction, 200); // table 6.1.1-22
    this.#notified({
      request,
      state,
      contentType: valueOf(request.headers, 'content-type'),
      body: fromUtf8(request.body),
    });
  }

  #respond(transaction: ServerTransaction, status: number, reason?: string): void {
    const headers = accessNetwork(this.#context.self());
    transaction.respond(responseTo(transaction.request, status, reason, { headers }));
  }

  notification(number: number, timeoutMs: number): Promise<Notification | undefined> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.notifications[number];
        if (found !== undefined) {
          end(found);
        }
      };
      const timer = this.#context.timer(timeoutMs, () => end(undefined));
      const end = (found: Notification | undefined) => {
        timer.cancel();
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  refresh(expiresS = this.#options.expiresS, extra?: ExtraHeaders): Promise<Outcome> {
    if (this.dialog === undefined || this.phase !== 'up') {
      return Promise.resolve({ kind: 'failure', failure: 'no-dialog' });
    }
    const self = this.#context.self();
    // TS 24.229 5.1.2A.1.1: in the final text a hint is for initial requests and standalone ones.
    const hints = self.profile === 'tr-24.841' ? identityHints(self) : [];
    const headers = [...hints, ...accessHeaders(self), ...this.#rest(self, expiresS)];
    const { request, dialog } = inDialogRequest(this.dialog, 'SUBSCRIBE', { headers });
    this.dialog = dialog;
    const onResent = (again: SipRequest) => {
      this.dialog = this.dialog && withCSeqOf(this.dialog, again);
    };
    return this.#context.exchanges.send(withExtra(request, extra), { onResent }, (outcome) =>
      this.#refreshed(outcome),
    );
  }

  async unsubscribe(extra?: ExtraHeaders): Promise<Outcome> {
    const outcome = await this.refresh(0, extra);
    if (this.phase === 'up') {
      this.#timerN?.cancel();
      this.#timerN = this.#context.timer(this.#context.longMs, () => this.#end('ended')); // RFC 6665 4.1.2.4, Timer N
    }
    return outcome;
  }

  /** Event, Expires, Accept and Contact, in the order of table 6.1.1-1. */
  #rest({ contact }: Self, expiresS: number): Header[] {
    const { event, accept, headers = [] } = this.#options;
    return [
      header('Event', event),
      header('Expires', String(expiresS)),
      ...(accept === undefined ? [] : [header('Accept', accept)]),
      header('Contact', `<${contact}>`),
      ...headers,
    ];
  }

  #answered(outcome: Outcome): void {
    if (outcome.kind === 'failure' || outcome.response.status >= 300) {
      this.#end('failed');
      return;
    }
    const { response } = outcome;
    this.grantedS = expiresOf(response) ?? this.grantedS;
    if (this.dialog !== undefined) {
      this.dialog = completedBy(this.dialog, response); // a NOTIFY overtook it
      return;
    }
    this.dialog = uacDialog(this.#request, response);
    if (this.dialog === undefined) {
      this.#end('failed'); // a 2xx without a Contact or a tag
    } else {
      this.phase = 'up';
    }
  }

  #refreshed(outcome: Outcome): void {
    if (outcome.kind === 'failure' || this.dialog === undefined) {
      return;
    }
    const { response } = outcome;
    if (response.status === 481) {
      this.#end('ended'); // RFC 6665 4.1.2.2
    } else {
      this.dialog = receiveResponse(this.dialog, response);
      this.grantedS = response.status < 300 ? (expiresOf(response) ?? this.grantedS) : this.grantedS;
    }
  }

  /** The dialog that a NOTIFY belongs to; the first one makes it where no 2xx has come (RFC 6665 4.4.1). */
  #dialogOf(notify: SipRequest): Dialog | undefined {
    if (this.dialog !== undefined) {
      return isOfDialog(this.dialog, notify) ? this.dialog : undefined;
    }
    const isOurs = tagOf(to(notify)) === tagOf(from(this.#request));
    return isOurs ? uacDialogFromNotify(this.#request, notify) : undefined;
  }

  #isItsEvent(notify: SipRequest): boolean {
    const own = eventOf(this.#request);
    const its = eventOf(notify);
    return own !== undefined && own.package === its?.package && own.id === its.id;
  }

  #notified(notification: Notification): void {
    if (this.notifications.length < MAX_NOTIFICATIONS) {
      this.notifications.push(notification);
    }
    this.grantedS = notification.state.expiresS ?? this.grantedS;
    if (notification.state.value === 'terminated') {
      this.#end('ended');
    } else {
      this.phase = 'up';
    }
    this.#context.notified?.(notification);
    this.onNotify?.(notification);
    for (const look of [...this.#waiting]) {
      look();
    }
  }

  #end(phase: 'failed' | 'ended'): void {
    this.phase = phase;
    this.#timerN?.cancel();
    this.#context.ended(this);
  }
}
