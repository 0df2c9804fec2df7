import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCredentials, parseCredentials } from '../../src/index.js';

describe('challenges and credentials (RFC 3261 25.1, RFC 7616 3.3)', () => {
  test('a challenge, as TS 24.228 has it', () => {
    const parsed = parseCredentials(
      'Digest realm="home1.net", nonce="MzQ0+/=", algorithm=AKAv1-MD5,ik="00112233445566778899aabbccddeeff" , qop="auth,auth-int"',
    );
    expect(parsed?.scheme).toBe('Digest');
    expect([...(parsed?.params ?? [])]).toEqual([
      ['realm', 'home1.net'],
      ['nonce', 'MzQ0+/='],
      ['algorithm', 'AKAv1-MD5'],
      ['ik', '00112233445566778899aabbccddeeff'],
      ['qop', 'auth,auth-int'],
    ]);
  });

  test('an Authorization that proves nothing has its empty values', () => {
    const parsed = parseCredentials('Digest username="a@b", realm="b", nonce="", uri="sip:b", response=""');
    expect(parsed?.params.get('nonce')).toBe('');
    expect(parsed?.params.get('response')).toBe('');
  });

  test('Authentication-Info has no scheme', () => {
    const parsed = parseCredentials('qop=auth, rspauth="6629", cnonce="0a4f", nc=00000001, nextnonce="n"');
    expect(parsed?.scheme).toBe('');
    expect(parsed?.params.get('nextnonce')).toBe('n');
  });

  test('names without regard to case, white space, escapes, an unquoted URI', () => {
    const parsed = parseCredentials('digest\tREALM = "a \\"b\\" \\\\" ,uri=sip:home1.net;x=1');
    expect(parsed?.params.get('realm')).toBe('a "b" \\');
    expect(parsed?.params.get('uri')).toBe('sip:home1.net;x=1');
    expect([...(parsed?.texts ?? [])]).toEqual([
      ['realm', 'REALM = "a \\"b\\" \\\\"'],
      ['uri', 'uri=sip:home1.net;x=1'],
    ]);
  });

  test.each([
    ['', 'nothing'],
    ['Digest', 'a scheme alone'],
    ['Digest ', 'a scheme and a space'],
    ['Digest realm', 'a name alone'],
    ['Digest realm=', 'no value'],
    ['Digest realm="a', 'an open quote'],
    ['Digest realm="a\\', 'an open escape'],
    ['Digest realm="a",', 'a comma at the end'],
    ['Digest realm="a" nonce="b"', 'no comma'],
    ['Digest realm="a", realm="b"', 'a name twice'],
    ['Digest realm="a", Realm="b"', 'a name twice in another case'],
    ['Digest realm="a\r\nEvil: b"', 'a line break'],
    ['Digest realm="a", Digest realm="b"', 'two challenges'],
    ['Basic dXNlcjpwYXNz', 'no parameters'],
    [`Digest ${Array.from({ length: 65 }, (_, i) => `p${i}=1`).join(',')}`, '65 parameters'],
    [`Digest realm="${'a'.repeat(8192)}"`, 'too long'],
  ])('%j is none: %s', (text) => {
    expect(parseCredentials(text)).toBeUndefined();
  });

  test('what is written without quotes, in a challenge, an answer and an Authentication-Info', () => {
    const params = { realm: 'home1.net', qop: 'auth', algorithm: 'MD5', stale: 'true' };
    expect(formatCredentials('Digest', Object.entries(params))).toBe(
      'Digest realm="home1.net", qop="auth", algorithm=MD5, stale=true',
    );
    const answer = {
      username: 'a',
      qop: 'auth',
      nc: '00000001',
      response: '66',
      'integrity-protected': 'yes',
    };
    expect(formatCredentials('Digest', Object.entries(answer))).toBe(
      'Digest username="a", qop=auth, nc=00000001, response="66", integrity-protected="yes"',
    );
    expect(formatCredentials('', [['qop', 'auth'], ['rspauth', '66']])).toBe('qop=auth, rspauth="66"'); // prettier-ignore
  });

  test('a line break is never written', () => {
    expect(() => formatCredentials('Digest', [['realm', 'a\r\nEvil: b']])).toThrow(RangeError);
  });

  const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019-.!%*_+`'~"), minLength: 1, maxLength: 12 });
  const text = fc
    .string({ maxLength: 40 })
    .filter((value) => ![...value].some((c) => c < ' ' || c === '\x7f'));
  const names = fc.uniqueArray(token, {
    minLength: 1,
    maxLength: 20,
    selector: (name) => name.toLowerCase(),
  });

  test('what was formatted is parsed as what it was', () => {
    const property = fc.property(
      fc.option(token, { nil: '' }),
      names,
      fc.array(text, { minLength: 20 }),
      (scheme, keys, values) => {
        const params = [...keys, 'response'].map((key, i) => [key.toLowerCase(), values[i] ?? ''] as const);
        const distinct = [...new Map(params)];
        expect(parseCredentials(formatCredentials(scheme, distinct))).toMatchObject({
          scheme,
          params: new Map(distinct),
        });
      },
    );
    fc.assert(property);
  });

  test('no text makes the parser throw', () => {
    const pieces = fc.constantFrom(
      'Digest',
      ' ',
      '=',
      ',',
      '"',
      '\\',
      'realm',
      'a',
      '\r\n',
      '\0',
      'é',
      '\ud800',
    );
    const strange = fc.array(pieces, { maxLength: 30 }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.oneof(strange, fc.string({ unit: 'binary', maxLength: 200 })), (value) => {
        const parsed = parseCredentials(value);
        expect(parsed === undefined || parsed.params.size > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
