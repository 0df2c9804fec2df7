import { parseUri, serverUri } from '@ims-sim/sip';
import type { ServerCapabilities } from '@ims-sim/cx';
import type { SCscfCandidate } from './i-cscf.js';

/**
 * TS 24.229 5.3.1.2, TS 23.228 5.1.2.3: the S-CSCF that has every mandatory capability and the most of the optional
 * ones; one that the HSS names goes first. Undefined: none has the mandatory ones, but for those that were tried.
 */
export function selectSCscf(
  { mandatory, optional, serverNames }: ServerCapabilities,
  candidates: readonly SCscfCandidate[],
  tried: ReadonlySet<string> = new Set(),
): string | undefined {
  let best: { readonly name: string; readonly score: number } | undefined;
  for (const named of serverNames) {
    if (!tried.has(serverKey(named))) {
      return named;
    }
  }
  for (const { name, capabilities } of candidates) {
    const score = optional.filter((capability) => capabilities.includes(capability)).length;
    const isAble = mandatory.every((capability) => capabilities.includes(capability));
    if (isAble && !tried.has(serverKey(name)) && (best === undefined || score > best.score)) {
      best = { name, score };
    }
  }
  return best?.name;
}

/** What two spellings of one server have in common: its host and port. */
export function serverKey(name: string): string {
  const uri = parseUri(serverUri(name));
  return uri?.kind === 'sip' ? `${uri.host}:${uri.port ?? ''}` : name;
}
