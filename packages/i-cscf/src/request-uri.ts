import { parseUri, type SipUri, type Uri } from '@ims-sim/sip';

/**
 * The Request-URI in the form that the I-CSCF and the S-CSCF work with (TS 24.229 5.3.2.1): `pres` and `im` URIs as
 * the SIP URI that they stand for, a SIP URI that holds a telephone number of the domain as the tel URI.
 */
export function translated(
  requestUri: string,
  domain: string,
): { readonly uri: Uri; readonly text: string } | undefined {
  const uri = parseUri(requestUri);
  if (uri === undefined) {
    return undefined;
  }
  if (uri.kind === 'other') {
    return uri.scheme === 'pres' || uri.scheme === 'im'
      ? translated(`sip:${addressOf(uri.text)}`, domain)
      : undefined;
  }
  if (uri.kind === 'sip' && uri.host === domain && isTelephoneNumber(uri)) {
    const text = `tel:${uri.user?.split(';')[0] ?? ''}`;
    const tel = parseUri(text);
    return tel === undefined ? { uri, text: requestUri } : { uri: tel, text };
  }
  return { uri, text: requestUri };
}

function isTelephoneNumber(uri: SipUri): boolean {
  return uri.params.get('user') === 'phone' && uri.user !== undefined && uri.user.startsWith('+');
}

/** RFC 3859 and 3860: the mailbox, without what a `?` adds. */
function addressOf(text: string): string {
  return text.slice(text.indexOf(':') + 1).split('?')[0] ?? '';
}
