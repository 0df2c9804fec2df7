export * from './environment.js';
export type { View } from './app.js';
export type { RequestHandler } from './request-handler.js';
export * from './srf.js';
export * from './start-drachtio.js';
