import { describe, expect, test } from '@jest/globals';
import { parseEndpoint, prettyEndpoint } from '../src/index.js';

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
});
