import type { Endpoint } from '@ims-sim/host';
import {
  addresses,
  callId,
  DEFAULT_TIMERS,
  expires,
  header,
  responseTo,
  startSipStack,
  valueOf,
  type NameAddr,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '@ims-sim/sip';
import { Exchanges } from './exchange.js';
import { DEFAULT_REGISTRATION_S, newCallId, publishRequest, registerRequest, type Self } from './requests.js';
import { OpenSubscription, type SubscribeOptions, type Subscription } from './subscription.js';
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

/** Starts a test UE. Rejects where its address cannot be bound. */
export async function startUe(options: UeOptions): Promise<Ue> {
  const { host, listen, resolver, timers = {} } = options;
  // Bound before its own port is known; no request of a dialog comes before that.
  let onRequest: (transaction: ServerTransaction) => void = () => undefined;
  const stack = await startSipStack({
    host,
    listen,
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
  readonly contact: string;
  registration: Registration | undefined;
  readonly #options: UeOptions;
  readonly #exchanges: Exchanges;
  readonly #subscriptions = new Map<string, OpenSubscription>();
  /** TS 24.229 5.1.1.2.1: the registrations of one UE have one Call-ID (RFC 3261 10.2). */
  readonly #registerCallId: string;
  #registerCSeq = 0;

  constructor(stack: SipStack, options: UeOptions) {
    this.stack = stack;
    this.contact = `sip:${hostPort(stack.listening)}`;
    this.#options = options;
    this.#exchanges = new Exchanges(stack, options);
    this.#registerCallId = newCallId(stack.host.random);
  }

  register(options: RegisterOptions = {}): Promise<Outcome> {
    this.#registerCSeq++;
    const round = { callId: this.#registerCallId, cseq: this.#registerCSeq };
    return this.#exchanges.send(registerRequest(this.#self(), round, options), {}, (outcome) => {
      if (outcome.kind === 'response' && outcome.response.status < 300) {
        this.registration = registrationOf(outcome.response, this.contact, options.expiresS);
      }
    });
  }

  subscribe(options: SubscribeOptions): Subscription {
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new Error(`A UE has at most ${MAX_SUBSCRIPTIONS} subscriptions`);
    }
    const { t1Ms } = { ...DEFAULT_TIMERS, ...this.#options.timers };
    const { clock } = this.stack.host;
    const subscription = new OpenSubscription(
      {
        exchanges: this.#exchanges,
        self: () => this.#self(),
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
        longMs: 64 * t1Ms,
        ended: (ended) => this.#subscriptions.delete(ended.callId),
      },
      options,
    );
    this.#subscriptions.set(subscription.callId, subscription);
    return subscription;
  }

  async publish(options: PublishOptions): Promise<PublishOutcome> {
    const outcome = await this.#exchanges.send(publishRequest(this.#self(), options));
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
        transaction.respond(responseTo(request, 481, 'Subscription does not exist'));
      } else {
        subscription.receive(transaction);
      }
    } else if (this.#options.onRequest !== undefined) {
      this.#options.onRequest(transaction);
    } else if (request.method === 'OPTIONS') {
      transaction.respond(responseTo(request, 200, undefined, { toTag: 'ue', headers: [ALLOW] }));
    } else if (request.method !== 'ACK') {
      transaction.respond(responseTo(request, 405, undefined, { toTag: 'ue', headers: [ALLOW] }));
    }
  }

  #self(): Self {
    const { identity, profile, proxy } = this.#options;
    const { random } = this.stack.host;
    const proxyRoute = `sip:${typeof proxy === 'string' ? proxy : hostPort(proxy)};lr`;
    return { identity, profile, random, contact: this.contact, proxyRoute, registration: this.registration };
  }
}

const ALLOW = header('Allow', 'NOTIFY, OPTIONS');

/** `[5555::1]:5070`; without the port where that is 5060. */
function hostPort({ address, port }: Endpoint): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 5060 ? host : `${host}:${port}`;
}

/** TS 24.229 5.1.1.2.1: what the 200 to a REGISTER says; undefined where this Contact is registered no more. */
function registrationOf(
  response: SipResponse,
  contact: string,
  askedS = DEFAULT_REGISTRATION_S,
): Registration | undefined {
  const granted = grantedS(addresses(response, 'contact'), contact) ?? expires(response) ?? askedS;
  if (askedS === 0 || granted === 0) {
    return undefined;
  }
  return {
    serviceRoute: addresses(response, 'service-route'),
    associatedUris: addresses(response, 'p-associated-uri'),
    expiresS: granted,
  };
}

function grantedS(contacts: readonly NameAddr[], own: string): number | undefined {
  const parameter = contacts.find(({ uriText }) => uriText === own)?.params.get('expires');
  return typeof parameter === 'string' && /^\d{1,10}$/.test(parameter) ? Number(parameter) : undefined;
}
