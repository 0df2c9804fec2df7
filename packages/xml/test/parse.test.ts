import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  attributeOf,
  newDocument,
  parseXml,
  rawTextOf,
  textOf,
  XML_LIMITS,
  type XmlElement,
} from '../src/index.js';

function rootOf(text: string, keepsBlankText = false): XmlElement {
  const parsed = parseXml(text, { keepsBlankText });
  if (parsed.kind !== 'document') throw new Error(parsed.reason);
  return parsed.root;
}

function reasonOf(text: string): string | undefined {
  const parsed = parseXml(text, { limits: { bytes: 1000, depth: 3, attributes: 2 } });
  return parsed.kind === 'error' ? parsed.reason : undefined;
}

describe('XML 1.0', () => {
  test.each([
    ['', 'document: no element'],
    [' \n', 'document: no element'],
    ['a', 'document: text outside the root'],
    ['<a/>a', 'document: text outside the root'],
    ['<![CDATA[a]]><a/>', 'document: text outside the root'],
    ['<a/><a/>', 'document: more than one root'],
    ['<a', 'document: markup without an end'],
    ['<a b="', 'document: markup without an end'],
    ['<!-- <a/>', 'document: markup without an end'],
    ['<a>', 'a: not closed'],
    ['<a><b></a></b>', 'a: closed, but not open'],
    ['<></>', 'document: a tag without a name'],
    ['<a b="<"/>', 'a: < within the tag'],
    ['<a b="1" b="2"/>', 'a: an attribute twice'],
    ['<!DOCTYPE a><a/>', 'document: a document type is not allowed'],
    ['<a>&b;</a>', "a: an entity that is not XML's own"],
    ['<a b="&c;"/>', "a: an entity that is not XML's own"],
    ['<a>&#0;</a>', 'a: the number of no character'],
    ['<a>&#x110000;</a>', 'a: the number of no character'],
    ['<a>\u0001</a>', 'a: a control character'],
    ['<a>\uffff</a>', 'a: a control character'],
    [`<a>${'é'.repeat(500)}</a>`, 'document: more than 1000 bytes'],
    ['<a><b><c><d/></c></b></a>', 'd: more than 3 elements deep'],
    ['<a b="" c="" d=""/>', 'a: more than 2 attributes'],
    ['<x:a/>', 'x:a: the prefix has no namespace'],
    ['<a x:b=""/>', 'a: the prefix of x:b has no namespace'],
  ])('refused: %j: %s', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  test('a declaration, a byte order mark, comments and instructions say nothing', () => {
    const text = '\ufeff<?xml version="1.0"?><!-- a --><?b?><a><!-- c -->d<?e?></a><!-- f -->\n';
    expect(rootOf(text)).toMatchObject({ name: 'a', children: ['d'] });
  });

  test('entities, character numbers and CDATA are text', () => {
    expect(rawTextOf(rootOf('<a>&lt;&#65;<![CDATA[<&]]>&amp;</a>'))).toBe('<A<&&');
  });

  test('white space between elements is none of it; that of a leaf is, where it is asked for', () => {
    const text = '<a> <b> </b> <c> x </c> </a>';
    const leaf = (children: string[]) => expect.objectContaining({ children });
    expect(rootOf(text).children).toEqual([leaf([]), leaf([' x '])]);
    expect(rootOf(text, true).children).toEqual([leaf([' ']), leaf([' x '])]);
    expect(textOf(rootOf('<a> x </a>'))).toBe('x');
  });
});

describe('Namespaces in XML 1.0', () => {
  test('the nearest declaration counts, and attributes have no default namespace', () => {
    const root = rootOf(
      '<a xmlns="urn:1" xmlns:p="urn:2" b="" p:b="2"><p:c xmlns:p="urn:3"/><d xmlns=""/></a>',
    );
    expect(root).toMatchObject({
      namespace: 'urn:1',
      children: [
        { namespace: 'urn:3', name: 'c', prefix: 'p' },
        { namespace: '', name: 'd' },
      ],
    });
    expect([attributeOf(root, 'b'), attributeOf(root, 'b', 'urn:2')]).toEqual(['', '2']);
  });
});

test('what is written is read again', () => {
  const plain = fc.stringMatching(/^[ -~é€]{0,20}$/);
  fc.assert(
    fc.property(plain, plain, (text, value) => {
      const root = rootOf(newDocument().ele('a', { b: value }).txt(text).end(), true);
      expect([rawTextOf(root), attributeOf(root, 'b')]).toEqual([text, value]);
    }),
  );
});

test('what XML cannot hold is written as U+FFFD', () => {
  expect(newDocument().ele('a').txt('b\0c').end()).toContain('b\ufffdc');
});

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    "'",
    '&',
    ';',
    '=',
    ' ',
    '<a',
    '</a>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    'xmlns:',
    ':',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 15 }), (pieces) => {
      parseXml(pieces.join(''));
      parseXml(`<a>${pieces.join('')}</a>`);
    }),
    { numRuns: 500 },
  );
});

test('a text that was read before is read as it is asked for now: by its limits and what is kept of its white space', () => {
  const text = '<a><b> </b></a>';
  const bOf = (root: XmlElement): unknown => root.children[0];
  for (let round = 0; round < 2; round += 1) {
    expect(bOf(rootOf(text))).toMatchObject({ name: 'b', children: [] });
    expect(bOf(rootOf(text, true))).toMatchObject({ name: 'b', children: [' '] });
    expect(parseXml(text, { limits: { ...XML_LIMITS, depth: 1 } }).kind).toBe('error');
  }
});

test('more texts than are remembered are each read as what they are', () => {
  for (let round = 0; round < 2; round += 1) {
    for (let at = 0; at < 200; at += 1) {
      expect(attributeOf(rootOf(`<a n="${at}"/>`), 'n')).toBe(String(at));
    }
  }
});
