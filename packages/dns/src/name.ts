/** RFC 1035 2.3.4: a name is at most 255 bytes on the wire, 253 as text. */
const MAX_NAME_LENGTH = 253;

/** The spelling in which names are compared (RFC 4343): lower case, no dot at the end; the root is ''. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/**
 * Whether `name` can be asked for: labels of 1 to 63 printable ASCII characters without a backslash, so underscores too
 * (RFC 2181 11), and at most 253 in all.
 */
export function isDomainName(name: string): boolean {
  const { length } = name;
  if (length === 0 || length > MAX_NAME_LENGTH) return false;
  let labelLength = 0;
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i);
    if (code === 0x2e) {
      if (labelLength === 0) return false;
      labelLength = 0;
    } else if (code <= 0x20 || code >= 0x7f || code === 0x5c || ++labelLength > 63) {
      return false;
    }
  }
  return true;
}

/** The name without its first label; undefined for the root. */
export function parentName(name: string): string | undefined {
  if (name === '') return undefined;
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}
