import { describe, expect, test } from '@jest/globals';
import { xmlDifference } from '../src/xml-equal.js';
import { TR_STEP_18 } from './tr-24.841-step18.js';

describe('two documents that say the same', () => {
  test.each([
    [
      'prefixes',
      '<a xmlns="u" xmlns:p="v"><p:b p:x="1"/></a>',
      '<q:a xmlns:q="u"><r:b xmlns:r="v" r:x="1"/></q:a>',
    ],
    ['the order of attributes', '<a b="1" c="2"/>', "<a c='2' b='1'></a>"],
    [
      'white space between elements, comments',
      '<a><b>x</b></a>',
      '<?xml version="1.0"?>\n<a>\n <!-- c -->\n <b>x</b>\n</a>\n',
    ],
    ['how a character is written', '<a>&lt;é&#65;</a>', '<a><![CDATA[<]]>éA</a>'],
  ])('%s', (_, a, b) => {
    expect(xmlDifference(a, b)).toBeUndefined();
    expect(xmlDifference(b, a)).toBeUndefined();
  });
});

describe('what differs, and where', () => {
  test.each([
    ['<a/>', '<b/>', '/a', 'expected <a> of no namespace, got <b> of no namespace'],
    ['<a xmlns="u"/>', '<a xmlns="v"/>', '/a', 'expected <a> of u, got <a> of v'],
    ['<a b="1"/>', '<a b="2"/>', '/a/@b', 'expected "1", got "2"'],
    ['<a b="1"/>', '<a/>', '/a/@b', 'expected "1", not there'],
    ['<a/>', '<a xml:lang="en"/>', '/a/@xml:lang', 'not expected: "en"'],
    ['<a><b/><b>x</b></a>', '<a><b/><b>x </b></a>', '/a/b[2]', 'expected "x", got "x "'],
    ['<a><b/><c/></a>', '<a><b/></a>', '/a/c', 'expected <c> of no namespace, got nothing more'],
    ['<a><b/></a>', '<a><b/>x</a>', '/a', 'expected nothing more, got "x"'],
    ['<a><b/><c/></a>', '<a><c/><b/></a>', '/a/b', 'expected <b> of no namespace, got <c> of no namespace'],
    ['<a/>', 'junk', '', 'not a document: document: text outside the root'],
    ['<a>', '<a/>', '', 'the expected document is none: a: not closed'],
  ])('%s, %s: %s', (expected, actual, path, what) => {
    expect(xmlDifference(expected, actual)).toEqual({ path, what });
  });

  test("in the TR's document", () => {
    expect(xmlDifference(TR_STEP_18, TR_STEP_18.replace('busy', 'away'))).toEqual({
      path: '/presence/tuple[1]/status/im',
      what: 'expected "busy", got "away"',
    });
    expect(xmlDifference(TR_STEP_18, TR_STEP_18.replace('home2.net">', 'home2.net ">'))?.path).toBe(
      '/presence/@entity',
    );
  });
});
