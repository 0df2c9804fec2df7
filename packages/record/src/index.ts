export * from './flow-from.js';
export * from './names.js';
export * from './narrow.js';
export { playFrom } from './play-from.js';
export * from './recorded.js';
export { playFromSipp } from './sipp/play-from-sipp.js';
export type { SippPlay } from './sipp/sipp-play.js';
export { writeFlow, yaml } from './write-flow.js';
export * from './write-scenario.js';
