import {
  REGINFO_NAMESPACE,
  type RegInfo,
  type RegInfoContact,
  type RegInfoRegistration,
  type UnknownParam,
} from './reg-info.js';

/** The document as XML (RFC 3680 5.4); what XML cannot hold becomes U+FFFD. */
export function writeRegInfo({ version, state, registrations }: RegInfo): string {
  let body = '';
  for (const registration of registrations) {
    body += registrationElement(registration);
  }
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    element('reginfo', `${attribute('xmlns', REGINFO_NAMESPACE)} version="${version}" state="${state}"`, body)
  );
}

function registrationElement({ aor, id, state, contacts }: RegInfoRegistration): string {
  let body = '';
  for (const contact of contacts) {
    body += contactElement(contact);
  }
  return element(
    'registration',
    `${attribute('aor', aor)}${attribute('id', id)}${attribute('state', state)}`,
    body,
  );
}

function contactElement(contact: RegInfoContact): string {
  const attributes =
    attribute('id', contact.id) +
    attribute('state', contact.state) +
    attribute('event', contact.event) +
    attribute('duration-registered', contact.durationRegisteredS) +
    attribute('expires', contact.expiresS) +
    attribute('retry-after', contact.retryAfterS) +
    attribute('q', contact.q) +
    attribute('callid', contact.callId) +
    attribute('cseq', contact.cseq);
  let body = element('uri', '', escaped(contact.uri));
  if (contact.displayName !== undefined) {
    body += element('display-name', '', escaped(contact.displayName));
  }
  for (const param of contact.unknownParams ?? NONE) {
    body += element('unknown-param', attribute('name', param.name), escaped(param.value ?? ''));
  }
  return element('contact', attributes, body);
}

const NONE: readonly UnknownParam[] = [];

function element(name: string, attributes: string, body: string): string {
  return body === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${body}</${name}>`;
}

function attribute(name: string, value: string | number | undefined): string {
  return value === undefined
    ? ''
    : ` ${name}="${typeof value === 'number' ? String(value) : escaped(value)}"`;
}

/** XML 1.0 2.2, 2.4, 2.11, 3.3.3: as the text of an element or of an attribute it reads as it is. */
function escaped(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 34 || code === 38 || code === 60 || code === 62 || code >= 0xd800) {
      return escapedFrom(text, i);
    }
  }
  return text;
}

function escapedFrom(text: string, from: number): string {
  let result = text.slice(0, from);
  for (const character of text.slice(from)) {
    result += ESCAPES.get(character) ?? (isCharacter(character) ? character : '\ufffd');
  }
  return result;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\t', '&#x9;'],
  ['\n', '&#xA;'],
  ['\r', '&#xD;'],
]);

/** Of one code point; half of a surrogate pair is none. */
function isCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 32 && (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
