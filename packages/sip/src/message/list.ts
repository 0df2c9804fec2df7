import { isSpace, quotedEnd, skipSpace } from './chars.js';

/**
 * Where the value that begins at `at` ends: at the next comma outside quotes and angle brackets, or at the end of
 * `text`.
 */
export function valueEnd(text: string, at: number): number {
  if (text.indexOf(',', at) < 0) {
    return text.length;
  }
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 44) {
      return i;
    }
    if (code === 34) {
      const end = quotedEnd(text, i);
      if (end < 0) {
        return text.length;
      }
      i = end - 1;
    } else if (code === 60) {
      const close = text.indexOf('>', i);
      if (close < 0) {
        return text.length;
      }
      i = close;
    }
  }
  return text.length;
}

/** [at, end) of `text` without the white space around it. */
export function trimmed(text: string, at: number, end: number): string {
  at = skipSpace(text, at, end);
  while (end > at && isSpace(text.charCodeAt(end - 1))) {
    end--;
  }
  return text.slice(at, end);
}

/**
 * The values between commas outside quotes and angle brackets, trimmed; an empty one stays, as it is for the caller
 * to judge.
 */
export function splitValues(text: string): string[] {
  const result: string[] = [];
  for (let at = 0; at <= text.length;) {
    const end = valueEnd(text, at);
    result.push(trimmed(text, at, end));
    at = end + 1;
  }
  return result;
}
