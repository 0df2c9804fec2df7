import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Avp, AvpDefinition, AvpType, Encoded } from '../src/index.js';
import {
  VENDOR_3GPP,
  avpOf,
  base,
  cx,
  decodeMessage,
  definitionOf,
  encodeMessage,
  get,
  getAll,
  rawAvp,
  validateRequest,
} from '../src/index.js';
import { capabilitiesExchange } from '../src/command.js';
import { encodeAvp } from '../src/encode.js';

const header = {
  flags: 0xc0,
  command: 302,
  application: 16777216,
  hopByHop: 0x89abcdef,
  endToEnd: 0xffffffff,
};
const decoded = (avps: readonly Avp[]) => {
  const decoding = decodeMessage(encodeMessage({ ...header, avps }), 1024);
  if (decoding.kind !== 'message') throw new Error('malformed');
  return decoding.message;
};

describe('RFC 6733 4.1 AVP header', () => {
  test.each([
    ['text, padded', avpOf(base.userName, 'abc'), '00000001 4000000b 61626300'],
    ['identity, no padding', avpOf(base.originHost, 'a.bc'), '00000108 4000000c 612e6263'],
    ['M bit off', avpOf(base.productName, 'x'), '0000010d 00000009 78000000'],
    ['vendor', avpOf(cx.serverName, 'sip:s'), '0000025a c0000011 000028af 7369703a73000000'],
    ['vendor, M bit off', avpOf(cx.uarFlags, 1), '0000027d 80000010 000028af 00000001'],
    ['uint32', avpOf(base.resultCode, 2001), '0000010c 4000000c 000007d1'],
    ['uint32, top bit', avpOf(base.authApplicationId, 0xffffffff), '00000102 4000000c ffffffff'],
    ['uint64', avpOf(base.accountingSubSessionId, 2n ** 63n), '0000011f 40000010 8000000000000000'],
    ['enumerated', avpOf(base.authSessionState, 1), '00000115 4000000c 00000001'],
    ['IPv4', avpOf(base.hostIpAddress, '127.0.0.1'), '00000101 4000000e 00017f000001 0000'],
    [
      'IPv6',
      avpOf(base.hostIpAddress, '::1'),
      '00000101 4000001a 0002 00000000000000000000000000000001 0000',
    ],
    ['time', avpOf(base.eventTimestamp, 0), '00000037 4000000c 83aa7e80'],
    ['time after 2036', avpOf(base.eventTimestamp, 2_085_978_496_000), '00000037 4000000c 00000000'],
    ['UTF-8', avpOf(base.userName, 'é'), '00000001 4000000a c3a90000'],
    [
      'grouped',
      avpOf(base.experimentalResult, [
        avpOf(base.vendorId, VENDOR_3GPP),
        avpOf(base.experimentalResultCode, 5001),
      ]),
      '00000129 40000020 0000010a 4000000c 000028af 0000012a 4000000c 00001389',
    ],
    ['empty group', avpOf(cx.serverCapabilities, []), '0000025b c000000c 000028af'],
  ])('%s', (_, avp, hex) => {
    expect(encodeAvp(avp).toString('hex')).toBe(hex.replaceAll(' ', ''));
  });

  test('what a value cannot be is a bug of the caller', () => {
    expect(() => encodeAvp(avpOf(base.hostIpAddress, 'localhost'))).toThrow(RangeError);
    expect(() =>
      encodeMessage({ ...header, avps: [avpOf(cx.userData, new Uint8Array(17_000_000))] }),
    ).toThrow(RangeError);
  });
});

describe('RFC 6733 3 Diameter header', () => {
  test('as it stands on the wire', () => {
    const bytes = encodeMessage({ ...header, avps: [] });
    expect(bytes.toString('hex')).toBe('01000014c000012e0100000089abcdefffffffff');
    expect(decodeMessage(bytes, 10)).toMatchObject({ kind: 'message', message: header });
  });
});

