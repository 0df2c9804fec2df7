/** Result-Code values of the base protocol, RFC 6733 7.1. */
export const SUCCESS = 2001;

/** Protocol errors: the answer has the E bit (7.1.3). */
export const COMMAND_UNSUPPORTED = 3001;
export const UNABLE_TO_DELIVER = 3002;
export const REALM_NOT_SERVED = 3003;
export const TOO_BUSY = 3004;
export const LOOP_DETECTED = 3005;
export const REDIRECT_INDICATION = 3006;
export const APPLICATION_UNSUPPORTED = 3007;
export const INVALID_HDR_BITS = 3008;
export const INVALID_AVP_BITS = 3009;
export const UNKNOWN_PEER = 3010;

export const ELECTION_LOST = 4003;

export const AVP_UNSUPPORTED = 5001;
export const AUTHORIZATION_REJECTED = 5003;
export const INVALID_AVP_VALUE = 5004;
export const MISSING_AVP = 5005;
export const AVP_NOT_ALLOWED = 5008;
export const AVP_OCCURS_TOO_MANY_TIMES = 5009;
export const NO_COMMON_APPLICATION = 5010;
export const UNSUPPORTED_VERSION = 5011;
export const UNABLE_TO_COMPLY = 5012;
export const INVALID_BIT_IN_HEADER = 5013;
export const INVALID_AVP_LENGTH = 5014;
export const INVALID_MESSAGE_LENGTH = 5015;
export const NO_COMMON_SECURITY = 5017;

/** RFC 6733 7.1.3: whether a code stands only in answers with the E bit. */
export function isProtocolError(resultCode: number): boolean {
  return resultCode >= 3000 && resultCode < 4000;
}
