import type { SipStack } from '@ims-sim/sip';
import type { RegistrationEvent } from '../registration-event.js';
import type { SCscf } from '../s-cscf.js';
import type { ImplicitSet } from '../served-user.js';
import { nextNotify, outcomeOf } from './notify.js';
import type { Subscription } from './subscription.js';
import type { Subscriptions } from './subscriptions.js';

/** Changes that one subscription is owed, at most: with more the next NOTIFY has the full state. */
const MAX_CHANGES = 64;
/** Sends the NOTIFYs that subscriptions are owed, to each one at a time (TS 24.229 5.4.2.1.2). */
export class Notifier {
  readonly #scscf: SCscf;
  readonly #stack: Pick<SipStack, 'send'>;
  readonly #subscriptions: Subscriptions;
  readonly #end: (subscription: Subscription) => void;
  /** Of each set, the identity that its last REGISTER named. */
  readonly #explicit = new WeakMap<ImplicitSet, string>();

  /** `end`: the subscription has been told for the last time, or cannot be told. */
  constructor(
    scscf: SCscf,
    stack: Pick<SipStack, 'send'>,
    subscriptions: Subscriptions,
    end: (subscription: Subscription) => void,
  ) {
    this.#scscf = scscf;
    this.#stack = stack;
    this.#subscriptions = subscriptions;
    this.#end = end;
  }

  /** A REGISTER has named this identity of the set. */
  registered(set: ImplicitSet, identity: string): void {
    this.#explicit.set(set, identity);
  }

  /** The subscription is to be told of these; with the last binding it ends. */
  owe(subscription: Subscription, { changes, removed, state }: RegistrationEvent): void {
    for (const change of changes) {
      subscription.changes.set(change.binding.id, change);
    }
    for (const identity of removed ?? []) {
      subscription.removed.add(identity);
    }
    if (subscription.owes === 'nothing') {
      subscription.owes = subscription.isBehind ? 'full' : 'partial';
    }
    if (subscription.changes.size > MAX_CHANGES) {
      subscription.owes = 'full';
      subscription.changes.clear();
    }
    if (state === 'terminated') {
      subscription.ends = 'noresource';
    }
    // The 200 to the REGISTER goes first.
    this.#scscf.clock.timer(0, () => this.notify(subscription));
  }

  /** Sends what is owed, unless the last NOTIFY is still under way (RFC 6665 4.2.2: in order). */
  notify(subscription: Subscription): void {
    if (subscription.owes === 'nothing' || subscription.isNotifying || this.#isGone(subscription)) {
      return;
    }
    const isLast = subscription.ends !== undefined;
    const request = nextNotify(subscription, this.#explicitOf(subscription.set), this.#scscf);
    subscription.isNotifying = true;
    if (isLast) {
      this.#end(subscription);
    }
    this.#stack.send(request, {
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
      this.#end(subscription);
      return;
    }
    if (outcome === 'missed') {
      subscription.isBehind = true;
      subscription.owes = subscription.owes === 'nothing' ? 'nothing' : 'full';
    }
    this.notify(subscription);
  }

  #explicitOf(set: ImplicitSet): string | undefined {
    return this.#explicit.get(set) ?? set.users.find(({ barred }) => !barred)?.identity;
  }

  #isGone(subscription: Subscription): boolean {
    return !this.#subscriptions.has(subscription);
  }
}
