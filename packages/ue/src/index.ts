export * from './start-ue.js';
export type { RegistrationChange } from './registration-state.js';
export type { Notification, SubscribeOptions, Subscription } from './subscription.js';
export * from './subscription-state.js';
export type * from './ue.js';
