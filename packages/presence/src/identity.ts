/**
 * A public identity as one spelling, so that two are the same user where their spellings are: a sip or sips URI without
 * password, port, parameters and headers, its host in lower case, escapes of plain characters undone; a tel URI without
 * visual separators (RFC 3966 5). A sip URI with `user=phone` and a global number is its tel URI (RFC 3261 19.1.6). Angle
 * brackets and a display name are taken off. Undefined where it is none of these.
 */
export function canonicalIdentity(text: string): string | undefined {
  const uri = (/<([^>]*)>/.exec(text)?.[1] ?? text).trim();
  const colon = uri.indexOf(':');
  const scheme = uri.slice(0, Math.max(colon, 0)).toLowerCase();
  const rest = uri.slice(colon + 1);
  switch (scheme) {
    case 'tel':
      return canonicalTel(rest);
    case 'sip':
    case 'sips':
      return canonicalSip(scheme, rest);
    case 'pres':
      return canonicalSip(scheme, rest.split('?', 1)[0] ?? '');
    default:
      return undefined;
  }
}

/** The domain of an identity, in lower case; undefined for a tel URI. */
export function domainOf(identity: string): string | undefined {
  const canonical = canonicalIdentity(identity);
  const at = canonical?.lastIndexOf('@') ?? -1;
  return canonical === undefined || at < 0 ? undefined : canonical.slice(at + 1);
}

function canonicalTel(rest: string): string | undefined {
  const [number = '', ...params] = rest.split(';');
  const digits = number.replace(/[-.()]/g, '').toLowerCase();
  if (!/^\+?[0-9a-f*#]+$/.test(digits)) {
    return undefined;
  }
  const context = params.find((param) => param.toLowerCase().startsWith('phone-context='));
  return `tel:${digits}${digits.startsWith('+') || context === undefined ? '' : `;${context.toLowerCase()}`}`;
}

function canonicalSip(scheme: string, rest: string): string | undefined {
  const at = rest.indexOf('@');
  const user = unescaped((at < 0 ? '' : rest.slice(0, at)).split(':', 1)[0] ?? '');
  const [host = '', tail = ''] =
    /^(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9._-]+)(.*)$/s.exec(rest.slice(at + 1))?.slice(1) ?? [];
  if (host === '' || /\s/.test(user)) {
    return undefined;
  }
  if (/;user=phone(?:[;?]|$)/i.test(tail) && user.startsWith('+')) {
    return canonicalTel(user.split(';', 1)[0] ?? '');
  }
  return user === '' ? `${scheme}:${host.toLowerCase()}` : `${scheme}:${user}@${host.toLowerCase()}`;
}

function unescaped(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[\w.!~*'()-]/.test(character) ? character : escape.toUpperCase();
  });
}
