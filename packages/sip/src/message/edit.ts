import { isSpace } from './chars.js';
import { type Header, header } from './header.js';
import { trimmed, valueEnd } from './list.js';
import { indexOf, inserted } from './headers.js';
import type { Headers } from './message.js';

/** Takes the first value of a header off: drops the line where it held one, else rewrites that line. */
export function withoutTopValue(headers: Headers, key: string): Headers {
  const at = indexOf(headers, key);
  const line = headers[at];
  if (line === undefined) {
    return headers;
  }
  const value = line.value;
  const end = valueEnd(value, 0);
  const result: Header[] = [];
  for (const h of headers) {
    if (h !== line) {
      result.push(h);
    } else if (end < value.length) {
      result.push(header(nameOf(line), trimmed(value, end + 1, value.length)));
    }
  }
  return result;
}

/** Puts a Via of its own line on top of the others. */
export function withTopVia(headers: Headers, viaText: string): Headers {
  const at = indexOf(headers, 'via');
  return inserted(headers, Math.max(0, at), header('Via', viaText));
}

/** Puts `viaText` in the place of the topmost Via value; what follows it in its line stays. */
export function replaceTopVia(headers: Headers, viaText: string): Headers {
  const at = indexOf(headers, 'via');
  const line = headers[at];
  if (line === undefined) {
    return withTopVia(headers, viaText);
  }
  const value = line.value;
  const end = valueEnd(value, 0);
  const result = headers.slice();
  result[at] = header(nameOf(line), viaText + value.slice(end));
  return result;
}

/** The name as it was written. */
function nameOf(line: Header): string {
  let end = line.line.indexOf(':');
  while (end > 0 && isSpace(line.line.charCodeAt(end - 1))) {
    end--;
  }
  return line.line.slice(0, end);
}
