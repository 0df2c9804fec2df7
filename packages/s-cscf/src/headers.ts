import { addresses, first, inserted, type Header, type Headers, type SipRequest } from '@ims-sim/sip';

/** Puts `added` behind the last header with `key`; where there is none, before `otherwise`, or at the end. */
export function insertAfter(
  headers: Headers,
  key: string,
  added: Header,
  otherwise = 'content-length',
): Headers {
  let at = -1;
  let fallback = headers.length;
  for (let i = headers.length - 1; i >= 0; i--) {
    const its = headers[i]?.key;
    if (its === key) {
      at = i + 1;
      break;
    }
    if (its === otherwise) {
      fallback = i;
    }
  }
  return inserted(headers, at < 0 ? fallback : at, added);
}

/**
 * Whether the topmost Record-Route is this element's: a request that has been at an application server is in the
 * dialog already.
 */
export function isRecorded(request: SipRequest, names: ReadonlySet<string>): boolean {
  const line = first(request.headers, 'record-route');
  if (line === undefined || !mentions(line, names)) {
    return false; // most requests: nothing to parse
  }
  const top = addresses(request, 'record-route')[0]?.uri;
  return top?.kind === 'sip' && names.has(top.host);
}

function mentions({ line }: Header, names: ReadonlySet<string>): boolean {
  const text = line.toLowerCase();
  for (const name of names) {
    if (text.includes(name)) {
      return true;
    }
  }
  return false;
}

/**
 * The URI of a header that has one name-addr and nothing but it, `<sip:user@host>`, without a parse; undefined for
 * any other.
 */
export function bareUri({ value }: Header): string | undefined {
  const end = value.length - 1;
  return value.charCodeAt(0) === 60 && value.indexOf('>') === end ? value.slice(1, end) : undefined;
}
