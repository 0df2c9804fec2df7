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

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

/** The child elements of this namespace and name. */
export function childrenOf(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return elementsOf(element).filter((child) => child.namespace === namespace && child.name === name);
}

/** The child elements, without the text between them. */
export function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** The text of an element, without white space at its ends. */
export function textOf(element: XmlElement): string {
  return rawTextOf(element).trim();
}

/** The text of an element as it stands, that of elements within it left out. */
export function rawTextOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}

/** An attribute's value; most vocabularies' attributes have no namespace. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes.find((a) => a.name === name && a.namespace === namespace)?.value;
}
