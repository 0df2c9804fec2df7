import { header, withHeaders, type SipRequest } from '@ims-sim/sip';

/**
 * TS 24.229 5.3.2.1, RFC 5002: the wildcarded identity that the HSS found the Request-URI to match goes to the S-CSCF, which
 * then need not look for it.
 */
export function withProfileKey(request: SipRequest, wildcardedIdentity: string | undefined): SipRequest {
  if (wildcardedIdentity === undefined) {
    return request;
  }
  const headers = request.headers.filter(({ key }) => key !== 'p-profile-key');
  const at = headers.findIndex(({ key }) => key === 'from');
  headers.splice(
    at < 0 ? headers.length : at,
    0,
    header('P-Profile-Key', `<${escaped(wildcardedIdentity)}>`),
  );
  return withHeaders(request, headers);
}

/** What of a regular expression may not stand in a URI's user part (RFC 3261 25.1), escaped (RFC 5002 4). */
function escaped(identity: string): string {
  return identity.replace(
    /[^\w\-.!~*'()&=+$,;?/:@%]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
