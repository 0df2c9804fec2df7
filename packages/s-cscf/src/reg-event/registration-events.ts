import { token } from '@ims-sim/host';
import {
  callId,
  header,
  parseUri,
  receive,
  responseTo,
  tagOf,
  to,
  uasDialog,
  valueOf,
  type Decision,
  type Dialog,
  type Incoming,
  type Reply,
  type SipStack,
} from '@ims-sim/sip';
import type { RegistrationEvent } from '../registration-event.js';
import type { SCscf } from '../s-cscf.js';
import type { ImplicitSet, ServedUser } from '../served-user.js';
import { nextNotify, outcomeOf } from './notify.js';
import { acceptedHeaders, initialSubscribe, isRegEvent, refreshingSubscribe } from './subscribe.js';
import type { ContactChange, Subscription } from './subscription.js';
import { Subscriptions, subscriptionKey } from './subscriptions.js';

export interface RegistrationEventsLimits {
  /** Subscriptions, at most: a UE and its P-CSCF have one each. */
  readonly subscriptions: number;
  /** To one implicit set. */
  readonly ofOneSet: number;
}

const LIMITS: RegistrationEventsLimits = { subscriptions: 500_000, ofOneSet: 32 };

/** Changes that one subscription is owed, at most: with more the next NOTIFY has the full state. */
const MAX_CHANGES = 64;
/** What the notifier has of its element. */
export interface NotifierOptions {
  readonly stack: Pick<SipStack, 'send'>;
  readonly limits?: Partial<RegistrationEventsLimits> | undefined;
}

/**
 * The notifier of the registration event package (RFC 3680, TS 24.229 5.4.2.1): who subscribes to whose registration, and one
 * NOTIFY at a time to each.
 */
export class RegistrationEvents {
  readonly #scscf: SCscf;
  readonly #options: NotifierOptions;
  readonly #limits: RegistrationEventsLimits;
  readonly #subscriptions: Subscriptions;
  /** Of each set, the identity that its last REGISTER named. */
  readonly #explicit = new WeakMap<ImplicitSet, string>();
  #closed = false;

  constructor(scscf: SCscf, options: NotifierOptions) {
    this.#scscf = scscf;
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#subscriptions = new Subscriptions(scscf.clock, (subscription) => this.#expired(subscription));
    scscf.registrar.onChange((event) => this.#changed(event));
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** Answers a SUBSCRIBE that is for this notifier; undefined where it is none. */
  subscribe(incoming: Incoming): Decision | undefined {
    return incoming.inDialog ? this.#within(incoming) : this.#initial(incoming);
  }

  close(): void {
    this.#closed = true;
    this.#subscriptions.close();
  }

  #initial(incoming: Incoming): Decision | undefined {
    const { request } = incoming;
    const user = isRegEvent(request) ? this.#userOf(request.uri) : undefined;
    if (user === undefined) {
      return undefined;
    }
    const decision = initialSubscribe(request, user, this.#scscf);
    if (decision.kind === 'reply') {
      return decision;
    }
    const ofSet = this.#subscriptions.ofSet(user.set).size;
    if (this.size >= this.#limits.subscriptions || ofSet >= this.#limits.ofOneSet) {
      return FULL;
    }
    const contact = `sip:${token(this.#scscf.random, 11)}@${this.#scscf.name}`;
    const dialog = this.#accept(incoming, contact, decision.expiresS);
    if (dialog === undefined) {
      return { kind: 'reply', status: 400, reason: 'Bad Contact', because: NO_DIALOG };
    }
    this.#add(incoming, user.set, dialog, contact, decision.expiresS);
    return { kind: 'taken', because: decision.because };
  }

  #userOf(uriText: string): ServedUser | undefined {
    const { registrar } = this.#scscf;
    const spelled = registrar.userSpelled(uriText);
    const uri = spelled === undefined ? parseUri(uriText) : undefined;
    return uri === undefined ? spelled : registrar.user({ uriText, uri });
  }

  /** Sends the 200, without which the subscriber does not take a NOTIFY. */
  #accept({ request, transaction }: Incoming, contact: string, expiresS: number): Dialog | undefined {
    const response = responseTo(request, 200, 'OK', {
      toTag: token(this.#scscf.random, 11),
      recordRoute: true,
      headers: acceptedHeaders(request, contact, expiresS, this.#scscf),
    });
    const dialog = uasDialog(request, response);
    if (dialog !== undefined) {
      transaction.respond(response);
    }
    return dialog;
  }

  #add({ request }: Incoming, set: ImplicitSet, dialog: Dialog, contact: string, expiresS: number): void {
    const subscription: Subscription = {
      key: subscriptionKey(dialog.callId, dialog.localTag),
      set,
      dialog,
      event: valueOf(request.headers, 'event') ?? 'reg',
      contact,
      expiresAtMs: this.#scscf.clock.now() + expiresS * 1000,
      version: 0,
      owes: 'full',
      changes: new Map(),
      isNotifying: false,
      isBehind: false,
      ends: expiresS === 0 ? 'timeout' : undefined, // RFC 6665 4.4.3: a fetch
      dueMs: Infinity,
      dueIndex: -1,
    };
    this.#subscriptions.add(subscription);
    this.#notify(subscription);
  }

  #within(incoming: Incoming): Decision | undefined {
    const { request, transaction } = incoming;
    const subscription = this.#subscriptions.find(callId(request) ?? '', tagOf(to(request)) ?? '');
    if (subscription === undefined || subscription.ends !== undefined) {
      return isRegEvent(request) && this.#isOwn(request.uri) ? UNKNOWN : undefined;
    }
    const received = receive(subscription.dialog, request);
    if (received.kind === 'reply') {
      return { ...received, because: OUT_OF_ORDER };
    }
    const decision = refreshingSubscribe(request, this.#scscf);
    if (decision.kind === 'reply') {
      return decision;
    }
    subscription.dialog = received.dialog;
    const { expiresS } = decision;
    const headers = acceptedHeaders(request, subscription.contact, expiresS, this.#scscf);
    transaction.respond(responseTo(request, 200, 'OK', { headers }));
    subscription.expiresAtMs = this.#scscf.clock.now() + expiresS * 1000;
    subscription.ends = expiresS === 0 ? 'timeout' : undefined;
    subscription.owes = 'full'; // RFC 6665 4.2.1.2
    this.#subscriptions.schedule(subscription);
    this.#notify(subscription);
    return { kind: 'taken', because: decision.because };
  }

  #isOwn(uriText: string): boolean {
    const uri = parseUri(uriText);
    return uri?.kind === 'sip' && this.#scscf.names.has(uri.host);
  }

  /** TS 24.229 5.4.2.1.2: who subscribes hears of each change; with the last binding the subscriptions end. */
  #changed({ set, changes, state, request }: RegistrationEvent): void {
    const registered = request === undefined ? undefined : to(request);
    const user = registered === undefined ? undefined : this.#scscf.registrar.user(registered);
    if (user !== undefined) {
      this.#explicit.set(set, user.identity);
    }
    for (const subscription of this.#subscriptions.ofSet(set)) {
      if (subscription.ends === undefined) {
        this.#owe(subscription, changes, state === 'terminated');
      }
    }
  }

