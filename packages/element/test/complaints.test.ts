import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { didYouMean, nearestWord } from '../src/known-names.js';
import { parseYaml } from '../src/yaml-file.js';
import type { Places } from '../src/yaml-places.js';

const schema = z.strictObject({
  subscribers: z.array(
    z.union(
      [z.strictObject({ name: z.string(), age: z.int().optional() }), z.strictObject({ alias: z.string() })],
      {
        error: 'expected { name, age } or { alias }',
      },
    ),
  ),
  title: z.string().optional(),
});

function complaint(text: string): string {
  try {
    parseYaml(text, 'f.yaml', schema, (value) => ({ value, complaints: [] }));
  } catch (error) {
    return String((error as { message?: unknown }).message);
  }
  return 'no complaint';
}

function placesOf(text: string): Places {
  return parseYaml(text, 'f.yaml', z.unknown(), (_, places) => ({ value: places, complaints: [] }));
}

describe('complaints', () => {
  test.each([
    [
      'a misspelt key, at the key; what it should be is not missing too',
      'subscibers: []\n',
      'f.yaml:1:1: subscibers: unknown key subscibers: expected one of subscribers, title; did you mean `subscribers`?',
    ],
    [
      'a misspelt option of one alternative',
      'subscribers: [{ name: x, agee: 1 }]\n',
      'f.yaml:1:26: subscribers.0.agee: unknown key agee: expected one of name, age; did you mean `age`?',
    ],
    [
      'a misspelt option by which alternatives differ',
      'subscribers: [{ alis: x }]\n',
      'f.yaml:1:17: subscribers.0.alis: unknown key alis: expected one of alias; did you mean `alias`?',
    ],
    [
      'what resembles no alternative',
      'subscribers: [7]\n',
      'f.yaml:1:15: subscribers.0: expected { name, age } or { alias }',
    ],
    ['a key that is missing', 'title: x\n', 'f.yaml:1:1: subscribers: missing: expected a list'],
    [
      'in the order of the file',
      'titel: x\nsubscribers: 1\n',
      'f.yaml:1:1: titel: unknown key titel: expected one of subscribers, title; did you mean `title`?\nf.yaml:2:14: subscribers: expected a list, got 1',
    ],
  ])('%s', (_, text, expected) => {
    expect(complaint(text)).toBe(expected);
  });

  test('the first ten, and how many more', () => {
    const lines = complaint(`subscribers: [${'7, '.repeat(13)}]\n`).split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[10]).toBe('f.yaml: and 3 more');
  });
});

describe('places', () => {
  test('of values, of keys, and through aliases', () => {
    const places = placesOf('a: &x\n  b: 1\nc: *x\nd:\n  - e\n');
    expect(places.at(['a', 'b'])).toEqual({ line: 2, column: 6 });
    expect(places.ofKey(['a', 'b'])).toEqual({ line: 2, column: 3 });
    expect(places.at(['c', 'b'])).toEqual({ line: 2, column: 6 });
    expect(places.at(['d', '0'])).toEqual({ line: 5, column: 5 });
    expect(places.at(['d', '7', 'x'])).toEqual({ line: 5, column: 3 });
    expect(places.at(['nobody'])).toEqual({ line: 1, column: 1 });
  });

  test('of texts: line by line only where the file has them so', () => {
    const places = placesOf('a: |\n  one\n  two\nb: >\n  one\nc: x\nd: [1]\n');
    expect(places.textAt(['a'])).toEqual({ line: 2, lineByLine: true });
    expect(places.textAt(['b'])).toEqual({ line: 4, lineByLine: false });
    expect(places.textAt(['c'])).toEqual({ line: 6, lineByLine: false });
    expect(places.textAt(['d'])).toBeUndefined();
    expect(places.textAt(['e'])).toBeUndefined();
  });
});

describe('the nearest known word', () => {
  test.each([
    ['subscibers', 'subscribers'],
    ['titel', 'title'],
    ['TITLE', 'title'],
    ['kin', 'kind'],
    ['elephant', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('of %s is %s', (word, expected) => {
    expect(nearestWord(word, ['subscribers', 'title', 'kind'])).toBe(expected);
  });

  test('is not offered where it is the word itself', () => {
    expect(didYouMean('title', ['title'])).toBe('');
    expect(didYouMean('titl', [])).toBe('');
  });
});
