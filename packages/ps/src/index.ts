export { DEFAULT_LIMITS, type PsCounters, type PsLimits } from './ps.js';
export * from './start-ps.js';
