import { addresses, first, type NameAddr, type Profile, type SipRequest } from '@ims-sim/sip';
import type { PCscf } from './p-cscf.js';
import { identityAmong, type RegisteredIdentity, type Registration, type Ue } from './registration.js';

/** Who a request is from, as the network will see it. */
export interface Asserted {
  readonly identity: RegisteredIdentity;
  /** The registration that has it, whose Service-Route the request takes. */
  readonly registration: Registration;
  /** The UE gave a hint, and whether it was an identity of its own. */
  readonly hint: 'none' | 'registered' | 'not-registered';
}

/**
 * TS 24.229 5.2.6.3.1: the identity that the UE hints at, if that UE registered it, else its default public user identity.
 * The hint is P-Preferred-Identity (RFC 3325 9.2) and, in the draft's profile, P-Asserted-Identity (table 6.1.1-1);
 * what is asserted is always a registered identity, as it was registered, or one
 * that a registered wildcarded identity stands for.
 */
export function assertedIdentity(request: SipRequest, ue: Ue, { profile }: PCscf): Asserted | undefined {
  const isHinted = hasHint(request);
  if (isHinted) {
    const found =
      asItIsAsserted(request, ue, profile) ??
      amongRegistered(addresses(request, 'p-preferred-identity'), ue) ??
      (profile === 'tr-24.841' ? amongRegistered(addresses(request, 'p-asserted-identity'), ue) : undefined);
    if (found !== undefined) {
      return found;
    }
  }
  // The latest registration is the one that is least likely to be left from another UE at this address.
  const registration = ue.registrations[ue.registrations.length - 1];
  const identity = registration?.identities.find(({ matches }) => matches === undefined);
  return registration === undefined || identity === undefined
    ? undefined
    : { identity, registration, hint: isHinted ? 'not-registered' : 'none' };
}

/** A hint that is spelled as the network spells it, as a UE's mostly is: found without a parse. */
function asItIsAsserted(request: SipRequest, { registrations }: Ue, profile: Profile): Asserted | undefined {
  const hint =
    first(request.headers, 'p-preferred-identity') ?? first(request.headers, 'p-asserted-identity');
  if (hint === undefined || (profile === 'ts-24.141' && hint.key === 'p-asserted-identity')) {
    return undefined;
  }
  for (const registration of registrations) {
    for (const identity of registration.identities) {
      if (identity.asserted.value === hint.value && identity.matches === undefined) {
        return { identity, registration, hint: 'registered' };
      }
    }
  }
  return undefined;
}

/** Whether the UE hints at who it is, as `assertedIdentity` takes it (TS 24.229 5.2.6.3.1). */
export function hasHint(request: SipRequest): boolean {
  return request.headers.some((h) => h.key === 'p-asserted-identity' || h.key === 'p-preferred-identity');
}

function amongRegistered(hints: readonly NameAddr[], { registrations }: Ue): Asserted | undefined {
  for (const hint of hints) {
    for (const registration of registrations) {
      const identity = identityAmong(registration.identities, hint);
      if (identity !== undefined) {
        return { identity, registration, hint: 'registered' };
      }
    }
  }
  return undefined;
}