const arbitraries: { readonly [T in AvpType]: fc.Arbitrary<Encoded[T]> } = {
  octets: fc.uint8Array({ maxLength: 200 }),
  text: fc.string({ unit: 'grapheme', maxLength: 100 }),
  identity: fc.domain(),
  uint32: fc.nat({ max: 0xffffffff }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  enumerated: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
  time: fc.integer({ min: -61_505_152, max: 4_233_462_143 }).map((seconds) => 1000 * seconds),
  grouped: fc.constant([]),
};

const samples = {
  octets: cx.userData,
  text: base.userName,
  identity: base.originHost,
  uint32: base.resultCode,
  uint64: base.accountingSubSessionId,
  enumerated: base.authSessionState,
  address: base.hostIpAddress,
  time: base.eventTimestamp,
} as const;

describe('round trip', () => {
  test.each(Object.keys(samples) as (keyof typeof samples)[])('%s', (type) => {
    const definition: AvpDefinition = samples[type];
    const arbitrary: fc.Arbitrary<Encoded[AvpType]> = arbitraries[type];
    const plain = (value: unknown): unknown =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
    fc.assert(
      fc.property(arbitrary, arbitrary, (first, second) => {
        const message = decoded([avpOf(definition, first), avpOf(definition, second)]);
        const values = getAll(message, definition).map(plain);
        if (type === 'address') expect(values).toHaveLength(2);
        else expect(values).toEqual([plain(first), plain(second)]);
        // Written again, whatever way its value was spelled, the message is the same.
        const again = encodeMessage({ ...header, avps: message.avps.map(rawAvp) });
        expect(again.equals(message.bytes)).toBe(true);
      }),
    );
  });

  test.each([
    '::',
    '::1',
    '1::',
    '2001:db8::1:0:0:1',
    '::ffff:127.0.0.1',
    '5555::aaa:bbb:ccc:ddd',
    '1:0:2:3:4:5:6:7',
  ])('IPv6 %s', (literal) => {
    const read = get(decoded([avpOf(base.hostIpAddress, literal)]), base.hostIpAddress) ?? '';
    expect(new URL(`http://[${read}]`).host).toBe(new URL(`http://[${literal}]`).host);
  });

  test('groups within groups', () => {
    const application = avpOf(base.vendorSpecificApplicationId, [
      avpOf(base.vendorId, VENDOR_3GPP),
      avpOf(base.authApplicationId, 16777216),
    ]);
    const message = decoded([avpOf(cx.supportedApplications, [application, application])]);
    const group = get(message, cx.supportedApplications) ?? { avps: [] };
    const inner = getAll(group, base.vendorSpecificApplicationId);
    expect(inner.map((one) => get(one, base.authApplicationId))).toEqual([16777216, 16777216]);
  });
});

describe('the dictionary', () => {
  test.each([
    [600, 'Visited-Network-Identifier', 'octets', true],
    [601, 'Public-Identity', 'text', true],
    [602, 'Server-Name', 'text', true],
    [603, 'Server-Capabilities', 'grouped', true],
    [606, 'User-Data', 'octets', true],
    [607, 'SIP-Number-Auth-Items', 'uint32', true],
    [612, 'SIP-Auth-Data-Item', 'grouped', true],
    [614, 'Server-Assignment-Type', 'enumerated', true],
    [623, 'User-Authorization-Type', 'enumerated', true],
    [624, 'User-Data-Already-Available', 'enumerated', true],
    [628, 'Supported-Features', 'grouped', true],
    [633, 'Originating-Request', 'enumerated', true],
    [635, 'SIP-Digest-Authenticate', 'grouped', false],
    [649, 'Restoration-Info', 'grouped', false],
  ])('TS 29.229 table 6.3.1: %d %s', (code, name, type, mandatory) => {
    expect(definitionOf(code, VENDOR_3GPP)).toMatchObject({ name, type, mandatory, vendorId: VENDOR_3GPP });
    expect(definitionOf(code, 0)).toBeUndefined();
  });

  test.each([
    [263, 'Session-Id', 'text', true],
    [269, 'Product-Name', 'text', false],
    [281, 'Error-Message', 'text', false],
    [267, 'Firmware-Revision', 'uint32', false],
    [268, 'Result-Code', 'uint32', true],
  ])('RFC 6733 4.5: %d %s', (code, name, type, mandatory) => {
    expect(definitionOf(code, 0)).toMatchObject({ name, type, mandatory });
  });
});

describe('what comes from a stranger', () => {
  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), (body) => {
        const bytes = Buffer.concat([encodeMessage({ ...header, avps: [] }), body]);
        exercise(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('a message with any of its bytes changed never throws', () => {
    const good = encodeMessage({
      ...header,
      avps: [
        avpOf(base.sessionId, 'a;1;2'),
        avpOf(base.hostIpAddress, '::1'),
        avpOf(cx.serverCapabilities, [avpOf(cx.mandatoryCapability, 1), avpOf(cx.serverName, 'sip:s')]),
        avpOf(base.accountingSubSessionId, 1n),
        avpOf(base.eventTimestamp, 0),
      ],
    });
    fc.assert(
      fc.property(fc.nat({ max: good.length - 21 }), fc.nat({ max: 255 }), (at, value) => {
        const bytes = Buffer.from(good);
        bytes[20 + at] = value;
        exercise(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('more AVPs than the bound are not indexed', () => {
    const avps = Array.from({ length: 50 }, () => avpOf(base.vendorId, 1));
    const bytes = encodeMessage({ ...header, avps });
    expect(decodeMessage(bytes, 50).kind).toBe('message');
    expect(decodeMessage(bytes, 49)).toMatchObject({ kind: 'malformed', fault: { kind: 'too-many' } });
  });
});

function exercise(bytes: Buffer): void {
  const decoding = decodeMessage(bytes, 1024);
  if (decoding.kind === 'malformed') return;
  const { message } = decoding;
  validateRequest(message, capabilitiesExchange);
  for (const definition of [...Object.values(base), ...Object.values(cx)]) getAll(message, definition);
  encodeMessage({ ...message, avps: message.avps.map(rawAvp) });
}
