export * from './decided.js';
export * from './incoming.js';
export * from './messages.js';
export * from './strangers.js';
