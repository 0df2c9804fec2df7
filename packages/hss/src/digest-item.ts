import { digestHa1 } from '@ims-sim/auth';
import type { DigestItem } from '@ims-sim/cx';
import type { DigestCredentials } from './subscription.js';

/** What an S-CSCF is given of SIP Digest (TS 29.228 table 6.3.7, TS 33.203 Annex N). */
export function digestItem(
  privateIdentity: string,
  digest: DigestCredentials,
  homeDomain: string,
): DigestItem {
  const { algorithm = 'MD5', realm = homeDomain } = digest;
  const ha1 = 'ha1' in digest ? digest.ha1 : digestHa1(algorithm, privateIdentity, realm, digest.password);
  return { scheme: 'SIP Digest', realm, algorithm, qop: 'auth', ha1 };
}
