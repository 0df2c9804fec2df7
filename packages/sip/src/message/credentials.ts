/** WWW-Authenticate, Authorization, Proxy-*: a challenge or its answer; Authentication-Info has the scheme ''. */
export interface Credentials {
  /** As it came, e.g. `Digest`. */
  readonly scheme: string;
  /** Names in lower case, values without their quotes and escapes. */
  readonly params: ReadonlyMap<string, string>;
  /** The same parameters as they stand, e.g. `username="user1"`. */
  readonly texts: ReadonlyMap<string, string>;
}

const MAX_TEXT = 8192;
const MAX_PARAMS = 64;

/**
 * RFC 3261 25.1 `challenge`, `credentials`, `ainfo`. Every element reads these headers by this: where two read a private identity
 * differently, one vouches for another user than the next one serves. Undefined where it is none of them, where a name is there twice, and where
 * it is longer than 8,192 characters or has more than 64 parameters.
 */
export function parseCredentials(value: string): Credentials | undefined {
  if (value.length > MAX_TEXT) {
    return undefined;
  }
  const first = skipSpace(value, 0);
  const end = tokenEnd(value, first);
  const next = skipSpace(value, end);
  if (end === first) {
    return undefined;
  }
  const isParam = value[next] === '=';
  if (!isParam && next === end) {
    return undefined; // a scheme alone, or something that is no token after it
  }
  const parsed = parseParams(value, isParam ? first : next);
  return parsed === undefined ? undefined : { scheme: isParam ? '' : value.slice(first, end), ...parsed };
}

/** Those that RFC 7616 3.3, 3.4, 3.5 and RFC 3261 25.1 write without quotes. */
const BARE = new Set(['algorithm', 'nc', 'stale', 'userhash', 'charset']);

/**
 * The header value with these parameters, in their order: quoted but for algorithm, nc, stale, and for qop where it is the
 * one that was chosen (with `response`, and in Authentication-Info). Throws where a value or name cannot stand in a header.
 */
export function formatCredentials(scheme: string, params: Iterable<readonly [string, string]>): string {
  const all = [...params];
  const isAnswer = scheme === '' || all.some(([name]) => name.toLowerCase() === 'response');
  const texts = all.map(([name, value]) => {
    const key = name.toLowerCase();
    const isBare = BARE.has(key) || (isAnswer && key === 'qop');
    return `${name}=${isBare && isToken(value) ? value : quoted(name, value)}`;
  });
  return scheme === '' ? texts.join(', ') : `${scheme} ${texts.join(', ')}`;
}

function parseParams(text: string, start: number): Omit<Credentials, 'scheme'> | undefined {
  const params = new Map<string, string>();
  const texts = new Map<string, string>();
  for (let at = start; ;) {
    const nameEnd = tokenEnd(text, at);
    const equal = skipSpace(text, nameEnd);
    const param = text[equal] === '=' ? parseValue(text, skipSpace(text, equal + 1)) : undefined;
    const name = text.slice(at, nameEnd).toLowerCase();
    if (nameEnd === at || param === undefined || params.has(name) || params.size === MAX_PARAMS) {
      return undefined;
    }
    params.set(name, param.value);
    texts.set(name, text.slice(at, param.end));
    at = skipSpace(text, param.end);
    if (at === text.length) {
      return { params, texts };
    }
    if (text[at] !== ',') {
      return undefined;
    }
    at = skipSpace(text, at + 1);
  }
}

function parseValue(text: string, at: number): { value: string; end: number } | undefined {
  if (text[at] !== '"') {
    const end = valueEnd(text, at);
    return end === at ? undefined : { value: text.slice(at, end), end };
  }
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') {
      return { value, end: i + 1 };
    }
    if (character === '\\') {
      i++;
    }
    if (!isHeaderText(text.charCodeAt(i))) {
      return undefined; // also a backslash at the very end: NaN
    }
    value += text.charAt(i);
  }
  return undefined;
}

function quoted(name: string, value: string): string {
  for (let i = 0; i < value.length; i++) {
    if (!isHeaderText(value.charCodeAt(i))) {
      throw new RangeError(`The value of ${name} has a control character`);
    }
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function isHeaderText(code: number): boolean {
  return code === 9 || (code >= 32 && code !== 127);
}

function isToken(text: string): boolean {
  return text !== '' && tokenEnd(text, 0) === text.length;
}

const TOKEN = "-.!%*_+`'~";

/** RFC 3261 25.1 `token`. */
function tokenEnd(text: string, at: number): number {
  while (at < text.length && isTokenCode(text.charCodeAt(at))) {
    at++;
  }
  return at;
}

function isTokenCode(code: number): boolean {
  return isAlphanumeric(code) || TOKEN.includes(String.fromCharCode(code));
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);
}

/** Unquoted values: a token, or what some peers leave without quotes (URIs, base64). */
function valueEnd(text: string, at: number): number {
  while (
    at < text.length &&
    text.charCodeAt(at) > 32 &&
    text.charCodeAt(at) !== 127 &&
    !',"'.includes(text.charAt(at))
  ) {
    at++;
  }
  return at;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) {
    at++;
  }
  return at;
}
