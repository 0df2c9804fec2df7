import fc from 'fast-check';
import { header, type SipRequest } from '../src/index.js';

const NAMES = [
  'Route',
  'Record-Route',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'P-Associated-URI',
  'P-Served-User',
  'P-Called-Party-ID',
  'Path',
  'Contact',
  'Expires',
  'Event',
  'Privacy',
  'Require',
  'Authorization',
  'P-Visited-Network-ID',
  'Service-Route',
  'To',
  'Via',
];
const VALUES = [
  '',
  '<',
  '*',
  ',',
  ';',
  '<>',
  '<sip:>',
  '<sip:a@b',
  '"',
  'sip:x@y;expires=-1',
  '<sip:x@y>;expires=99999999999',
  '<tel:+>',
  '<urn:a:b>',
  '<sip:[::g]>',
  '<sip:x@home1.net;lr;tag>',
  '<sip:scscf1.home1.net;lr;tag=>',
  '<sip:%zz@y>',
  'Digest username="',
  'id;;',
  '\u00ff',
];

/** Strangers' headers, in any number, added to or put in the place of those of a message that is right. */
const changes = fc.array(
  fc.record({
    name: fc.constantFrom(...NAMES),
    value: fc.oneof(fc.constantFrom(...VALUES), fc.string()),
    replaces: fc.boolean(),
  }),
  { maxLength: 5 },
);
const uris = fc.option(
  fc.constantFrom(
    'sip:',
    'sip:a',
    'x',
    'tel:+1',
    'tel:',
    'urn:x:y',
    'pres:',
    'pres:%',
    'sip:@home1.net',
    'sip:[::1',
  ),
);

/** What strangers make of a message that is right: other headers, other values, another Request-URI. */
export function madeStrange(message: SipRequest): fc.Arbitrary<SipRequest> {
  return fc.tuple(changes, uris).map(([all, uri]) => {
    let { headers } = message;
    for (const { name, value, replaces } of all) {
      const added = header(name, value.replace(/[\r\n]/g, ' '));
      headers = [added, ...(replaces ? headers.filter(({ key }) => key !== added.key) : headers)];
    }
    return { ...message, headers, uri: uri ?? message.uri };
  });
}
