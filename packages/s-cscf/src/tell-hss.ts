import type { ServerAssignment } from '@ims-sim/cx';
import type { RegistrationRequest } from './registration-request.js';
import type { SCscf } from './s-cscf.js';

/** What the HSS is told without anybody waiting for its answer. */
export type Told = Extract<
  ServerAssignment['type'],
  | 'authentication-failure'
  | 'authentication-timeout'
  | 'administrative-deregistration'
  | 'deregistration-too-much-data'
>;

/**
 * TS 29.228 6.1.2: nothing comes of a registration: the authentication failed, or nobody answered the challenge, which changes
 * nothing of what was registered; or the S-CSCF cannot serve a user whom it has just been assigned. An HSS that cannot be asked is
 * told once it can.
 */
export function tellHss(
  type: Told,
  { privateIdentity, publicIdentity }: Pick<RegistrationRequest, 'privateIdentity' | 'publicIdentity'>,
  { cx, serverName, log, untold }: Pick<SCscf, 'cx' | 'serverName' | 'log' | 'untold'>,
): void {
  const request: ServerAssignment = {
    privateIdentity,
    publicIdentities: [publicIdentity],
    serverName,
    type,
    userDataAlreadyAvailable: false,
  };
  cx.serverAssignment(request)
    .then(({ kind: answer }) => {
      if (answer === 'unreachable' && untold !== undefined) {
        untold.keep(request);
      } else if (answer !== 'assigned') {
        log.warn('The HSS did not take the end of a registration', { type, publicIdentity, answer });
      }
    })
    .catch((error: unknown) => log.error('A procedure failed', { error }));
}
