import { canonicalIdentity } from '@ims-sim/presence';
import { parseNameAddrList } from '@ims-sim/sip';

/**
 * Who sent a request, by its P-Asserted-Identity (RFC 3325; TS 24.229 5.7.1.4 takes it for authorisation), in canonical
 * spelling: the sip URI first where there are both. None where nobody vouched for it.
 */
export function assertedIdentities(field: string): readonly string[] {
  const values = parseNameAddrList(field) ?? [];
  const identities = values.flatMap(({ uriText }) => canonicalIdentity(uriText) ?? []);
  return identities.sort((a, b) => Number(a.startsWith('tel:')) - Number(b.startsWith('tel:')));
}
