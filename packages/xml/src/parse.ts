import { library } from './builder.js';
import { XML_NAMESPACE, type XmlAttribute, type XmlElement } from './element.js';
import { XML_LIMITS, xmlFlaw, type XmlLimits } from './well-formed.js';

export type XmlParsed =
  | { readonly kind: 'document'; readonly root: XmlElement }
  /** `reason`: one line that names the element and what is wrong with it. */
  | { readonly kind: 'error'; readonly reason: string };

export interface XmlParseOptions {
  readonly limits?: XmlLimits | undefined;
  /** Whether text that is white space only is kept where an element has nothing else; dropped where not given. */
  readonly keepsBlankText?: boolean | undefined;
}

/** Reads a document from outside, within `limits`. Never throws. What it gives may be shared with who read the same before. */
export function parseXml(text: string, options: XmlParseOptions = {}): XmlParsed {
  const { limits = XML_LIMITS, keepsBlankText = false } = options;
  return text.length > MAX_REMEMBERED_CHARS
    ? read(text, limits, keepsBlankText)
    : remembered(memoryOf(limits, keepsBlankText), text, () => read(text, limits, keepsBlankText));
}

/** A document comes again at each hop, a user's profile with each registration: what was read last, by its text. */
type Memory = Map<string, XmlParsed>;
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_CHARS = 8192;
const memories = new WeakMap<XmlLimits, { readonly keeps: Memory; readonly drops: Memory }>();

function memoryOf(limits: XmlLimits, keepsBlankText: boolean): Memory {
  let memory = memories.get(limits);
  if (memory === undefined) {
    memory = { keeps: new Map(), drops: new Map() };
    memories.set(limits, memory);
  }
  return keepsBlankText ? memory.keeps : memory.drops;
}

function remembered(memory: Memory, text: string, make: () => XmlParsed): XmlParsed {
  const known = memory.get(text);
  if (known !== undefined) {
    return known;
  }
  const parsed = make();
  if (memory.size >= MAX_REMEMBERED) {
    const [oldest = ''] = memory.keys();
    memory.delete(oldest);
  }
  memory.set(text, parsed);
  return parsed;
}

function read(text: string, limits: XmlLimits, keepsBlankText: boolean): XmlParsed {
  const flaw = xmlFlaw(text, limits);
  if (flaw !== undefined) {
    return { kind: 'error', reason: flaw };
  }
  try {
    const document = library().create({ skipWhitespaceOnlyText: !keepsBlankText }, text);
    const root = toElement(document.root().node as unknown as DomNode, {
      namespaces: PREDECLARED,
      keepsBlankText,
    });
    return typeof root === 'string' ? { kind: 'error', reason: root } : { kind: 'document', root };
  } catch (error) {
    return { kind: 'error', reason: `document: ${firstLine(error)}` };
  }
}

/** What is used of the reader's DOM; namespaces are resolved here, as the reader loses some of attributes. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly data: string;
  readonly value: string;
  readonly childNodes: Iterable<DomNode>;
  readonly attributes: Iterable<DomNode>;
}

const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;

/** What holds for an element and all in it. */
interface Scope {
  /** By prefix; the default one by the empty prefix. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly keepsBlankText: boolean;
}

const PREDECLARED: Scope['namespaces'] = new Map([['xml', XML_NAMESPACE]]);

/** The element, or what is wrong. */
function toElement(node: DomNode, outer: Scope): XmlElement | string {
  const scope = withDeclarations(node, outer);
  const { prefix, name } = split(node.nodeName);
  const namespace = scope.namespaces.get(prefix ?? '') ?? (prefix === undefined ? '' : undefined);
  if (namespace === undefined) {
    return `${node.nodeName}: the prefix has no namespace`;
  }
  const attributes = attributesOf(node, scope);
  if (typeof attributes === 'string') {
    return attributes;
  }
  const children = contentOf(node, scope);
  return typeof children === 'string' ? children : { namespace, name, prefix, attributes, children };
}

/** Elements and text, without the white space between elements. */
function contentOf(node: DomNode, scope: Scope): (XmlElement | string)[] | string {
  const children: (XmlElement | string)[] = [];
  for (const child of node.childNodes) {
    if (child.nodeType === ELEMENT) {
      const element = toElement(child, scope);
      if (typeof element === 'string') {
        return element;
      }
      children.push(element);
    } else if (child.nodeType === TEXT || child.nodeType === CDATA) {
      const last = children.at(-1);
      if (typeof last === 'string') {
        children[children.length - 1] = last + child.data;
      } else {
        children.push(child.data);
      }
    }
  }
  return scope.keepsBlankText && children.length === 1
    ? children
    : children.filter((child) => typeof child !== 'string' || child.trim() !== '');
}

function withDeclarations(node: DomNode, outer: Scope): Scope {
  let namespaces: Map<string, string> | undefined;
  for (const { nodeName, value } of node.attributes) {
    if (isDeclaration(nodeName)) {
      namespaces ??= new Map(outer.namespaces);
      namespaces.set(nodeName === 'xmlns' ? '' : nodeName.slice(6), value);
    }
  }
  return namespaces === undefined ? outer : { ...outer, namespaces };
}

function attributesOf(node: DomNode, scope: Scope): XmlAttribute[] | string {
  const result: XmlAttribute[] = [];
  for (const { nodeName, value } of node.attributes) {
    if (isDeclaration(nodeName)) {
      continue;
    }
    const { prefix, name } = split(nodeName);
    const namespace = prefix === undefined ? '' : scope.namespaces.get(prefix);
    if (namespace === undefined) {
      return `${node.nodeName}: the prefix of ${nodeName} has no namespace`;
    }
    result.push({ namespace, name, value });
  }
  return result;
}

function isDeclaration(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:');
}

function split(name: string): { readonly prefix: string | undefined; readonly name: string } {
  const colon = name.indexOf(':');
  return colon < 0
    ? { prefix: undefined, name }
    : { prefix: name.slice(0, colon), name: name.slice(colon + 1) };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
