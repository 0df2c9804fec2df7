import type { Endpoint, Host } from '@ims-sim/host';
import { DnsCache } from './dns-cache.js';
import { DnsClient } from './dns-client.js';
import type { AnyAnswer, ResolvableType } from './dns-response.js';
import { canonicalName, isDomainName } from './name.js';
import type { DnsAnswer, RecordTypes, Resolver } from './resolver.js';

export interface CachingResolverOptions {
  readonly host: Host;
  readonly server: Endpoint;
  /** How long one attempt waits; 1000 if not given. */
  readonly timeoutMs?: number | undefined;
  /** Attempts over UDP; 3 if not given. */
  readonly attempts?: number | undefined;
  /** Names remembered, for each type; 10000 if not given. */
  readonly maxEntries?: number | undefined;
  /** The address to ask from; any of the host's if not given. */
  readonly localAddress?: string | undefined;
}

export interface CachingResolver extends Resolver {
  /** Forgets all answers. */
  flush(): void;
  /** Ends what waits as `failed`, and the socket. */
  close(): void;
}

const EMPTY: AnyAnswer = { kind: 'empty' };

/**
 * A resolver that asks one server and keeps what it says for its TTL, that something is not there too (RFC 2308); what has
 * expired is asked anew, a TTL of 0 is not kept, nor is a failure. The same question asked twice at once is one query.
 * Never rejects.
 */
export function cachingResolver(options: CachingResolverOptions): CachingResolver {
  const { host, server, timeoutMs = 1000, attempts = 3, maxEntries = 10_000, localAddress } = options;
  const client = new DnsClient({ host, server, timeoutMs, attempts, localAddress });
  const caches: Readonly<Record<ResolvableType, DnsCache<AnyAnswer>>> = {
    A: new DnsCache(maxEntries),
    AAAA: new DnsCache(maxEntries),
    SRV: new DnsCache(maxEntries),
    NAPTR: new DnsCache(maxEntries),
  };
  const asking = new Map<string, Promise<AnyAnswer>>();

  const ask = async (name: string, type: ResolvableType, question: string): Promise<AnyAnswer> => {
    const { answer, ttlS } = await client.ask(name, type);
    asking.delete(question);
    if (ttlS > 0) caches[type].set(name, answer, host.clock.now() + ttlS * 1000);
    return answer;
  };
  const resolve = (name: string, type: ResolvableType): AnyAnswer | Promise<AnyAnswer> => {
    const cache = caches[type];
    const nowMs = host.clock.now();
    let known = cache.get(name, nowMs); // Nearly always: names come in lower case.
    if (known !== undefined) return known;
    const canonical = canonicalName(name);
    if (canonical !== name) known = cache.get(canonical, nowMs);
    if (known !== undefined) return known;
    if (!isDomainName(canonical)) return EMPTY; // What is no name has no records.
    const question = `${type} ${canonical}`;
    let answer = asking.get(question);
    if (answer === undefined) {
      answer = ask(canonical, type, question);
      asking.set(question, answer);
    }
    return answer;
  };
  return {
    resolve<T extends ResolvableType>(name: string, type: T) {
      // A cache by type holds answers of its type.
      return resolve(name, type) as DnsAnswer<RecordTypes[T]> | Promise<DnsAnswer<RecordTypes[T]>>;
    },
    flush() {
      for (const cache of Object.values(caches)) cache.clear();
    },
    close: () => client.close(),
  };
}
