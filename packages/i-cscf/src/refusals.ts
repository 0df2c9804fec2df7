import type { CxRefusal } from '@ims-sim/cx';

/** The answer of the HSS in words, for the trace. */
export function inWords(refusal: CxRefusal): string {
  switch (refusal.kind) {
    case 'unknown-user':
      return 'DIAMETER_ERROR_USER_UNKNOWN';
    case 'identities-dont-match':
      return 'DIAMETER_ERROR_IDENTITIES_DONT_MATCH';
    case 'identity-not-registered':
      return 'DIAMETER_ERROR_IDENTITY_NOT_REGISTERED';
    case 'roaming-not-allowed':
      return 'DIAMETER_ERROR_ROAMING_NOT_ALLOWED';
    case 'identity-already-registered':
      return 'DIAMETER_ERROR_IDENTITY_ALREADY_REGISTERED';
    case 'auth-scheme-not-supported':
      return 'DIAMETER_ERROR_AUTH_SCHEME_NOT_SUPPORTED';
    case 'in-assignment-type':
      return 'DIAMETER_ERROR_IN_ASSIGNMENT_TYPE';
    case 'too-much-data':
      return 'DIAMETER_ERROR_TOO_MUCH_DATA';
    case 'not-supported-user-data':
      return 'DIAMETER_ERROR_NOT_SUPPORTED_USER_DATA';
    case 'failed':
      return `Result-Code ${refusal.resultCode}`;
    case 'unreachable':
      return `no answer: ${refusal.reason}`;
  }
}
