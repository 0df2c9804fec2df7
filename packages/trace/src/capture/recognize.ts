const SP = 0x20;
const CR = 0x0d;
const LF = 0x0a;
/** A Request-URI may be long; a first line past this is not taken for SIP's. */
const MAX_START_LINE = 4096;
const VERSION = 'SIP/2.0';

/** Whether bytes begin with a SIP start line (RFC 3261 7.1, 7.2); `maybe`: as far as it has come. */
export function sipStart(bytes: Buffer): boolean | 'maybe' {
  if (bytes.length >= 8 && bytes.toString('latin1', 0, 8) === `${VERSION} `) {
    return true;
  }
  let at = 0;
  while (at < bytes.length && at < 32 && isTokenByte(bytes[at] ?? 0)) {
    at += 1;
  }
  if (at === 0 || bytes[at] !== SP) {
    return false;
  }
  const limit = Math.min(bytes.length, MAX_START_LINE);
  let end = at;
  while (end < limit && bytes[end] !== LF) {
    end += 1;
  }
  if (end === limit) {
    return limit < MAX_START_LINE && 'maybe';
  }
  const last = bytes[end - 1] === CR ? end - 1 : end;
  return bytes.toString('latin1', last - VERSION.length - 1, last) === ` ${VERSION}`;
}

/** Methods are tokens; all that anybody has used are capital letters, with which nothing else begins by chance. */
function isTokenByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x2d;
}
