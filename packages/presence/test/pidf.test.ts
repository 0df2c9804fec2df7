import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PidfMediaType, type Presence, type Tuple, parsePresence, renderPresence } from '../src/pidf.js';
import { xmlDifference } from '../src/xml-equal.js';
import { TR_STEP_18, TR_STEP_18_PIDF } from './tr-24.841-step18.js';

const PIDF = 'urn:ietf:params:xml:ns:pidf';

function presenceOf(text: string): Presence {
  const parsed = parsePresence(text);
  if (parsed.kind !== 'presence') {
    throw new Error(parsed.reason);
  }
  return parsed.presence;
}

function doc(inner: string, attributes = 'entity="pres:a@b"'): string {
  return `<presence xmlns="${PIDF}" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" ${attributes}>${inner}</presence>`;
}

function reasonOf(text: string): string | undefined {
  const parsed = parsePresence(text);
  return parsed.kind === 'error' ? parsed.reason : undefined;
}

describe('RFC 3863: reading', () => {
  test('TR 24.841 table 6.1.1-18', () => {
    expect(parsePresence(TR_STEP_18)).toMatchObject({
      kind: 'presence',
      mediaType: 'application/cpim-pidf+xml',
      presence: {
        entity: 'pres:user2_public1@home2.net',
        tuples: [
          {
            id: 'mobile-im',
            basic: 'open',
            statusExtensions: [{ namespace: `${PIDF}:im`, name: 'im', children: ['busy'] }],
            contact: { uri: 'im:user2_public1@home2.net', priority: '0.8' },
            notes: [
              { text: "Don't Disturb Please!", lang: 'en' },
              { text: "Ne derangez pas, s'il vous plait", lang: 'fr' },
            ],
            timestamp: '2001-10-27T16:49:29Z',
          },
          { id: 'phone', basic: 'open', contact: { uri: 'tel:+1-212-555-2222', priority: '1.0' } },
        ],
        notes: [{ text: "I'll be in Tokyo next week", lang: undefined }],
      },
    });
  });

  test("the draft's stray space in entity is none of it", () => {
    expect(presenceOf(TR_STEP_18.replace('home2.net">', 'home2.net ">')).entity).toBe(
      'pres:user2_public1@home2.net',
    );
  });

  test('no tuples, no notes: still a document (4.1.1)', () => {
    expect(presenceOf(doc(''))).toEqual({ entity: 'pres:a@b', tuples: [], notes: [], extensions: [] });
  });

  test.each([
    ['', 'document: no element'],
    ['{"a":1}', 'document: text outside the root'],
    ['<a/>', 'a: not the presence element of a PIDF namespace'],
    [`<presence xmlns="urn:x" entity="pres:a@b"/>`, 'presence: not the presence element of a PIDF namespace'],
    [doc('', ''), 'presence: entity is not a URI'],
    [doc('', 'entity="a b"'), 'presence: entity is not a URI'],
    [doc('text'), 'presence: text between its elements'],
    [doc('<status/>'), 'presence: may not have the element status'],
    [doc('<tuple><status/></tuple>'), 'tuple: no id'],
    [doc('<tuple id="1"><status/></tuple>'), 'tuple: id is not an XML id'],
    [doc('<tuple id="a"/>'), 'tuple: no status'],
    [doc('<tuple id="a"><status/><status/></tuple>'), 'tuple: more than one status'],
    [doc('<tuple id="a"><status/></tuple><tuple id="a"><status/></tuple>'), 'tuple: two with the id a'],
    [doc('<tuple id="a"><status><basic>busy</basic></status></tuple>'), 'basic: neither open nor closed'],
    [doc('<tuple id="a"><status/><contact/></tuple>'), 'contact: not a URI'],
    [
      doc('<tuple id="a"><status/><contact priority="2">im:a@b</contact></tuple>'),
      'contact: priority is not 0 to 1 with at most three decimals',
    ],
    [
      doc('<tuple id="a"><status/><timestamp>today</timestamp></tuple>'),
      'timestamp: not a date and time of RFC 3339',
    ],
    [doc('<x xmlns=""/>'), 'x: has no namespace'],
    [doc('<q:x/>'), 'q:x: the prefix has no namespace'],
    [doc('<note>'), 'presence: closed, but not open'],
    [doc('<note>&nbsp;</note>'), "note: an entity that is not XML's own"],
    [`<!DOCTYPE presence [<!ENTITY a "b">]>${doc('')}`, 'document: a document type is not allowed'],
    [doc('<note>\u0001</note>'), 'note: a control character'],
    [doc('<note a="1" a="2"/>'), 'note: an attribute twice'],
    [`${doc('')}${doc('')}`, 'document: more than one root'],
    [doc('<r:a>'.repeat(40) + '</r:a>'.repeat(40)), 'r:a: more than 32 elements deep'],
    [doc(`<note>${'é'.repeat(33_000)}</note>`), 'document: more than 65536 bytes'],
    [doc('<tuple id="a"><status/></tuple>'.repeat(101)), 'presence: more than 100 tuples'],
    [
      doc(`<note ${Array.from({ length: 65 }, (_, i) => `a${i}=""`).join(' ')}/>`),
      'note: more than 64 attributes',
    ],
    [doc('<note/>'.repeat(21)), 'presence: more than 20 notes'],
  ])('refused: %s: %s', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });
});

