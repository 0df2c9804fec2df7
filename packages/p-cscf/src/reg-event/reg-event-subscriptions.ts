import type { Clock, Log, Trace } from '@ims-sim/host';
import {
  callId,
  event,
  fromUtf8,
  header,
  parseUri,
  reply,
  type Because,
  type Decision,
  type Incoming,
  type SipStack,
} from '@ims-sim/sip';
import { readRegInfo } from '@ims-sim/reginfo';
import type { PCscf, RegEvent } from '../p-cscf.js';
import { userKey } from '../registration-keys.js';
import type { Registration } from '../registration.js';
import { afterDocument } from './ended-by-network.js';
import { RegEventSubscription, type SubscriptionContext } from './reg-event-subscription.js';
import type { Subscriber } from './subscribe-request.js';

export interface RegEventOptions {
  readonly self: Subscriber;
  readonly stack: Pick<SipStack, 'send'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: Trace;
  /** Subscriptions at a time, at most; a user beyond it has none, and is told of nothing. */
  readonly max: number;
}

/**
 * TS 24.229 5.2.3: the subscriptions of the P-CSCF, one a user, known by the default public user identity. What the documents
 * say has ended is ended in the tables of the P-CSCF (5.2.5.2).
 */
export class RegEventSubscriptions implements RegEvent {
  readonly #options: RegEventOptions;
  readonly #pcscf: Pick<PCscf, 'registrations' | 'associations' | 'names' | 'leftoverMs' | 'trusted'>;
  readonly #byUser = new Map<string, RegEventSubscription>();
  readonly #byCallId = new Map<string, RegEventSubscription>();
  readonly #versions = new Map<string, number>();
  readonly #context: SubscriptionContext;

