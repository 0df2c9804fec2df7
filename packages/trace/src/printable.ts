/**
 * Text of the network's made fit for one line of a terminal: control characters, bidirectional overrides and characters
 * that take no column or two are `?`, so that each character is one column; past `maxLength` it ends in `…`.
 */
export function printable(text: string, maxLength: number): string {
  let line = '';
  for (const character of text) {
    line += isOneColumn(character.codePointAt(0) ?? 0) ? character : '?';
    if (line.length > maxLength) {
      return `${line.slice(0, maxLength - 1)}…`;
    }
  }
  return line;
}

function isOneColumn(code: number): boolean {
  if (code < 0x300) {
    return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code !== 0xad;
  }
  if (code < 0x370 || (code >= 0x483 && code < 0x48a)) {
    return false; // Combining marks.
  }
  return (
    code < 0x590 || // Greek, Cyrillic, Armenian; what is written right to left begins here.
    (code >= 0x1e00 && code < 0x2000) ||
    (code >= 0x2010 && code < 0x2028) ||
    (code >= 0x2030 && code < 0x2060) ||
    (code >= 0x2190 && code < 0x2300) || // Arrows, mathematics.
    (code >= 0x2500 && code < 0x2600) // Box drawing.
  );
}
