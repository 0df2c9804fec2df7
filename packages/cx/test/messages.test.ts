import { describe, expect, test } from '@jest/globals';
import type { Avp, CommandDefinition, Message } from '@ims-sim/diameter';
import {
  avpOf,
  base,
  cx,
  decodeMessage,
  encodeMessage,
  experimentalResult3gpp,
  get,
  validateRequest,
} from '@ims-sim/diameter';
import type {
  LocationInfoAnswer,
  ServerAssignment,
  ServerAssignmentAnswer,
  UserAuthorization,
  UserAuthorizationAnswer,
} from '../src/index.js';
import {
  cxApplication,
  cxResult,
  decodeLocationInfo,
  decodeLocationInfoAnswer,
  decodeServerAssignment,
  decodeServerAssignmentAnswer,
  decodeUserAuthorization,
  decodeUserAuthorizationAnswer,
  encodeLocationInfo,
  encodeLocationInfoAnswer,
  encodeServerAssignment,
  encodeServerAssignmentAnswer,
  encodeUserAuthorization,
  encodeUserAuthorizationAnswer,
  locationInfoCommand,
  serverAssignmentCommand,
  userAuthorizationCommand,
} from '../src/index.js';

const origin = [
  avpOf(base.sessionId, 'icscf1.home1.net;1;2'),
  ...cxApplication.commonAvps,
  avpOf(base.originHost, 'icscf1.home1.net'),
  avpOf(base.originRealm, 'home1.net'),
  avpOf(base.destinationRealm, 'home1.net'),
];

function wire(command: CommandDefinition, avps: readonly Avp[]): Message {
  const bytes = encodeMessage({
    flags: 0xc0,
    command: command.code,
    application: command.application,
    hopByHop: 1,
    endToEnd: 1,
    avps,
  });
  const decoding = decodeMessage(bytes, 100);
  if (decoding.kind !== 'message') throw new Error('malformed');
  return decoding.message;
}

function request(command: CommandDefinition, avps: readonly Avp[]): Message {
  const message = wire(command, [...origin, ...avps]);
  expect(validateRequest(message, command)).toBeUndefined();
  return message;
}

const capabilities = { mandatory: [1, 2], optional: [3], serverNames: ['sip:scscf1.home1.net'] };
const refusals = [
  { kind: 'unknown-user' },
  { kind: 'identities-dont-match' },
  { kind: 'identity-not-registered' },
  { kind: 'roaming-not-allowed' },
  { kind: 'identity-already-registered' },
  { kind: 'failed', resultCode: 5012 },
  { kind: 'auth-scheme-not-supported' },
  { kind: 'in-assignment-type' },
  { kind: 'too-much-data' },
  { kind: 'not-supported-user-data' },
  { kind: 'failed', resultCode: 5011, experimental: true },
  { kind: 'failed', resultCode: 5012, experimental: true },
] as const;

describe('TS 29.229 6.1.1 UAR, 6.1.2 UAA', () => {
  test.each(['registration', 'de-registration', 'registration-and-capabilities'] as const)(
    'UAR, %s',
    (type) => {
      const asked: UserAuthorization = {
        privateIdentity: 'user1_private@home1.net',
        publicIdentity: 'sip:user1_public1@home1.net',
        visitedNetwork: 'home1.net',
        type,
      };
      const message = request(userAuthorizationCommand, encodeUserAuthorization(asked));
      expect(decodeUserAuthorization(message)).toEqual(asked);
    },
  );

  test('UAR without User-Authorization-Type is a registration', () => {
    const asked = {
      privateIdentity: 'a',
      publicIdentity: 'sip:a@b',
      visitedNetwork: 'b',
      type: 'registration',
    } as const;
    const avps = encodeUserAuthorization(asked).slice(0, 3);
    expect(decodeUserAuthorization(request(userAuthorizationCommand, avps))).toEqual(asked);
  });

  test.each<[UserAuthorizationAnswer, UserAuthorization['type'], number, boolean]>([
    [{ kind: 'first-registration', capabilities }, 'registration', 2001, true],
    [{ kind: 'subsequent-registration', serverName: 'sip:s' }, 'registration', 2002, true],
    [{ kind: 'subsequent-registration', serverName: 'sip:s' }, 'de-registration', 2001, false],
    [{ kind: 'first-registration', capabilities }, 'registration-and-capabilities', 2001, false],
    ...refusals.map((refusal): [UserAuthorizationAnswer, 'registration', number, boolean] => [
      refusal,
      'registration',
      NaN,
      refusal.kind !== 'failed' || 'experimental' in refusal,
    ]),
  ])('UAA %j to %s', (answer, type, code, experimental) => {
    const message = wire(userAuthorizationCommand, encodeUserAuthorizationAnswer(answer, type));
    expect(decodeUserAuthorizationAnswer(message)).toEqual(answer);
    const result = cxResult.resultOf(message);
    expect(result.experimental).toBe(experimental);
    if (!Number.isNaN(code)) expect(result.code).toBe(code);
  });

  test.each<[string, Avp[], UserAuthorizationAnswer]>([
    ['no result', [], { kind: 'failed', resultCode: 5005 }],
    [
      'SUBSEQUENT_REGISTRATION without name',
      [experimentalResult3gpp(2002)],
      { kind: 'failed', resultCode: 5005 },
    ],
    [
      'FIRST_REGISTRATION without capabilities',
      [experimentalResult3gpp(2001)],
      { kind: 'first-registration', capabilities: { mandatory: [], optional: [], serverNames: [] } },
    ],
  ])('a stranger’s UAA: %s', (_, avps, answer) => {
    expect(decodeUserAuthorizationAnswer(wire(userAuthorizationCommand, avps))).toEqual(answer);
  });
});

