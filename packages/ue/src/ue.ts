import type { Endpoint, Host } from '@ims-sim/host';
import type {
  NameAddr,
  Profile,
  ServerTransaction,
  SipRequest,
  SipResponse,
  SipStack,
  StackOptions,
  Target,
  TimerSettings,
} from '@ims-sim/sip';
import type { Header } from '@ims-sim/sip';
import type { Subscription, SubscribeOptions } from './subscription.js';

/** Who the UE is: what an ISIM would say (TS 24.229 5.1.1.1A). */
export interface UeIdentity {
  /** The public user identity that it registers and speaks for, e.g. `sip:user1_public1@home1.net`. */
  readonly impu: string;
  /** The private user identity, e.g. `user1_private@home1.net`. */
  readonly impi: string;
  readonly homeDomain: string;
}

export interface UeOptions {
  readonly host: Host;
  /** An address of its own (no wildcard): it stands in Contact. Port 0 finds a free one. */
  readonly listen: Endpoint;
  readonly resolver: StackOptions['resolver'];
  readonly identity: UeIdentity;
  /** The P-CSCF: its address, or its host name (found by RFC 3263). All requests go there. */
  readonly proxy: Target | string;
  readonly profile: Profile;
  readonly timers?: Partial<TimerSettings> | undefined;
  /** Serves what is no NOTIFY; without it OPTIONS gets 200 and everything else 405. */
  readonly onRequest?: ((transaction: ServerTransaction) => void) | undefined;
}

/** How a request ended; promises of it always end, and never reject. */
export type Outcome = Answered | Failed;

export interface Answered {
  readonly kind: 'response';
  /** The final response. */
  readonly response: SipResponse;
}

export interface Failed {
  readonly kind: 'failure';
  /** `timeout`: Timer B or F. `transport`: no way to the P-CSCF. `closed`: the UE was closed. `no-dialog`: nothing to refresh. */
  readonly failure: 'timeout' | 'transport' | 'closed' | 'no-dialog';
}

/** What the last 200 to a REGISTER said. */
export interface Registration {
  /** In its order; RFC 3608. */
  readonly serviceRoute: readonly NameAddr[];
  /** P-Associated-URI, the default public user identity first (TS 24.229 5.1.1.2.1). */
  readonly associatedUris: readonly NameAddr[];
  /** As granted, in seconds. */
  readonly expiresS: number;
}

export interface RegisterOptions {
  /** In seconds; 0 deregisters. 600,000 if not given (TS 24.229 5.1.1.2.1). */
  readonly expiresS?: number | undefined;
  readonly headers?: readonly Header[] | undefined;
}

export interface PublishOptions {
  /** The event package, e.g. `presence`. */
  readonly event: string;
  /** Without a body it refreshes (or with `expiresS` 0 removes) what `ifMatch` names. */
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly expiresS: number;
  /** The entity tag of the publication that this one follows (RFC 3903 4.1). */
  readonly ifMatch?: string | undefined;
  readonly headers?: readonly Header[] | undefined;
}

export type PublishOutcome =
  (Answered & { /** SIP-ETag of a 2xx. */ readonly etag: string | undefined }) | Failed;

export interface SendOptions {
  /** Against the P-CSCF. */
  readonly targets?: readonly Target[] | undefined;
  readonly onProvisional?: ((response: SipResponse) => void) | undefined;
}

/** A test UE (TS 24.229 5.1). */
export interface Ue {
  readonly stack: SipStack;
  /** Its Contact URI, e.g. `sip:[5555::aaa:bbb:ccc:ddd]`; with a port where that is not 5060. */
  readonly contact: string;
  /** Undefined before the first 200 and after a deregistration. */
  readonly registration: Registration | undefined;
  /** TS 24.229 5.1.1.2, 5.1.1.4, 5.1.1.6. One at a time. */
  register(options?: RegisterOptions): Promise<Outcome>;
  /** RFC 6665, RFC 3856, TS 24.141 5.3.3. */
  subscribe(options: SubscribeOptions): Subscription;
  /** RFC 3903, TS 24.141 5.3.2: publishes for its own identity. */
  publish(options: PublishOptions): Promise<PublishOutcome>;
  /** Sends any request as it is, but for the Via: for doing wrong on purpose. */
  send(request: SipRequest, options?: SendOptions): Promise<Outcome>;
  /** Closes the sockets; what was still open ends with `closed`. Sends nothing. */
  close(): Promise<void>;
}
