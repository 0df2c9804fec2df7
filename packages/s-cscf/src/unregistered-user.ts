import type { CxRefusal, ServerAssignmentAnswer } from '@ims-sim/cx';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';

export type UnregisteredUser =
  | { readonly kind: 'user'; readonly user: ServedUser }
  | { readonly kind: 'refused'; readonly answer: CxRefusal }
  /** An answer without a profile of this user, or no room for it. */
  | { readonly kind: 'no-profile' };

/**
 * TS 24.229 5.4.3.3, TS 29.228 6.1.2: asks the HSS for the profile of a user who is not registered here, as whose
 * S-CSCF this one is noted from then on. It is kept for a minute.
 */
export async function unregisteredUser(publicIdentity: string, scscf: SCscf): Promise<UnregisteredUser> {
  const answer: ServerAssignmentAnswer = await scscf.cx.serverAssignment({
    publicIdentities: [publicIdentity],
    serverName: scscf.serverName,
    type: 'unregistered-user',
    userDataAlreadyAvailable: false,
  });
  if (answer.kind !== 'assigned') {
    return { kind: 'refused', answer };
  }
  const user =
    answer.profile === undefined
      ? undefined
      : scscf.registrar.assign(answer.profile, publicIdentity, answer.charging);
  return user === undefined ? { kind: 'no-profile' } : { kind: 'user', user };
}
