import type { PublicIdentity, SessionCase } from './user-profile-types.js';

/** The numbers of TS 29.228 Annex E that stand for words, each in the order of its values. */
export const sessionCases: readonly SessionCase[] = [
  'originating', // ORIGINATING_REGISTERED
  'terminating-registered',
  'terminating-unregistered',
  'originating-unregistered',
  'originating-cdiv',
];
/** IdentityType; the first and the one that follows are public user identities, distinct and wildcarded. */
export const identityTypes: readonly PublicIdentity['type'][] = [
  undefined,
  'distinct-psi',
  'wildcarded-psi',
  'non-distinct-impu',
];
export const WILDCARDED_IMPU = 4;
export const registrationTypes = ['initial', 're-registration', 'de-registration'] as const;
export const defaultHandlings = ['session-continued', 'session-terminated'] as const;
export const profileParts = ['registered', 'unregistered'] as const;
export const servicePriorityLevels = [0, 1, 2, 3, 4] as const;
