export { Challenges, type Challenge } from './challenges.js';
export { decide } from './decide.js';
export {
  compileCriteria,
  compileTriggerPoint,
  describeTriggerPoint,
  type Criterion,
} from './ifc/criterion.js';
export { OriginalDialogs } from './original-dialogs.js';
export { Registrar, type BindingChange } from './registrar.js';
export { DEFAULT_LIMITS, type RegistrarLimits } from './registrar-limits.js';
export type { SCscf } from './s-cscf.js';
export type { ContactEvent, RegistrationEvent, RegistrationListener } from './registration-event.js';
export type { Binding, ImplicitSet, ServedUser, SharedFilterCriteria } from './served-user.js';
export * from './start-s-cscf.js';
