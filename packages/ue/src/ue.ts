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
import type { ExtraHeaders } from './party.js';
import type { Peer, PeerOptions } from './peer.js';
import type { RegistrationChange } from './registration-state.js';
import type { Subscription, SubscribeOptions } from './subscription.js';

/** Who the UE is: what an ISIM would say (TS 24.229 5.1.1.1A). */
export interface UeIdentity {
  /** The public user identity that it registers and speaks for, e.g. `sip:user1_public1@home1.net`. */
  readonly impu: string;
  /** The private user identity, e.g. `user1_private@home1.net`. */
  readonly impi: string;
  readonly homeDomain: string;
}

/** What the UE proves its identity with. Of several challenges it answers the first that it can. */
export interface UeCredentials {
  /** A USIM with Milenage: K and OPc in hexadecimal, 16 octets each. Without `algorithm` both are answered. */
  readonly aka?:
    | {
        readonly k: string;
        readonly opc: string;
        readonly algorithm?: 'AKAv1-MD5' | 'AKAv2-MD5' | undefined;
      }
    | undefined;
  /** SIP Digest (TS 33.203 Annex N). Without `algorithm` both are answered. */
  readonly digest?:
    { readonly password: string; readonly algorithm?: 'MD5' | 'SHA-256' | undefined } | undefined;
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
  /** Without them the UE answers no challenge. */
  readonly credentials?: UeCredentials | undefined;
  /** RFC 3329, TS 33.203: Security-Client in REGISTER, and the protected ports once the P-CSCF has agreed. */
  readonly securityAgreement?: boolean | undefined;
  /** P-Access-Network-Info of every request, e.g. `3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11` (TS 24.229 7.2A.4). */
  readonly accessNetworkInfo?: string | undefined;
  /** What `registrationState` learns. */
  readonly onRegistrationChange?: ((change: RegistrationChange) => void) | undefined;
  /** Serves what is no NOTIFY, in place of `Ue.peer`. */
  readonly onRequest?: ((transaction: ServerTransaction) => void) | undefined;
  readonly reaction?: PeerOptions['reaction'] | undefined;
  readonly claimed?: PeerOptions['claimed'] | undefined;
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
  readonly extra?: ExtraHeaders | undefined;
  /** In place of the UE's own. */
  readonly contacts?: readonly (string | RegisterContact)[] | undefined;
  /** `Contact: *` with Expires 0: takes all bindings off (RFC 3261 10.2.2). */
  readonly all?: boolean | undefined;
  /** From 0 to 1, of each contact that has none of its own. */
  readonly q?: number | undefined;
  /** `+sip.instance` (RFC 5626 4.1) of each contact that has none of its own: a URN, without brackets. */
  readonly instance?: string | undefined;
  /**
   * For doing wrong on purpose: gives the Authorization to send in place of the UE's own, '' for none. `challenge` is the value of the
   * WWW-Authenticate that it answers.
   */
  readonly authorize?: ((challenge: string, own: string) => string) | undefined;
}

export interface RegisterContact {
  readonly uri: string;
  readonly expiresS?: number;
  readonly q?: number;
  readonly instance?: string;
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
  readonly extra?: ExtraHeaders | undefined;
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
  /** Calls, requests out of dialogs, subscriptions that it serves, and all that it receives. */
  readonly peer: Peer;
  /**
   * Its Contact URI, e.g. `sip:[5555::aaa:bbb:ccc:ddd]`; with a port where that is not 5060. Under a security agreement its protected
   * server port.
   */
  readonly contact: string;
  /** Undefined before the first 200 and after a deregistration. */
  readonly registration: Registration | undefined;
  /**
   * TS 24.229 5.1.1.2, 5.1.1.4, 5.1.1.6. One at a time. With credentials it answers the 401, at most twice (5.1.1.5.3), once of these
   * with AUTS; what then comes is the outcome.
   */
  register(options?: RegisterOptions): Promise<Outcome>;
  /**
   * TS 24.229 5.1.1.3, RFC 3680: subscribes to the state of its own registration and follows it. A contact that the network terminates
   * ends `registration` (5.1.1.7), and one that it shortens is registered again at once (5.1.1.5A). 600,000 s if not given.
   */
  registrationState(expiresS?: number, extra?: ExtraHeaders): Subscription;
  onRegistrationChange: ((change: RegistrationChange) => void) | undefined;
  /** RFC 6665, RFC 3856, TS 24.141 5.3.3. */
  subscribe(options: SubscribeOptions): Subscription;
  /** RFC 3903, TS 24.141 5.3.2: publishes for its own identity. */
  publish(options: PublishOptions): Promise<PublishOutcome>;
  /** Sends any request as it is, but for the Via: for doing wrong on purpose. */
  send(request: SipRequest, options?: SendOptions): Promise<Outcome>;
  /** Sends these bytes as they are; to the P-CSCF if no target is given. What comes back is in `peer.inbox`. False: no way to it. */
  sendBytes(bytes: Buffer, target?: Target): Promise<boolean>;
  /** Cancels its INVITEs that have no final response, and closes the sockets; what was still open ends with `closed`. */
  close(): Promise<void>;
}
