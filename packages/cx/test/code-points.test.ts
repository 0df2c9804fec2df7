import { describe, expect, test } from '@jest/globals';
import {
  type Avp,
  avpOf,
  base,
  cx,
  decodeMessage,
  encodeMessage,
  get,
  type Message,
} from '@ims-sim/diameter';
import {
  cxResult,
  decodeServerAssignment,
  encodeServerAssignment,
  type ServerAssignmentType,
} from '../src/index.js';
import { refusalAvp, refusalOf } from '../src/results.js';
import type { CxRefusal } from '../src/types.js';

const SAR = { publicIdentities: ['sip:a@home1.net'], serverName: 'sip:s', userDataAlreadyAvailable: false };

function read(avps: readonly Avp[]): Message {
  const head = { flags: 0xc0, command: 301, application: 16_777_216, hopByHop: 1, endToEnd: 1 };
  const decoding = decodeMessage(encodeMessage({ ...head, avps }), 100);
  if (decoding.kind !== 'message') {
    throw new Error('malformed');
  }
  return decoding.message;
}

// The numbers stand here as in the texts, not as this package has them.

describe('Server-Assignment-Type (TS 29.229 6.3.15)', () => {
  test.each<[number, ServerAssignmentType]>([
    [0, 'no-assignment'],
    [1, 'registration'],
    [2, 're-registration'],
    [3, 'unregistered-user'],
    [4, 'timeout-deregistration'],
    [5, 'user-deregistration'],
    [6, 'timeout-deregistration-store-server-name'],
    [7, 'user-deregistration-store-server-name'],
    [8, 'administrative-deregistration'],
    [9, 'authentication-failure'],
    [10, 'authentication-timeout'],
    [11, 'deregistration-too-much-data'],
  ])('%i is %s', (value, type) => {
    expect(get(read(encodeServerAssignment({ ...SAR, type })), cx.serverAssignmentType)).toBe(value);
    expect(decodeServerAssignment(read([avpOf(cx.serverAssignmentType, value)]))?.type).toBe(type);
  });

  test.each([12, 13, 14, 15, 4_294_967_295])('%i is of another reference point, or of none', (value) => {
    expect(decodeServerAssignment(read([avpOf(cx.serverAssignmentType, value)]))).toBeUndefined();
  });
});

describe('Experimental-Result-Code (TS 29.229 6.2)', () => {
  test.each<[number, CxRefusal['kind']]>([
    [5001, 'unknown-user'],
    [5002, 'identities-dont-match'],
    [5003, 'identity-not-registered'],
    [5004, 'roaming-not-allowed'],
    [5005, 'identity-already-registered'],
    [5006, 'auth-scheme-not-supported'],
    [5007, 'in-assignment-type'],
    [5008, 'too-much-data'],
    [5009, 'not-supported-user-data'],
  ])('%i is %s', (code, kind) => {
    const result = get(read([refusalAvp({ kind } as CxRefusal)]), base.experimentalResult);
    expect(result && get(result, base.experimentalResultCode)).toBe(code);
    expect(refusalOf({ code, experimental: true })).toEqual({ kind });
  });

  test.each<[keyof typeof cxResult, number]>([
    ['FIRST_REGISTRATION', 2001],
    ['SUBSEQUENT_REGISTRATION', 2002],
    ['UNREGISTERED_SERVICE', 2003],
    ['SUCCESS_SERVER_NAME_NOT_STORED', 2004],
    ['ERROR_FEATURE_UNSUPPORTED', 5011],
    ['ERROR_SERVING_NODE_FEATURE_UNSUPPORTED', 5012],
  ])('%s is %i', (name, code) => {
    expect(cxResult[name]).toBe(code);
  });
});
