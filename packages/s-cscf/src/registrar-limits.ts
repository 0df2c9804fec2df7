export interface RegistrarLimits {
  /** Expiry below it is refused with 423. */
  readonly minExpiresS: number;
  /** Expiry above it is shortened. */
  readonly maxExpiresS: number;
  /** Where a REGISTER names none. */
  readonly defaultExpiresS: number;
  /** Implicit registration sets kept, at most. */
  readonly maxSets: number;
  /** Contacts of one set, at most. */
  readonly maxContacts: number;
}

/** TS 24.229 5.1.1.2: a UE asks for 600,000 s. */
export const DEFAULT_LIMITS: RegistrarLimits = {
  minExpiresS: 60,
  maxExpiresS: 600_000,
  defaultExpiresS: 600_000,
  maxSets: 200_000,
  maxContacts: 10,
};
