export { cxApplication } from './application.js';
export { CSCF_FEATURES, cxClient, type CxClientOptions } from './client.js';
export { CX_APPLICATION } from './command.js';
export { compileEre, type Matcher } from './ere.js';
export * from './location-info.js';
export * from './multimedia-auth.js';
export * from './push.js';
export * from './push-profile.js';
export * from './registration-termination.js';
export * as cxResult from './results.js';
export * from './server-assignment.js';
export * from './supported-features.js';
export * from './types.js';
export type * from './user-profile-types.js';
export * from './user-authorization.js';
export {
  readInitialFilterCriteria,
  readUserProfile,
  type UserProfileReading,
} from './user-profile-reader.js';
export { writeInitialFilterCriteria, writeUserProfile } from './user-profile-writer.js';
export { compileWildcard, isWildcarded } from './wildcarded-identity.js';
