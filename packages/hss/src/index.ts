export { startHss, type Hss, type HssOptions } from './hss.js';
export type { ProvisioningEvents } from './provisioning-events.js';
export { loadProvisioning } from './load-provisioning.js';
export { normalizeIdentity } from './public-identity.js';
export type * from './store.js';
export { memoryStore } from './store/memory-store.js';
export { openStore, type StorePlace } from './store/open-store.js';
export * from './subscription.js';
export { compileWildcard } from './wildcard.js';
