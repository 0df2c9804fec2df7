import { describe, expect, test } from '@jest/globals';
import { compileWildcard } from '../src/index.js';

const matches = (wildcard: string, identity: string): boolean | undefined =>
  compileWildcard(wildcard)?.(identity);

describe('TS 23.003 13.4A, 13.5: wildcarded public identities', () => {
  test.each([
    ['sip:chat!.*!@example.com', 'sip:chatlist1@example.com', true],
    ['sip:chat!.*!@example.com', 'sip:chat@example.com', true],
    ['sip:chat!.*!@example.com', 'sip:list1@example.com', false],
    ['sip:chat!.*!@example.com', 'sip:chatlist1@example.org', false],
    ['sip:chat!.*!@example.com', 'sip:chat@example.com.org', false],
    ['sip:chat![0-9]{2}!@example.com', 'sip:chat12@example.com', true],
    ['sip:chat![0-9]{2}!@example.com', 'sip:chat123@example.com', false],
    // What stands before and behind the expression must not be the same characters of the identity.
    ['sip:a!.*!:a', 'sip:a', false],
    ['tel:+1-212-!.*!', 'tel:+12125551111', true],
    ['tel:+1-212-!.*!', 'tel:+13125551111', false],
  ])('%s, %s: %s', (wildcard, identity, expected) => {
    expect(matches(wildcard, identity)).toBe(expected);
  });

  test('an identity that is longer than any of use is matched by none', () => {
    const ending = '@example.com';
    expect(matches(`sip:!.*!${ending}`, `sip:${'a'.repeat(100)}${ending}`)).toBe(true);
    expect(matches(`sip:!.*!${ending}`, `sip:${'a'.repeat(100_000)}${ending}`)).toBe(false);
  });

  test.each([
    ['no expression', 'sip:user1@example.com'],
    ['an expression that cannot be compiled', 'sip:a![!@example.com'],
    ['an expression that is too long', `sip:a!${'a'.repeat(10_000)}!@example.com`],
  ])('%s: no wildcard', (_, identity) => {
    expect(compileWildcard(identity)).toBeUndefined();
  });
});
