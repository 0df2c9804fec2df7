import type { Contact, Note, Presence, Tuple } from './pidf.js';
import { CANONICAL, PIDF_NAMESPACES, type PidfMediaType, mediaTypeOf, translate } from './pidf-namespaces.js';
import {
  type XmlElement,
  XML_NAMESPACE,
  attributeOf,
  childrenOf,
  elementsOf,
  parseXml,
  textOf,
} from '@ims-sim/xml';

export type PresenceParsed =
  | {
      readonly kind: 'presence';
      readonly presence: Presence;
      /** By its namespace, which is what counts. */
      readonly mediaType: PidfMediaType;
    }
  /** Names the element and what is wrong with it. */
  | { readonly kind: 'error'; readonly reason: string };

/** Beside `XML_LIMITS`. */
export const PIDF_LIMITS = { tuples: 100, notes: 20 } as const;

/**
 * Reads a presence document of either media type (RFC 3863 4, draft-ietf-impp-cpim-pidf). Asked for: an entity, a unique id
 * and one status a tuple, and that each value is of its type (4.4's schema, whatever the order of elements).
 */
export function parsePresence(text: string): PresenceParsed {
  const parsed = parseXml(text);
  if (parsed.kind === 'error') {
    return parsed;
  }
  const mediaType = mediaTypeOf(parsed.root.namespace);
  if (parsed.root.name !== 'presence' || mediaType === undefined) {
    return { kind: 'error', reason: `${parsed.root.name}: not the presence element of a PIDF namespace` };
  }
  const flaws: Flaws = [];
  const presence = presenceOf(canonical(parsed.root, mediaType, flaws), flaws);
  const [reason] = flaws;
  return reason === undefined ? { kind: 'presence', presence, mediaType } : { kind: 'error', reason };
}

/** What is wrong, in the order in which it was found. */
type Flaws = string[];

const PIDF = CANONICAL.pidf;

function presenceOf(root: XmlElement, flaws: Flaws): Presence {
  const entity = attributeOf(root, 'entity')?.trim() ?? '';
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]+$/.test(entity)) {
    flaws.push('presence: entity is not a URI');
  }
  const elements = childrenOf(root, PIDF, 'tuple');
  if (elements.length > PIDF_LIMITS.tuples) {
    flaws.push(`presence: more than ${PIDF_LIMITS.tuples} tuples`);
  }
  findUnknown(root, ['tuple', 'note'], flaws);
  const tuples = elements.map((element) => tupleOf(element, flaws));
  const ids = new Set<string>();
  for (const { id } of tuples) {
    if (ids.has(id)) {
      flaws.push(`tuple: two with the id ${id}`);
    }
    ids.add(id);
  }
  return { entity, tuples, notes: notesOf(root, flaws), extensions: extensionsOf(root) };
}

function tupleOf(element: XmlElement, flaws: Flaws): Tuple {
  const id = attributeOf(element, 'id') ?? '';
  if (!/^[\p{L}_][\p{L}\p{N}._\u00b7-]*$/u.test(id)) {
    flaws.push(id === '' ? 'tuple: no id' : 'tuple: id is not an XML id');
  }
  findUnknown(element, ['status', 'contact', 'note', 'timestamp'], flaws);
  const status = only(element, 'status', flaws);
  if (status === undefined) {
    flaws.push('tuple: no status');
  } else {
    findUnknown(status, ['basic'], flaws);
  }
  return {
    id,
    basic: status === undefined ? undefined : basicOf(status, flaws),
    statusExtensions: status === undefined ? [] : extensionsOf(status),
    extensions: extensionsOf(element),
    contact: contactOf(element, flaws),
    notes: notesOf(element, flaws),
    timestamp: timestampOf(element, flaws),
  };
}

function basicOf(status: XmlElement, flaws: Flaws): 'open' | 'closed' | undefined {
  const element = only(status, 'basic', flaws);
  const text = element === undefined ? undefined : textOf(element);
  if (text === undefined || text === 'open' || text === 'closed') {
    return text;
  }
  flaws.push('basic: neither open nor closed');
  return undefined;
}

function contactOf(tuple: XmlElement, flaws: Flaws): Contact | undefined {
  const element = only(tuple, 'contact', flaws);
  if (element === undefined) {
    return undefined;
  }
  const uri = textOf(element);
  const priority = attributeOf(element, 'priority')?.trim();
  if (uri === '' || /\s/.test(uri)) {
    flaws.push('contact: not a URI');
  }
  if (priority !== undefined && !/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(priority)) {
    flaws.push('contact: priority is not 0 to 1 with at most three decimals');
  }
  return { uri, priority };
}

const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?`;
const DATE_TIME = new RegExp(String.raw`^${DATE}T${TIME}(?:Z|[+-]\d\d:\d\d)$`);

function timestampOf(tuple: XmlElement, flaws: Flaws): string | undefined {
  const element = only(tuple, 'timestamp', flaws);
  const text = element === undefined ? undefined : textOf(element);
  if (text !== undefined && !DATE_TIME.test(text)) {
    flaws.push('timestamp: not a date and time of RFC 3339');
  }
  return text;
}

function notesOf(parent: XmlElement, flaws: Flaws): Note[] {
  const elements = childrenOf(parent, PIDF, 'note');
  if (elements.length > PIDF_LIMITS.notes) {
    flaws.push(`${parent.name}: more than ${PIDF_LIMITS.notes} notes`);
  }
  return elements.map((element) => ({
    text: textOf(element),
    lang: attributeOf(element, 'lang', XML_NAMESPACE),
  }));
}

/** Elements of other namespaces, with all that is in them. */
function extensionsOf(parent: XmlElement): XmlElement[] {
  return elementsOf(parent).filter((child) => child.namespace !== PIDF);
}

function only(parent: XmlElement, name: string, flaws: Flaws): XmlElement | undefined {
  const [first, second] = childrenOf(parent, PIDF, name);
  if (second !== undefined) {
    flaws.push(`${parent.name}: more than one ${name}`);
  }
  return first;
}

function findUnknown(parent: XmlElement, known: readonly string[], flaws: Flaws): void {
  for (const child of parent.children) {
    if (typeof child === 'string') {
      flaws.push(`${parent.name}: text between its elements`);
    } else if (child.namespace === PIDF && !known.includes(child.name)) {
      flaws.push(`${parent.name}: may not have the element ${child.name}`);
    }
  }
}

/** The element in RFC 3863's namespaces. */
function canonical(element: XmlElement, mediaType: PidfMediaType, flaws: Flaws): XmlElement {
  const rename = (namespace: string): string => translate(namespace, PIDF_NAMESPACES[mediaType], CANONICAL);
  if (element.namespace === '') {
    flaws.push(`${element.name}: has no namespace`); // the schema's ##other
  }
  return {
    ...element,
    namespace: rename(element.namespace),
    attributes: element.attributes.map((a) => ({ ...a, namespace: rename(a.namespace) })),
    children: element.children.map((child) =>
      typeof child === 'string' ? child : canonical(child, mediaType, flaws),
    ),
  };
}
