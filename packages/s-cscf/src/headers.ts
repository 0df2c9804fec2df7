import { inserted, type Header, type Headers } from '@ims-sim/sip';

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
 * The URI of a header that has one name-addr and nothing but it, `<sip:user@host>`, without a parse; undefined for
 * any other.
 */
export function bareUri({ value }: Header): string | undefined {
  const end = value.length - 1;
  return value.charCodeAt(0) === 60 && value.indexOf('>') === end ? value.slice(1, end) : undefined;
}
