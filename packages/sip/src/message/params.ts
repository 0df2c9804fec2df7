import { TOKEN, URI_PARAM, VALUE, quotedEnd, skipSpace, spanEnd } from './chars.js';
import type { Params } from './uri.js';

export const NO_PARAMS: Params = new Map<string, string | true>();

/**
 * The `;name[=value]` of a header from `at` to the end of `text` (RFC 3261 25.1 generic-param, white space around `;`
 * and `=` allowed). Undefined where they are not that, or a name is there twice (7.3.1).
 */
export function parseHeaderParams(text: string, at: number): Params | undefined {
  const end = text.length;
  const from = skipSpace(text, at, end);
  if (from === end) {
    return NO_PARAMS;
  }
  let kinds = 0;
  let size = 0;
  let mayRepeat = false;
  for (at = from; at < end; size++) {
    if (text.charCodeAt(at) !== 59) {
      return undefined;
    }
    const nameAt = skipSpace(text, at + 1, end);
    const nameEnd = spanEnd(text, nameAt, end, TOKEN);
    if (nameEnd === nameAt) {
      return undefined;
    }
    const kind = 1 << (((text.charCodeAt(nameAt) | 32) + nameEnd - nameAt) & 31);
    mayRepeat ||= (kinds & kind) !== 0;
    kinds |= kind;
    at = skipSpace(text, nameEnd, end);
    if (text.charCodeAt(at) === 61) {
      const valueAt = skipSpace(text, at + 1, end);
      const stop = headerValueEnd(text, valueAt);
      if (stop <= valueAt) {
        return undefined;
      }
      at = skipSpace(text, stop, end);
    }
  }
  const params = new HeaderParams(text, from, size);
  return mayRepeat && new Map(params).size < size ? undefined : params;
}

function headerValueEnd(text: string, at: number): number {
  return text.charCodeAt(at) === 34 ? quotedEnd(text, at) : spanEnd(text, at, text.length, VALUE);
}

/**
 * Parameters as their text, which is known to be right: most messages pass with one of them looked at, or none, so that
 * a Map for each address and Via would be made for nothing.
 */
class HeaderParams implements Params {
  readonly size: number;
  readonly #text: string;
  readonly #at: number;

  constructor(text: string, at: number, size: number) {
    this.#text = text;
    this.#at = at;
    this.size = size;
  }

  get(name: string): string | true | undefined {
    const at = this.#find(name);
    return at < 0 ? undefined : this.#valueAt(at + name.length);
  }

  has(name: string): boolean {
    return this.#find(name) >= 0;
  }

  forEach(act: (value: string | true, name: string, params: Params) => void): void {
    for (const [name, value] of this) {
      act(value, name, this);
    }
  }

  *entries(): MapIterator<[string, string | true]> {
    const text = this.#text;
    const end = text.length;
    for (let at = this.#at; at < end; at = this.#next(at)) {
      const nameAt = skipSpace(text, at + 1, end);
      const nameEnd = spanEnd(text, nameAt, end, TOKEN);
      yield [text.slice(nameAt, nameEnd).toLowerCase(), this.#valueAt(nameEnd)];
    }
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) {
      yield name;
    }
  }

  *values(): MapIterator<string | true> {
    for (const [, value] of this.entries()) {
      yield value;
    }
  }

  [Symbol.iterator](): MapIterator<[string, string | true]> {
    return this.entries();
  }

  /** Where the name stands, in any case, or -1. */
  #find(name: string): number {
    const text = this.#text;
    const end = text.length;
    for (let at = this.#at; at < end; at = this.#next(at)) {
      const nameAt = skipSpace(text, at + 1, end);
      const nameEnd = nameAt + name.length;
      if (isNamed(text, nameAt, name) && spanEnd(text, nameEnd, end, TOKEN) === nameEnd) {
        return nameAt;
      }
    }
    return -1;
  }

  /** The value behind the name that ends at `nameEnd`. */
  #valueAt(nameEnd: number): string | true {
    const text = this.#text;
    const at = skipSpace(text, nameEnd, text.length);
    if (text.charCodeAt(at) !== 61) {
      return true;
    }
    const valueAt = skipSpace(text, at + 1, text.length);
    return text.slice(valueAt, headerValueEnd(text, valueAt));
  }

  /** The semicolon after the one at `at`, or the end. */
  #next(at: number): number {
    const text = this.#text;
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 59) {
        return at;
      }
      if (code === 34) {
        at = quotedEnd(text, at) - 1;
      }
    }
    return at;
  }
}

/** Whether `name`, which is in lower case, stands at `at` in any case. */
function isNamed(text: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = text.charCodeAt(at + i);
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== name.charCodeAt(i)) {
      return false;
    }
  }
  return true;
}

/** The `;name[=value]` of a URI in [at, end), without white space (RFC 3261 25.1 uri-parameters); undefined as above. */
export function parseUriParams(text: string, at: number, end: number): Params | undefined {
  if (at === end) {
    return NO_PARAMS;
  }
  const params = new Map<string, string | true>();
  while (at < end) {
    const nameEnd = spanEnd(text, at + 1, end, URI_PARAM);
    if (text.charCodeAt(at) !== 59 || nameEnd === at + 1) {
      return undefined;
    }
    const name = paramName(text, at + 1, nameEnd);
    let value: string | true = true;
    at = nameEnd;
    if (at < end && text.charCodeAt(at) === 61) {
      const valueEnd = spanEnd(text, at + 1, end, URI_PARAM);
      if (valueEnd === at + 1) {
        return undefined;
      }
      value = text.slice(at + 1, valueEnd);
      at = valueEnd;
    }
    if (params.has(name)) {
      return undefined;
    }
    params.set(name, value);
  }
  return params;
}

/** `;name=value;flag`, in their order. */
export function formatParams(params: Params): string {
  let text = '';
  for (const [name, value] of params) {
    text += value === true ? `;${name}` : `;${name}=${value}`;
  }
  return text;
}

/** The frequent names without a new string for each. */
const FREQUENT = ['lr', 'tag', 'transport'] as const;

function paramName(text: string, at: number, end: number): string {
  for (const name of FREQUENT) {
    if (name.length === end - at && text.startsWith(name, at)) {
      return name;
    }
  }
  return text.slice(at, end).toLowerCase();
}
