import type { CxRefusal, ServerAssignmentAnswer } from '@ims-sim/cx';
import { restore } from './restoration.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';

export type UnregisteredUser =
  | { readonly kind: 'user'; readonly user: ServedUser }
  | { readonly kind: 'refused'; readonly answer: CxRefusal }
  /** An answer without a profile of this user, or no room for it. */
  | { readonly kind: 'no-profile' };

/**
 * TS 24.229 5.4.3.3, TS 29.228 6.1.2: asks the HSS for the profile of a user who is not registered here, as whose
 * S-CSCF this one is noted from then on. It is kept for a minute. Where this S-CSCF served the user before it lost its
 * memory, the HSS says where the user is registered (TS 23.380 4.3.3).
 */
export async function unregisteredUser(publicIdentity: string, scscf: SCscf): Promise<UnregisteredUser> {
  const { registrar } = scscf;
  const answer: ServerAssignmentAnswer = await scscf.cx.serverAssignment({
    publicIdentities: [publicIdentity],
    serverName: scscf.serverName,
    type: 'unregistered-user',
    userDataAlreadyAvailable: false,
  });
  const known = registrar.userOf(publicIdentity);
  if (known !== undefined && known.set.bindings.length > 0) {
    return { kind: 'user', user: known }; // registered meanwhile
  }
  if (answer.kind !== 'assigned') {
    return { kind: 'refused', answer };
  }
  const user =
    answer.profile === undefined
      ? undefined
      : registrar.assign(answer.profile, publicIdentity, answer.charging);
  if (user === undefined) {
    return { kind: 'no-profile' };
  }
  restore(user, answer, scscf);
  return { kind: 'user', user };
}
