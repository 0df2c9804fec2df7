import { to } from '../message/access.js';
import { parseCredentials } from '../message/credentials.js';
import { every } from '../message/headers.js';
import type { SipRequest } from '../message/message.js';

/**
 * The private identity of a REGISTER: the username of its Authorization; without Authorization what To has without scheme, port
 * and parameters (TS 24.229 5.3.1.2, 5.4.1.2.1E). Undefined: To has nothing to derive it from; or the Authorization names nobody,
 * cannot be read or is there twice: who it is of is then not for anybody to guess, as the P-CSCF may have vouched for its sender.
 */
export function privateIdentity(request: SipRequest): string | undefined {
  const [authorization, ...others] = every(request.headers, 'authorization');
  if (authorization === undefined) {
    return derived(request);
  }
  return others.length > 0 ? undefined : usernameOf(authorization.value);
}

/** The username of an Authorization header's value; undefined: it has none, or cannot be read. */
export function usernameOf(authorization: string): string | undefined {
  const credentials = parseCredentials(authorization);
  const username = credentials?.scheme === '' ? undefined : credentials?.params.get('username');
  return username === '' ? undefined : username;
}

function derived(request: SipRequest): string | undefined {
  const uri = to(request)?.uri;
  switch (uri?.kind) {
    case 'sip':
      return uri.user === undefined ? undefined : `${uri.user}@${uri.host}`;
    case 'tel':
      return uri.number;
    default:
      return undefined;
  }
}
