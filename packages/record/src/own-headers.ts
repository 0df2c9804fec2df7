import { isIP } from 'node:net';
import {
  addresses,
  from,
  type Header,
  headerKey,
  type Profile,
  type SipMessage,
  tagOf,
  to,
  uriEquals,
  values,
} from '@ims-sim/sip';

/** What the test UE writes by itself, or an action's own options say. */
const OF_THE_UE = new Set([
  'via',
  'max-forwards',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
  'content-type',
  'expires',
  'event',
  'accept',
  'route',
  'authorization',
  'proxy-authorization',
  'security-client',
  'security-verify',
  'p-access-network-info',
  'sip-if-match',
  'subscription-state',
  'rack',
  'rseq',
  'record-route',
  'min-se',
  'session-expires',
]);
const MAX_FORWARDS = '70';

/**
 * Headers that a recorded request has beyond what the test UE writes or otherwise, and, as `absent`, those that the UE would write and it
 * has not.
 */
export function ownHeaders(message: SipMessage, profile: Profile): Readonly<Record<string, string>> {
  const beside = new Map(besideOf(message, profile).map((name) => [headerKey(name), name]));
  const more: Record<string, string> = {};
  for (const { key, line } of message.headers) {
    if (!isOurs(message, key)) {
      more[line.slice(0, line.indexOf(':')).trim()] = values(message, key).join(', ');
    }
    beside.delete(key);
  }
  for (const name of beside.values()) {
    more[name] = 'absent';
  }
  return more;
}

/** What it writes into a request, beside what every UE must. */
function besideOf(message: SipMessage, profile: Profile): string[] {
  if (message.kind === 'response') {
    return [];
  }
  switch (message.method) {
    case 'REGISTER':
      return ['Supported'];
    case 'SUBSCRIBE':
    case 'PUBLISH':
    case 'MESSAGE':
    case 'OPTIONS':
    case 'INVITE': {
      // TS 24.229 5.1.2A.1.1; table 6.1.1-1 of TR 24.841 has no Route and another header for the identity.
      const outOfDialog = tagOf(to(message)) === undefined;
      const route = outOfDialog && profile !== 'tr-24.841' ? ['Route'] : [];
      const hint = profile === 'tr-24.841' ? 'P-Asserted-Identity' : 'P-Preferred-Identity';
      const identity = outOfDialog || message.method === 'SUBSCRIBE' ? [hint, 'Privacy'] : [];
      return [...route, ...identity];
    }
    default:
      return [];
  }
}

/** Whether our UE writes that header as this one did. */
function isOurs(message: SipMessage, key: Header['key']): boolean {
  if (OF_THE_UE.has(key)) {
    return !isOtherwise(message, key);
  }
  const inRegister = message.kind === 'request' && message.method === 'REGISTER';
  return inRegister && key === 'supported' ? true : isOwnIdentity(message, key);
}

/** Whether a UE of somebody else's wrote what ours does not: another number of hops, an address where ours has the proxy's name. */
function isOtherwise(message: SipMessage, key: Header['key']): boolean {
  if (message.kind === 'response') {
    return false;
  }
  if (key === 'max-forwards') {
    return values(message, key)[0] !== MAX_FORWARDS;
  }
  if (key === 'accept') {
    return message.method !== 'SUBSCRIBE'; // of that an action says it (`accept`), of the others none does
  }
  if (key === 'expires') {
    return message.method === 'REGISTER'; // ours says it in the Contact
  }
  const [route] = key === 'route' && tagOf(to(message)) === undefined ? addresses(message, key) : [];
  return route?.uri.kind === 'sip' && isIP(route.uri.host.replace(/^\[|\]$/g, '')) !== 0;
}

/** RFC 3325 9.1, 9.2 and RFC 3323: a UE names its own identity and asks for no privacy, as its profile has it. */
function isOwnIdentity(message: SipMessage, key: string): boolean {
  if (key === 'privacy') {
    return values(message, key).join(',') === 'none';
  }
  const own = from(message)?.uri;
  return (
    (key === 'p-asserted-identity' || key === 'p-preferred-identity') &&
    own !== undefined &&
    addresses(message, key).every(({ uri }) => uriEquals(uri, own))
  );
}
