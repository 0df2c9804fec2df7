import { describe, expect, test } from '@jest/globals';
import { canonicalAddress, isLoopback, parseEndpoint, prettyEndpoint } from '../src/index.js';

describe('endpoints as text', () => {
  test.each([
    ['127.0.0.1:5060', { address: '127.0.0.1', port: 5060 }],
    ['[::1]:5060', { address: '::1', port: 5060 }],
    ['[5555::a:b:c:d]:0', { address: '5555::a:b:c:d', port: 0 }],
  ])('%s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
    expect(prettyEndpoint(endpoint)).toBe(text);
  });

  test.each([
    '',
    ':5060',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '::1:5060',
    '[127.0.0.1]:1',
    '1.2.3:5',
    'host:5060',
    '[::g]:1',
  ])('%j is none', (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });

  test.each([
    ['0:0:0:0:0:0:0:1', '::1'],
    ['5555::AAA:BBB:CCC:DDD', '5555::aaa:bbb:ccc:ddd'],
    ['fe80:0::1%eth0', 'fe80::1%eth0'],
    ['::ffff:7f00:1', '::ffff:7f00:1'],
    ['127.0.0.1', '127.0.0.1'],
    ['a:b', 'a:b'],
  ])('%s is spelled %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.9.8.7', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.com', false],
  ['127.1', false],
])('isLoopback(%s) is %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
