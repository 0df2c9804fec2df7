import { expect, test } from '@jest/globals';
import { asksForIdPrivacy, header, splitOutsideQuotes } from '../../src/index.js';

test.each([
  ['a;b', ['a', 'b']],
  [' a ; b', ['a', 'b']],
  ['a="1;2";b', ['a="1;2"', 'b']],
  ['a="\\";";b', ['a="\\";"', 'b']],
  ['a="open;b', ['a="open;b']],
  [';', ['', '']],
  ['a,b', ['a,b']],
])('splitOutsideQuotes: %s', (text, parts) => {
  expect(splitOutsideQuotes(text, ';')).toEqual(parts);
});

test.each([
  ['id', true],
  ['header; ID ;critical', true],
  ['none', false],
  ['header', false],
  ['idle', false],
])('RFC 3325 9.3: Privacy: %s asks to keep the identity: %s', (value, asks) => {
  expect(asksForIdPrivacy([header('Privacy', value)])).toBe(asks);
  expect(asksForIdPrivacy([header('Subject', value)])).toBe(false);
});
