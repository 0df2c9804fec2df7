import type { Clock, Random, Trace } from '@ims-sim/host';
import type { Profile, Source } from '@ims-sim/sip';
import type { Registrations } from './registrations.js';

/** What the procedures of TS 24.229 5.2 know of their P-CSCF. */
export interface PCscf {
  readonly registrations: Registrations;
  readonly profile: Profile;
  /** Lower-case host names of this element. */
  readonly names: ReadonlySet<string>;
  /** What it puts into Path and Record-Route, e.g. `sip:pcscf1.home1.net;lr`. */
  readonly ownUri: string;
  /** Where set, only UEs of this home domain may register here: there is no roaming agreement with another. */
  readonly homeDomain?: string | undefined;
  /** The network that this P-CSCF is in, for P-Visited-Network-ID. */
  readonly visitedNetwork: string;
  /**
   * Whether a message from this source, which is no registered UE, is from an element of the trust domain (TS 24.229 4.4).
   * Everything that comes along the P-CSCF's own Path or Record-Route entry from elsewhere is refused.
   */
  readonly trusted: (source: Source) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** Texts for `because` are built while somebody reads them. */
  readonly trace: Pick<Trace, 'enabled'>;
}
