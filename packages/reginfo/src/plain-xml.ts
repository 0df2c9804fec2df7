import type { XmlAttribute, XmlElement } from '@ims-sim/xml';

/** Longer ones are read as any document is. */
const MAX_CHARACTERS = 16_384;
const MAX_DEPTH = 8;
const MAX_ATTRIBUTES = 16;

/**
 * Reads a document as notifiers write them: elements and attributes without prefixes, text, XML's own entities. Undefined for
 * whatever else it may be, right or wrong: that is for `parseXml`, which takes many times as long. What this gives is what that
 * gives.
 */
export function plainXml(xml: string): XmlElement | undefined {
  return xml.length > MAX_CHARACTERS ? undefined : new PlainXml(xml).document();
}

const LT = 60;
const GT = 62;
const SLASH = 47;
const QUOTE = 34;
const APOSTROPHE = 39;
const EQUALS = 61;

/** XML 1.0 2.8, as it is mostly written. */
const DECLARATIONS = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="utf-8"?>',
] as const;

class PlainXml {
  readonly #xml: string;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  document(): XmlElement | undefined {
    const declaration = DECLARATIONS.find((one) => this.#xml.startsWith(one));
    this.#at = declaration?.length ?? 0;
    this.#skipSpace();
    const root = this.#element('', 0);
    this.#skipSpace();
    return this.#at === this.#xml.length ? root : undefined;
  }

  #element(outerNamespace: string, depth: number): XmlElement | undefined {
    if (depth > MAX_DEPTH || this.#xml.charCodeAt(this.#at) !== LT) {
      return undefined;
    }
    this.#at++;
    const name = this.#name();
    const attributes: XmlAttribute[] = [];
    let namespace = outerNamespace;
    let isEmpty = false;
    for (;;) {
      const before = this.#at;
      this.#skipSpace();
      const code = this.#xml.charCodeAt(this.#at);
      if (code === GT) {
        break;
      }
      if (code === SLASH && this.#xml.charCodeAt(this.#at + 1) === GT) {
        this.#at++;
        isEmpty = true;
        break;
      }
      const attribute = this.#at === before ? undefined : this.#attribute();
      if (attribute === undefined || attributes.length === MAX_ATTRIBUTES) {
        return undefined;
      }
      if (attribute.name === 'xmlns') {
        if (namespace !== outerNamespace) {
          return undefined; // twice, or none at all
        }
        namespace = attribute.value;
      } else if (attributes.some((other) => other.name === attribute.name)) {
        return undefined;
      } else {
        attributes.push(attribute);
      }
    }
    this.#at++;
    const children = isEmpty ? NONE : this.#content(name, namespace, depth);
    return name === '' || children === undefined
      ? undefined
      : { namespace, name, prefix: undefined, attributes, children };
  }

  /** Up to the end of the element's end tag. */
  #content(name: string, namespace: string, depth: number): (XmlElement | string)[] | undefined {
    const children: (XmlElement | string)[] = [];
    for (;;) {
      const tagAt = this.#xml.indexOf('<', this.#at);
      if (tagAt < 0) {
        return undefined;
      }
      if (!this.#isSpace(this.#at, tagAt)) {
        const text = textOf(this.#xml.slice(this.#at, tagAt));
        if (text === undefined) {
          return undefined;
        }
        children.push(text);
      }
      this.#at = tagAt;
      if (this.#xml.charCodeAt(tagAt + 1) === SLASH) {
        this.#at = tagAt + 2;
        const isEnd = this.#name() === name && this.#xml.charCodeAt(this.#at) === GT;
        this.#at++;
        return isEnd ? children : undefined;
      }
      const child = this.#element(namespace, depth + 1);
      if (child === undefined) {
        return undefined;
      }
      children.push(child);
    }
  }

  #attribute(): XmlAttribute | undefined {
    const name = this.#name();
    const quote = this.#xml.charCodeAt(this.#at + 1);
    if (
      name === '' ||
      this.#xml.charCodeAt(this.#at) !== EQUALS ||
      (quote !== QUOTE && quote !== APOSTROPHE)
    ) {
      return undefined;
    }
    const from = this.#at + 2;
    const end = this.#xml.indexOf(quote === QUOTE ? '"' : "'", from);
    const value = end < 0 ? undefined : textOf(this.#xml.slice(from, end));
    this.#at = end + 1;
    return value === undefined ? undefined : { namespace: '', name, value };
  }

  /** Of ASCII letters, digits and `-_.`, the first a letter; empty where there is none. */
  #name(): string {
    const from = this.#at;
    while (isOfName(this.#xml.charCodeAt(this.#at), this.#at === from)) {
      this.#at++;
    }
    return this.#xml.slice(from, this.#at);
  }

  #skipSpace(): void {
    while (isSpace(this.#xml.charCodeAt(this.#at))) {
      this.#at++;
    }
  }

  #isSpace(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      if (!isSpace(this.#xml.charCodeAt(i))) {
        return false;
      }
    }
    return true;
  }
}

const NONE: readonly XmlElement[] = [];

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function isOfName(code: number, isFirst: boolean): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (!isFirst && ((code >= 48 && code <= 57) || code === 45 || code === 46 || code === 95))
  );
}

/** Entities resolved; undefined for what has any but the five, markup, or a character whose reading has rules of its own. */
function textOf(text: string): string | undefined {
  if (!isPlain(text)) {
    return undefined;
  }
  return text.includes('&') ? resolved(text) : text;
}

/** Neither control characters nor line ends, `<` or `>`. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === LT || code === GT || code >= 0xfffe) {
      return false;
    }
  }
  return true;
}

function resolved(text: string): string | undefined {
  const parts = text.split('&');
  let result = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    const end = part.indexOf(';');
    const character = ENTITIES.get(part.slice(0, Math.max(end, 0)));
    if (character === undefined) {
      return undefined;
    }
    result += character + part.slice(end + 1);
  }
  return result;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
