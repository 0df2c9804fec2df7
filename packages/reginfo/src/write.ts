import { newDocument, type XmlBuilder } from '@ims-sim/xml';
import {
  REGINFO_NAMESPACE,
  type RegInfo,
  type RegInfoContact,
  type RegInfoRegistration,
} from './reg-info.js';

/** The document as XML (RFC 3680 5.4); what XML cannot hold becomes U+FFFD. */
export function writeRegInfo({ version, state, registrations }: RegInfo): string {
  const root = newDocument()
    .ele('reginfo')
    .att('xmlns', REGINFO_NAMESPACE)
    .att('version', String(version))
    .att('state', state);
  for (const registration of registrations) {
    addRegistration(root, registration);
  }
  return root.end();
}

function addRegistration(root: XmlBuilder, { aor, id, state, contacts }: RegInfoRegistration): void {
  const element = root
    .ele('registration')
    .att('aor', literal(aor))
    .att('id', literal(id))
    .att('state', state);
  for (const contact of contacts) {
    addContact(element, contact);
  }
}

function addContact(registration: XmlBuilder, contact: RegInfoContact): void {
  const element = registration
    .ele('contact')
    .att('id', literal(contact.id))
    .att('state', contact.state)
    .att('event', contact.event);
  const optional: readonly (readonly [string, string | number | undefined])[] = [
    ['duration-registered', contact.durationRegisteredS],
    ['expires', contact.expiresS],
    ['retry-after', contact.retryAfterS],
    ['q', contact.q],
    ['callid', contact.callId],
    ['cseq', contact.cseq],
  ];
  for (const [name, value] of optional) {
    if (value !== undefined) {
      element.att(name, literal(String(value)));
    }
  }
  element.ele('uri').txt(literal(contact.uri));
  if (contact.displayName !== undefined) {
    element.ele('display-name').txt(literal(contact.displayName));
  }
  for (const { name, value } of contact.unknownParams ?? []) {
    const param = element.ele('unknown-param').att('name', literal(name));
    if (value !== undefined && value !== '') {
      param.txt(literal(value));
    }
  }
}

/** The builder takes `&x;` in what it is given for an entity that is one already; nothing here is. */
function literal(text: string): string {
  return text.includes('&') ? text.replaceAll('&', '&amp;') : text;
}
