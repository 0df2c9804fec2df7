import type { ServiceProfile, UserProfile } from '@ims-sim/cx';
import { header, type Header, type NameAddr } from '@ims-sim/sip';
import { compileCriteria, type Criterion } from './ifc/criterion.js';

/** A public user identity that this S-CSCF serves, with its part of the profile. */
export interface ServedUser {
  /** As the profile has it, e.g. `sip:user1_public1@home1.net`. */
  readonly identity: string;
  readonly barred: boolean;
  /** In the order of evaluation. */
  readonly criteria: readonly Criterion[];
  /** Of a SIP identity: the telephone number of the same service profile, as a header that asserts it. */
  readonly assertedTel: Header | undefined;
  readonly set: ImplicitSet;
}

/** An implicit registration set (TS 23.228 5.2.1a): identities that are registered together, and where they are. */
export interface ImplicitSet {
  /** In the order of the profile; the first that is not barred is the default one. */
  users: readonly ServedUser[];
  bindings: readonly Binding[];
  /** Without bindings: until when the profile is kept for services of an unregistered user. */
  keptUntilMs: number;
}

/** A contact that is registered (TS 24.229 5.4.1.2.2F, RFC 3261 10.3). */
export interface Binding {
  readonly privateIdentity: string;
  readonly contact: NameAddr;
  /** 0 to 1; higher is tried first. */
  readonly q: number;
  /** The Path as the Route towards the UE; undefined where there was none. */
  readonly route: Header | undefined;
  /** Host of the P-CSCF: of the topmost Path. */
  readonly pathHost: string | undefined;
  readonly callId: string;
  readonly cseq: number;
  readonly expiresAtMs: number;
}

export function isRegistered({ bindings }: ImplicitSet, nowMs: number): boolean {
  return bindings.some(({ expiresAtMs }) => expiresAtMs > nowMs);
}

/** The users of a profile, criteria compiled once. */
export function usersOf(profile: UserProfile, set: ImplicitSet): readonly ServedUser[] {
  return profile.serviceProfiles.flatMap((part) => usersOfPart(part, set));
}

function usersOfPart(
  { publicIdentities, initialFilterCriteria }: ServiceProfile,
  set: ImplicitSet,
): ServedUser[] {
  const criteria = compileCriteria(initialFilterCriteria);
  const tel = publicIdentities.find(({ identity, barred }) => !barred && /^tel:/i.test(identity))?.identity;
  const assertedTel = tel === undefined ? undefined : header('P-Asserted-Identity', `<${tel}>`);
  return publicIdentities.map(({ identity, barred }) => ({
    identity,
    barred,
    criteria,
    assertedTel: /^tel:/i.test(identity) ? undefined : assertedTel,
    set,
  }));
}
