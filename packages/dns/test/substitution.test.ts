import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { readSubstitution } from '../src/index.js';

const NUMBER = '+12125552222';
const apply = (expression: string, text = NUMBER) => readSubstitution(expression)?.(text);

describe('RFC 3402 3.2: substitution expressions', () => {
  test.each([
    ['!^.*$!sip:user2_public1@home2.net!', NUMBER, 'sip:user2_public1@home2.net'],
    ['!^\\+1212555(....)$!sip:user\\1@home2.net!', NUMBER, 'sip:user2222@home2.net'],
    ['!^(\\+441632960083)$!sip:\\1@example.com!', '+441632960083', 'sip:+441632960083@example.com'],
    ['!^\\+(1)(2)(1)(2)(5)(5)(5)(2)(2)22$!\\9\\8\\1x!', NUMBER, '221x'],
    ['/^.*$/sip:a@b/', NUMBER, 'sip:a@b'],
    ['|^\\+1(2|3)(.*)$|\\2|', NUMBER, undefined], // The delimiter is not escaped: too many fields.
    ['#^\\+1(2|3)(.*)$#\\2#', NUMBER, '125552222'],
    ['|^a\\|b$|c|', 'a|b', 'c'], // An escaped delimiter is the character, not an alternative.
    ['|^a\\|b$|c|', 'a', undefined],
    ['!^x\\!y$!p\\!q!', 'x!y', 'p!q'],
    ['.^\\.b$.a.', '.b', 'a'], // The pattern is a dot and b.
    ['!^.*$!a\\\\b\\c!', NUMBER, 'a\\bc'],
    ['!^abc$!x!i', 'ABC', 'x'],
    ['!^abc$!x!I', 'ABC', 'x'],
    ['!^abc$!x!', 'ABC', undefined],
    ['!^cid:.+@([^\\.]+\\.)(.*)$!\\2!i', 'CID:1@bar.ex.com', 'ex.com'], // RFC 3404 5
    ['!^(a)?b$!<\\1>!', 'b', '<>'],
    ['!^+1212(.*)$!\\1!', NUMBER, '5552222'], // RFC 2916 3.2.3 wrote the plus sign so.
    ['!^.*$!x!', '1'.repeat(17), undefined], // No number is that long.
    ['!5552222!x!', NUMBER, 'x'], // Without anchors: the replacement alone.
  ])('%s on %s: %s', (expression, text, expected) => {
    expect(apply(expression, text)).toBe(expected);
  });

  test.each([
    ['empty', ''],
    ['one delimiter', '!'],
    ['two delimiters', '!a!b'],
    ['four delimiters', '!a!b!!'],
    ['no pattern', '!!b!'],
    ['an unknown flag', '!a!b!g'],
    ['a flag twice', '!a!b!ii'],
    ['a digit as delimiter', '1a1b1'],
    ['the flag as delimiter', 'iaibi'],
    ['a backslash as delimiter', '\\a\\b\\'],
    ['a back reference to nothing', '!^(.)$!\\2!'],
    ['a backslash at the end', '!a!b\\'],
    ['too long', `!${'a'.repeat(260)}!b!`],
  ])('%s is none', (_what, expression) => {
    expect(readSubstitution(expression)).toBeUndefined();
  });
});

describe('POSIX extended regular expressions', () => {
  test.each([
    ['^[0-9]{3}$', '123', true],
    ['^[0-9]{3}$', '12', false],
    ['^[0-9]{2,}$', '123', true],
    ['^[0-9]{1,2}$', '123', false],
    ['^[[:digit:]]+$', '123', true],
    ['^[[:alpha:]_]+$', 'a_b', true],
    ['^[^[:digit:]]$', '1', false],
    ['^[]a]+$', ']a', true],
    ['^[^]a]$', ']', false],
    ['^[a-]+$', 'a-', true],
    ['^[-a]+$', 'a-', true],
    ['^[+*.^$]+$', '+*.^$', true],
    ['^[\\d]+$', '\\d', true], // In a bracket the backslash is itself.
    ['^[\\d]+$', '1', false],
    ['^a|b$', 'ax', true],
    ['^(a|b)c$', 'bc', true],
    ['^(12)*$', '1212', true],
    ['^(1(2)?3)$', '13', true],
    ['^\\(\\)\\[\\{\\|\\*\\?\\\\\\^\\$\\.$', '()[{|*?\\^$.', true],
    ['^/-,:=&#%@~"$', '/-,:=&#%@~"', true],
    ["^'<>;_`$", "'<>;_`", true],
    ['^.$', '\n', true],
    ['^a}]$', 'a}]', true],
  ])('%s on %j', (ere, text, matches) => {
    expect(apply(`§${ere}§x§`, text)).toBe(matches ? 'x' : undefined);
    expect(readSubstitution(`§${ere}§x§`)).toBeDefined();
  });

  test.each([
    '\\d+',
    '\\w',
    '(a)\\1',
    'a**',
    'a+?',
    '*a',
    '?a',
    '^*',
    'a|',
    '|a',
    '()',
    '(|a)',
    '(',
    ')',
    '(a',
    'a)',
    '[',
    '[]',
    '[a',
    '[b-a]',
    '[[:nothing:]]',
    '[[.a.]]',
    '[[=a=]]',
    'a{2,1}',
    'a{256}',
    'a{',
    'a{x}',
    'a\\',
    '(?:a)',
    '(?=a)',
    '{1}',
  ])('%s is refused', (ere) => {
    expect(readSubstitution(`!${ere}!x!`)).toBeUndefined();
  });

  test.each([
    '(a*)*',
    '(a+)+$',
    '(a|aa)+$',
    '((a*)b)*',
    '(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x',
    `${'(1|1)'.repeat(9)}x`,
    '.?'.repeat(16),
  ])('what could take for ever is refused: %s', (ere) => {
    expect(readSubstitution(`!${ere}!x!`)).toBeUndefined();
  });

  test('no expression throws or takes long, on any text', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{1,3}',
      '{2}',
      '[',
      ']',
      '[^',
      '-',
      '\\',
      '^',
      '$',
      '.',
      '1',
      'a',
      '!',
      '\\1',
      '[:digit:]',
      'é',
    );
    const expression = fc.array(piece, { maxLength: 40 }).map((pieces) => `!${pieces.join('')}!\\1x!i`);
    const property = fc.property(
      fc.oneof(expression, fc.string()),
      fc.constantFrom(NUMBER, '1'.repeat(16), 'a'.repeat(16)),
      (text, subject) => {
        const before = process.cpuUsage(); // what a busy machine keeps from us is none of it
        apply(text, subject);
        expect(process.cpuUsage(before).user / 1e3).toBeLessThan(1000);
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });
});
