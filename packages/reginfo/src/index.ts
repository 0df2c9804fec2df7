export * from './reg-info.js';
export { readRegInfo, type RegInfoError } from './read.js';
export { writeRegInfo } from './write.js';
