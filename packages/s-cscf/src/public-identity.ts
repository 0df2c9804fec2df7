import { parseUri, type Uri } from '@ims-sim/sip';

/**
 * What two spellings of one public identity have in common (TS 23.003 13.4, TS 29.229 6.3.2): a SIP URI without port, parameters and headers, a
 * tel URI without visual separators; undefined where a URI means none.
 */
export function identityKey(uri: Uri): string | undefined {
  switch (uri.kind) {
    case 'sip':
      return uri.user === undefined ? `sip:${uri.host}` : `sip:${uri.user}@${uri.host}`;
    case 'tel':
      return `tel:${uri.number.replace(/[-.()]/g, '')}`;
    case 'other':
      return undefined;
  }
}

export function identityKeyOf(text: string): string | undefined {
  const uri = parseUri(text);
  return uri === undefined ? undefined : identityKey(uri);
}
