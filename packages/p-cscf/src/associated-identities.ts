import { isWildcarded } from '@ims-sim/cx';
import { addressesOf, parseNameAddrList, to, values, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { KeptOnce } from './kept-once.js';
import { registeredIdentity, wildcardedIdentity, type RegisteredIdentity } from './registration.js';

/**
 * TS 24.229 5.2.2.1 and RFC 7315 4.1: the public user identities that come with a registration, the default one first; without
 * P-Associated-URI the one that was registered. An expression of a wildcarded identity (TS 23.003 13.5) need not be what a URI
 * may have: it is taken as it stands.
 */
export function associatedIdentities(
  request: SipRequest,
  response: SipResponse,
  once: KeptOnce,
): RegisteredIdentity[] {
  const identities: RegisteredIdentity[] = [];
  for (const line of response.headers) {
    if (line.key !== 'p-associated-uri') {
      continue;
    }
    const parsed = addressesOf(line);
    if (parsed === undefined && line.value.includes('!')) {
      for (const value of values({ ...response, headers: [line] }, 'p-associated-uri')) {
        identities.push(...oneByOne(value, once));
      }
    } else {
      identities.push(...(parsed ?? []).map((one) => registeredIdentity(one, once)));
    }
  }
  const itself = to(request);
  return identities.length > 0 || itself === undefined ? identities : [registeredIdentity(itself, once)];
}

/** What is no address and no wildcarded identity is left out; the others are the UE's all the same. */
function oneByOne(value: string, once: KeptOnce): RegisteredIdentity[] {
  const from = value.indexOf('<');
  const until = value.lastIndexOf('>');
  const text = from >= 0 && until > from ? value.slice(from + 1, until) : value;
  return isWildcarded(text)
    ? [wildcardedIdentity(text, once)]
    : (parseNameAddrList(value) ?? []).map((one) => registeredIdentity(one, once));
}
