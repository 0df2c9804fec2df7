export * from './complaint.js';
export * from './network.js';
export * from './network-file.js';
