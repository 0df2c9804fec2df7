import type { Endpoint, Host } from '@ims-sim/host';
import type { Resolver } from '@ims-sim/dns';
import type { Header } from './message/header.js';
import type { SipRequest, SipResponse } from './message/message.js';
import type { Source, Target, TransportCounters } from './transport/types.js';

/** RFC 3261 17, table 4, in milliseconds. */
export interface TimerSettings {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
  /** Timer C of a proxy, RFC 3261 16.6 step 11: more than 3 minutes. */
  readonly timerCMs: number;
}

export const DEFAULT_TIMERS: TimerSettings = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000, timerCMs: 181_000 };

/** What one stack holds at most. */
export interface StackLimits {
  /** Server transactions, those included that only wait for retransmissions (32 s each); more get 503 with Retry-After. */
  readonly serverTransactions: number;
  /** Client transactions; what comes above fails as by transport. */
  readonly clientTransactions: number;
  /** TCP connections, either way. */
  readonly connections: number;
}

export const DEFAULT_LIMITS: StackLimits = {
  serverTransactions: 300_000,
  clientTransactions: 100_000,
  connections: 2000,
};

export interface StackOptions {
  readonly host: Host;
  /**
   * What this element writes as sent-by in its Via, e.g. `pcscf1.home1.net`; with a port only where the peers cannot
   * do without (they have `rport`, RFC 3581). Default: the address and port of the socket, as a UE has no name.
   */
  readonly sentBy?: string;
  /** The same address and port for UDP and TCP; port 0 finds one that is free on both. */
  readonly listen: Endpoint;
  /**
   * Further sockets of the same element, UDP and TCP each, e.g. the protected ports of TS 33.203 7.1; port 0 finds a free one. What
   * comes there has it as `Source.local`, and its responses leave from there; `Target.from` sends from there.
   */
  readonly further?: readonly Endpoint[] | undefined;
  readonly resolver: Resolver;
  readonly timers?: Partial<TimerSettings>;
  /**
   * Requests longer than this go by TCP where the next hop was not given a transport (RFC 3261 18.1.1: path MTU less
   * 200, or 1300). Undefined: never.
   */
  readonly tcpAboveBytes?: number | undefined;
  /**
   * 100 to a non-INVITE request: at once (TR 24.841), as RFC 4320 says (once Timer E would have reached T2 and nothing
   * final has come, over UDP; never over TCP), or never.
   */
  readonly trying: 'at-once' | 'rfc4320' | 'never';
  readonly limits?: Partial<StackLimits> | undefined;
  /** A new request, retransmissions absorbed; also ACK to a 2xx (no transaction: `respond` does nothing). */
  onRequest(transaction: ServerTransaction): void;
  /** A response that no transaction waits for: of what was sent by `sendBytes`, say. */
  onStray?: ((response: SipResponse, source: Source) => void) | undefined;
}

export interface ServerTransaction {
  /** With `received` and `rport` filled into its top Via (RFC 3261 18.2.1, RFC 3581). */
  readonly request: SipRequest;
  readonly source: Source;
  /** The method and the branch: what the transaction is known by. */
  readonly key: string;
  /** True once a final response was given. */
  readonly done: boolean;
  /** Sends a response of this transaction. A second final one is not sent, and answered with false. */
  respond(response: SipResponse): boolean;
  /**
   * The request was passed on: sends 100 unless something was sent already, to an INVITE always, to others where
   * `StackOptions.trying` is `at-once`. Without it an INVITE gets its 100 after 200 ms (RFC 3261 17.2.1).
   */
  trying(): void;
  /** A CANCEL for this INVITE came (it is answered by the stack, RFC 3261 9.2); set by whoever serves the transaction. */
  onCancel: ((cancel: SipRequest) => void) | undefined;
  /** The transaction ended without being told so: the final response could not be delivered, or no ACK came (Timer H). */
  onFailure: ((failure: 'timeout' | 'transport') => void) | undefined;
}

export interface ClientTransactionUser {
  /** Each response, 100 included; for an INVITE also every further 2xx (RFC 6026). */
  onResponse(response: SipResponse, source: Source): void;
  /** Timer B or F fired, or the transport failed and no further target is left. No response comes after it. */
  onFailure(failure: 'timeout' | 'transport'): void;
}

export interface SendOptions {
  /** Where to; default: RFC 3263 on the first Route, or the Request-URI (the next hop of RFC 3261 16.6 step 6-7, 8.1.2). */
  readonly targets?: readonly Target[] | undefined;
  /** Another sent-by than the stack's, e.g. a second name of the element (TR 24.841: `icscf2_s.home2.net`). */
  readonly sentBy?: string | undefined;
  /**
   * No `rport` in the Via: responses by UDP come to the sent-by instead of where the request left from (the protected server port of
   * TS 33.203 7.1). For who is behind no NAT.
   */
  readonly rport?: false | undefined;
  /** Never by TCP for its size (RFC 3261 18.1.1): who awaits it is known by the transport that it has chosen. */
  readonly bySize?: false | undefined;
  /** Called before sending, once the transport of the target is known (double Record-Route, RFC 5658). */
  readonly prepare?: ((request: SipRequest, target: Target) => SipRequest) | undefined;
}

export interface ClientTransaction {
  /** As sent last, own Via included; undefined until the next hop was found. */
  readonly request: SipRequest | undefined;
  readonly target: Target | undefined;
  /** RFC 3261 9.1: sends CANCEL once a provisional response has come (INVITE only); later calls do nothing. */
  cancel(extra?: readonly Header[]): void;
  /** No copy is sent any more, and nobody hears of an answer: for a request that another was given instead (no INVITE: it is cancelled). */
  quit(): void;
}

/** One element's SIP: transports, the four transactions, next-hop resolution with fail-over. */
export interface SipStack {
  readonly listening: Endpoint;
  /** Those of `StackOptions.further`, in its order. */
  readonly furtherListening: readonly Endpoint[];
  /** The sent-bys of what leaves from there, in the same order. */
  readonly furtherSentBy: readonly string[];
  readonly host: Host;
  readonly counters: Readonly<TransportCounters>;
  /** The sent-by that its Vias have. */
  readonly sentBy: string;
  /**
   * Sends a request in a client transaction of its own: puts a Via with a new branch (and `rport`) on top, and tries the
   * next target where one fails by transport or 503 (RFC 3263 4.3). The request is complete but for that Via.
   * ACK to a 2xx and other requests without a transaction: `sendStateless`.
   */
  send(request: SipRequest, user: ClientTransactionUser, options?: SendOptions): ClientTransaction;
  sendStateless(request: SipRequest, options?: SendOptions): void;
  /** Sends these bytes as they are, without a transaction: what comes back goes to `onStray`. */
  sendBytes(bytes: Buffer, target: Target): void;
  /** Transactions at present, those included that only absorb what comes again. */
  tables(): { readonly serverTransactions: number; readonly clientTransactions: number };
  /** Ends every transaction silently and closes the sockets. */
  close(): Promise<void>;
}
