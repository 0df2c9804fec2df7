import { describe, expect, test } from '@jest/globals';
import type { Avp } from '@ims-sim/diameter';
import { avpOf, base, cx, digest } from '@ims-sim/diameter';
import type { MultimediaAuth, MultimediaAuthAnswer } from '../src/index.js';
import {
  cxResult,
  decodeMultimediaAuth,
  decodeMultimediaAuthAnswer,
  encodeMultimediaAuth,
  encodeMultimediaAuthAnswer,
  multimediaAuthCommand,
} from '../src/index.js';
import { answer, request } from './lab.js';
import { digestItem, mar, vector } from './samples.js';

describe('TS 29.229 6.1.7 MAR', () => {
  const first: MultimediaAuth = { ...mar };
  delete (first as { resynchronisation?: unknown }).resynchronisation;
  test.each<MultimediaAuth>([
    mar,
    first,
    { ...first, scheme: 'Digest-AKAv2-MD5' },
    { ...first, scheme: 'SIP Digest', items: 1 },
    { ...first, scheme: 'Unknown', items: 5 },
  ])('$scheme, $items items', (asked) => {
    const message = request(multimediaAuthCommand, encodeMultimediaAuth(asked));
    expect(decodeMultimediaAuth(message)).toEqual(asked);
  });

  const strange = (item: readonly Avp[], items = 1) =>
    request(multimediaAuthCommand, [
      avpOf(base.userName, 'a'),
      avpOf(cx.publicIdentity, 'sip:a@b'),
      avpOf(cx.serverName, 'sip:s'),
      avpOf(cx.sipNumberAuthItems, items),
      avpOf(cx.sipAuthDataItem, item),
    ]);

  test('a scheme that nobody has heard of', () => {
    expect(
      decodeMultimediaAuth(strange([avpOf(cx.sipAuthenticationScheme, 'NASS-Bundled')])),
    ).toBeUndefined();
  });

  test('without a scheme, the HSS decides; the number of items is bounded both ways', () => {
    expect(decodeMultimediaAuth(strange([], 0))).toMatchObject({ scheme: 'Unknown', items: 1 });
    expect(decodeMultimediaAuth(strange([], 1_000_000))?.items).toBe(32);
  });

  test('SIP-Authorization that is not RAND and AUTS is no resynchronisation', () => {
    const asked = decodeMultimediaAuth(strange([avpOf(cx.sipAuthorization, Buffer.alloc(29))]));
    expect(asked).toBeDefined();
    expect(asked?.resynchronisation).toBeUndefined();
  });
});

describe('TS 29.229 6.1.8 MAA', () => {
  test.each<MultimediaAuthAnswer>([
    { kind: 'vectors', items: [vector(1), vector(20)] },
    { kind: 'vectors', items: [{ ...vector(1), scheme: 'Digest-AKAv2-MD5' } as ReturnType<typeof vector>] },
    { kind: 'vectors', items: [digestItem] },
    { kind: 'auth-scheme-not-supported' },
    { kind: 'unknown-user' },
    { kind: 'failed', resultCode: 5012 },
  ])('%#', (given) => {
    const message = answer(multimediaAuthCommand, encodeMultimediaAuthAnswer(given, mar));
    expect(decodeMultimediaAuthAnswer(message)).toEqual(given);
  });

  const item = (scheme: string, ...avps: Avp[]): Avp =>
    avpOf(cx.sipAuthDataItem, [avpOf(cx.sipAuthenticationScheme, scheme), ...avps]);
  const aka = (lengths: readonly [number, number, number, number], number = 0): Avp =>
    item(
      'Digest-AKAv1-MD5',
      avpOf(cx.sipItemNumber, number),
      avpOf(cx.sipAuthenticate, Buffer.alloc(lengths[0], number)),
      avpOf(cx.sipAuthorization, Buffer.alloc(lengths[1])),
      avpOf(cx.confidentialityKey, Buffer.alloc(lengths[2])),
      avpOf(cx.integrityKey, Buffer.alloc(lengths[3])),
    );
  const digestOf = (realm: string, algorithm: string | undefined, ha1: string): Avp =>
    item(
      'SIP Digest',
      avpOf(cx.sipDigestAuthenticate, [
        avpOf(digest.digestRealm, realm),
        ...(algorithm === undefined ? [] : [avpOf(digest.digestAlgorithm, algorithm)]),
        avpOf(digest.digestQop, 'auth,auth-int'),
        avpOf(digest.digestHa1, ha1),
      ]),
    );
  const read = (...items: Avp[]) =>
    decodeMultimediaAuthAnswer(answer(multimediaAuthCommand, [cxResult.success, ...items]));

  test.each<[string, Avp[]]>([
    ['no item', []],
    ['a challenge that is too short', [aka([31, 8, 16, 16])]],
    ['a response that is too short', [aka([32, 3, 16, 16])]],
    ['a response that is too long', [aka([32, 17, 16, 16])]],
    ['keys that are too short', [aka([32, 8, 15, 16]), aka([32, 8, 16, 15])]],
    ['no SIP-Digest-Authenticate', [item('SIP Digest')]],
    ['no hash', [digestOf('home1.net', 'MD5', '')]],
    ['the hash of another algorithm', [digestOf('home1.net', 'MD5', 'a'.repeat(64))]],
    ['an algorithm that is not spoken', [digestOf('home1.net', 'SHA-512', 'a'.repeat(64))]],
    ['another scheme', [item('GIBA')]],
  ])('%s: a failure', (_, items) => {
    expect(read(...items)).toEqual({ kind: 'failed', resultCode: 5005 });
  });

  test('items are in the order of their numbers, those that are no use left out', () => {
    const answered = read(aka([32, 8, 16, 16], 2), aka([1, 8, 16, 16], 3), aka([32, 8, 16, 16], 1));
    const numbers =
      answered.kind === 'vectors' ? answered.items.map((one) => 'rand' in one && one.rand[0]) : [];
    expect(numbers).toEqual([1, 2]);
  });

  test('a stranger’s digest: quotation marks, MD5 where no algorithm is said, capitals', () => {
    expect(read(digestOf('"home1.net"', undefined, 'A'.repeat(32)))).toEqual({
      kind: 'vectors',
      items: [
        { scheme: 'SIP Digest', realm: 'home1.net', algorithm: 'MD5', qop: 'auth', ha1: 'a'.repeat(32) },
      ],
    });
  });
});
