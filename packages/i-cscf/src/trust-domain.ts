import type { Headers } from '@ims-sim/sip';

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
