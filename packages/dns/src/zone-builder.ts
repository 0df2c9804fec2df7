import { isIP } from 'node:net';
import { e164Number, enumDomain } from './e164.js';
import { canonicalName } from './name.js';
import type { Zone, ZoneRecord } from './zone.js';

/** The lab's names as its network file knows them; plain data. */
export interface DnsDescription {
  readonly domains: readonly DomainDescription[];
  readonly enum?: readonly EnumDescription[] | undefined;
  /** `e164.arpa` if not given. */
  readonly enumSuffix?: string | undefined;
  /** The TTL of what there is; 60 if not given. */
  readonly ttlS?: number | undefined;
  /** How long a resolver remembers what there is not; 1 if not given: elements come up one after the other. */
  readonly negativeTtlS?: number | undefined;
  /** The name and the addresses of the server itself; `dns` in the first domain, without an address, if not given. */
  readonly nameServer?: { readonly name: string; readonly addresses: readonly string[] } | undefined;
}

export interface DomainDescription {
  /** `home1.net` */
  readonly name: string;
  readonly hosts?: readonly HostDescription[] | undefined;
  /** Where a SIP request for the domain goes, the most wanted first (RFC 3263 4.1). */
  readonly sipServers?: readonly SipServerDescription[] | undefined;
}

export interface HostDescription {
  /** The whole name, `pcscf1.home1.net`; in this domain. */
  readonly name: string;
  /** IPv4 and IPv6. */
  readonly addresses: readonly string[];
  /** Ports by service, e.g. `_sip._udp`, `_diameter._tcp`; needed where they are not the well-known ones. */
  readonly srv?: readonly { readonly service: string; readonly port: number }[] | undefined;
}

export interface SipServerDescription {
  readonly transport: 'udp' | 'tcp';
  readonly target: string;
  readonly port: number;
  /** SRV priority and weight (RFC 2782); 0 if not given. */
  readonly priority?: number | undefined;
  readonly weight?: number | undefined;
}

/**
 * An ENUM entry: one number, or all that begin with a prefix (the longest prefix counts); a URI, or a regexp that
 * makes one.
 */
export type EnumDescription = (
  | { readonly number: string; readonly prefix?: undefined }
  | { readonly prefix: string; readonly number?: undefined }
) &
  (
    | { readonly uri: string; readonly regexp?: undefined }
    | { readonly regexp: string; readonly uri?: undefined }
  ) & { readonly order?: number | undefined; readonly preference?: number | undefined };

/** Makes the zones: one for each domain, and the ENUM zone. Throws where an entry cannot be used, and says which. */
export function zonesFor(description: DnsDescription): Zone[] {
  const zones = description.domains.map((domain) => domainZone(domain, description));
  return description.enum === undefined ? zones : [...zones, enumZone(description.enum, description)];
}

function ttl({ ttlS = 60 }: DnsDescription): number {
  return ttlS;
}

function apex(origin: string, description: DnsDescription): ZoneRecord[] {
  const ttlS = ttl(description);
  const primary = nameServerOf(description);
  return [
    {
      name: origin,
      ttlS,
      type: 'SOA',
      primary,
      mailbox: `hostmaster.${origin}`,
      serial: 1,
      refreshS: 3600,
      retryS: 600,
      expireS: 86_400,
      minimumS: description.negativeTtlS ?? 1,
    },
    { name: origin, ttlS, type: 'NS', target: primary },
  ];
}

function nameServerOf({ nameServer, domains, enumSuffix = 'e164.arpa' }: DnsDescription): string {
  return nameServer?.name ?? `dns.${domains[0]?.name ?? enumSuffix}`;
}

function domainZone(domain: DomainDescription, description: DnsDescription): Zone {
  const { name: origin, hosts = [], sipServers = [] } = domain;
  const ttlS = ttl(description);
  const records = [...apex(origin, description), ...sipRecords(origin, sipServers, ttlS)];
  for (const host of hosts) records.push(...hostRecords(host, ttlS));
  const { nameServer } = description;
  const isOurs =
    nameServer !== undefined && canonicalName(nameServer.name).endsWith(`.${canonicalName(origin)}`);
  if (isOurs && !hosts.some(({ name }) => canonicalName(name) === canonicalName(nameServer.name))) {
    records.push(...hostRecords(nameServer, ttlS));
  }
  return { origin, records };
}

