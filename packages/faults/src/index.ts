export * from './fault.js';
export { faultyHost, type FaultyHost, type FaultyHostOptions } from './faulty-host.js';
