import type { RegInfo, RegInfoRegistration } from '@ims-sim/reginfo';
import { sameUri } from '../registration-keys.js';
import type { Registration } from '../registration.js';

/**
 * TS 24.229 5.2.3 and 5.2.5.2: what a registration is after a document about its user: the same, less identities, or ended
 * (undefined).
 */
export function afterDocument(
  { registrations }: RegInfo,
  registration: Registration,
): Registration | undefined {
  let after = registration;
  for (const element of registrations) {
    const { aor, state } = element;
    const isItself = sameUri(aor, registration.publicIdentity);
    if (!isItself && !registration.identities.some(({ text }) => sameUri(text, aor))) {
      continue;
    }
    if (hasEnded(element, registration.contact) || (isItself && state === 'terminated')) {
      return undefined;
    }
    if (state === 'terminated') {
      after = { ...after, identities: after.identities.filter(({ text }) => !sameUri(text, aor)) };
    }
  }
  return after.identities.length === 0 ? undefined : after;
}

/** Whether the contact is gone and was not registered again. */
function hasEnded({ contacts }: RegInfoRegistration, contact: string): boolean {
  const same = contacts.filter(({ uri }) => sameUri(uri, contact));
  return same.length > 0 && same.every(({ state }) => state === 'terminated');
}
