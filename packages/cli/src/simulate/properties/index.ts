import { secondFinalResponses } from './one-final-response.js';
import type { BrokenProperty, Evidence } from './property.js';
import { unregisteredIdentities } from './registered-identities.js';
import { requestsWithoutEnd } from './requests-end.js';
import { lastingSubscriptions } from './subscriptions-expire.js';
import { grownTables, type TablesAround } from './tables-shrink.js';

export type { BrokenProperty, Evidence, Kill } from './property.js';
export { sipSeen } from './sip-seen.js';
export type { TablesAround } from './tables-shrink.js';

/** What must always hold, and did not. */
export function brokenProperties(evidence: Evidence, tables: TablesAround): readonly BrokenProperty[] {
  return [
    ...requestsWithoutEnd(evidence),
    ...secondFinalResponses(evidence),
    ...unregisteredIdentities(evidence),
    ...lastingSubscriptions(evidence),
    ...grownTables(tables, evidence),
  ];
}
