export * from './ports.js';
export * from './postgres-server.js';
