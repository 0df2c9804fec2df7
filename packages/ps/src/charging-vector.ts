import { token } from '@ims-sim/host';
import { icidOf } from '@ims-sim/sip';
import type { Ps } from './ps.js';

/**
 * TS 24.229 5.7.2, 4.5.4.1: the P-Charging-Vector of a 2xx: that of the request, and this operator's type 3 `term-ioi`. None where the
 * request had none, and in the draft, which knows of no charging.
 */
export function answeredVector(
  { profile, domain }: Ps,
  received: string | undefined,
): Readonly<Record<string, string>> {
  return profile === 'tr-24.841' || received === undefined
    ? {}
    : { 'P-Charging-Vector': `${received};term-ioi="Type 3${domain}"` };
}

/**
 * RFC 7315 4.6: one ICID for a dialog, so that of the SUBSCRIBE is for the NOTIFYs too (`icid-value=...`); one of our own where it
 * named none. Undefined in the draft.
 */
export function icidOfDialog(ps: Ps, received: string | undefined): string | undefined {
  if (ps.profile === 'tr-24.841') return undefined;
  const icid = received === undefined ? undefined : icidOf(received);
  return `icid-value=${icid ?? token(ps.host.random, 22)}`;
}

/** TS 24.141 table A.5.2.1-1: a NOTIFY goes to another operator's S-CSCF, so this one's name has no prefix (4.5.4.1, type 2). */
export function notifyVector({ domain }: Ps, icid: string): string {
  return `${icid};orig-ioi=${domain}`;
}
