import type { RegistrationTermination } from '@ims-sim/cx';
import type { StoredSubscription } from './subscription.js';

/** What the HSS does towards S-CSCFs once a change is stored. Each gives what was done, in one line for a reader. */
export interface ProvisioningEvents {
  /** TS 29.228 6.2.2: PPR where it is registered and its profile or charging has changed; RTR for what is no longer there. */
  changed(before: StoredSubscription, now: StoredSubscription): Promise<string>;
  /** TS 29.228 6.1.3: RTR, PERMANENT_TERMINATION, where it was registered. */
  removed(before: StoredSubscription): Promise<string>;
  /** RTR for public identities, all where none is given. Undefined: no such subscriber. */
  deregister(
    key: string,
    reason: RegistrationTermination['reason'],
    publicIdentities: readonly string[],
    reasonInfo?: string,
  ): Promise<string | undefined>;
}
