import { REGINFO_CONTENT_TYPE } from '@ims-sim/reginfo';
import {
  callId,
  DEFAULT_TIMERS,
  header,
  responseTo,
  startSipStack,
  valueOf,
  type Header,
  type ServerTransaction,
  type SipRequest,
  type SipStack,
} from '@ims-sim/sip';
import { DEFAULT_REGISTRATION_S } from './contacts.js';
import { Exchanges } from './exchange.js';
import { FollowedRegistration } from './follow-registration.js';
import { hostPort } from './host-port.js';
import { Registering } from './registering.js';
import { sameUri, type RegistrationChange } from './registration-state.js';
import { accessNetwork, publishRequest, type Self } from './requests.js';
import { protectedContact, type ProtectedPorts, type SecurityAssociation } from './security-agreement.js';
import {
  OpenSubscription,
  type Notification,
  type SubscribeOptions,
  type Subscription,
} from './subscription.js';
import type {
  Outcome,
  PublishOptions,
  PublishOutcome,
  RegisterOptions,
  Registration,
  SendOptions,
  Ue,
  UeOptions,
} from './ue.js';

/** Subscriptions of one UE at a time, at most. */
const MAX_SUBSCRIPTIONS = 100_000;

/** Starts a test UE. Rejects where its address cannot be bound, and where its keys are no keys. */
export async function startUe(options: UeOptions): Promise<Ue> {
  const { host, listen, resolver, timers = {}, securityAgreement = false } = options;
  checkKeys(options);
  const anyPort = { address: listen.address, port: 0 };
  // Bound before its own port is known; no request of a dialog comes before that.
  let onRequest: (transaction: ServerTransaction) => void = () => undefined;
  const stack = await startSipStack({
    host,
    listen,
    ...(securityAgreement ? { further: [anyPort, anyPort, anyPort] } : {}),
    resolver,
    timers,
    // Table 6.1.1-1: an address without a port where that is 5060.
    ...(listen.port === 5060 ? { sentBy: hostPort(listen) } : {}),
    trying: 'never',
    onRequest: (transaction) => onRequest(transaction),
  });
  const ue = new TestUe(stack, options);
  onRequest = (transaction) => ue.onRequest(transaction);
  return ue;
}

class TestUe implements Ue {
  readonly stack: SipStack;
  onRegistrationChange: ((change: RegistrationChange) => void) | undefined;
  readonly #options: UeOptions;
  readonly #exchanges: Exchanges;
  readonly #registering: Registering;
  readonly #subscriptions = new Map<string, OpenSubscription>();