describe('RFC 3863: writing', () => {
  test.each<[PidfMediaType, string]>([
    ['application/cpim-pidf+xml', TR_STEP_18],
    ['application/pidf+xml', TR_STEP_18_PIDF],
  ])("the TR's document in %s, from either", (mediaType, expected) => {
    for (const source of [TR_STEP_18, TR_STEP_18_PIDF]) {
      const written = renderPresence(presenceOf(source), mediaType);
      expect(xmlDifference(expected, written)).toBeUndefined();
      expect(presenceOf(written)).toEqual(presenceOf(source));
    }
  });

  test('how it looks', () => {
    expect(
      renderPresence(presenceOf(TR_STEP_18), 'application/cpim-pidf+xml').split('\n').slice(0, 7),
    ).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<presence xmlns="urn:ietf:params:xml:ns:cpim-pidf" xmlns:im="urn:ietf:params:xml:ns:cpim-pidf:im" entity="pres:user2_public1@home2.net">',
      '  <tuple id="mobile-im">',
      '    <status>',
      '      <basic>open</basic>',
      '      <im:im>busy</im:im>',
      '    </status>',
    ]);
  });

  test('elements of other namespaces survive, wherever they stand and whatever is in them', () => {
    const text = doc(
      '<tuple id="a"><status><r:s xmlns:q="urn:q" q:b="1" b="&lt;2&quot;">x<q:y/>z &amp; w</r:s></status>' +
        '<r:activities xmlns:p="' +
        PIDF +
        '" p:mustUnderstand="1"><r:busy/></r:activities></tuple><dm:person xmlns:dm="urn:dm" id="p1"><r:mood>é</r:mood></dm:person>',
    );
    const written = renderPresence(presenceOf(text), 'application/pidf+xml');
    expect(xmlDifference(text, written)).toBeUndefined();
    const other = renderPresence(presenceOf(text), 'application/cpim-pidf+xml');
    expect(
      xmlDifference(text.replaceAll(`"${PIDF}"`, '"urn:ietf:params:xml:ns:cpim-pidf"'), other),
    ).toBeUndefined();
    expect(other).toContain('urn:ietf:params:xml:ns:pidf:rpid');
  });

  test('two namespaces with one prefix', () => {
    const text = doc('<x:a xmlns:x="urn:1"/><x:a xmlns:x="urn:2"/>');
    expect(xmlDifference(text, renderPresence(presenceOf(text), 'application/pidf+xml'))).toBeUndefined();
  });

  test('whatever is in it, reading gives back what was written', () => {
    const words = fc.stringMatching(/^[a-zA-Z<>&"' é€]{0,20}$/).map((text) => text.trim());
    const note = fc.record({ text: words, lang: fc.constantFrom(undefined, 'en') });
    const tuple: fc.Arbitrary<Tuple> = fc.record({
      id: fc.stringMatching(/^[a-z_][a-z0-9._-]{0,8}$/),
      basic: fc.constantFrom(undefined, 'open', 'closed'),
      statusExtensions: fc.constant([]),
      extensions: fc.array(
        fc.record({
          namespace: fc.constantFrom('urn:1', 'urn:2', `${PIDF}:im`),
          name: fc.stringMatching(/^[a-z]{1,5}$/),
          prefix: fc.constantFrom('p', 'q'),
          attributes: fc.constantFrom([], [{ namespace: '', name: 'x', value: '<"\'&>' }]),
          children: words.map((text) => (text === '' ? [] : [text])),
        }),
        { maxLength: 3 },
      ),
      contact: fc.constantFrom(
        undefined,
        { uri: 'im:a@b', priority: '0.5' },
        { uri: 'sip:a@b?x=1&y=2', priority: undefined },
      ),
      notes: fc.array(note, { maxLength: 3 }),
      timestamp: fc.constantFrom(undefined, '2001-10-27T16:49:29.123+02:00'),
    });
    const presence = fc.record({
      entity: fc.constantFrom('pres:a@b', 'sip:a@b;x="&<'),
      tuples: fc.uniqueArray(tuple, { maxLength: 4, selector: (t) => t.id }),
      notes: fc.array(note, { maxLength: 2 }),
      extensions: fc.constant([]),
    });
    fc.assert(
      fc.property(
        presence,
        fc.constantFrom('application/pidf+xml', 'application/cpim-pidf+xml'),
        (p, mediaType) => {
          const again = presenceOf(renderPresence(p, mediaType));
          const bare = (one: Presence): string =>
            JSON.stringify(one, (key, value: unknown) => (key === 'prefix' ? undefined : value));
          expect(bare(again)).toBe(bare(p));
        },
      ),
    );
  });

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      '&',
      ';',
      'tuple',
      ' id="a"',
      '<status/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?x',
      '?>',
      'xmlns=',
      ':',
      'é',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 }), (pieces) => {
        parsePresence(pieces.join(''));
        parsePresence(doc(pieces.join('')));
      }),
      { numRuns: 500 },
    );
  });
});