function hostRecords({ name, addresses, srv = [] }: HostDescription, ttlS: number): ZoneRecord[] {
  const records: ZoneRecord[] = addresses.map((address) => {
    const family = isIP(address);
    if (family === 0) throw new Error(`${name}: ${address} is not an IP address`);
    return { name, ttlS, type: family === 4 ? 'A' : 'AAAA', address };
  });
  for (const { service, port } of srv) {
    records.push({
      name: `${service}.${name}`,
      ttlS,
      type: 'SRV',
      priority: 0,
      weight: 0,
      port,
      target: name,
    });
  }
  return records;
}

/** RFC 3263 4.1: NAPTR records say which transports the domain takes, in the order given; SRV records where. */
function sipRecords(origin: string, servers: readonly SipServerDescription[], ttlS: number): ZoneRecord[] {
  const transports = [...new Set(servers.map(({ transport }) => transport))];
  const naptrs = transports.map((transport, index): ZoneRecord => ({
    name: origin,
    ttlS,
    type: 'NAPTR',
    order: 10,
    preference: 10 * (index + 1),
    flags: 's',
    services: transport === 'udp' ? 'SIP+D2U' : 'SIP+D2T',
    regexp: '',
    replacement: `_sip._${transport}.${origin}`,
  }));
  const srvs = servers.map(({ transport, target, port, priority = 0, weight = 0 }): ZoneRecord => {
    return { name: `_sip._${transport}.${origin}`, ttlS, type: 'SRV', priority, weight, port, target };
  });
  return [...naptrs, ...srvs];
}

function enumZone(entries: readonly EnumDescription[], description: DnsDescription): Zone {
  const origin = description.enumSuffix ?? 'e164.arpa';
  const records = apex(origin, description);
  for (const entry of entries) {
    for (const name of owners(entry, entries, origin)) records.push(naptr(name, entry, ttl(description)));
  }
  return { origin, records };
}

/**
 * Where an entry stands. A wildcard covers nothing below a name that exists (RFC 4592 2.2.1): with +1212* and
 * +12125552222 in one zone, +12125559999 would not be found, since 5.5.5.2.1.2.1 exists. So a prefix stands at each
 * such name below it too.
 */
function owners(entry: EnumDescription, entries: readonly EnumDescription[], origin: string): string[] {
  if (entry.number !== undefined) return [domainOf(entry.number, origin)];
  const digits = digitsOf(entry.prefix);
  const below = new Set([digits]);
  for (const other of entries) {
    const otherDigits = digitsOf(other.number ?? other.prefix);
    for (
      let length = digits.length + 1;
      otherDigits.startsWith(digits) && length <= otherDigits.length;
      length++
    ) {
      below.add(otherDigits.slice(0, length));
    }
  }
  const longer = entries
    .map(({ prefix }) => prefix && digitsOf(prefix))
    .filter((prefix) => prefix !== undefined);
  return [...below]
    .filter((name) => !longer.some((prefix) => prefix.length > digits.length && name.startsWith(prefix)))
    .map((name) => `*.${domainOf(`+${name}`, origin)}`);
}

function naptr(name: string, entry: EnumDescription, ttlS: number): ZoneRecord {
  const { order = 100, preference = 10 } = entry;
  const regexp = entry.regexp ?? `!^.*$!${entry.uri.replace(/[\\!]/g, '\\$&')}!`;
  return {
    name,
    ttlS,
    type: 'NAPTR',
    order,
    preference,
    flags: 'u',
    services: 'E2U+sip',
    regexp,
    replacement: '',
  };
}

function digitsOf(number: string): string {
  const e164 = e164Number(number);
  if (e164 === undefined)
    throw new Error(`ENUM entry: ${number} is not an international number (+ and up to 15 digits)`);
  return e164.slice(1);
}

function domainOf(number: string, origin: string): string {
  return enumDomain(`+${digitsOf(number)}`, origin) ?? origin;
}
