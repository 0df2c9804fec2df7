/**
 * Character classes of RFC 3261 25.1, a bit each, by character code. A class with escapes has `%` (see
 * `escapesAreWhole`).
 */
export const TOKEN = 1;
export const HOST = 2;
export const USER = 4;
export const PASSWORD = 8;
export const URI_PARAM = 16;
export const URI_HEADER = 32;
/** A parameter's value in a header: token or host, IPv6 with or without brackets (RFC 5118 4.5). */
export const VALUE = 64;
export const WORD = 128;

const ALPHANUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const UNRESERVED = ALPHANUM + "-_.!~*'()";
const CLASSES: readonly (readonly [number, string])[] = [
  [TOKEN, ALPHANUM + "-.!%*_+`'~"],
  [HOST, ALPHANUM + '-._'], // Deviation: `_`, which RFC 3261 has not and TR 24.841's own host names have
  [USER, UNRESERVED + '&=+$,;?/%'],
  [PASSWORD, UNRESERVED + '&=+$,%'],
  [URI_PARAM, UNRESERVED + '[]/:&+$%'],
  [URI_HEADER, UNRESERVED + '[]/?:+$%'],
  [VALUE, ALPHANUM + "-.!%*_+`'~[]:"],
  [WORD, ALPHANUM + '-.!%*_+`\'~()<>:\\"/[]?{}'],
];

const BITS = new Uint8Array(256);
for (const [bit, characters] of CLASSES) {
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    BITS[code] = (BITS[code] ?? 0) | bit;
  }
}

/** Whether a character is of one of `classes`, bits of the classes above; none beyond U+00FF is of any. */
export function isOf(code: number, classes: number): boolean {
  return code < 256 && ((BITS[code] ?? 0) & classes) !== 0;
}

/** The first position in [at, end) whose character is of none of `classes`; `end` where all are. */
export function spanEnd(text: string, at: number, end: number, classes: number): number {
  while (at < end && isOf(text.charCodeAt(at), classes)) {
    at++;
  }
  return at;
}

/** The first position in [at, end) that is neither space nor tab. */
export function skipSpace(text: string, at: number, end: number): number {
  while (at < end && isSpace(text.charCodeAt(at))) {
    at++;
  }
  return at;
}

/** SP or HTAB: WSP of RFC 3261 25.1, once lines are unfolded. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** DIGIT of RFC 3261 25.1: those of ASCII only. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A hexadecimal digit in either case, as %HH escapes may have it (RFC 3261 25.1, RFC 3986 2.1). */
export function isHex(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

/** Every `%` in [at, end) begins an escape `%HH`. */
export function escapesAreWhole(text: string, at: number, end: number): boolean {
  for (let i = at; i < end; i++) {
    if (text.charCodeAt(i) !== 37) {
      continue;
    }
    if (i + 2 >= end || !isHex(text.charCodeAt(i + 1)) || !isHex(text.charCodeAt(i + 2))) {
      return false;
    }
    i += 2;
  }
  return true;
}

/** The number that the digits in [at, end) are, or -1: no digit, another character, or more than `max`. */
export function decimal(text: string, at: number, end: number, max: number): number {
  if (at >= end) {
    return -1;
  }
  let number = 0;
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) {
      return -1;
    }
    number = number * 10 + (code - 48);
    if (number > max) {
      return -1;
    }
  }
  return number;
}

/** The position after the quoted string that begins at `at` (escapes respected), or -1 where it does not end. */
export function quotedEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) {
      i++;
    } else if (code === 34) {
      return i + 1;
    }
  }
  return -1;
}
