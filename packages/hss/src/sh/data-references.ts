import type { DataReference, UserIdentity } from '@ims-sim/sh';

/** What an AS may be told changes of (TS 29.328 table 7.6.1, Sh-Subs-Notif), of what this HSS has. */
export type NotifiedReference =
  | 'repository-data'
  | 'ims-public-identity'
  | 'ims-user-state'
  | 's-cscf-name'
  | 'initial-filter-criteria'
  | 'charging-information';

/** The answer to a subscription to changes of such data; undefined: there may be one. */
export function notificationRefusal(
  reference: DataReference,
): 'operation-not-allowed' | 'user-data-cannot-be-notified' | 'dsai-not-available' | undefined {
  switch (reference) {
    case 'repository-data':
    case 'ims-public-identity':
    case 'ims-user-state':
    case 's-cscf-name':
    case 'initial-filter-criteria':
    case 'charging-information':
      return undefined;
    // The table has Sh-Pull alone for them.
    case 'location-information':
    case 'user-state':
    case 'msisdn':
      return 'operation-not-allowed';
    // Nobody may here (the AS permission list, 6.2): this HSS has no such state.
    case 'psi-activation':
      return 'user-data-cannot-be-notified';
    // 6.1.3.1 step 3a: no tag is one of ours.
    case 'dsai':
      return 'dsai-not-available';
  }
}

/** Table 7.6.1, access key: whether the data can be asked for by such an identity; else 5101 (6.1.1.1 and 6.1.3.1, step 3). */
export function isAskedForBy(reference: DataReference, { kind }: UserIdentity): boolean {
  if (kind === 'public-identity') return true;
  switch (reference) {
    case 'repository-data':
    case 'ims-user-state':
    case 's-cscf-name':
    case 'initial-filter-criteria':
    case 'psi-activation':
    case 'dsai':
      return false;
    default:
      return true;
  }
}
