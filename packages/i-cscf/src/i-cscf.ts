import type { Random, Trace } from '@ims-sim/host';
import type { Cx } from '@ims-sim/cx';
import type { Profile, Source } from '@ims-sim/sip';
import type { SilentServers } from './silent-servers.js';

/** An S-CSCF that the I-CSCF may choose, and what it can do (TS 29.229 6.3.5 and 6.3.6). */
export interface SCscfCandidate {
  /** Host name, or SIP URI. */
  readonly name: string;
  readonly capabilities: readonly number[];
}

/** What the procedures of TS 24.229 5.3 know of their I-CSCF. */
export interface ICscf {
  readonly cx: Cx;
  readonly profile: Profile;
  /** The home domain that it is the entry of. */
  readonly domain: string;
  /** Lower-case host names of this element. */
  readonly names: ReadonlySet<string>;
  /** What its Via says; undefined: the stack's own sent-by. */
  readonly viaName?: string | undefined;
  /** Of equals any is chosen. */
  readonly sCscfs: readonly SCscfCandidate[];
  /** Those that did not answer lately. */
  readonly silent: SilentServers;
  /** Whether a source is of the trust domain (TS 24.229 4.4). */
  readonly trusted: (source: Source) => boolean;
  /**
   * The HSS that its S-CSCFs are to ask, a Diameter URI such as `aaa://hss1.home1.net` (P-User-Database, RFC 4457): where an
   * operator has several; undefined: they know.
   */
  readonly userDatabase?: string | undefined;
  readonly random: Random;
  readonly trace: Pick<Trace, 'enabled'>;
}
