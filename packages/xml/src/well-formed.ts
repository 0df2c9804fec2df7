/** What a document may measure at most: bytes of its UTF-8, elements within elements, attributes of one. */
export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly attributes: number;
}

export const XML_LIMITS: XmlLimits = { bytes: 65_536, depth: 32, attributes: 64 };

/**
 * What keeps a stranger's text from being read as a document, or undefined. It looks for what the XML reader behind it
 * lets pass: tags that do not match, text outside the root, entities other than XML's own five and character numbers,
 * control characters, bounds (XML 1.0 2.1, 2.2, 4.6); and refuses a document type, and so external entities and their
 * expansion. Takes time in proportion to the text.
 */
export function xmlFlaw(text: string, limits: XmlLimits): string | undefined {
  if (Buffer.byteLength(text, 'utf8') > limits.bytes) {
    return `document: more than ${limits.bytes} bytes`;
  }
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  while (at < text.length) {
    const tagAt = text.indexOf('<', at);
    const flaw = textFlaw(text.slice(at, tagAt < 0 ? text.length : tagAt), open);
    if (flaw !== undefined) {
      return flaw;
    }
    if (tagAt < 0) {
      break;
    }
    const end = markupEnd(text, tagAt);
    if (end < 0) {
      return `${where(open)}: markup without an end`;
    }
    const markup = text.slice(tagAt, end);
    if (isElementTag(markup)) {
      roots += open.length === 0 ? 1 : 0;
      const tagFlaw = tag(markup, open, limits);
      if (tagFlaw !== undefined) {
        return tagFlaw;
      }
    } else if (markup.startsWith('<!') && !markup.startsWith('<!--') && !markup.startsWith('<![CDATA[')) {
      return 'document: a document type is not allowed';
    } else if (markup.startsWith('<![CDATA[') && open.length === 0) {
      return 'document: text outside the root';
    }
    at = end;
  }
  if (open.length > 0) {
    return `${where(open)}: not closed`;
  }
  return roots === 1 ? undefined : roots === 0 ? 'document: no element' : 'document: more than one root';
}

function where(open: readonly string[]): string {
  return open.at(-1) ?? 'document';
}

function isElementTag(markup: string): boolean {
  const code = markup.charCodeAt(1);
  return code !== 33 && code !== 63; // neither <! nor <?
}

/** Opens, closes, or both; the names of what is open are in `open`. */
function tag(markup: string, open: string[], limits: XmlLimits): string | undefined {
  const [, slash = '', name = ''] = /^<(\/?)([^\s/>"'=<&]+)/.exec(markup) ?? [];
  if (name === '') {
    return `${where(open)}: a tag without a name`;
  }
  if (slash === '/') {
    return open.pop() === name ? undefined : `${name}: closed, but not open`;
  }
  const flaw = textFlaw(markup, [name]);
  if (flaw !== undefined) {
    return flaw;
  }
  if (markup.indexOf('<', 1) >= 0) {
    return `${name}: < within the tag`;
  }
  const attributes = attributeNames(markup);
  if (attributes.length > limits.attributes) {
    return `${name}: more than ${limits.attributes} attributes`;
  }
  if (new Set(attributes).size < attributes.length) {
    return `${name}: an attribute twice`;
  }
  if (open.length >= limits.depth) {
    return `${name}: more than ${limits.depth} elements deep`;
  }
  if (!markup.endsWith('/>')) {
    open.push(name);
  }
  return undefined;
}

function attributeNames(markup: string): (string | undefined)[] {
  return Array.from(markup.matchAll(/\s([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')/g), ([, name]) => name);
}

function textFlaw(text: string, open: readonly string[]): string | undefined {
  if (open.length === 0 && /[^\s\ufeff]/.test(text)) {
    return 'document: text outside the root';
  }
  if (/&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/.test(text)) {
    return `${where(open)}: an entity that is not XML's own`;
  }
  for (let i = 0; i < text.length; i++) {
    if (!isCharacter(text.charCodeAt(i))) {
      return `${where(open)}: a control character`;
    }
  }
  for (const [, hex, decimal] of text.matchAll(/&#(?:x([0-9a-fA-F]+)|(\d+));/g)) {
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    if (!isCharacter(code) || code > 0x10ffff) {
      return `${where(open)}: the number of no character`;
    }
  }
  return undefined;
}

/** XML 1.0 2.2. */
function isCharacter(code: number): boolean {
  return (code >= 32 && code !== 0xfffe && code !== 0xffff) || code === 9 || code === 10 || code === 13;
}

/** The position after the comment, section, instruction or tag that begins at `at`, or -1. */
function markupEnd(text: string, at: number): number {
  if (text.startsWith('<!--', at)) {
    return after(text, '-->', at + 4);
  }
  if (text.startsWith('<![CDATA[', at)) {
    return after(text, ']]>', at + 9);
  }
  if (text.startsWith('<?', at)) {
    return after(text, '?>', at + 2);
  }
  for (let i = at + 1; i < text.length; i++) {
    const character = text[i];
    if (character === '>') {
      return i + 1;
    }
    if (character === '"' || character === "'") {
      i = text.indexOf(character, i + 1);
      if (i < 0) {
        return -1;
      }
    }
  }
  return -1;
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at < 0 ? -1 : at + end.length;
}
