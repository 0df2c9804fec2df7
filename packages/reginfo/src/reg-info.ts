export const REGINFO_NAMESPACE = 'urn:ietf:params:xml:ns:reginfo';

/** RFC 3680 5.4. */
export const REGINFO_CONTENT_TYPE = 'application/reginfo+xml';

/** RFC 3680 5.1: what happened to a contact. */
export const CONTACT_EVENTS = [
  'registered',
  'created',
  'refreshed',
  'shortened',
  'expired',
  'deactivated',
  'probation',
  'unregistered',
  'rejected',
] as const;

export type ContactEvent = (typeof CONTACT_EVENTS)[number];

/** A document of the registration event package (RFC 3680 5.1). */
export interface RegInfo {
  /** One up with each document of a subscription, from 0. */
  readonly version: number;
  /** `partial`: registrations that are not in it are as they were. */
  readonly state: 'full' | 'partial';
  readonly registrations: readonly RegInfoRegistration[];
}

/** An address of record and its contacts. */
export interface RegInfoRegistration {
  readonly aor: string;
  /** The same in all documents of a subscription. */
  readonly id: string;
  readonly state: 'init' | 'active' | 'terminated';
  readonly contacts: readonly RegInfoContact[];
}

export interface RegInfoContact {
  readonly id: string;
  readonly state: 'active' | 'terminated';
  /** What brought it into its state. */
  readonly event: ContactEvent;
  readonly uri: string;
  readonly expiresS?: number;
  /** With `probation`: when the UE may register again. */
  readonly retryAfterS?: number;
  readonly durationRegisteredS?: number;
  /** As the Contact had it, e.g. `0.5`. */
  readonly q?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly displayName?: string;
  /** Parameters of the Contact that RFC 3261 does not know, e.g. `+sip.instance`. */
  readonly unknownParams?: readonly UnknownParam[];
}

export interface UnknownParam {
  readonly name: string;
  readonly value?: string;
}
