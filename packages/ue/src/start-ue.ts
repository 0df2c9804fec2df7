import { REGINFO_CONTENT_TYPE } from '@ims-sim/reginfo';
import {
  callId,
  DEFAULT_TIMERS,
  startSipStack,
  valueOf,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
  type Target,
} from '@ims-sim/sip';
import { ChallengeAnswers } from './challenges.js';
import { DEFAULT_REGISTRATION_S } from './contacts.js';
import { Exchanges } from './exchange.js';
import { FollowedRegistration } from './follow-registration.js';
import { hostPort } from './host-port.js';
import type { ExtraHeaders, Party } from './party.js';
import { Peer } from './peer.js';
import { Registering } from './registering.js';
import { sameUri, type RegistrationChange } from './registration-state.js';
import { accessHeaders, accessNetwork, opening, publishRequest, type Self } from './requests.js';
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
  let onStray: (response: SipResponse) => void = () => undefined;
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
    onStray: (response) => onStray(response),
  });
  const ue = new TestUe(stack, options);
  onRequest = (transaction) => ue.onRequest(transaction);
  onStray = (response) => ue.peer.responded(response);
  return ue;
}

class TestUe implements Ue {
  readonly stack: SipStack;
  readonly peer: Peer;
  onRegistrationChange: ((change: RegistrationChange) => void) | undefined;
  readonly #options: UeOptions;
  readonly #exchanges: Exchanges;
  readonly #registering: Registering;
  readonly #subscriptions = new Map<string, OpenSubscription>();

  constructor(stack: SipStack, options: UeOptions) {
    this.stack = stack;
    this.onRegistrationChange = options.onRegistrationChange;
    this.#options = options;
    const { identity, credentials, resolver, proxy } = options;
    const answers = credentials && new ChallengeAnswers(identity, credentials, stack.host.random);
    this.#exchanges = new Exchanges(stack, {
      resolver,
      proxy,
      ...(answers && { answered: (request, response) => answers.answered(request, response) }),
    });
    this.#registering = new Registering({
      exchanges: this.#exchanges,
      identity: options.identity,
      random: stack.host.random,
      credentials: options.credentials,
      ports: protectedPorts(stack),
      self: (association) => this.#self(association),
      warn: (text) => stack.host.log.warn(text),
    });
    const { reaction, claimed } = options;
    this.peer = new Peer(this.#party(), {
      ...(reaction === undefined ? {} : { reaction }),
      ...(claimed === undefined ? {} : { claimed }),
      serveNotify: (transaction) => this.#notified(transaction),
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

  registrationState(expiresS = DEFAULT_REGISTRATION_S, extra?: ExtraHeaders): Subscription {
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
      { uri: aor, event: 'reg', accept: REGINFO_CONTENT_TYPE, expiresS, extra },
      (notification) => followed.notified(notification),
    );
    return subscription;
  }

  async publish(options: PublishOptions): Promise<PublishOutcome> {
    const outcome = await this.#exchanges.send(
      publishRequest(this.#self(this.#exchanges.association), options),
      { onResent: () => undefined },
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

  async sendBytes(bytes: Buffer, target?: Target): Promise<boolean> {
    if (target === undefined) {
      return this.#exchanges.sendBytes(bytes);
    }
    this.stack.sendBytes(bytes, target);
    return true;
  }

  close(): Promise<void> {
    this.peer.close();
    this.#exchanges.close();
    return this.stack.close();
  }

  onRequest(transaction: ServerTransaction): void {
    const { onRequest } = this.#options;
    if (onRequest !== undefined && transaction.request.method !== 'NOTIFY') {
      onRequest(transaction);
    } else {
      this.peer.receive(transaction);
    }
  }

  #notified(transaction: ServerTransaction): boolean {
    const subscription = this.#subscriptions.get(callId(transaction.request) ?? '');
    subscription?.receive(transaction);
    return subscription !== undefined;
  }

  /** The UE in what it does as any other SIP endpoint: TS 24.229 5.1.2A, 5.1.3, 5.1.4. */
  #party(): Party {
    const { t1Ms, t2Ms } = { ...DEFAULT_TIMERS, ...this.#options.timers };
    const self = () => this.#self(this.#exchanges.association);
    return {
      host: this.stack.host,
      timers: { t1Ms, t2Ms, longMs: 64 * t1Ms },
      identity: this.#options.identity.impu,
      contact: () => this.contact,
      opening: () => opening(self()),
      within: () => accessHeaders(self()),
      answering: () => accessNetwork(this.#options),
      send: (request, user) => this.#exchanges.open(request, user),
      acknowledge: (ack) => {
        this.#exchanges.sendStateless(ack);
      },
    };
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
