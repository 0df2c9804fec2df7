import { describe, expect, test } from '@jest/globals';
import { header, type SipRequest } from '@ims-sim/sip';
import fc from 'fast-check';
import { ask, icscf, request, ScriptedHss } from './harness.js';

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
const uri = fc.option(
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

describe('bad input from the network', () => {
  test.each(['register', 'subscribe'])('%s.sip with anything in it is decided upon', async (file) => {
    await fc.assert(
      fc.asyncProperty(changes, uri, async (all, requestUri) => {
        let message: SipRequest = request(file);
        for (const { name, value, replaces } of all) {
          const added = header(name, value.replace(/[\r\n]/g, ' '));
          const rest = replaces ? message.headers.filter(({ key }) => key !== added.key) : message.headers;
          message = { ...message, headers: [added, ...rest] };
        }
        await decided(requestUri === null ? message : { ...message, uri: requestUri });
      }),
      { numRuns: 300 },
    );
  });

  async function decided(message: SipRequest): Promise<void> {
    const hss = new ScriptedHss(
      [{ kind: 'served', serverName: 'sip:scscf2.home2.net' }],
      [{ kind: 'subsequent-registration', serverName: 'sip:scscf2.home2.net' }],
    );
    expect(['reply', 'forward']).toContain((await ask(message, icscf(hss))).kind);
  }
});
