export * from './clock.js';
export * from './host.js';
export * from './net.js';
export * from './random.js';
export * from './trace.js';
