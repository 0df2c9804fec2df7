import type { Clock } from '@ims-sim/host';
import type { Message } from './decode.js';
import { get, getAll, valueOf } from './decode.js';
import { base } from './dictionary-base.js';
import type { OutgoingRequest } from './options.js';

/** A host that a redirect agent names (RFC 6733 6.12, 4.3.1 DiameterURI). */
export interface RedirectHost {
  readonly host: string;
  readonly port: number;
}

const MAX_ENTRIES = 1_000;
const MAX_HOSTS = 8;
const DIAMETER_PORT = 3868;

/** Redirect-Host-Usage, RFC 6733 6.13, by its value: what requests it is for, as a key of the cache. Value 0 is not cached. */
const keys: readonly ((request: OutgoingRequest) => string | undefined)[] = [
  () => undefined, // DONT_CACHE
  (request) => request.sessionId, // ALL_SESSION
  (request) => request.destinationRealm.toLowerCase(), // ALL_REALM
  (request) => `${request.destinationRealm.toLowerCase()} ${String(request.command.application)}`, // REALM_AND_APPLICATION
  (request) => String(request.command.application), // ALL_APPLICATION
  (request) => request.destinationHost?.toLowerCase(), // ALL_HOST
  userOf, // ALL_USER
];
/** 6.13: which goes first where several fit. */
const PRECEDENCE = [1, 6, 3, 2, 4, 5];

/** What redirect agents have said and how long it holds; the oldest entry goes where there are too many. */
export class RedirectCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly hosts: readonly RedirectHost[]; readonly endMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The hosts that requests like this one were redirected to; undefined where none holds any more. */
  hostsFor(request: OutgoingRequest): readonly RedirectHost[] | undefined {
    if (this.#entries.size === 0) return undefined;
    for (const usage of PRECEDENCE) {
      const key = keyOf(usage, request);
      const entry = key === undefined ? undefined : this.#entries.get(key);
      if (key === undefined || entry === undefined) continue;
      if (entry.endMs > this.#clock.now()) return entry.hosts;
      this.#entries.delete(key);
    }
    return undefined;
  }

  /** Takes in a DIAMETER_REDIRECT_INDICATION and gives the hosts that it names, in their order. */
  learn(request: OutgoingRequest, indication: Message): readonly RedirectHost[] {
    const hosts = getAll(indication, base.redirectHost).slice(0, MAX_HOSTS).flatMap(redirectHost);
    const key = keyOf(get(indication, base.redirectHostUsage) ?? 0, request);
    const holdsS = get(indication, base.redirectMaxCacheTime) ?? 0; // 6.14: there, where it is to be cached
    if (key === undefined || hosts.length === 0 || holdsS === 0) return hosts;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.delete(key);
    this.#entries.set(key, { hosts, endMs: this.#clock.now() + holdsS * 1000 });
    return hosts;
  }

  /** Nobody is at these hosts: the next request of the kind asks the agent again. */
  forget(request: OutgoingRequest): void {
    for (const usage of PRECEDENCE) {
      const key = keyOf(usage, request);
      if (key !== undefined) this.#entries.delete(key);
    }
  }
}

function keyOf(usage: number, request: OutgoingRequest): string | undefined {
  const value = keys[usage]?.(request);
  return value === undefined ? undefined : `${String(usage)} ${value}`;
}

function userOf({ avps }: OutgoingRequest): string | undefined {
  for (const avp of avps) {
    if (avp.kind === 'raw') {
      const { raw } = avp;
      if (raw.code === base.userName.code && raw.vendorId === 0) return valueOf(raw, base.userName);
    } else if (avp.definition === base.userName) return String(avp.value);
  }
  return undefined;
}

/** `aaa://host:port;transport=tcp;protocol=diameter`; of `aaas` and other transports nothing comes, they are not spoken here. */
function redirectHost(uri: string): RedirectHost[] {
  const match = /^aaa:\/\/([a-z\d_.-]{1,255})(?::(\d{1,5}))?((?:;[^;]*)*)$/i.exec(uri);
  const [, host, port, parameters = ''] = match ?? [];
  if (host === undefined) return [];
  const wanted = parameters.toLowerCase();
  // 4.3.1: without a transport it is SCTP that is meant; whoever leaves it out is tried over TCP all the same.
  if (/;transport=(?!tcp(?:;|$))/.test(wanted) || /;protocol=(?!diameter(?:;|$))/.test(wanted)) return [];
  return [{ host, port: port === undefined ? DIAMETER_PORT : Number(port) }];
}
