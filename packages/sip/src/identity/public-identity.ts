import { withoutNeedlessEscapes } from '../message/uri-compare.js';
import type { Uri } from '../message/uri.js';
import { parseUri } from '../message/uri-parse.js';

/**
 * The public identity that a URI means, in the one spelling that Cx and the registrar know it by (TS 23.003 13.4, TS 29.229
 * 6.3.2): a SIP URI without port, parameters, headers and escapes that need not be, a tel URI without visual separators. Undefined: it means none.
 */
export function publicIdentity(uri: Uri): string | undefined {
  switch (uri.kind) {
    case 'sip':
      return uri.user === undefined
        ? `sip:${uri.host}`
        : `sip:${withoutNeedlessEscapes(uri.user)}@${uri.host}`;
    case 'tel':
      return `tel:${uri.number.replace(/[-.()]/g, '')}`;
    case 'other':
      return undefined;
  }
}

/** The same of a URI as text. */
export function publicIdentityOf(text: string): string | undefined {
  const uri = parseUri(text);
  return uri === undefined ? undefined : publicIdentity(uri);
}
