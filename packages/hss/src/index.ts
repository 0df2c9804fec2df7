export { startHss, type Hss, type HssOptions } from './hss.js';
export type { ProvisioningEvents } from './provisioning-events.js';
export { normalizeIdentity } from './public-identity.js';
export type * from './store.js';
export { openLowdbStore } from './store/lowdb-store.js';
export { memoryStore } from './store/memory-store.js';
export { openPostgresStore } from './store/postgres-store.js';
export * from './subscription.js';
export { compileWildcard } from './wildcard.js';
