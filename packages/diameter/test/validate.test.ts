import { describe, expect, test } from '@jest/globals';
import type { Avp, CommandDefinition, Message } from '../src/index.js';
import {
  avpOf,
  base,
  cx,
  decodeMessage,
  encodeMessage,
  exactlyOne,
  optional,
  validateRequest,
} from '../src/index.js';
import { capabilitiesExchange } from '../src/command.js';
import { encodeAvp } from '../src/encode.js';

const command: CommandDefinition = {
  name: 'Test',
  code: 999,
  application: 1,
  proxiable: true,
  request: [
    exactlyOne(base.sessionId),
    exactlyOne(cx.publicIdentity),
    optional(cx.userAuthorizationType),
    optional(base.vendorSpecificApplicationId),
    { avp: base.class, min: 0, max: 0 },
  ],
};
const session = avpOf(base.sessionId, 'a;1;2');
const identity = avpOf(cx.publicIdentity, 'sip:a@b');
const octets = (code: number, vendorId: number, mandatory: boolean, hex: string): Avp =>
  avpOf({ name: 'x', code, vendorId, mandatory, type: 'octets' }, Buffer.from(hex, 'hex'));

function messageOf(avps: readonly Avp[], flags = 0xc0, patch?: (bytes: Buffer) => void): Message {
  const bytes = encodeMessage({ flags, command: 999, application: 1, hopByHop: 1, endToEnd: 1, avps });
  patch?.(bytes);
  const decoding = decodeMessage(bytes, 100);
  if (decoding.kind !== 'message') throw new Error('malformed');
  return decoding.message;
}

describe('RFC 6733 7.1.5: what a request is refused for, and its Failed-AVP', () => {
  test.each<[string, readonly Avp[], number, string]>([
    ['missing: an example of it', [session], 5005, '00000259c000000c000028af'],
    ['missing: of the first that is missing', [identity], 5005, '0000010740000008'],
    [
      'unknown and mandatory',
      [session, identity, octets(4242, 0, true, 'aabb')],
      5001,
      '000010924000000aaabb0000',
    ],
    [
      'unknown vendor and mandatory',
      [session, identity, octets(601, 99, true, '')],
      5001,
      '00000259c000000c00000063',
    ],
    [
      'too short for its type: zeroes',
      [session, identity, octets(268, 0, true, '01')],
      5014,
      '0000010c4000000c00000000',
    ],
    [
      'too long for its type',
      [session, identity, octets(268, 0, true, '0000000000')],
      5014,
      '0000010c4000000d0000000000000000',
    ],
    [
      'an address that is none',
      [session, identity, octets(257, 0, true, '0001')],
      5014,
      '000001014000000e0000000000000000',
    ],
    [
      'a value that the enumeration has not',
      [session, identity, avpOf(cx.userAuthorizationType, 3)],
      5004,
      '0000026fc0000010000028af00000003',
    ],
    ['no UTF-8', [session, octets(601, 10415, true, 'ff')], 5004, '00000259c000000d000028afff000000'],
    ['an empty identity', [session, identity, octets(264, 0, true, '')], 5004, '0000010840000008'],
    [
      'too often: the first that is too many',
      [session, identity, avpOf(cx.publicIdentity, 'tel:1')],
      5009,
      '00000259c0000011000028af74656c3a31000000',
    ],
    [
      'not allowed',
      [session, identity, avpOf(base.class, Buffer.from('a'))],
      5008,
      '000000194000000961000000',
    ],
    [
      'missing within a group: in the group',
      [session, identity, avpOf(base.vendorSpecificApplicationId, [avpOf(base.authApplicationId, 1)])],
      5005,
      '00000104400000140000010a4000000c00000000',
    ],
    [
      'broken length within a group',
      [session, identity, octets(260, 0, true, '0000010a400000ff00000000')],
      5014,
      '00000104400000140000010a4000000c00000000',
    ],
  ])('%s', (_, avps, resultCode, failed) => {
    const fault = validateRequest(messageOf(avps), command);
    expect(fault?.resultCode).toBe(resultCode);
    expect(fault?.failedAvps.map((avp) => encodeAvp(avp).toString('hex'))).toEqual([failed]);
  });

  test.each([
    ['E bit in a request: DIAMETER_INVALID_HDR_BITS', 0xe0, 3008],
    ['a reserved bit: DIAMETER_INVALID_BIT_IN_HEADER', 0xc1, 5013],
  ])('%s', (_, flags, resultCode) => {
    expect(validateRequest(messageOf([session, identity], flags), command)).toMatchObject({
      resultCode,
      failedAvps: [],
    });
  });

  test('P bit in a CER: DIAMETER_INVALID_HDR_BITS', () => {
    expect(validateRequest(messageOf([], 0xc0), capabilitiesExchange)?.resultCode).toBe(3008);
  });

  test('unknown bits of an AVP: DIAMETER_INVALID_AVP_BITS', () => {
    const message = messageOf([session, identity], 0xc0, (bytes) => bytes.writeUInt8(0x41, 24));
    expect(validateRequest(message, command)?.resultCode).toBe(3009);
  });

  test('groups nested without end', () => {
    let group = avpOf(base.failedAvp, []);
    for (let depth = 0; depth < 20; depth++) group = avpOf(base.proxyInfo, [group]);
    expect(validateRequest(messageOf([session, identity, group]), command)?.resultCode).toBe(5004);
  });
});

describe('RFC 6733 4.1: what is none of its business', () => {
  test.each<[string, readonly Avp[]]>([
    ['in order', [session, identity]],
    ['in another order', [identity, session]],
    [
      'unknown AVPs without the M bit',
      [session, identity, octets(4242, 0, false, '00'), octets(1, 99, false, '')],
    ],
    ['a known AVP that the grammar does not name', [session, identity, avpOf(base.originStateId, 1)]],
    ['the M bit where the dictionary has none', [session, identity, octets(269, 0, true, '41')]],
    ['no M bit where the dictionary has one', [session, octets(601, 10415, false, '41')]],
    [
      'two Vendor-Ids in a Vendor-Specific-Application-Id (RFC 3588)',
      [
        session,
        identity,
        avpOf(base.vendorSpecificApplicationId, [avpOf(base.vendorId, 1), avpOf(base.vendorId, 2)]),
      ],
    ],
    ['whatever is in a Failed-AVP', [session, identity, octets(279, 0, true, 'ffffffff')]],
  ])('%s', (_, avps) => {
    expect(validateRequest(messageOf(avps), command)).toBeUndefined();
  });
});
