export * from './flow-from.js';
export * from './names.js';
export * from './recorded.js';
export { writeFlow, yaml } from './write-flow.js';
