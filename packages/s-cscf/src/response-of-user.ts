import { addresses, first, without, type Forward, type Headers, type SipRequest } from '@ims-sim/sip';
import { bareUri, insertAfter } from './headers.js';
import { headersBack } from './headers-back.js';
import type { SCscf } from './s-cscf.js';
import type { ServedUser } from './served-user.js';
import { isOfOperator } from './trust-domain.js';

/**
 * TS 24.229 5.4.3.3: what the called user's UE answers to an initial request, on its way to the caller: the P-Access-Network-Info stays
 * here unless the caller is this operator's too, and in the final text the telephone number of the user stands beside the SIP URI
 * that the P-CSCF asserts, or that beside the number.
 */
export function responseOfUser(
  request: SipRequest,
  user: ServedUser,
  scscf: SCscf,
): NonNullable<Forward['onResponse']> {
  const back = headersBack(request, user, scscf);
  const isFinalText = scscf.profile === 'ts-24.141';
  return (received) => {
    const response = back?.(received) ?? received;
    const shown = withoutAccess(response.headers, request, scscf);
    const headers = isFinalText ? withBeside(shown, scscf) : shown;
    return headers === response.headers ? response : { ...response, headers };
  };
}

function withoutAccess(headers: Headers, request: SipRequest, scscf: SCscf): Headers {
  if (first(headers, 'p-access-network-info') === undefined || isOwnCaller(request, scscf)) {
    return headers;
  }
  return without(headers, 'p-access-network-info');
}

function isOwnCaller(request: SipRequest, scscf: SCscf): boolean {
  return addresses(request, 'p-asserted-identity').some(
    ({ uri }) => uri.kind === 'sip' && isOfOperator({ kind: 'element', host: uri.host.toLowerCase() }, scscf),
  );
}

/** Of one identity, asserted alone. */
function withBeside(headers: Headers, { registrar }: SCscf): Headers {
  const line = first(headers, 'p-asserted-identity');
  const uri = line === undefined ? undefined : bareUri(line);
  if (uri === undefined || headers.filter(({ key }) => key === 'p-asserted-identity').length > 1) {
    return headers;
  }
  const beside = registrar.userSpelled(uri)?.assertedBeside;
  return beside === undefined ? headers : insertAfter(headers, 'p-asserted-identity', beside);
}
