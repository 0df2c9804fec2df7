import type { SipRequest } from '@ims-sim/sip';
import type { Binding, ImplicitSet } from './served-user.js';

/** RFC 3680 5.1: what happened to a contact. */
export type ContactEvent =
  | 'registered' // an administrator did it
  | 'created' // by a REGISTER
  | 'refreshed'
  | 'shortened' // the UE is to authenticate again (TS 24.229 5.4.1.6)
  | 'expired'
  | 'deactivated'
  | 'probation'
  | 'unregistered' // by the UE
  | 'rejected';

/** What changed in an implicit registration set, told to each listener once the registrar has it (`Registrar.onChange`). */
export interface RegistrationEvent {
  readonly set: ImplicitSet;
  /** The bindings that changed, as they are now, or as they were where they are gone. */
  readonly changes: readonly {
    readonly binding: Binding;
    readonly event: ContactEvent;
    readonly retryAfterS?: number | undefined;
  }[];
  /** Identities of the set that are not in it any more, or barred now: what the HSS pushed has taken them away. */
  readonly removed?: readonly string[] | undefined;
  /** Of the set, after the change. */
  readonly state: 'active' | 'terminated';
  /** For the ASs that are told (TS 24.229 5.4.1.7). */
  readonly kind: 'initial' | 're-registration' | 'de-registration';
  /** The REGISTER that caused it, as it came; absent: a timer or the network. */
  readonly request?: SipRequest | undefined;
}

export type RegistrationListener = (event: RegistrationEvent) => void;
