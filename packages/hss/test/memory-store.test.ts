import { describe, expect, test } from '@jest/globals';
import { memoryStore } from '../src/store/memory-store.js';
import { compileWildcard } from '../src/wildcard.js';
import { storeContract, subscriptionOf } from './store-contract.js';

storeContract('the store in memory', async () => {
  const store = memoryStore();
  return { store, close: () => store.close() };
});

test('the store in memory answers a lookup in the same turn', async () => {
  const store = memoryStore();
  await store.put(subscriptionOf('alice'));
  expect(store.byPublicIdentity('sip:alice@home1.net')).toMatchObject({ set: 0 });
  expect(store.byPrivateIdentity('alice_private@home1.net')).toMatchObject({ state: { sets: {} } });
});

describe('TS 23.003 13.5 wildcarded identities', () => {
  test.each([
    ['sip:chatlist!.*!@home1.net', 'sip:chatlist1@home1.net', true],
    ['sip:chatlist!.*!@home1.net', 'sip:chatlist@home1.net', true],
    ['sip:chatlist!.+!@HOME1.net', 'sip:chatlist@home1.net', false],
    ['sip:chatlist!.*!@home1.net', 'sip:xchatlist@home1.net', false],
    ['sip:chatlist!.*!@home1.net', 'sip:chatlist1@home1.net.evil.net', false],
    ['tel:+1-212!([[:digit:]]{4}|555....)!', 'tel:+12124444', true],
    ['tel:+1-212!([[:digit:]]{4}|555....)!', 'tel:+1212444x', false],
    ['sip:a!b|c!@home1.net', 'sip:ac@home1.net', true],
    ['sip:a!b|c!@home1.net', 'sip:ab', false],
  ])('%s and %s: %s', (wildcard, identity, expected) => {
    expect(compileWildcard(wildcard)?.matches(identity)).toBe(expected);
  });

  test.each([
    ['no wildcard', 'sip:alice@home1.net'],
    ['one mark', 'sip:a!b@home1.net'],
    ['no expression', 'sip:a!!@home1.net'],
    ['unclosed', 'sip:a!(b!@home1.net'],
    ['no POSIX expression', 'sip:a!\\d+!@home1.net'],
    ['endless', `sip:a!${'b'.repeat(200)}!@home1.net`],
  ])('%s: none', (_, identity) => {
    expect(compileWildcard(identity)).toBeUndefined();
  });
});
