export type * from './ground.js';
