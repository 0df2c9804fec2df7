import type { Clock, Endpoint, Random, Trace } from '@ims-sim/host';
import type { Decision, Incoming, Profile, Source } from '@ims-sim/sip';
import type { KeptOnce } from './kept-once.js';
import type { Registration } from './registration.js';
import type { Registrations } from './registrations.js';
import type { SecurityAssociations } from './security-associations.js';

/** What the procedures of TS 24.229 5.2 know of their P-CSCF. */
export interface PCscf {
  readonly registrations: Registrations;
  readonly keptOnce: KeptOnce;
  readonly associations: SecurityAssociations;
  readonly profile: Profile;
  /** `none`: UEs are not authenticated, and nothing is said to the S-CSCF about how a REGISTER came. */
  readonly auth: 'none' | 'required';
  /** TS 33.203 7.1; undefined: no security agreement is made with any UE. */
  readonly protectedPorts?: ProtectedPorts | undefined;
  /** Lower-case host names of this element. */
  readonly names: ReadonlySet<string>;
  /** What it puts into Path and Record-Route, e.g. `sip:pcscf1.home1.net;lr`. */
  readonly ownUri: string;
  /**
   * The home domains, in lower case, whose UEs may register here: its own operator's, and those with a roaming agreement. Undefined:
   * any; then a UE may name a home network of its own, which says what identities it has.
   */
  readonly homeDomains?: ReadonlySet<string> | undefined;
  /** The network that this P-CSCF is in, for P-Visited-Network-ID. */
  readonly visitedNetwork: string;
  /**
   * Whether a message from this source, which is no registered UE, is from an element of the trust domain (TS 24.229 4.4).
   * Everything that comes along the P-CSCF's own Path or Record-Route entry from elsewhere is refused.
   */
  readonly trusted: (source: Source) => boolean;
  /** The subscriptions of 5.2.3; undefined: none are made. */
  readonly regEvent?: RegEvent | undefined;
  /** 64*T1, in milliseconds: for so long what has ended still takes what is on its way. */
  readonly leftoverMs: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Texts for `because` are built while somebody reads them. */
  readonly trace: Pick<Trace, 'enabled'>;
}

/** Where UEs that have a security association send to, and where what goes to them leaves from (TS 33.203 7.1). */
export interface ProtectedPorts {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** What the procedures have of the subscriptions to the registration event package. */
export interface RegEvent {
  /** A user was registered, or is so for longer. */
  registered(registration: Registration): void;
  /** A NOTIFY to this P-CSCF itself; undefined: it is for somebody else. */
  notified(incoming: Incoming): Decision | undefined;
}
