export * from './compose.js';
export * from './identity.js';
export * from './pidf.js';
export * from './watcher-rules.js';
export * from './xml-equal.js';
