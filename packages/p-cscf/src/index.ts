export { decide } from './decide.js';
export { originatingInitialRequest } from './originating-initial-request.js';
export { originatingSubsequentRequest } from './originating-subsequent-request.js';
export type { PCscf } from './p-cscf.js';
export { register } from './register.js';
export * from './registrations.js';
export * from './start-p-cscf.js';
export { terminatingRequest } from './terminating-request.js';
