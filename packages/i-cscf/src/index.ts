export { decide } from './decide.js';
export type { ICscf, SCscfCandidate } from './i-cscf.js';
export { initialRequest, originatingRequest } from './initial-request.js';
export { register } from './register.js';
export { selectSCscf } from './s-cscf-selection.js';
export * from './start-i-cscf.js';
