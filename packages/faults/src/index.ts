export * from './fault.js';
export { faultyHost, type FaultyHost, type FaultyHostOptions } from './faulty-host.js';
export { toldOf, type Told } from './told.js';
