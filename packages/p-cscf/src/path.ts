import type { PCscf } from './p-cscf.js';

/**
 * TS 24.229 5.2.2.1 step 1: what the P-CSCF puts into Path: its URI, and in the final text an indication that what comes along it is
 * for the UE (in the S-CSCF's Service-Route `orig` says the opposite). Whose it is, source and Request-URI tell anyhow.
 */
export function pathUri({ profile, ownUri }: Pick<PCscf, 'profile' | 'ownUri'>): string {
  return profile === 'tr-24.841' ? ownUri : ownUri.replace('sip:', 'sip:term@');
}
