import { create } from 'xmlbuilder2';
import { xmlFlaw } from './xml-guard.js';

/** An element as data: what a document says, without its prefixes' spelling, comments and white space between elements. */
export interface XmlElement {
  /** Empty where there is none. */
  readonly namespace: string;
  /** Local name. */
  readonly name: string;
  /** The prefix it was written with, kept for rendering. */
  readonly prefix?: string | undefined;
  /** In their order; declarations of namespaces are not among them. */
  readonly attributes: readonly XmlAttribute[];
  /** Elements, and text as it reads (entities and CDATA resolved). */
  readonly children: readonly (XmlElement | string)[];
}

export interface XmlAttribute {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

export type XmlParsed =
  | { readonly kind: 'document'; readonly root: XmlElement }
  | { readonly kind: 'error'; readonly reason: string };

/** Reads a document of at most `XML_LIMITS`; `reason` names the element and what is wrong with it. */
export function parseXml(text: string): XmlParsed {
  const flaw = xmlFlaw(text);
  if (flaw !== undefined) {
    return { kind: 'error', reason: flaw };
  }
  try {
    const root = toElement(create(text).root().node as unknown as DomNode, PREDECLARED);
    return typeof root === 'string' ? { kind: 'error', reason: root } : { kind: 'document', root };
  } catch (error) {
    return { kind: 'error', reason: `document: ${firstLine(error)}` };
  }
}

/** The child elements of this namespace and name. */
export function childrenOf(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return elementsOf(element).filter((child) => child.namespace === namespace && child.name === name);
}

export function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** The text of an element, without white space at its ends. */
export function textOf(element: XmlElement): string {
  return element.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim();
}

/** An attribute's value; those of the vocabularies here have no namespace, but for `xml:lang`. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes.find((a) => a.name === name && a.namespace === namespace)?.value;
}

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

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

/** Namespaces by prefix; the default one by the empty prefix. */
type Scope = ReadonlyMap<string, string>;
const PREDECLARED: Scope = new Map([['xml', XML_NAMESPACE]]);

/** The element, or what is wrong. */
function toElement(node: DomNode, outer: Scope): XmlElement | string {
  const scope = withDeclarations(node, outer);
  const { prefix, name } = split(node.nodeName);
  const namespace = prefix === undefined ? (scope.get('') ?? '') : scope.get(prefix);
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
  return children.filter((child) => typeof child !== 'string' || child.trim() !== '');
}

function withDeclarations(node: DomNode, outer: Scope): Scope {
  let scope: Map<string, string> | undefined;
  for (const { nodeName, value } of node.attributes) {
    if (isDeclaration(nodeName)) {
      scope ??= new Map(outer);
      scope.set(nodeName === 'xmlns' ? '' : nodeName.slice(6), value);
    }
  }
  return scope ?? outer;
}

function attributesOf(node: DomNode, scope: Scope): XmlAttribute[] | string {
  const result: XmlAttribute[] = [];
  for (const { nodeName, value } of node.attributes) {
    if (isDeclaration(nodeName)) {
      continue;
    }
    const { prefix, name } = split(nodeName);
    const namespace = prefix === undefined ? '' : scope.get(prefix);
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
