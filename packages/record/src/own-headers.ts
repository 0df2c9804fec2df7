import { addresses, from, uriEquals, type SipMessage, values } from '@ims-sim/sip';

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
/** What it writes into requests of these methods, beside; a header that was not there is taken away. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  REGISTER: ['supported'],
};

/** Headers that a recorded request has beyond what the test UE writes, and, empty, those that the UE would write and it has not. */
export function ownHeaders(message: SipMessage): Readonly<Record<string, string>> {
  const method = message.kind === 'request' ? message.method : '';
  const beside = new Set(BESIDE[method] ?? []);
  const more: Record<string, string> = {};
  for (const { key, line } of message.headers) {
    if (!OF_THE_UE.has(key) && !beside.has(key) && !isOwnIdentity(message, key)) {
      more[line.slice(0, line.indexOf(':')).trim()] = values(message, key).join(', ');
    }
    beside.delete(key);
  }
  for (const key of beside) {
    more[key] = '';
  }
  return more;
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
