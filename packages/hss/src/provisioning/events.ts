import type { RegistrationTermination } from '@ims-sim/cx';
import type { StoredSubscription } from '../subscription.js';

/** What the HSS does towards S-CSCFs once a change is stored: PPR, RTR. Each gives what was done, in one line for a reader. */
export interface ProvisioningEvents {
  /** PPR where it is registered and its profile or charging changed. */
  changed(before: StoredSubscription, now: StoredSubscription): Promise<string>;
  /** RTR PERMANENT_TERMINATION. */
  removed(before: StoredSubscription): Promise<string>;
  /** Undefined: no such subscriber. */
  deregister(
    key: string,
    reason: RegistrationTermination['reason'],
    publicIdentities: readonly string[],
    reasonInfo?: string,
  ): Promise<string | undefined>;
}
