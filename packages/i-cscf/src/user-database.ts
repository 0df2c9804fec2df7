import { has, header, withHeaders, type SipRequest } from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';

/**
 * TS 24.229 5.3.1.2 and 5.3.2.1, RFC 4457: the S-CSCF is told which HSS has the user, where it is configured. Nobody tells the
 * I-CSCF: what came is taken off.
 */
export function withUserDatabase(request: SipRequest, { userDatabase }: ICscf): SipRequest {
  const came = has(request.headers, 'p-user-database');
  if (!came && userDatabase === undefined) {
    return request;
  }
  const headers = request.headers.filter(({ key }) => key !== 'p-user-database');
  if (userDatabase !== undefined) {
    const at = headers.findIndex(({ key }) => key === 'from');
    headers.splice(at < 0 ? headers.length : at, 0, header('P-User-Database', `<${userDatabase}>`));
  }
  return withHeaders(request, headers);
}