  constructor(stack: SipStack, options: UeOptions) {
    this.stack = stack;
    this.onRegistrationChange = options.onRegistrationChange;
    this.#options = options;
    this.#exchanges = new Exchanges(stack, options);
    this.#registering = new Registering({
      exchanges: this.#exchanges,
      identity: options.identity,
      random: stack.host.random,
      credentials: options.credentials,
      ports: protectedPorts(stack),
      self: (association) => this.#self(association),
      warn: (text) => stack.host.log.warn(text),
    });
  }

  get contact(): string {
    return this.#self(this.#exchanges.association).contact;
  }

  get registration(): Registration | undefined {
    return this.#registering.registration;
  }

  register(options: RegisterOptions = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#registering.register(options, resolve);
    });
  }

  subscribe(options: SubscribeOptions): Subscription {
    return this.#subscribe(options);
  }

  registrationState(expiresS = DEFAULT_REGISTRATION_S): Subscription {
    const aor = this.#ownIdentity();
    const followed = new FollowedRegistration({
      registering: this.#registering,
      aor,
      contact: () => this.contact,
      told: (change) => this.onRegistrationChange?.(change),
      refresh: () => void subscription.refresh(),
      warn: (text) => this.stack.host.log.warn(text),
    });
    const subscription: Subscription = this.#subscribe(
      { uri: aor, event: 'reg', accept: REGINFO_CONTENT_TYPE, expiresS },
      (notification) => followed.notified(notification),
    );
    return subscription;
  }

  async publish(options: PublishOptions): Promise<PublishOutcome> {
    const outcome = await this.#exchanges.send(
      publishRequest(this.#self(this.#exchanges.association), options),
    );
    if (outcome.kind === 'failure') {
      return outcome;
    }
    const { response } = outcome;
    return {
      kind: 'response',
      response,
      etag: response.status < 300 ? valueOf(response.headers, 'sip-etag') : undefined,
    };
  }

  send(request: SipRequest, options?: SendOptions): Promise<Outcome> {
    return this.#exchanges.send(request, options);
  }

  close(): Promise<void> {
    this.#exchanges.close();
    return this.stack.close();
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'NOTIFY') {
      const subscription = this.#subscriptions.get(callId(request) ?? '');
      if (subscription === undefined) {
        const headers = accessNetwork(this.#options);
        transaction.respond(responseTo(request, 481, 'Subscription does not exist', { headers }));
      } else {
        subscription.receive(transaction);
      }
    } else if (this.#options.onRequest !== undefined) {
      this.#options.onRequest(transaction);
    } else if (request.method === 'OPTIONS') {
      transaction.respond(responseTo(request, 200, undefined, { toTag: 'ue', headers: this.#allow() }));
    } else if (request.method !== 'ACK') {
      transaction.respond(responseTo(request, 405, undefined, { toTag: 'ue', headers: this.#allow() }));
    }
  }

  #allow(): Header[] {
    return [ALLOW, ...accessNetwork(this.#options)];
  }

  #subscribe(options: SubscribeOptions, notified?: (notification: Notification) => void): OpenSubscription {
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new Error(`A UE has at most ${MAX_SUBSCRIPTIONS} subscriptions`);
    }
    const { t1Ms } = { ...DEFAULT_TIMERS, ...this.#options.timers };
    const { clock } = this.stack.host;
    const subscription = new OpenSubscription(
      {
        exchanges: this.#exchanges,
        self: () => this.#self(this.#exchanges.association),
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
        longMs: 64 * t1Ms,
        ...(notified === undefined ? {} : { notified }),
        ended: (ended) => this.#subscriptions.delete(ended.callId),
      },
      options,
    );
    this.#subscriptions.set(subscription.callId, subscription);
    return subscription;
  }

  /** TS 24.229 5.1.1.3: the identity that it registers, or the default one where that is barred. */
  #ownIdentity(): string {
    const { impu } = this.#options.identity;
    const associated = this.registration?.associatedUris.map(({ uriText }) => uriText) ?? [];
    return associated.some((uri) => sameUri(uri, impu)) ? impu : (associated[0] ?? impu);
  }

  #self(association: SecurityAssociation | undefined): Self {
    const { identity, profile, proxy, accessNetworkInfo } = this.#options;
    const { random } = this.stack.host;
    const proxyHost = typeof proxy === 'string' ? proxy : hostPort(proxy);
    // TS 24.229 5.1.2A.1.1: the P-CSCF with its protected server port, where there is one.
    const proxyRoute =
      association === undefined
        ? `sip:${proxyHost};lr`
        : `sip:${proxyHost.replace(/:\d+$/, '')}:${association.target.port};lr`;
    return {
      identity,
      profile,
      random,
      contact:
        association === undefined ? `sip:${hostPort(this.stack.listening)}` : protectedContact(association),
      proxyRoute,
      registration: this.#registering.registration,
      association,
      accessNetworkInfo,
    };
  }
}

const ALLOW = header('Allow', 'NOTIFY, OPTIONS');

function checkKeys({ credentials }: UeOptions): void {
  for (const key of ['k', 'opc'] as const) {
    const value = credentials?.aka?.[key];
    if (value !== undefined && !/^[0-9a-f]{32}$/i.test(value)) {
      throw new Error(`credentials.aka.${key} has to be 32 hexadecimal digits`);
    }
  }
}

/** In the order in which they were asked for: client, server, client. */
function protectedPorts({ furtherListening: [first, server, second] }: SipStack): ProtectedPorts | undefined {
  return first === undefined || server === undefined || second === undefined
    ? undefined
    : { clients: [first, second], server };
}
