import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { akaNonce, akaPassword, digestHa1, digestResponse, parseAkaNonce, sameDigest } from '../src/index.js';

describe('Digest', () => {
  test('RFC 2617 3.5', () => {
    const ha1 = digestHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
    const request = {
      algorithm: 'MD5' as const,
      ha1,
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      method: 'GET',
      uri: '/dir/index.html',
      qop: 'auth' as const,
      nc: '00000001',
      cnonce: '0a4f113b',
    };
    expect(ha1).toBe('939e7578ed9e3c518a452acee763bce9');
    expect(digestResponse(request)).toBe('6629fae49393a05397450978507c4ef1');
  });

  test.each([
    { algorithm: 'MD5' as const, response: '8ca523f5e9506fed4657c9700eebdbec' },
    {
      algorithm: 'SHA-256' as const,
      response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    },
  ])('RFC 7616 3.9.1, $algorithm', ({ algorithm, response }) => {
    const ha1 = digestHa1(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    const request = {
      algorithm,
      ha1,
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      method: 'GET',
      uri: '/dir/index.html',
      qop: 'auth' as const,
      nc: '00000001',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    };
    expect(digestResponse(request)).toBe(response);
    expect(digestResponse({ ...request, nc: '00000002' })).not.toBe(response);
    expect(digestResponse({ ...request, method: 'REGISTER' })).not.toBe(response);
  });

  test('RFC 2617 3.2.2.1: without qop neither nc nor cnonce counts', () => {
    const request = {
      algorithm: 'MD5',
      ha1: 'a',
      nonce: 'n',
      method: 'REGISTER',
      uri: 'sip:home1.net',
    } as const;
    expect(digestResponse(request)).toBe(digestResponse({ ...request, nc: '00000001', cnonce: 'c' }));
  });

  test('RFC 7616 3.4.3: auth-int covers the body', () => {
    const request = {
      algorithm: 'MD5',
      ha1: 'a',
      nonce: 'n',
      method: 'PUBLISH',
      uri: 'sip:b',
      qop: 'auth-int',
    } as const;
    const responses = [undefined, Buffer.from('a'), Buffer.from('b')].map((body) =>
      digestResponse({ ...request, body }),
    );
    expect(new Set(responses).size).toBe(3);
    expect(responses[0]).toBe(digestResponse({ ...request, body: Buffer.alloc(0) }));
  });

  test('a password of octets that are no text', () => {
    const octets = Buffer.from('ff00fe80', 'hex');
    expect(digestHa1('MD5', 'u', 'r', octets)).not.toBe(digestHa1('MD5', 'u', 'r', octets.toString('utf8')));
  });

  test('comparison: same, other, other length, nothing', () => {
    const pairs = [
      ['6629fae4', '6629fae4'],
      ['6629fae4', '6629fae5'],
      ['6629fae4', '6629fae'],
      ['6629fae4', ''],
    ] as const;
    expect(pairs.map(([a, b]) => sameDigest(a, b))).toEqual([true, false, false, false]);
  });
});

describe('AKA in Digest (RFC 3310, RFC 4169)', () => {
  const hex = (text: string) => Buffer.from(text, 'hex');
  // RES, CK and IK of TS 35.208 test set 1.
  const vector = {
    res: hex('a54211d5e3ba50bf'),
    ck: hex('b40ba9a3c58b2a05bbf0d987b21bf8cb'),
    ik: hex('f769bcd751044604127672711c6d3441'),
  };

  test('RFC 3310 3.2: the nonce is RAND and AUTN, server data behind it is left alone', () => {
    const rand = hex('23553cbe9637a89d218ae64dae47bf35');
    const autn = hex('55f328b43577b9b94a9ffac354dfafb3');
    expect(parseAkaNonce(akaNonce(rand, autn))).toEqual({ rand, autn });
    const longer = Buffer.concat([rand, autn, Buffer.from('server data')]).toString('base64');
    expect(parseAkaNonce(longer)).toEqual({ rand, autn });
  });

  test('RFC 3310 4: the nonce of its example', () => {
    const parsed = parseAkaNonce('CjPk9mRqNuT25eRkajM09uTl9nM09uTl9nMz5OX25PZz==');
    expect(parsed?.rand.toString('hex')).toBe('0a33e4f6646a36e4f6e5e4646a3334f6');
    expect(parsed?.autn).toHaveLength(16);
  });

  test.each([
    '',
    '=',
    'AAAA',
    'A'.repeat(42),
    '?'.repeat(44),
    'A'.repeat(2000),
    'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  ])('no AKA nonce: %s', (nonce) => {
    expect(parseAkaNonce(nonce)).toBeUndefined();
  });

  test('RFC 3310 3.3: the password of AKAv1 is RES, as octets', () => {
    expect(akaPassword('AKAv1-MD5', vector)).toEqual(vector.res);
  });

  test('RFC 4169 3: that of AKAv2 is base64 of HMAC-MD5 keyed with RES, IK and CK', () => {
    const password = akaPassword('AKAv2-MD5', vector).toString('latin1');
    expect(password).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(akaPassword('AKAv2-MD5', { ...vector, ck: vector.ik, ik: vector.ck }).toString()).not.toBe(
      password,
    );
  });

  const openssl = spawnSync('openssl', ['version'], { timeout: 10_000 }).status === 0;
  (openssl ? test : test.skip)('the same as the command openssl makes it', () => {
    const key = Buffer.concat([vector.res, vector.ik, vector.ck]).toString('hex');
    const { stdout } = spawnSync(
      'openssl',
      ['dgst', '-md5', '-mac', 'HMAC', '-macopt', `hexkey:${key}`, '-binary'],
      {
        input: 'http-digest-akav2-password',
        timeout: 10_000,
      },
    );
    expect(akaPassword('AKAv2-MD5', vector).toString('latin1')).toBe(stdout.toString('base64'));
  });
});
