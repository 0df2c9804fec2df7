import { isIP } from 'node:net';
import { canonicalName, isDomainName, parentName } from './name.js';
import type { NaptrRecord, SrvRecord } from './resolver.js';

export interface SoaRecord {
  readonly primary: string;
  /** A mailbox as a domain name: `hostmaster.home1.net`. */
  readonly mailbox: string;
  readonly serial: number;
  readonly refreshS: number;
  readonly retryS: number;
  readonly expireS: number;
  /** How long a resolver may remember that something is not there (RFC 2308 4). */
  readonly minimumS: number;
}

/** A record with its owner and its time to live; names without a dot at the end. */
export type ZoneRecord = { readonly name: string; readonly ttlS: number } & (
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | ({ readonly type: 'SRV' } & SrvRecord)
  | ({ readonly type: 'NAPTR' } & NaptrRecord)
  | { readonly type: 'NS' | 'CNAME'; readonly target: string }
  | ({ readonly type: 'SOA' } & SoaRecord)
);

/** What the server is the authority for; `records` has one SOA, at the origin. */
export interface Zone {
  readonly origin: string;
  readonly records: readonly ZoneRecord[];
}

export type RecordSet = readonly ZoneRecord[];
/** The record sets of one name by type; none for an empty non-terminal (RFC 8020). */
export type ZoneNode = ReadonlyMap<string, RecordSet>;

export interface ZoneIndex {
  readonly origin: string;
  readonly soa: ZoneRecord & { readonly type: 'SOA' };
  readonly nodes: ReadonlyMap<string, ZoneNode>;
}
/** Zones by their origin, made ready for look-ups. */
export type Zones = ReadonlyMap<string, ZoneIndex>;

/** Makes zones ready for `answer`. Throws where a record cannot stand in a zone, and says which. */
export function indexZones(zones: readonly Zone[]): Zones {
  return new Map(zones.map((zone) => [canonicalName(zone.origin), indexZone(zone)]));
}

function indexZone(zone: Zone): ZoneIndex {
  const origin = canonicalName(zone.origin);
  const nodes = new Map<string, Map<string, ZoneRecord[]>>();
  for (const record of zone.records) {
    check(record, origin);
    const sets = nodeAt(nodes, canonicalName(record.name), origin);
    const set = sets.get(record.type);
    if (set === undefined) sets.set(record.type, [record]);
    else set.push(record);
  }
  const [soa, ...more] = nodes.get(origin)?.get('SOA') ?? [];
  if (soa?.type !== 'SOA' || more.length > 0)
    throw new Error(`Zone ${zone.origin} needs one SOA record at its origin`);
  for (const [name, sets] of nodes) {
    // RFC 1034 3.6.2: an alias has no other records.
    if (sets.has('CNAME') && (sets.size > 1 || (sets.get('CNAME')?.length ?? 0) > 1)) {
      throw new Error(`Zone ${zone.origin}: ${name} has a CNAME and other records`);
    }
  }
  return { origin, soa, nodes };
}

/** The node of `name`; the names between it and the origin exist with it. */
function nodeAt(
  nodes: Map<string, Map<string, ZoneRecord[]>>,
  name: string,
  origin: string,
): Map<string, ZoneRecord[]> {
  const known = nodes.get(name);
  if (known !== undefined) return known;
  const node = new Map<string, ZoneRecord[]>();
  nodes.set(name, node);
  const parent = parentName(name);
  if (name !== origin && parent !== undefined) nodeAt(nodes, parent, origin);
  return node;
}

function check(record: ZoneRecord, origin: string): void {
  const problem = problemWith(record, origin);
  if (problem !== undefined)
    throw new Error(`Zone ${origin}, ${record.type} record of ${record.name}: ${problem}`);
}

function problemWith(record: ZoneRecord, origin: string): string | undefined {
  const name = canonicalName(record.name);
  if (!isDomainName(name)) return 'the owner is not a domain name';
  if (name !== origin && !name.endsWith(`.${origin}`)) return 'the owner is not in the zone';
  if (!isUint(record.ttlS, 0x7fff_ffff)) return `a TTL of ${record.ttlS} s`;
  switch (record.type) {
    case 'A':
      return isIP(record.address) === 4 ? undefined : `${record.address} is not an IPv4 address`;
    case 'AAAA':
      return isIP(record.address) === 6 ? undefined : `${record.address} is not an IPv6 address`;
    case 'SRV':
      if (![record.priority, record.weight, record.port].every((value) => isUint(value, 0xffff))) {
        return 'priority, weight and port are numbers up to 65535';
      }
      return targetProblem(record.target);
    case 'NAPTR':
      return naptrProblem(record);
    case 'NS':
    case 'CNAME':
      return targetProblem(record.target);
    case 'SOA':
      return targetProblem(record.primary) ?? targetProblem(record.mailbox);
  }
}

function naptrProblem({
  order,
  preference,
  flags,
  services,
  regexp,
  replacement,
}: NaptrRecord): string | undefined {
  if (!isUint(order, 0xffff) || !isUint(preference, 0xffff))
    return 'order and preference are numbers up to 65535';
  // RFC 1035 3.3: the length of a <character-string> is one byte.
  for (const text of [flags, services, regexp]) {
    if (Buffer.byteLength(text) > 255) return `${text.slice(0, 30)}… is longer than 255 bytes`;
  }
  return targetProblem(replacement);
}

/** The root stands for "none" (RFC 2782, RFC 3403). */
function targetProblem(target: string): string | undefined {
  const name = canonicalName(target);
  return name === '' || isDomainName(name) ? undefined : `${target} is not a domain name`;
}

function isUint(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= maximum;
}
