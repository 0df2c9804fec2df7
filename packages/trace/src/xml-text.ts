/** Text for an XML document's content or a quoted attribute; characters that XML 1.0 2.2 does not allow are `?`. */
export function xmlText(text: string): string {
  let escaped = '';
  for (const character of text) {
    escaped += ENTITIES.get(character) ?? (isAllowed(character.codePointAt(0) ?? 0) ? character : '?');
  }
  return escaped;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function isAllowed(code: number): boolean {
  if (code < 0x20) {
    return code === 0x09 || code === 0x0a;
  }
  return (
    !(code >= 0x7f && code < 0xa0) && !(code >= 0xd800 && code < 0xe000) && code !== 0xfffe && code !== 0xffff
  );
}
