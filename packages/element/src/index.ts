export * from './element.js';
export * from './host.js';
export * from './nearest.js';
export * from './network.js';
export * from './user-error.js';
export * from './zones.js';
