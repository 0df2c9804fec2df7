export { DEFAULT_LIMITS, type PsCounters, type PsLimits, type RemoteSource } from './ps.js';
export * from './start-ps.js';
