import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, cx, digest, get } from '@ims-sim/diameter';
import type { AuthenticationItem } from './types.js';

const RAND_BYTES = 16;
const AUTN_BYTES = 16;
const KEY_BYTES = 16;

/** SIP-Auth-Data-Item of an answer, TS 29.229 6.3.13, TS 29.228 tables 6.3.4 and 6.3.7. `number`: from 1, in the order of use. */
export function authenticationItem(item: AuthenticationItem, number: number): Avp {
  const scheme = avpOf(cx.sipAuthenticationScheme, item.scheme);
  if (item.scheme === 'SIP Digest') {
    return avpOf(cx.sipAuthDataItem, [
      scheme,
      avpOf(cx.sipDigestAuthenticate, [
        avpOf(digest.digestRealm, item.realm),
        avpOf(digest.digestAlgorithm, item.algorithm),
        avpOf(digest.digestQop, item.qop),
        avpOf(digest.digestHa1, item.ha1),
      ]),
    ]);
  }
  return avpOf(cx.sipAuthDataItem, [
    avpOf(cx.sipItemNumber, number),
    scheme,
    avpOf(cx.sipAuthenticate, Buffer.concat([item.rand, item.autn])),
    avpOf(cx.sipAuthorization, item.xres),
    avpOf(cx.confidentialityKey, item.ck),
    avpOf(cx.integrityKey, item.ik),
  ]);
}

/** What a SIP-Auth-Data-Item of an answer holds; undefined where something is missing, or not as long as it must be. */
export function authenticationItemOf(group: AvpGroup): AuthenticationItem | undefined {
  const scheme = get(group, cx.sipAuthenticationScheme);
  switch (scheme) {
    case 'Digest-AKAv1-MD5':
    case 'Digest-AKAv2-MD5':
      return vectorOf(group, scheme);
    case 'SIP Digest':
      return digestOf(group);
    default:
      return undefined;
  }
}

function vectorOf(
  group: AvpGroup,
  scheme: 'Digest-AKAv1-MD5' | 'Digest-AKAv2-MD5',
): AuthenticationItem | undefined {
  const challenge = get(group, cx.sipAuthenticate);
  const xres = get(group, cx.sipAuthorization);
  const ck = get(group, cx.confidentialityKey);
  const ik = get(group, cx.integrityKey);
  if (challenge?.length !== RAND_BYTES + AUTN_BYTES) return undefined;
  if (xres === undefined || xres.length < 4 || xres.length > 16) return undefined;
  if (ck?.length !== KEY_BYTES || ik?.length !== KEY_BYTES) return undefined;
  return {
    scheme,
    rand: challenge.subarray(0, RAND_BYTES),
    autn: challenge.subarray(RAND_BYTES),
    xres,
    ck,
    ik,
  };
}

function digestOf(group: AvpGroup): AuthenticationItem | undefined {
  const authenticate = get(group, cx.sipDigestAuthenticate);
  if (authenticate === undefined) return undefined;
  const realm = unquoted(get(authenticate, digest.digestRealm));
  const algorithm = unquoted(get(authenticate, digest.digestAlgorithm) ?? 'MD5').toUpperCase();
  const ha1 = unquoted(get(authenticate, digest.digestHa1)).toLowerCase();
  if (realm === '' || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) return undefined;
  if (!isHex(ha1, algorithm === 'MD5' ? 32 : 64)) return undefined;
  // TS 29.228 table 6.3.7: qop is `auth`; whatever else an HSS offers, that is what is asked of the UE.
  return { scheme: 'SIP Digest', realm, algorithm, qop: 'auth', ha1 };
}

/** Some HSSs keep the quotation marks that the parameter has in SIP. */
function unquoted(value: string | undefined): string {
  if (value === undefined) return '';
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function isHex(value: string, digits: number): boolean {
  return value.length === digits && /^[\da-f]+$/.test(value);
}
