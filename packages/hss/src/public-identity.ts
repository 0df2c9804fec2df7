/**
 * A public identity in the form in which two that are the same are equal (TS 23.003 13.4, RFC 3966 5, RFC 3261
 * 19.1.4): a tel URI without visual separators, a sip URI with its host in lower case and without parameters. What a
 * wildcarded one has between its exclamation marks stays as it is.
 */
export function normalizeIdentity(identity: string): string {
  const colon = identity.indexOf(':');
  const scheme = identity.slice(0, colon).toLowerCase();
  const rest = identity.slice(colon + 1);
  if (scheme === 'tel') return `tel:${normalizeTel(rest)}`;
  if (scheme !== 'sip' && scheme !== 'sips') return identity;
  const at = rest.lastIndexOf('@');
  const end = firstOf(rest, at + 1, ';', '?');
  return `${scheme}:${rest.slice(0, at + 1)}${rest.slice(at + 1, end).toLowerCase()}`;
}

function normalizeTel(text: string): string {
  const from = text.indexOf('!');
  const to = text.lastIndexOf('!');
  if (to <= from) return normalizeNumber(text);
  return (
    normalizeNumber(text.slice(0, from)) + text.slice(from, to + 1) + normalizeNumber(text.slice(to + 1))
  );
}

function normalizeNumber(text: string): string {
  const end = firstOf(text, 0, ';', '?');
  let number = '';
  for (let at = 0; at < end; at++) {
    const char = text.charAt(at);
    if (char !== '-' && char !== '.' && char !== '(' && char !== ')') number += char;
  }
  return number + text.slice(end).toLowerCase();
}

function firstOf(text: string, from: number, a: string, b: string): number {
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === a || char === b) return at;
  }
  return text.length;
}
