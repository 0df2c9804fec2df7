import type { Uri } from '@ims-sim/sip';
import type { SCscf } from './s-cscf.js';

/**
 * TS 24.229 4.4: whether an element is of the trust domain: one of this operator's domains, or named by its address, as only
 * the operator's own are. An AS of another domain is a third-party provider's.
 */
export function isInTrustDomain(uri: Uri | undefined, { domains }: Pick<SCscf, 'domains'>): boolean {
  return uri?.kind === 'sip' && (isOfDomain(uri.host.toLowerCase(), domains) || isAddress(uri.host));
}

/** A domain of the operator, or a host in one. */
export function isOfDomain(host: string, domains: ReadonlySet<string>): boolean {
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
  return host.startsWith('[') || /^[\d.]+$/.test(host);
}
