import { publicIdentityOf } from '@ims-sim/sip';
import type { SCscf } from './s-cscf.js';

/**
 * TS 24.229 5.4.1.6: the user is to authenticate again: contacts expire within `expiresS`, which the UE learns by the
 * registration event, and its next REGISTER is challenged, protected or not. Gives why it could not be done.
 */
export function reauthenticate(identity: string, expiresS: number, scscf: SCscf): string | undefined {
  const { registrar, clock, trace } = scscf;
  if (scscf.auth === 'none') {
    return 'this S-CSCF authenticates nobody (auth: none)';
  }
  if (!Number.isFinite(expiresS) || expiresS < 1) {
    return `an expiry of ${expiresS} s is none`;
  }
  const nowMs = clock.now();
  const set = registrar.userOf(publicIdentityOf(identity) ?? identity)?.set;
  if (set === undefined || !set.bindings.some(({ expiresAtMs }) => expiresAtMs > nowMs)) {
    return `${identity} is not registered here`;
  }
  const untilMs = nowMs + Math.floor(expiresS) * 1000;
  const bindings = set.bindings.map((binding) =>
    binding.expiresAtMs > untilMs ? { ...binding, expiresAtMs: untilMs } : binding,
  );
  set.toAuthenticate = new Set(bindings.map(({ privateIdentity }) => privateIdentity));
  const changes = bindings.map((binding) => ({ binding, event: 'shortened' as const }));
  registrar.bind(set, bindings, { changes });
  if (trace.enabled) {
    const text = `${identity} is to authenticate again within ${Math.floor(expiresS)} s`;
    trace.decision({ clause: 'TS 24.229 5.4.1.6', text });
  }
  return undefined;
}
