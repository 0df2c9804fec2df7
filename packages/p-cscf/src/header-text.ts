import { header, type Header } from '@ims-sim/sip';

/** The same header, spelled as it was, with another value. */
export function withValue({ line }: Header, value: string): Header {
  return header(line.slice(0, line.indexOf(':')).trim(), value);
}

/** What stands between commas that are in no quoted string, trimmed. */
export function valuesOutsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && isQuoted) {
      i++;
    } else if (c === '"') {
      isQuoted = !isQuoted;
    } else if (c === ',' && !isQuoted) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
