import { addresses, cseq, parseUri, type SipMessage, values } from '@ims-sim/sip';
import type { SipSeen } from './select.js';

const CREDENTIALS = [
  'www-authenticate',
  'proxy-authenticate',
  'authorization',
  'proxy-authorization',
  'authentication-info',
];
/** What a challenge, its answer and a security agreement have of the moment. */
const OF_ONE_RUN =
  /\b(?:nonce|cnonce|opaque|response|auts|ik|ck|nextnonce|rspauth|spi-c|spi-s|port-c|port-s)\s*=\s*(?:"([^"]+)"|([^",;\s]+))/gi;
const ICID = /\bicid-value\s*=\s*(?:"([^"]+)"|([^",;\s]+))/gi;
const WITH_OPAQUE_USERS = ['contact', 'route', 'record-route', 'path', 'service-route'];
const ROUTES = ['route', 'record-route', 'path', 'service-route'];
/** RFC 3261 19.1.1, RFC 3486: parameters of a URI whose values mean something; any other is its writer's own. */
const MEANT = new Set(['transport', 'user', 'method', 'ttl', 'maddr', 'lr', 'comp', 'sigcomp-id']);
/** A shorter value of such a parameter may be a word. */
const MIN_OPAQUE = 8;
/** RFC 3680 5.1: identifiers that the notifier makes up. */
const IN_REGINFO = /<(?:\w+:)?(?:registration|contact)\b[^>]*/g;
const REGINFO_ID = /\s(?:id|callid)\s*=\s*["']([^"']+)["']/g;
/** A CSeq or RSeq that begins anywhere is one of chance; a small one is the same the next time. */
const SMALL = 1000;
/** A shorter text stands for itself: as a symbol it would be found in texts that mean something else. */
const MIN_LENGTH = 3;

/** The texts that another run will have otherwise, beside branches, tags and Call-IDs, which are symbols by themselves. */
export function symbolsOf(messages: readonly SipSeen[], actors: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const identities = new Set(messages.flatMap(({ message }) => identityUsers(message)));
  for (const { message, record } of messages) {
    collect(found, CREDENTIALS.flatMap((key) => values(message, key)).join('\n'), OF_ONE_RUN);
    const agreement = ['security-client', 'security-server', 'security-verify'];
    collect(found, agreement.flatMap((key) => values(message, key)).join('\n'), OF_ONE_RUN);
    collect(found, values(message, 'p-charging-vector').join('\n'), ICID);
    for (const tag of [...values(message, 'sip-etag'), ...values(message, 'sip-if-match')]) {
      found.add(tag);
    }
    for (const user of opaqueUsers(message, identities)) {
      found.add(user);
    }
    for (const value of opaqueParameters(message)) {
      found.add(value);
    }
    for (const number of numbersOf(message, actors.has(record.from))) {
      found.add(number);
    }
    for (const [element] of message.body.matchAll(IN_REGINFO)) {
      collect(found, element, REGINFO_ID);
    }
  }
  return [...found].filter((text) => text.length >= MIN_LENGTH);
}

function collect(found: Set<string>, text: string, pattern: RegExp): void {
  for (const [, quoted, bare] of text.matchAll(pattern)) {
    const value = quoted ?? bare ?? '';
    if (value !== '') {
      found.add(value);
    }
  }
}

/** The users of URIs that name somebody: they are the same in every run. */
function identityUsers(message: SipMessage): string[] {
  const named = ['from', 'to', 'p-asserted-identity', 'p-preferred-identity', 'p-associated-uri'];
  return named.flatMap((key) =>
    addresses(message, key).flatMap(({ uri }) => (uri.kind === 'sip' ? [uri.user ?? ''] : [])),
  );
}

/** The users that elements make up: a subscription's own, a session's own. */
function opaqueUsers(message: SipMessage, identities: ReadonlySet<string>): string[] {
  const uris = WITH_OPAQUE_USERS.flatMap((key) => addresses(message, key).map(({ uri }) => uri));
  const own = message.kind === 'request' ? parseUri(message.uri) : undefined;
  return [...uris, ...(own ? [own] : [])].flatMap((uri) =>
    uri.kind === 'sip' && uri.user !== undefined && uri.user !== '' && !identities.has(uri.user)
      ? [uri.user]
      : [],
  );
}

/** What a proxy keeps of a dialog in its Record-Route (RFC 3261 16.6, step 4). */
function opaqueParameters(message: SipMessage): string[] {
  return ROUTES.flatMap((key) =>
    addresses(message, key).flatMap(({ uri }) =>
      uri.kind === 'sip'
        ? [...uri.params].flatMap(([name, value]) =>
            typeof value === 'string' && value.length >= MIN_OPAQUE && !MEANT.has(name) ? [value] : [],
          )
        : [],
    ),
  );
}

function numbersOf(message: SipMessage, fromActor: boolean): string[] {
  const numbers = [
    ...(fromActor ? [] : [cseq(message)?.number ?? 0]),
    ...values(message, 'rseq').map(Number),
    ...values(message, 'rack').map((value) => Number(value.split(' ')[0])),
  ];
  return numbers.flatMap((number) => (number >= SMALL ? [String(number)] : []));
}
