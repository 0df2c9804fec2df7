import type { SCscf } from '../s-cscf.js';
import { RegistrationEvents, type NotifierOptions } from './registration-events.js';

/** Begins to serve subscriptions to the registration state (TS 24.229 5.4.2.1); ends with its `close`. */
export function startRegistrationEvents(scscf: SCscf, options: NotifierOptions): RegistrationEvents {
  const events = new RegistrationEvents(scscf, options);
  scscf.registrationEvents = events;
  return events;
}
