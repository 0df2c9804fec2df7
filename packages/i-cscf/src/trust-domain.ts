import { first, topVia, without, type Forward, type Headers, type SipRequest } from '@ims-sim/sip';
import type { ICscf } from './i-cscf.js';

const NOT_FROM_STRANGERS: ReadonlySet<string> = new Set([
  'additional-identity',
  'attestation-info',
  'feature-caps',
  'origination-id',
  'p-asserted-service',
  'p-private-network-indication',
  'p-visited-network-id',
  'relayed-charge',
  'response-source',
  'restoration-info',
  'service-interact-info',
  'p-access-network-info',
  'p-asserted-identity',
  'p-called-party-id',
  'p-charging-function-addresses',
  'p-charging-vector',
  'p-profile-key',
  'p-served-user',
  'p-user-database',
]);

/** The headers without what a request from outside of the trust domain may not claim (TS 24.229 5.3.2.1 and 4.4). */
export function withoutClaims(headers: Headers): Headers {
  return headers.filter((h) => !NOT_FROM_STRANGERS.has(h.key));
}

/**
 * TS 24.229 5.3.2.1: the P-Charging-Function-Addresses of a response, which the S-CSCF puts there, go no further where the request came
 * from another network. Undefined: nothing has to go; the draft's S-CSCF writes none.
 */
export function keptWithin(request: SipRequest, { domain, profile }: ICscf): Forward['onResponse'] {
  const host = topVia(request)?.host.toLowerCase();
  if (profile === 'tr-24.841' || (host !== undefined && isOfDomain(host, domain))) {
    return undefined;
  }
  return (response) =>
    first(response.headers, 'p-charging-function-addresses') === undefined
      ? response
      : { ...response, headers: without(response.headers, 'p-charging-function-addresses') };
}

/** The domain itself, or one below it, as public service identities may have (TS 23.003 13.5). */
export function isOfDomain(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
