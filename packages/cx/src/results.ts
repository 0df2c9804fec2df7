import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, base, experimentalResult3gpp, get, resultCode as base6733 } from '@ims-sim/diameter';
import type { CxRefusal } from './types.js';

/** Experimental-Result-Code values, TS 29.229 6.2. */
export const FIRST_REGISTRATION = 2001;
export const SUBSEQUENT_REGISTRATION = 2002;
export const UNREGISTERED_SERVICE = 2003;
export const SUCCESS_SERVER_NAME_NOT_STORED = 2004;
export const ERROR_USER_UNKNOWN = 5001;
export const ERROR_IDENTITIES_DONT_MATCH = 5002;
export const ERROR_IDENTITY_NOT_REGISTERED = 5003;
export const ERROR_ROAMING_NOT_ALLOWED = 5004;
export const ERROR_IDENTITY_ALREADY_REGISTERED = 5005;
export const ERROR_AUTH_SCHEME_NOT_SUPPORTED = 5006;
export const ERROR_IN_ASSIGNMENT_TYPE = 5007;
export const ERROR_TOO_MUCH_DATA = 5008;
export const ERROR_NOT_SUPPORTED_USER_DATA = 5009;
export const ERROR_FEATURE_UNSUPPORTED = 5011;
export const ERROR_SERVING_NODE_FEATURE_UNSUPPORTED = 5012;

/** The result of an answer: a Result-Code of RFC 6733, or an Experimental-Result of TS 29.229. */
export interface CxResult {
  readonly code: number;
  readonly experimental: boolean;
}

const refusalCodes = {
  'unknown-user': ERROR_USER_UNKNOWN,
  'identities-dont-match': ERROR_IDENTITIES_DONT_MATCH,
  'identity-not-registered': ERROR_IDENTITY_NOT_REGISTERED,
  'roaming-not-allowed': ERROR_ROAMING_NOT_ALLOWED,
  'identity-already-registered': ERROR_IDENTITY_ALREADY_REGISTERED,
  'auth-scheme-not-supported': ERROR_AUTH_SCHEME_NOT_SUPPORTED,
  'in-assignment-type': ERROR_IN_ASSIGNMENT_TYPE,
  'too-much-data': ERROR_TOO_MUCH_DATA,
  'not-supported-user-data': ERROR_NOT_SUPPORTED_USER_DATA,
} as const;

const refusals = new Map<number, CxRefusal>(
  Object.entries(refusalCodes).map(([kind, code]) => [code, { kind: kind as keyof typeof refusalCodes }]),
);

/** Result-Code 2001. */
export const success: Avp = avpOf(base.resultCode, base6733.SUCCESS);

/** The result AVP of an answer that is no success. */
export function refusalAvp(refusal: CxRefusal): Avp {
  switch (refusal.kind) {
    case 'failed':
      return refusal.experimental
        ? experimentalResult3gpp(refusal.resultCode)
        : avpOf(base.resultCode, refusal.resultCode);
    case 'unreachable':
      return avpOf(base.resultCode, base6733.UNABLE_TO_DELIVER);
    default:
      return experimentalResult3gpp(refusalCodes[refusal.kind]);
  }
}

/** What an answer says; with neither AVP in it, DIAMETER_MISSING_AVP. */
export function resultOf(answer: AvpGroup): CxResult {
  const code = get(answer, base.resultCode);
  if (code !== undefined) return { code, experimental: false };
  const result = get(answer, base.experimentalResult);
  const experimental = result && get(result, base.experimentalResultCode);
  return experimental === undefined ? missingAvp : { code: experimental, experimental: true };
}

/** The refusal that stands for a result that a procedure has no other use for. */
export function refusalOf({ code, experimental }: CxResult): CxRefusal {
  if (!experimental) return { kind: 'failed', resultCode: code };
  return refusals.get(code) ?? { kind: 'failed', resultCode: code, experimental };
}

/** An answer that lacks what its result promises. */
export const incomplete: CxRefusal = { kind: 'failed', resultCode: base6733.MISSING_AVP };

const missingAvp: CxResult = { code: base6733.MISSING_AVP, experimental: false };