describe('TS 29.229 6.1.3 SAR, 6.1.4 SAA', () => {
  test.each<ServerAssignment>([
    {
      privateIdentity: 'a',
      publicIdentities: ['sip:a@b', 'tel:+1'],
      serverName: 'sip:s',
      type: 'administrative-deregistration',
      userDataAlreadyAvailable: true,
    },
    {
      publicIdentities: ['sip:a@b'],
      serverName: 'sip:s',
      type: 'unregistered-user',
      userDataAlreadyAvailable: false,
    },
    {
      privateIdentity: 'a',
      publicIdentities: [],
      serverName: 'sip:s',
      type: 'no-assignment',
      userDataAlreadyAvailable: false,
    },
  ])('SAR $type', (asked) => {
    const message = request(serverAssignmentCommand, encodeServerAssignment(asked));
    expect(decodeServerAssignment(message)).toEqual(asked);
  });

  test('an assignment type of another reference point', () => {
    const avps = [
      avpOf(cx.serverName, 'sip:s'),
      avpOf(cx.serverAssignmentType, 13),
      avpOf(cx.userDataAlreadyAvailable, 0),
    ];
    expect(decodeServerAssignment(request(serverAssignmentCommand, avps))).toBeUndefined();
  });

  test.each<ServerAssignmentAnswer>([
    { kind: 'assigned' },
    { kind: 'assigned', privateIdentity: 'a' },
    {
      kind: 'assigned',
      privateIdentity: 'a',
      profile: {
        privateIdentity: 'a',
        serviceProfiles: [
          { publicIdentities: [{ identity: 'sip:a@b', barred: false }], initialFilterCriteria: [] },
        ],
      },
    },
    { kind: 'identity-already-registered', serverName: 'sip:other' },
    ...refusals,
  ])('SAA %j', (answer) => {
    const message = wire(serverAssignmentCommand, encodeServerAssignmentAnswer(answer));
    expect(decodeServerAssignmentAnswer(message)).toEqual(answer);
  });

  test('SAA with a profile that is none', () => {
    const avps = [cxResult.success, avpOf(cx.userData, Buffer.from('<a/>'))];
    expect(decodeServerAssignmentAnswer(wire(serverAssignmentCommand, avps))).toEqual({
      kind: 'failed',
      resultCode: 5004,
    });
  });

  test('SAA DIAMETER_SUCCESS_SERVER_NAME_NOT_STORED is a success', () => {
    const message = wire(serverAssignmentCommand, [experimentalResult3gpp(2004)]);
    expect(decodeServerAssignmentAnswer(message)).toEqual({ kind: 'assigned', serverNameNotStored: true });
  });

  test('TS 29.228 6.1.2.1: SAA 5007 with a profile is an assignment, without one a refusal', () => {
    const answer = {
      kind: 'assigned',
      inAssignmentType: true,
      profile: {
        privateIdentity: 'a@b',
        serviceProfiles: [
          { publicIdentities: [{ identity: 'sip:a@b', barred: false }], initialFilterCriteria: [] },
        ],
      },
    } as const;
    const avps = encodeServerAssignmentAnswer(answer);
    expect(decodeServerAssignmentAnswer(wire(serverAssignmentCommand, avps))).toEqual(answer);
    const refusal = wire(serverAssignmentCommand, [experimentalResult3gpp(5007)]);
    expect(decodeServerAssignmentAnswer(refusal)).toEqual({ kind: 'in-assignment-type' });
  });
});

describe('TS 29.229 6.1.5 LIR, 6.1.6 LIA', () => {
  test.each([{ publicIdentity: 'sip:a@b' }, { publicIdentity: 'tel:+1', originating: true }])(
    'LIR %j',
    (asked) => {
      const message = request(locationInfoCommand, encodeLocationInfo(asked));
      expect(decodeLocationInfo(message)).toEqual(asked);
    },
  );

  test.each<LocationInfoAnswer>([
    { kind: 'served', serverName: 'sip:scscf1.home1.net' },
    { kind: 'unregistered-service', capabilities },
    { kind: 'unregistered-service', capabilities, reassignment: true },
    ...refusals,
  ])('LIA %j', (answer) => {
    const message = wire(locationInfoCommand, encodeLocationInfoAnswer(answer));
    expect(decodeLocationInfoAnswer(message)).toEqual(answer);
  });

  test('TS 29.228 6.1.4.1: capabilities in place of an S-CSCF that is assigned are a success', () => {
    const answer = { kind: 'unregistered-service', capabilities, reassignment: true } as const;
    const message = wire(locationInfoCommand, encodeLocationInfoAnswer(answer));
    expect(get(message, base.resultCode)).toBe(2001);
    expect(get(message, base.experimentalResult)).toBeUndefined();
    expect(get(message, cx.serverName)).toBeUndefined();
  });
});
