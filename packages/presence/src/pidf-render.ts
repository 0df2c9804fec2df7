import type { Note, Presence, Tuple } from './pidf.js';
import { CANONICAL, PIDF_NAMESPACES, type PidfMediaType, translate } from './pidf-namespaces.js';
import { newDocument, type XmlBuilder, type XmlElement, XML_NAMESPACE } from '@ims-sim/xml';

/** Writes the document in the spelling of `mediaType`, indented; elements in the order of RFC 3863's schema. */
export function renderPresence(presence: Presence, mediaType: PidfMediaType): string {
  const to = PIDF_NAMESPACES[mediaType];
  const prefixes = prefixesOf(presence, (namespace) => translate(namespace, CANONICAL, to));
  const root = newDocument().ele('presence');
  root.att('xmlns', to.pidf);
  for (const [namespace, prefix] of prefixes.byNamespace) {
    root.att(`xmlns:${prefix}`, namespace);
  }
  root.att('entity', presence.entity);
  for (const tuple of presence.tuples) {
    putTuple(root, tuple, prefixes);
  }
  putNotes(root, presence.notes);
  putAll(root, presence.extensions, prefixes);
  return root.end({ prettyPrint: !presenceIsMixed(presence) }) + '\n';
}

function putTuple(parent: XmlBuilder, tuple: Tuple, prefixes: Prefixes): void {
  const element = parent.ele('tuple', { id: tuple.id });
  const status = element.ele('status');
  if (tuple.basic !== undefined) {
    status.ele('basic').txt(tuple.basic);
  }
  putAll(status, tuple.statusExtensions, prefixes);
  putAll(element, tuple.extensions, prefixes);
  if (tuple.contact !== undefined) {
    const { uri, priority } = tuple.contact;
    element.ele('contact', priority === undefined ? {} : { priority }).txt(uri);
  }
  putNotes(element, tuple.notes);
  if (tuple.timestamp !== undefined) {
    element.ele('timestamp').txt(tuple.timestamp);
  }
}

function putNotes(parent: XmlBuilder, notes: readonly Note[]): void {
  for (const { text, lang } of notes) {
    parent.ele('note', lang === undefined ? {} : { 'xml:lang': lang }).txt(text);
  }
}

function putAll(parent: XmlBuilder, elements: readonly XmlElement[], prefixes: Prefixes): void {
  for (const element of elements) {
    putOne(parent, element, prefixes);
  }
}

function putOne(parent: XmlBuilder, element: XmlElement, prefixes: Prefixes): void {
  const builder = parent.ele(prefixes.qualified(element.namespace, element.name));
  for (const { namespace, name, value } of element.attributes) {
    builder.att(namespace === '' ? name : prefixes.qualified(namespace, name), value);
  }
  for (const child of element.children) {
    if (typeof child === 'string') {
      builder.txt(child);
    } else {
      putOne(builder, child, prefixes);
    }
  }
}

interface Prefixes {
  /** Namespaces that the root declares. */
  readonly byNamespace: ReadonlyMap<string, string>;
  qualified(namespace: string, name: string): string;
}

/** One prefix a namespace, the one that it was written with where that is free. */
function prefixesOf(presence: Presence, rename: (namespace: string) => string): Prefixes {
  const byNamespace = new Map<string, string>();
  const taken = new Set(['xml', 'xmlns']);
  const add = (namespace: string, wanted: string | undefined): void => {
    if (namespace === '' || namespace === XML_NAMESPACE || byNamespace.has(namespace)) {
      return;
    }
    let prefix = wanted ?? 'ns1';
    for (let i = 1; taken.has(prefix); i++) {
      prefix = `ns${i}`;
    }
    taken.add(prefix);
    byNamespace.set(namespace, prefix);
  };
  const visit = (element: XmlElement): void => {
    add(rename(element.namespace), element.prefix);
    for (const { namespace } of element.attributes) {
      add(rename(namespace), undefined);
    }
    element.children.forEach((child) => typeof child !== 'string' && visit(child));
  };
  extensionsOf(presence).forEach(visit);
  return {
    byNamespace,
    qualified(namespace, name) {
      const prefix = namespace === XML_NAMESPACE ? 'xml' : byNamespace.get(rename(namespace));
      return prefix === undefined ? name : `${prefix}:${name}`;
    },
  };
}

function extensionsOf(presence: Presence): XmlElement[] {
  return presence.tuples.flatMap((t) => [...t.statusExtensions, ...t.extensions]).concat(presence.extensions);
}

/** Text beside elements somewhere: indenting would change it. */
function presenceIsMixed(presence: Presence): boolean {
  const isMixed = ({ children }: XmlElement): boolean => {
    const elements = children.filter((child) => typeof child !== 'string');
    return (elements.length > 0 && elements.length < children.length) || elements.some(isMixed);
  };
  return extensionsOf(presence).some(isMixed);
}
