import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseXml } from '@ims-sim/xml';
import fc from 'fast-check';
import {
  CONTACT_EVENTS,
  readRegInfo,
  writeRegInfo,
  type RegInfo,
  type RegInfoContact,
} from '../src/index.js';
import { plainXml } from '../src/plain-xml.js';

function document(name: string): string {
  return readFileSync(new URL(`../../test/documents/${name}.xml`, import.meta.url), 'utf8');
}

describe('RFC 3680 documents', () => {
  const state = {
    version: 0,
    state: 'full',
    registrations: [
      {
        aor: 'sip:user@example.com',
        id: 'as9',
        state: 'active',
        contacts: [
          {
            id: '76',
            state: 'active',
            event: 'registered',
            durationRegisteredS: 7322,
            q: '0.8',
            uri: 'sip:user@pc887.example.com',
          },
          {
            id: '77',
            state: 'terminated',
            event: 'expired',
            durationRegisteredS: 3600,
            q: '0.5',
            uri: 'sip:user@university.edu',
          },
        ],
      },
    ],
  };
  const init = {
    version: 0,
    state: 'full',
    registrations: [{ aor: 'sip:joe@example.com', id: 'a7', state: 'init', contacts: [] }],
  };
  const active = {
    version: 1,
    state: 'partial',
    registrations: [
      {
        aor: 'sip:joe@example.com',
        id: 'a7',
        state: 'active',
        contacts: [
          {
            id: '76',
            state: 'active',
            event: 'registered',
            durationRegisteredS: 0,
            uri: 'sip:joe@pc34.example.com',
          },
        ],
      },
    ],
  };

  test.each([
    ['5.3: two contacts', 'rfc3680-5.3', state],
    ['7: nobody is registered', 'rfc3680-7-init', init],
    ['7: a partial one', 'rfc3680-7-active', active],
  ])('%s', (_title, name, expected) => {
    expect(readRegInfo(document(name))).toEqual(expected);
    expect(readRegInfo(writeRegInfo(expected as RegInfo))).toEqual(expected);
  });

  test('RFC 5628: GRUUs and other extensions are passed over', () => {
    expect(readRegInfo(document('gruu'))).toEqual({
      version: 0,
      state: 'full',
      registrations: [
        {
          aor: 'sip:user@example.com',
          id: 'as9',
          state: 'active',
          contacts: [
            {
              id: '76',
              state: 'active',
              event: 'created',
              expiresS: 600,
              callId: 'a@b',
              cseq: 3,
              uri: 'sip:user@192.0.2.1',
              displayName: 'The <user>',
              unknownParams: [
                { name: '+sip.instance', value: '"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"' },
                { name: 'audio' },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe('RFC 3680 5.4: what is not of the schema', () => {
  const NS = 'xmlns="urn:ietf:params:xml:ns:reginfo"';
  const inside = (text: string) =>
    `<reginfo ${NS} version="0" state="full"><registration aor="a" id="b" state="active">${text}</registration></reginfo>`;

  test.each([
    ['', 'document: no element'],
    ['<reginfo version="0" state="full"/>', /^reginfo: not the element/],
    [`<other ${NS} version="0" state="full"/>`, /^other: not the element/],
    [`<reginfo ${NS} state="full"/>`, 'reginfo: no version'],
    [`<reginfo ${NS} version="-1" state="full"/>`, 'reginfo: version is no number'],
    [`<reginfo ${NS} version="99999999999999999999" state="full"/>`, 'reginfo: version is no number'],
    [`<reginfo ${NS} version="0"/>`, 'reginfo: no state'],
    [`<reginfo ${NS} version="0" state="empty"/>`, /^reginfo: state is "empty"/],
    [inside('').replace('aor="a"', ''), 'registration: no aor'],
    [inside('').replace('"active"', '"on"'), /^registration: state is "on"/],
    [inside('<contact id="1" state="active" event="created"/>'), 'contact: no uri'],
    [inside('<contact state="active" event="created"><uri>a</uri></contact>'), 'contact: no id'],
    [inside('<contact id="1" state="active"><uri>a</uri></contact>'), 'contact: no event'],
    [
      inside('<contact id="1" state="active" event="gone"><uri>a</uri></contact>'),
      /^contact: event is "gone"/,
    ],
    [
      inside('<contact id="1" state="active" event="created" expires="soon"><uri>a</uri></contact>'),
      'contact: expires is no number',
    ],
  ])('%s', (xml, reason) => {
    expect(readRegInfo(xml)).toEqual({
      error: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });
});

/** Text that reads as it was written: no white space at its ends, nothing that XML cannot hold. */
const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }).map((s) => `x${s}x`);
const count = fc.integer({ min: 0, max: 2 ** 40 });
const contact: fc.Arbitrary<RegInfoContact> = fc.record(
  {
    id: text,
    state: fc.constantFrom('active', 'terminated'),
    event: fc.constantFrom(...CONTACT_EVENTS),
    uri: text,
    expiresS: count,
    retryAfterS: count,
    durationRegisteredS: count,
    q: text,
    callId: text,
    cseq: count,
    displayName: text,
    unknownParams: fc.array(fc.record({ name: text, value: text }, { requiredKeys: ['name'] }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: ['id', 'state', 'event', 'uri'] },
);
const info: fc.Arbitrary<RegInfo> = fc.record({
  version: count,
  state: fc.constantFrom('full', 'partial'),
  registrations: fc.array(
    fc.record({
      aor: text,
      id: text,
      state: fc.constantFrom('init', 'active', 'terminated'),
      contacts: fc.array(contact, { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});

test('RFC 3680 5: what is written is read as it was', () => {
  fc.assert(
    fc.property(info, (written) => {
      expect(readRegInfo(writeRegInfo(written))).toEqual(written);
    }),
    { numRuns: 100 },
  );
});

test('XML 1.0 2.2, 2.11, 3.3.3: line ends, tabs and markup read as they were written, what XML cannot hold as U+FFFD', () => {
  const one = (uri: string, q: string): RegInfo => ({
    version: 0,
    state: 'full',
    registrations: [
      {
        aor: 'a',
        id: 'b',
        state: 'active',
        contacts: [{ id: 'c', state: 'active', event: 'created', uri, q }],
      },
    ],
  });
  const odd = 'x&<>"\'\r\n\t]]>&amp;\u{1f600}x';
  expect(readRegInfo(writeRegInfo(one(odd, odd)))).toEqual(one(odd, odd));
  const never = 'x\u0000\u001f\ufffe\uffff\ud800x';
  const held = 'x\ufffd\ufffd\ufffd\ufffd\ufffdx';
  expect(readRegInfo(writeRegInfo(one(never, never)))).toEqual(one(held, held));
});

describe('the quick reader gives what the reader of any document gives, or nothing', () => {
  const agrees = (xml: string): boolean => {
    const plain = plainXml(xml);
    const parsed = parseXml(xml);
    if (plain !== undefined) expect({ kind: 'document', root: plain }).toEqual(parsed);
    return plain !== undefined;
  };

  test('it reads what is written here, and what others write without namespaces of theirs', () => {
    fc.assert(
      fc.property(info, (written) => {
        expect(agrees(writeRegInfo(written))).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(agrees(document('rfc3680-7-active').replace(/ xmlns:xsi="[^"]*"| xsi:\w+="[^"]*"/g, ''))).toBe(
      true,
    );
    expect(agrees(`<a>\r\n <b c='1' d="&lt;2"\t/>\n</a>\n`)).toBe(true);
  });

  test.each([
    '',
    ' ',
    '<a>',
    '</a>',
    '<a/><b/>',
    'x<a/>',
    '<a/>x',
    '<a><b></a></b>',
    '<a b="1" b="2"/>',
    '<a b="1"c="2"/>',
    '<a b = "1"/>',
    '<a b=1/>',
    '<a b="<"/>',
    '<a>&#65;</a>',
    '<a>&x;</a>',
    '<a>&amp</a>',
    '<a>]]></a>',
    '<a>x\ry</a>',
    '<a b="x\ny"/>',
    '<a><!-- --></a>',
    '<a><![CDATA[b]]></a>',
    '<?x y?><a/>',
    '<!DOCTYPE a><a/>',
    '<p:a xmlns:p="urn:x"/>',
    '<a xmlns="urn:x" xmlns="urn:y"/>',
    '<a p:b="1"/>',
    '<a>\u0000</a>',
    '<a>\ufffe</a>',
    '<1/>',
    '< a/>',
    '<a></a >',
    `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`,
    '<?xml version="1.0"<a/>',
  ])('%j is left to the other', (xml) => {
    expect(agrees(xml)).toBe(false);
  });

  test('damage', () => {
    const example = writeRegInfo(readRegInfo(document('rfc3680-5.3')) as RegInfo);
    const damage = fc.record({
      at: fc.nat(example.length),
      length: fc.nat(6),
      by: fc.stringMatching(/^[<>&;"'=/ a?!\]-]{0,4}$/),
    });
    fc.assert(
      fc.property(damage, ({ at, length, by }) => {
        agrees(example.slice(0, at) + by + example.slice(at + length));
      }),
      { numRuns: 1000 },
    );
  });
});

test('RFC 3680 5: nothing makes the reader throw', () => {
  const example = document('rfc3680-5.3');
  const damage = fc.record({
    at: fc.nat(example.length),
    length: fc.nat(30),
    by: fc.string({ maxLength: 10 }),
  });
  fc.assert(
    fc.property(damage, ({ at, length, by }) => {
      const answer = readRegInfo(example.slice(0, at) + by + example.slice(at + length));
      expect('error' in answer || Array.isArray(answer.registrations)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
