export * from './connect-to-server.js';
export * from './environment.js';
export type { View } from './app.js';
export * from './listen-for-dialling.js';
export type { RequestHandler } from './request-handler.js';
export * from './srf.js';
export * from './start-drachtio.js';