  #owe(subscription: Subscription, changes: readonly ContactChange[], isLast: boolean): void {
    for (const change of changes) {
      subscription.changes.set(change.binding.id, change);
    }
    if (subscription.owes === 'nothing') {
      subscription.owes = subscription.isBehind ? 'full' : 'partial';
    }
    if (subscription.changes.size > MAX_CHANGES) {
      subscription.owes = 'full';
      subscription.changes.clear();
    }
    if (isLast) {
      subscription.ends = 'noresource';
    }
    // The 200 to the REGISTER goes first.
    this.#scscf.clock.timer(0, () => this.#notify(subscription));
  }

  /** Sends what is owed, unless the last NOTIFY is still under way (RFC 6665 4.2.2: in order). */
  #notify(subscription: Subscription): void {
    if (subscription.owes === 'nothing' || subscription.isNotifying || this.#isGone(subscription)) {
      return;
    }
    const isLast = subscription.ends !== undefined;
    const request = nextNotify(subscription, this.#explicitOf(subscription.set), this.#scscf);
    subscription.isNotifying = true;
    if (isLast) {
      this.#subscriptions.remove(subscription);
    }
    this.#options.stack.send(request, {
      onResponse: ({ status }) => {
        if (status >= 200) {
          this.#told(subscription, outcomeOf(status), String(status));
        }
      },
      onFailure: (failure) => this.#told(subscription, 'gone', failure),
    });
  }

  #told(subscription: Subscription, outcome: ReturnType<typeof outcomeOf>, answer: string): void {
    subscription.isNotifying = false;
    if (this.#isGone(subscription)) {
      return;
    }
    if (outcome !== 'told') {
      const { callId: call, remote } = subscription.dialog;
      this.#scscf.log.warn('A NOTIFY of the registration state failed', {
        subscriber: remote.uriText,
        callId: call,
        answer,
      });
    }
    if (outcome === 'gone') {
      this.#subscriptions.remove(subscription);
      return;
    }
    if (outcome === 'missed') {
      subscription.isBehind = true;
      subscription.owes = subscription.owes === 'nothing' ? 'nothing' : 'full';
    }
    this.#notify(subscription);
  }

  #explicitOf(set: ImplicitSet): string | undefined {
    return this.#explicit.get(set) ?? set.users.find(({ barred }) => !barred)?.identity;
  }

  #isGone(subscription: Subscription): boolean {
    return this.#closed || !this.#subscriptions.has(subscription);
  }

  /** RFC 6665 4.2.2: a subscription that is not refreshed ends with a NOTIFY. */
  #expired(subscription: Subscription): void {
    subscription.ends ??= 'timeout';
    subscription.owes = 'full';
    this.#notify(subscription);
  }
}

const FULL: Reply = {
  kind: 'reply',
  status: 503,
  reason: 'Service Unavailable',
  headers: [header('Retry-After', '60')],
  because: [{ clause: 'TS 24.229 5.4.2.1.1', text: 'no room for another subscription: 503' }],
};
const UNKNOWN: Reply = {
  kind: 'reply',
  status: 481,
  reason: 'Subscription Does Not Exist',
  because: [{ clause: 'RFC 6665 4.2.1.1', text: 'no subscription has this dialog: 481' }],
};
const NO_DIALOG: Reply['because'] = [
  { clause: 'RFC 3261 12.1.1', text: 'a SUBSCRIBE without a Contact: 400' },
];
const OUT_OF_ORDER: Reply['because'] = [{ clause: 'RFC 3261 12.2.2', text: 'CSeq out of order: 500' }];
