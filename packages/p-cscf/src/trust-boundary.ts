import {
  asksForIdPrivacy,
  header,
  values,
  type Header,
  type Headers,
  type SipMessage,
  type SipResponse,
} from '@ims-sim/sip';
import { accessNetworkInfoOfUe } from './access-network-info.js';
import { withIntegrityProtected, withoutKeys } from './authorization.js';

/**
 * Headers that only the network may set (TS 24.229 4.4 and 5.2.6.3, RFC 3325 5, RFC 7315 4.5, RFC 3608 5, RFC 6809 4.1): from a
 * UE they are dropped. P-Asserted-Identity and P-Preferred-Identity are hints, dealt with where an identity is asserted.
 */
const NOT_FROM_UE: ReadonlySet<string> = new Set([
  'additional-identity',
  'attestation-info',
  'feature-caps',
  'origination-id',
  'p-associated-uri',
  'p-asserted-service',
  'p-called-party-id',
  'p-charging-function-addresses',
  'p-charging-vector',
  'p-private-network-indication',
  'p-profile-key',
  'p-served-user',
  'p-user-database',
  'p-visited-network-id',
  'path',
  'relayed-charge',
  'response-source',
  'restoration-info',
  'security-client',
  'security-server',
  'security-verify',
  'service-interact-info',
  'service-route',
]);

/**
 * What the network keeps to itself (TS 24.229 4.4.3, 4.4.5, 4.4.8, 4.4.9, 4.4.13, 4.4.16): towards a UE it is dropped. Of a challenge,
 * the keys are.
 */
const NOT_TO_UE: ReadonlySet<string> = new Set([
  'p-access-network-info',
  'p-charging-function-addresses',
  'p-charging-vector',
  'p-profile-key',
  'p-served-user',
  'p-user-database',
  'p-visited-network-id',
  'relayed-charge',
  'restoration-info',
]);

const CHALLENGES: ReadonlySet<string> = new Set([
  'authentication-info',
  'proxy-authenticate',
  'www-authenticate',
]);

/** A message without any of these goes to the UE as it is. */
const LOOKED_AT: ReadonlySet<string> = new Set([...NOT_TO_UE, ...CHALLENGES, 'privacy']);

export interface EdgeChange {
  /** Takes the place of the UE's hint. */
  readonly asserted: Header | undefined;
  /** Whether the UE gave a hint: without one, the asserted identity stands after Max-Forwards. */
  readonly hinted: boolean;
  /** Takes the place of every Route; undefined: they stay. */
  readonly route?: Header | undefined;
  /** Others to add, before From. */
  readonly added?: readonly Header[] | undefined;
}

/** The headers of a UE's request as they go into the network: one pass, in the UE's order. */
export function intoTheNetwork(headers: Headers, change: EdgeChange): Headers {
  const { hinted, route, added } = change;
  const result: Header[] = [];
  let { asserted } = change;
  let isPlaced = false;
  for (const h of headers) {
    switch (h.key) {
      case 'p-asserted-identity':
      case 'p-preferred-identity':
        if (asserted !== undefined) {
          result.push(asserted);
          asserted = undefined;
        }
        continue;
      case 'route':
        if (route === undefined) {
          break;
        }
        continue;
      case 'record-route':
        continue; // RFC 3261 16.6 step 4: proxies write it
      case 'authorization':
      case 'proxy-authorization':
        pushDefined(result, withIntegrityProtected(h, undefined));
        continue;
      case 'p-access-network-info':
        pushDefined(result, accessNetworkInfoOfUe(h));
        continue;
      case 'from':
        if (!isPlaced) {
          isPlaced = true;
          pushDefined(result, hinted ? undefined : asserted);
          asserted = hinted ? asserted : undefined;
          pushDefined(result, route);
          result.push(...(added ?? []));
        }
        break;
      case 'require':
      case 'proxy-require':
        pushDefined(result, withoutSecAgree(h));
        continue;
      case 'max-forwards':
        result.push(h);
        if (!hinted) {
          pushDefined(result, asserted);
          asserted = undefined;
        }
        continue;
      default:
        if (NOT_FROM_UE.has(h.key)) {
          continue;
        }
    }
    result.push(h);
  }
  return result;
}

/** A UE's response as it goes into the network: the UE asserts nothing, the P-CSCF may (TS 24.229 5.2.6.4.4). */
export function responseIntoTheNetwork(response: SipResponse, asserted?: Header): SipResponse {
  const isClean = !response.headers.some(
    (h) => isFromNetworkOnly(h.key) || h.key === 'p-access-network-info',
  );
  if (isClean && asserted === undefined) {
    return response;
  }
  const headers: Header[] = [];
  for (const h of response.headers) {
    if (!isFromNetworkOnly(h.key)) {
      pushDefined(headers, h.key === 'p-access-network-info' ? accessNetworkInfoOfUe(h) : h);
    }
  }
  if (asserted !== undefined) {
    const at = headers.findIndex((h) => h.key === 'from');
    headers.splice(at < 0 ? headers.length : at, 0, asserted);
  }
  return { ...response, headers };
}

function isFromNetworkOnly(key: string): boolean {
  return key === 'p-asserted-identity' || key === 'p-preferred-identity' || NOT_FROM_UE.has(key);
}

/**
 * A message as it goes to a UE, which is outside the trust domain: charging stays in, and so does P-Asserted-Identity
 * where the sender asked for it (`Privacy: id`, RFC 3325 7 and 9.3). The same message where nothing has to go.
 */
export function toTheUe<M extends SipMessage>(message: M): M {
  if (!message.headers.some((h) => LOOKED_AT.has(h.key))) {
    return message;
  }
  const hidesIdentity = asksForIdPrivacy(message.headers);
  const headers: Header[] = [];
  let isSame = true;
  for (const h of message.headers) {
    const stays = !NOT_TO_UE.has(h.key) && !(hidesIdentity && h.key === 'p-asserted-identity');
    const kept = stays && CHALLENGES.has(h.key) ? withoutKeys(h).line : h;
    isSame &&= stays && kept === h;
    pushDefined(headers, stays ? kept : undefined);
  }
  return isSame ? message : { ...message, headers };
}

/** The option tag that ends at the P-CSCF (RFC 3329 2.4) is taken off; undefined: nothing is left. */
function withoutSecAgree(line: Header): Header | undefined {
  if (!line.value.toLowerCase().includes('sec-agree')) {
    return line;
  }
  const tags = line.value.split(',').map((tag) => tag.trim());
  const left = tags.filter((tag) => tag.toLowerCase() !== 'sec-agree');
  return left.length === 0
    ? undefined
    : header(line.key === 'require' ? 'Require' : 'Proxy-Require', left.join(', '));
}

/** The option tags of a header, lower case. */
export function optionTags(message: SipMessage, key: string): string[] {
  return values(message, key).map((tag) => tag.toLowerCase());
}

function pushDefined(list: Header[], h: Header | undefined): void {
  if (h !== undefined) {
    list.push(h);
  }
}
