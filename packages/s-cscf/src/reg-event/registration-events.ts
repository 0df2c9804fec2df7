import type { SubscriptionDialog } from '@ims-sim/cx';
import { token } from '@ims-sim/host';
import {
  callId,
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
  type SipStack,
} from '@ims-sim/sip';
import type { RegistrationEvent } from '../registration-event.js';
import { keepSubscription } from '../restoration.js';
import type { SCscf } from '../s-cscf.js';
import type { ImplicitSet, ServedUser } from '../served-user.js';
import { countFrom, dialogFrom, keptFor, stored } from './kept.js';
import { Notifier } from './notifier.js';
import { FULL, NO_DIALOG, OUT_OF_ORDER, UNKNOWN } from './refusals.js';
import { acceptedHeaders, icidIn, initialSubscribe, isRegEvent, refreshingSubscribe } from './subscribe.js';
import type { KeptFor, Subscription } from './subscription.js';
import { Subscriptions, subscriptionKey } from './subscriptions.js';

export interface RegistrationEventsLimits {
  /** Subscriptions, at most: a UE and its P-CSCF have one each. */
  readonly subscriptions: number;
  /** To one implicit set. */
  readonly ofOneSet: number;
}

const LIMITS: RegistrationEventsLimits = { subscriptions: 500_000, ofOneSet: 32 };

type New = Omit<
  Subscription,
  'key' | 'owes' | 'changes' | 'removed' | 'isNotifying' | 'isBehind' | 'dueMs' | 'dueIndex'
>;

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
  readonly #limits: RegistrationEventsLimits;
  readonly #subscriptions: Subscriptions;
  readonly #notifier: Notifier;

  constructor(scscf: SCscf, options: NotifierOptions) {
    this.#scscf = scscf;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#subscriptions = new Subscriptions(scscf.clock, (subscription) => this.#expired(subscription));
    this.#notifier = new Notifier(scscf, options.stack, this.#subscriptions, (subscription) =>
      this.#end(subscription),
    );
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
    if (this.#isFull(user.set)) {
      return FULL;
    }
    const contact = this.#newContact();
    const dialog = this.#accept(incoming, contact, decision.expiresS);
    if (dialog === undefined) {
      return { kind: 'reply', status: 400, reason: 'Bad Contact', because: NO_DIALOG };
    }
    const { expiresS, subscriber, neighbour = 'p-cscf' } = decision;
    const subscription = this.#add({
      set: user.set,
      kept: expiresS > 0 ? keptFor(request, user.set, subscriber) : undefined,
      neighbour,
      dialog,
      event: valueOf(request.headers, 'event') ?? 'reg',
      contact,
      icid: icidIn(request),
      expiresAtMs: this.#scscf.clock.now() + expiresS * 1000,
      version: 0,
      ends: expiresS === 0 ? 'timeout' : undefined, // RFC 6665 4.4.3: a fetch
    });
    this.#keep(subscription, stored(dialog));
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

  /** Its first NOTIFY has the full state (RFC 6665 4.2.1.2). */
  #add(parts: New): Subscription {
    const subscription: Subscription = {
      ...parts,
      key: subscriptionKey(parts.dialog.callId, parts.dialog.localTag),
      owes: 'full',
      changes: new Map(),
      removed: new Set(),
      isNotifying: false,
      isBehind: false,
      dueMs: Infinity,
      dueIndex: -1,
    };
    this.#subscriptions.add(subscription);
    this.#notifier.notify(subscription);
    return subscription;
  }

  /** TS 23.380 4.2: what the HSS has of it; undefined: nothing any more. */
  #keep({ set, kept }: Subscription, dialog: SubscriptionDialog | undefined): void {
    if (kept !== undefined) {
      keepSubscription(set, kept.privateIdentity, kept.by, dialog, this.#scscf).catch((error: unknown) => {
        this.#scscf.log.error('A procedure failed', { error });
      });
    }
  }

  /** TS 23.380 4.3: the subscriptions of a set that came back from the HSS go on, with the full state. */
  #restore(set: ImplicitSet): void {
    for (const [privateIdentity, { subscription, pCscfSubscription }] of set.subscriptions ?? []) {
      this.#restoreOne(set, { privateIdentity, by: 'subscription' }, subscription);
      this.#restoreOne(set, { privateIdentity, by: 'pCscfSubscription' }, pCscfSubscription);
    }
  }

  #restoreOne(set: ImplicitSet, kept: KeptFor, from: SubscriptionDialog | undefined): void {
    const nowMs = this.#scscf.clock.now();
    const dialog = from && dialogFrom(from, nowMs);
    const isThere = dialog !== undefined && this.#subscriptions.find(dialog.callId, dialog.localTag);
    if (dialog === undefined || isThere !== undefined || this.#isFull(set)) {
      return;
    }
    this.#add({
      set,
      kept,
      neighbour: 'p-cscf', // a UE's, or itself
      dialog,
      event: 'reg',
      contact: this.#newContact(),
      icid: undefined,
      // How long it was for is not kept: as long as the registration.
      expiresAtMs: Math.max(nowMs, ...set.bindings.map(({ expiresAtMs }) => expiresAtMs)),
      version: countFrom(nowMs),
      ends: undefined,
    });
  }

  #isFull(set: ImplicitSet): boolean {
    const { subscriptions, ofOneSet } = this.#limits;
    return this.size >= subscriptions || this.#subscriptions.ofSet(set).size >= ofOneSet;
  }

  #newContact(): string {
    return `sip:${token(this.#scscf.random, 11)}@${this.#scscf.name}`;
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
    subscription.icid = icidIn(request) ?? subscription.icid;
    const { expiresS } = decision;
    const headers = acceptedHeaders(request, subscription.contact, expiresS, this.#scscf);
    transaction.respond(responseTo(request, 200, 'OK', { headers }));
    subscription.expiresAtMs = this.#scscf.clock.now() + expiresS * 1000;
    subscription.ends = expiresS === 0 ? 'timeout' : undefined;
    subscription.owes = 'full'; // RFC 6665 4.2.1.2
    this.#subscriptions.schedule(subscription);
    this.#notifier.notify(subscription);
    return { kind: 'taken', because: decision.because };
  }

  #isOwn(uriText: string): boolean {
    const uri = parseUri(uriText);
    return uri?.kind === 'sip' && this.#scscf.names.has(uri.host);
  }

  /** TS 24.229 5.4.2.1.2: who subscribes hears of each change; with the last binding the subscriptions end. */
  #changed(event: RegistrationEvent): void {
    const { set, state, request } = event;
    const registered = request === undefined ? undefined : to(request);
    const user = registered === undefined ? undefined : this.#scscf.registrar.user(registered);
    if (user !== undefined) {
      this.#notifier.registered(set, user.identity);
    }
    for (const subscription of this.#subscriptions.ofSet(set)) {
      if (subscription.ends === undefined) {
        this.#notifier.owe(subscription, event);
      }
    }
    if (request === undefined && set.subscriptions !== undefined && state === 'active') {
      this.#restore(set);
    }
  }

  #end(subscription: Subscription): void {
    this.#subscriptions.remove(subscription);
    if (subscription.set.bindings.length > 0) {
      this.#keep(subscription, undefined);
    }
  }

  /** RFC 6665 4.2.2: a subscription that is not refreshed ends with a NOTIFY. */
  #expired(subscription: Subscription): void {
    subscription.ends ??= 'timeout';
    subscription.owes = 'full';
    this.#notifier.notify(subscription);
  }
}
