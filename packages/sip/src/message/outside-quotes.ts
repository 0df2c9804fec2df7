/** What stands between `separator`s, one character, that are in no quoted string; trimmed, empty ones included. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && isQuoted) {
      i++;
    } else if (c === '"') {
      isQuoted = !isQuoted;
    } else if (c === separator && !isQuoted) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
