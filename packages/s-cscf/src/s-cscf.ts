import type { Cx } from '@ims-sim/cx';
import type { Resolver } from '@ims-sim/dns';
import type { Clock, Log, Random, Trace } from '@ims-sim/host';
import type { Profile, Source } from '@ims-sim/sip';
import type { Challenges } from './challenges.js';
import type { OriginalDialogs } from './original-dialogs.js';
import type { RegistrationEvents } from './reg-event/registration-events.js';
import type { Registrar } from './registrar.js';
import type { Untold } from './untold.js';

/** A registration that the HSS may take back before it is here (TS 29.228 6.1.3). */
export interface Assigning {
  readonly privateIdentity: string;
  readonly publicIdentity: string;
  isRevoked: boolean;
}

/** What the procedures of TS 24.229 5.4 know of their S-CSCF. */
export interface SCscf {
  /** Whether UEs are challenged; `none`: whoever comes is who they say. */
  readonly auth: 'none' | 'required';
  readonly cx: Cx;
  readonly profile: Profile;
  readonly registrar: Registrar;
  /** What UEs have been challenged with. */
  readonly challenges: Challenges;
  /** Users of whom the HSS had nothing in store, and until when nobody asks again. */
  readonly unrestorable: Map<string, number>;
  /** Identities whose registration the HSS has just taken back, and until when it may itself still have it: nobody restores that. */
  readonly takenBack?: Map<string, number> | undefined;
  /** Registrations whose assignment the HSS is being asked for. */
  readonly assigning: Set<Assigning>;
  /** Registrations that ended while the HSS was away. */
  readonly untold?: Untold | undefined;
  readonly originalDialogs: OriginalDialogs;
  readonly resolver: Resolver;
  /** The host name that stands in its URIs, e.g. `scscf1.home1.net`. */
  readonly name: string;
  /** Its Server-Name on Cx: `sip:` and the name. */
  readonly serverName: string;
  /** What it records: `sip:scscf1.home1.net;lr`. */
  readonly ownUri: string;
  /** Lower-case host names of this element. */
  readonly names: ReadonlySet<string>;
  /** The home domain. */
  readonly domain: string;
  /** Every domain of this operator, the home domain among them. */
  readonly domains: ReadonlySet<string>;
  /** Those of operators that are of the trust domain (RFC 3325); undefined: every operator's. */
  readonly trustedDomains?: ReadonlySet<string> | undefined;
  /** Where ENUM starts, e.g. `e164.arpa`. */
  readonly enumSuffix: string;
  /** How long an application server may take to a request that is no INVITE before default handling. */
  readonly asTimeoutMs: number;
  /** Whether the next hop may be fixed before the request's size is known (no switch to TCP, RFC 3261 18.1.1). */
  readonly fixesTargets: boolean;
  readonly trusted: (source: Source) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Pick<Trace, 'enabled' | 'decision'>;
  readonly log: Log;
  /** Set as the element starts; without it a SUBSCRIBE to the registration state is a request like others. */
  registrationEvents?: RegistrationEvents | undefined;
}
