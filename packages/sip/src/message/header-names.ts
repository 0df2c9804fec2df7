import { copied } from './own-text.js';

/** RFC 3261 7.3.3 and 20, with the compact forms that later RFCs registered. */
const COMPACT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'accept-contact',
    b: 'referred-by',
    c: 'content-type',
    d: 'request-disposition',
    e: 'content-encoding',
    f: 'from',
    i: 'call-id',
    j: 'reject-contact',
    k: 'supported',
    l: 'content-length',
    m: 'contact',
    n: 'identity-info',
    o: 'event',
    r: 'refer-to',
    s: 'subject',
    t: 'to',
    u: 'allow-events',
    v: 'via',
    x: 'session-expires',
    y: 'identity',
  }),
);

/** Names that are looked for by their key, as the RFCs spell them. */
const KNOWN =
  'Via Max-Forwards From To Call-ID CSeq Contact Route Record-Route Content-Length Content-Type Event Expires Accept ' +
  'Allow Allow-Events Supported Require Proxy-Require Subscription-State SIP-ETag SIP-If-Match Min-Expires Path ' +
  'Service-Route P-Asserted-Identity P-Preferred-Identity P-Called-Party-ID P-Associated-URI P-Charging-Vector ' +
  'P-Access-Network-Info P-Visited-Network-ID Privacy Authorization WWW-Authenticate Security-Client Security-Server ' +
  'Security-Verify User-Agent Server Date Timestamp Reason Retry-After Warning Unsupported';

/** Spellings seen, so that a name costs one look-up: a function of the spelling, which stacks share. Bounded: strangers choose it. */
const seen = new Map<string, string>();
const MAX_SEEN = 1000;

interface Known {
  readonly name: string;
  readonly key: string;
}

/** Known names by their first character, the more frequent first. */
const byInitial: Known[][] = Array.from({ length: 128 }, () => []);
for (const name of KNOWN.split(' ')) {
  const key = interned(name.toLowerCase());
  seen.set(name, key);
  byInitial[name.charCodeAt(0)]?.push({ name, key });
}

/** The known name that stands at `at` in the RFCs' spelling, a colon right behind it: found without a new string. */
export function knownAt(text: string, at: number): Known | undefined {
  const candidates = byInitial[text.charCodeAt(at)];
  if (candidates !== undefined) {
    for (const known of candidates) {
      if (text.charCodeAt(at + known.name.length) === 58 && text.startsWith(known.name, at)) {
        return known;
      }
    }
  }
  return undefined;
}

/** The lower-case long form of a header name: `v`, `Via` and `VIA` give `via`. */
export function headerKey(name: string): string {
  const known = seen.get(name);
  if (known !== undefined) {
    return known;
  }
  const lower = name.toLowerCase();
  const key = COMPACT.get(lower) ?? lower;
  if (seen.size < MAX_SEEN && name.length <= 64) {
    const kept = interned(key);
    seen.set(copied(name), kept);
    return kept;
  }
  return key;
}

/** The one string of this text that constants share, so that `key === 'via'` compares two addresses. */
function interned(key: string): string {
  return Object.keys({ [key]: 0 })[0] ?? key;
}
