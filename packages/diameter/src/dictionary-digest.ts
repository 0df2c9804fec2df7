import type { AvpDefinition } from './avp.js';

/** RFC 4740 9.5, with the codes that RADIUS gave them (RFC 4590, RFC 5090): the M bit may be set, and is not. */
const define = (code: number, name: string): AvpDefinition<'text'> => ({
  name,
  code,
  vendorId: 0,
  mandatory: false,
  type: 'text',
});

/** What TS 29.229 6.3.36 SIP-Digest-Authenticate is made of; values without quotation marks (RFC 4590 2.1.5). */
export const digest = {
  digestRealm: define(104, 'Digest-Realm'),
  digestQop: define(110, 'Digest-QoP'),
  digestAlgorithm: define(111, 'Digest-Algorithm'),
  digestHa1: define(121, 'Digest-HA1'),
} as const;
