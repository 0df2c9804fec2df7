export { openRequests } from './open-requests.js';
export * from './compare-message.js';
export * from './describe.js';
export * from './flow.js';
export * from './judge.js';
export * from './junit.js';
export * from './scenario.js';
export * from './verdict.js';
