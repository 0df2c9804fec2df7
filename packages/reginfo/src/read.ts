import { attributeOf, childrenOf, parseXml, textOf, type XmlElement, type XmlParsed } from '@ims-sim/xml';
import {
  CONTACT_EVENTS,
  REGINFO_NAMESPACE,
  type ContactEvent,
  type RegInfo,
  type RegInfoContact,
  type RegInfoRegistration,
  type UnknownParam,
} from './reg-info.js';
import { plainXml } from './plain-xml.js';

export interface RegInfoError {
  /** One line: the element and what is wrong with it. */
  readonly error: string;
}

/**
 * Reads a document of the registration event package, held against the schema of RFC 3680 5.4; elements and attributes of
 * other namespaces (GRUU, RFC 5628) are passed over. Never throws; bounds are those of `parseXml`.
 */
export function readRegInfo(xml: string): RegInfo | RegInfoError {
  const plain = plainXml(xml);
  const parsed: XmlParsed = plain === undefined ? parseXml(xml) : { kind: 'document', root: plain };
  if (parsed.kind === 'error') {
    return { error: parsed.reason };
  }
  try {
    return reginfo(parsed.root);
  } catch (flaw) {
    if (flaw instanceof Flaw) {
      return { error: flaw.reason };
    }
    throw flaw;
  }
}

/** What is wrong with a document; it does not leave this file. */
class Flaw {
  readonly reason: string;

  constructor({ name }: XmlElement, what: string) {
    this.reason = `${name}: ${what}`;
  }
}

function reginfo(root: XmlElement): RegInfo {
  if (root.namespace !== REGINFO_NAMESPACE || root.name !== 'reginfo') {
    throw new Flaw(root, `not the element reginfo of ${REGINFO_NAMESPACE}`);
  }
  const version = numberOf(root, 'version');
  if (version === undefined) {
    throw new Flaw(root, 'no version');
  }
  return {
    version,
    state: oneOf(root, 'state', ['full', 'partial']),
    registrations: childrenOf(root, REGINFO_NAMESPACE, 'registration').map(registration),
  };
}

function registration(element: XmlElement): RegInfoRegistration {
  return {
    aor: required(element, 'aor'),
    id: required(element, 'id'),
    state: oneOf(element, 'state', ['init', 'active', 'terminated']),
    contacts: childrenOf(element, REGINFO_NAMESPACE, 'contact').map(contact),
  };
}

function contact(element: XmlElement): RegInfoContact {
  const [uri] = childrenOf(element, REGINFO_NAMESPACE, 'uri');
  if (uri === undefined) {
    throw new Flaw(element, 'no uri');
  }
  const [displayName] = childrenOf(element, REGINFO_NAMESPACE, 'display-name');
  const unknownParams = childrenOf(element, REGINFO_NAMESPACE, 'unknown-param').map(unknownParam);
  return {
    id: required(element, 'id'),
    state: oneOf(element, 'state', ['active', 'terminated']),
    event: oneOf<ContactEvent>(element, 'event', CONTACT_EVENTS),
    uri: textOf(uri),
    ...given('durationRegisteredS', numberOf(element, 'duration-registered')),
    ...given('expiresS', numberOf(element, 'expires')),
    ...given('retryAfterS', numberOf(element, 'retry-after')),
    ...given('q', attributeOf(element, 'q')),
    ...given('callId', attributeOf(element, 'callid')),
    ...given('cseq', numberOf(element, 'cseq')),
    ...given('displayName', displayName === undefined ? undefined : textOf(displayName)),
    ...given('unknownParams', unknownParams.length === 0 ? undefined : unknownParams),
  };
}

function unknownParam(element: XmlElement): UnknownParam {
  const value = textOf(element);
  return { name: required(element, 'name'), ...given('value', value === '' ? undefined : value) };
}

function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function required(element: XmlElement, name: string): string {
  const value = attributeOf(element, name);
  if (value === undefined) {
    throw new Flaw(element, `no ${name}`);
  }
  return value;
}

function oneOf<T extends string>(element: XmlElement, name: string, values: readonly T[]): T {
  const value = required(element, name);
  const known = values.find((it) => it === value);
  if (known === undefined) {
    throw new Flaw(
      element,
      `${name} is ${JSON.stringify(value.slice(0, 40))}, not one of ${values.join(', ')}`,
    );
  }
  return known;
}

/** xs:unsignedLong, as far as a number holds it exactly. */
function numberOf(element: XmlElement, name: string): number | undefined {
  const value = attributeOf(element, name)?.trim();
  if (value === undefined) {
    return undefined;
  }
  if (!/^\d{1,20}$/.test(value) || !Number.isSafeInteger(Number(value))) {
    throw new Flaw(element, `${name} is no number`);
  }
  return Number(value);
}
