export { startHss, type Hss, type HssOptions } from './hss.js';
export { normalizeIdentity, type SubscriberConfig } from './subscriber.js';
