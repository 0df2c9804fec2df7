import type { PublicIdentity, SessionCase } from './types.js';

/** The numbers of TS 29.228 Annex E that stand for words, each in the order of its values. */
export const sessionCases: readonly SessionCase[] = [
  'originating', // ORIGINATING_REGISTERED
  'terminating-registered',
  'terminating-unregistered',
  'originating-unregistered',
  'originating-cdiv',
];
/** IdentityType; the others are public user identities: distinct, not distinct, wildcarded. */
export const identityTypes: readonly PublicIdentity['type'][] = [undefined, 'distinct-psi', 'wildcarded-psi'];
export const WILDCARDED_IMPU = 4;
export const registrationTypes = ['initial', 're-registration', 'de-registration'] as const;
export const defaultHandlings = ['session-continued', 'session-terminated'] as const;
export const profileParts = ['registered', 'unregistered'] as const;
