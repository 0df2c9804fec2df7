import type { PushProfile, PushProfileAnswer } from '@ims-sim/cx';
import { publicIdentityOf } from '@ims-sim/sip';
import type { SCscf } from './s-cscf.js';
import type { ImplicitSet } from './served-user.js';

/**
 * TS 29.228 6.2.2, 6.6.1: the HSS gives what has changed of an implicit registration set: the profile takes the place of the
 * one that is here, criteria and identities, and the charging functions that of those. Who is registered stays so; the
 * listeners are told, since identities and services are others. No nonce that was given out before is good any more.
 */
export function pushProfile(request: PushProfile, scscf: SCscf): PushProfileAnswer {
  const { registrar, challenges, trace } = scscf;
  challenges.forget(request.privateIdentity); // its credentials may be what has changed
  const sets = setsOf(request, scscf);
  const first = sets[0];
  if (first === undefined) {
    return { kind: 'unknown-user' };
  }
  const removed = request.profile && registrar.update(first, request.profile).removed;
  if (request.charging !== undefined) {
    for (const set of sets) {
      set.charging = request.charging;
    }
  }
  if (request.profile !== undefined && first.bindings.length > 0) {
    const changes = first.bindings.map((binding) => ({ binding, event: 'registered' as const }));
    registrar.bind(first, first.bindings, { changes, removed, kind: 're-registration' });
  }
  if (trace.enabled) {
    const parts = [
      request.profile && 'a profile',
      request.charging && 'charging functions',
      request.digest && 'credentials',
    ].filter((part) => part !== undefined);
    trace.decision({
      clause: 'TS 29.228 6.2.2',
      text: `the HSS pushes ${parts.join(' and ')} of ${request.privateIdentity}`,
    });
  }
  return { kind: 'updated' };
}

/** With a profile, the one set that has an identity of it; without, every set of the private identity. */
function setsOf({ privateIdentity, profile }: PushProfile, { registrar }: SCscf): ImplicitSet[] {
  const isOf = (set: ImplicitSet) =>
    set.profileOf === privateIdentity ||
    set.bindings.some((binding) => binding.privateIdentity === privateIdentity);
  if (profile === undefined) {
    return [...registrar.sets].filter(isOf);
  }
  for (const { publicIdentities } of profile.serviceProfiles) {
    for (const { identity } of publicIdentities) {
      const set = registrar.userOf(publicIdentityOf(identity) ?? identity)?.set;
      if (set !== undefined && isOf(set)) {
        return [set];
      }
    }
  }
  return [];
}
