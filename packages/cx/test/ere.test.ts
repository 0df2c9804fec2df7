import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileEre } from '../src/ere.js';

describe('IEEE 1003.1 9.4: extended regular expressions', () => {
  test.each<[pattern: string, matching: string[], other: string[]]>([
    ['presence', ['presence', 'xpresence.winfo'], ['Presence', 'presenc']],
    ['^presence$', ['presence'], ['presence.winfo', 'xpresence']],
    ['^pres', ['presence'], ['xpres']],
    ['winfo$', ['presence.winfo'], ['winfo;x']],
    ['^presence(;.*)?$', ['presence', 'presence;id=7'], ['presence.winfo']],
    ['a|bc|', ['xa', 'bc', 'z'], []],
    ['^(a|b)*c$', ['c', 'abbac'], ['abd']],
    ['^[^@]+@home[12]\\.net$', ['user@home1.net'], ['user@home3.net', 'user@home1xnet', '@home1.net']],
    ['^[]a-]+$', [']', 'a-]'], ['b']],
    ['^[[:digit:]]{3,4}$', ['123', '1234'], ['12', '12345']],
    ['^a{2}$', ['aa'], ['a', 'aaa']],
    ['^a{2,}$', ['aa', 'aaaa'], ['a']],
    ['^.+\\+1$', ['x+1'], ['+1']],
    ['^(^a)$', ['a'], ['ba']],
    ['', ['', 'x'], []],
    ['\u00fc', ['\u00fcber'], ['uber']],
  ])('%s', (pattern, matching, other) => {
    const matches = compileEre(pattern);
    expect(matching.filter((text) => matches?.(text) !== true)).toEqual([]);
    expect(other.filter((text) => matches?.(text) !== false)).toEqual([]);
  });

  test.each([
    '(',
    ')',
    'a**b(',
    '[',
    '[z-a]',
    '*a',
    'a{3,1}',
    'a{256}',
    '\\d',
    '\\',
    '[[:nope:]]',
    '[[.a.]]',
    '^*',
    'a'.repeat(1001),
    '((a{200}){200})',
  ])('%s is none', (pattern) => {
    expect(compileEre(pattern)).toBeUndefined();
  });

  test('case is ignored where asked', () => {
    expect(compileEre('^x-[a-c]+$', true)?.('X-AbC')).toBe(true);
    expect(compileEre('^x-[a-c]+$')?.('X-AbC')).toBe(false);
  });

  test('takes linear time where backtracking would take years', () => {
    const matches = compileEre('^(a|aa|a*)*(a*a*)*b$');
    const before = process.cpuUsage(); // what a busy machine keeps from us is none of it
    expect(matches?.('a'.repeat(5000))).toBe(false);
    expect(process.cpuUsage(before).user / 1e3).toBeLessThan(2000);
  });

  test('agrees with JavaScript where both mean the same', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)?', 'a*', 'b+', '(a|)b');
    fc.assert(
      fc.property(
        fc.array(atom, { maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        fc.stringMatching(/^[abc]{0,8}$/),
        (atoms, start, end, text) => {
          const pattern = `${start ? '^' : ''}${atoms.join('')}${end ? '$' : ''}`;
          expect(compileEre(pattern)?.(text)).toBe(new RegExp(pattern, 's').test(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('no pattern makes it throw', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[()[\]{}*+?|^$\\a-c0-9,:.-]{0,20}$/), fc.string(), (pattern, text) => {
        compileEre(pattern)?.(text);
      }),
      { numRuns: 1000 },
    );
  });
});
