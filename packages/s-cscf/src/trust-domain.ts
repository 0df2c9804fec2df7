import type { Neighbour } from './charging-vector.js';
import type { SCscf } from './s-cscf.js';

/** Where a request goes next. */
export interface Hop {
  readonly kind: Neighbour;
  /** Lower case; undefined: not known, so a stranger's. */
  readonly host: string | undefined;
}

/**
 * Whether an element is this operator's: in one of its domains, or named by its address, as only its own are. An AS of
 * another domain is a third-party provider's (TS 24.229 5.4.2.1.1).
 */
export function isOfOperator({ host }: Hop, { domains }: Pick<SCscf, 'domains'>): boolean {
  return host !== undefined && (isOfDomain(host, domains) || isAddress(host));
}

/**
 * TS 24.229 4.4: whether an element is of the trust domain: the operator's own, and those of operators that it has agreed
 * with: where nothing says which, all.
 */
export function isInTrustDomain(hop: Hop, scscf: Pick<SCscf, 'domains' | 'trustedDomains'>): boolean {
  const { trustedDomains } = scscf;
  if (isOfOperator(hop, scscf)) {
    return true;
  }
  return trustedDomains === undefined
    ? hop.kind !== 'as'
    : hop.host !== undefined && isOfDomain(hop.host, trustedDomains);
}

/** A domain of these, or a host in one. */
function isOfDomain(host: string, domains: ReadonlySet<string>): boolean {
  if (domains.has(host)) {
    return true;
  }
  for (const domain of domains) {
    if (host.endsWith(domain) && host[host.length - domain.length - 1] === '.') {
      return true;
    }
  }
  return false;
}

function isAddress(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  const mayBeIpv4 = (last >= 48 && last <= 57) || last === 46; // most names end with a letter: nothing to match
  return host.startsWith('[') || (mayBeIpv4 && /^[\d.]+$/.test(host));
}
