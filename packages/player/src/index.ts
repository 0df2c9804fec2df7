export * from './describe-action.js';
export type * from './ground.js';
export * from './play.js';
export type { ActionFailure } from './stage.js';
