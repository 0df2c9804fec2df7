import { to } from '../message/access.js';
import { valueOf } from '../message/headers.js';
import type { SipRequest } from '../message/message.js';

/**
 * The private identity of a REGISTER: the username of its Authorization, else what To has without scheme, port and
 * parameters (TS 24.229 5.3.1.2, 5.4.1.2.1E). Undefined: To has nothing to derive it from.
 */
export function privateIdentity(request: SipRequest): string | undefined {
  return username(valueOf(request.headers, 'authorization')) ?? derived(request);
}

/** RFC 2617 3.2.2: a quoted string. */
function username(authorization: string | undefined): string | undefined {
  const quoted = /(?:^|[\s,])username\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(authorization ?? '')?.[1];
  return quoted === undefined || quoted === '' ? undefined : quoted.replace(/\\(.)/g, '$1');
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