  constructor(
    options: RegEventOptions,
    pcscf: Pick<PCscf, 'registrations' | 'associations' | 'names' | 'leftoverMs' | 'trusted'>,
  ) {
    this.#options = options;
    this.#pcscf = pcscf;
    const { self, stack, clock } = options;
    this.#context = {
      self,
      stack,
      clock,
      document: (user, xml) => this.#document(user, xml),
      ended: (subscription, why, isLost) => this.#ended(subscription, why, isLost),
    };
  }

  get size(): number {
    return this.#byUser.size;
  }

  registered(registration: Registration): void {
    const user = userKey(registration);
    const { expiresAtMs } = registration;
    const server = serverOf(registration);
    const there = this.#byUser.get(user);
    if (there?.server === server) {
      there.registeredUntilMs = Math.max(there.registeredUntilMs, expiresAtMs);
      return;
    }
    // Another S-CSCF has taken the user over (5.3.1.3): the one that was subscribed to knows of no state any more.
    there?.end(`the user is registered at ${server} now`);
    if (parseUri(user)?.kind !== 'sip') {
      return; // no home network can be found by a tel URI
    }
    if (this.#byUser.size >= this.#options.max) {
      this.#options.log.warn('As many reg event subscriptions as may be; none for this user', { user });
      return;
    }
    this.#subscribe(user, server, expiresAtMs);
  }

  #subscribe(user: string, server: string, registeredUntilMs: number): void {
    const subscription = new RegEventSubscription(
      this.#context,
      { identity: user, server },
      registeredUntilMs,
    );
    this.#byUser.set(user, subscription);
    this.#byCallId.set(subscription.callId, subscription);
    this.#trace(subscription.callId, 'TS 24.229 5.2.3', `subscribes to the registration state of ${user}`);
    // In a turn of its own: the 200 goes to the UE first.
    this.#options.clock.timer(0, () => subscription.start());
  }

  notified({ request, source, inDialog }: Incoming): Decision | undefined {
    if (request.method !== 'NOTIFY' || !inDialog) {
      return undefined;
    }
    const subscription = this.#byCallId.get(callId(request) ?? '');
    if (subscription === undefined) {
      const uri = parseUri(request.uri);
      const isOwn = uri?.kind === 'sip' && uri.user === undefined && this.#pcscf.names.has(uri.host);
      return isOwn ? reply(481, 'Subscription does not exist', { because: UNKNOWN }) : undefined;
    }
    if (!this.#pcscf.trusted(source)) {
      return reply(403, 'Forbidden', { because: NOT_TRUSTED });
    }
    if (event(request)?.package !== 'reg') {
      return reply(489, 'Bad Event', { headers: [ALLOW_EVENTS], because: OTHER_EVENT });
    }
    return subscription.notified(request);
  }

  close(): void {
    for (const subscription of [...this.#byUser.values()]) {
      subscription.end('closed');
    }
  }

  /** `gap`: a document before this one has not come. */
  #document(user: string, body: string): 'ok' | 'gap' {
    const info = readRegInfo(fromUtf8(body));
    if ('error' in info) {
      this.#options.log.warn('Reg event document that cannot be read', { user, error: info.error });
      return 'ok';
    }
    const last = this.#versions.get(user);
    if (last !== undefined && info.version <= last) {
      return 'ok'; // RFC 3680 5.2: overtaken
    }
    this.#versions.set(user, info.version);
    for (const registration of this.#pcscf.registrations.ofUser(user).slice()) {
      if (registration.isEnded !== true) {
        this.#take(registration, afterDocument(info, registration));
      }
    }
    const isGap = info.state === 'partial' && info.version !== (last ?? -1) + 1;
    return isGap ? 'gap' : 'ok';
  }

  /**
   * 5.2.5.2: what the network ended is kept for 64*T1, for the NOTIFY that tells the UE is on its way or still to come, and the
   * security associations go with the last of it.
   */
  #take(registration: Registration, after: Registration | undefined): void {
    if (after === registration) {
      return;
    }
    const { registrations, associations, leftoverMs } = this.#pcscf;
    if (after !== undefined) {
      registrations.replace(registration, after);
      return;
    }
    const { publicIdentity, contact, source, association } = registration;
    registrations.end(registration, leftoverMs);
    const text = `the network has ended the registration of ${publicIdentity} at ${contact}`;
    this.#trace(this.#byUser.get(userKey(registration))?.callId, 'TS 24.229 5.2.5.2', text);
    if (association !== undefined && registrations.at(source, association) === undefined) {
      associations.release(association, leftoverMs);
    }
  }

  #ended(subscription: RegEventSubscription, why: string, isLost: boolean): void {
    const { identity: user, server, callId: call, registeredUntilMs } = subscription;
    this.#byUser.delete(user);
    this.#byCallId.delete(call);
    this.#versions.delete(user);
    this.#trace(
      call,
      'TS 24.229 5.2.3',
      `the subscription to the registration state of ${user} is over: ${why}`,
    );
    // RFC 6665 4.1.2.2: a notifier that has lost it is subscribed to anew, while the user is registered.
    if (isLost && registeredUntilMs > this.#options.clock.now()) {
      this.#subscribe(user, server, registeredUntilMs);
    }
  }

  #trace(call: string | undefined, clause: string, text: string): void {
    const { trace } = this.#options;
    if (trace.enabled && call !== undefined) {
      trace.decision({ callId: call, clause, text });
    }
  }
}

/** The host that Service-Route names: the S-CSCF that serves the user (RFC 3608). */
function serverOf({ serviceRoute }: Registration): string {
  const uri = serviceRoute.at(-1)?.uri;
  return uri?.kind === 'sip' ? uri.host.toLowerCase() : '';
}

const UNKNOWN: Because = [
  { clause: 'RFC 6665 4.1.3', text: 'NOTIFY of no subscription of this P-CSCF (it may have been restarted)' },
];
/** RFC 6665 8.2.2: mandatory in a 489. */
const ALLOW_EVENTS = header('Allow-Events', 'reg');
const OTHER_EVENT: Because = [
  { clause: 'RFC 6665 4.1.3', text: 'NOTIFY of an event that was not subscribed to: 489' },
];
const NOT_TRUSTED: Because = [
  { clause: 'TS 24.229 4.4', text: 'NOTIFY from a source that is not of the trust domain: 403' },
];
