import { canonicalName, parentName } from './name.js';
import type { RecordSet, ZoneIndex, ZoneNode, ZoneRecord, Zones } from './zone.js';

export interface DnsQuestion {
  /** As it was asked: the answer's owner keeps its case. */
  readonly name: string;
  /** `A`, `SRV`, …; `ANY`; what is not known in some other spelling. */
  readonly type: string;
  readonly class: string;
}

export interface DnsReply {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly authoritative: boolean;
  readonly answers: readonly ZoneRecord[];
  readonly authorities: readonly ZoneRecord[];
  readonly additionals: readonly ZoneRecord[];
}

/** Aliases followed for one question. */
const MAX_ALIASES = 8;
/** Record sets that are looked up for the additional section. */
const MAX_ADDITIONAL_NAMES = 16;

const REFUSED: DnsReply = {
  rcode: 'REFUSED',
  authoritative: false,
  answers: [],
  authorities: [],
  additionals: [],
};

/**
 * What an authority for `zones` answers: RFC 1034 4.3.2 with wildcards (RFC 4592), negative answers with the SOA (RFC 2308),
 * a minimal answer to ANY (RFC 8482 4.1), and the addresses of SRV and NS targets. Zone transfers, other classes and names
 * outside of the zones are refused.
 */
export function answer(zones: Zones, question: DnsQuestion): DnsReply {
  if (question.class !== 'IN' || question.type === 'AXFR' || question.type === 'IXFR') return REFUSED;
  const answers: ZoneRecord[] = [];
  let { name } = question;
  for (let followed = 0; ; followed++) {
    const zone = zoneOf(zones, canonicalName(name));
    if (zone === undefined) {
      return followed === 0 ? REFUSED : reply('NOERROR', answers, []); // The alias leads out of our zones.
    }
    const found = lookUp(zone, canonicalName(name));
    switch (found.kind) {
      case 'delegated':
        return {
          ...reply('NOERROR', answers, found.nameServers, additionalsFor(zones, found.nameServers)),
          authoritative: followed > 0,
        };
      case 'none':
        return reply('NXDOMAIN', answers, [negative(zone)]);
      case 'node': {
        const set = select(found.node, question.type);
        const alias = found.node.get('CNAME')?.[0];
        if (set !== undefined) {
          for (const record of set) answers.push({ ...record, name });
          return reply('NOERROR', answers, [], additionalsFor(zones, set));
        }
        if (alias?.type !== 'CNAME' || followed === MAX_ALIASES)
          return reply('NOERROR', answers, [negative(zone)]);
        answers.push({ ...alias, name });
        name = alias.target;
      }
    }
  }
}

/** The answer for a name that no zone can have: a label with a dot or a strange byte in it. `name`: joined all the same. */
export function answerImpossibleName(zones: Zones, name: string): DnsReply {
  const zone = zoneOf(zones, canonicalName(name));
  return zone === undefined ? REFUSED : reply('NXDOMAIN', [], [negative(zone)]);
}

type Found =
  | { readonly kind: 'node'; readonly node: ZoneNode }
  | { readonly kind: 'delegated'; readonly nameServers: RecordSet }
  | { readonly kind: 'none' };

function lookUp({ origin, nodes }: ZoneIndex, name: string): Found {
  let encloser: string | undefined;
  // From the name up to the origin: the first that exists encloses it, the highest with NS records has it delegated.
  let nameServers: RecordSet | undefined;
  for (let at: string | undefined = name; at !== undefined && at !== origin; at = parentName(at)) {
    const node = nodes.get(at);
    if (node === undefined) continue;
    encloser ??= at;
    nameServers = node.get('NS') ?? nameServers;
  }
  if (nameServers !== undefined) return { kind: 'delegated', nameServers };
  encloser ??= origin;
  const node = name === encloser ? nodes.get(name) : nodes.get(`*.${encloser}`);
  return node === undefined ? { kind: 'none' } : { kind: 'node', node };
}

function select(node: ZoneNode, type: string): RecordSet | undefined {
  // RFC 8482 4.1: for ANY one set of records will do, and does not help to amplify.
  return type === 'ANY' ? node.values().next().value : node.get(type);
}

function zoneOf(zones: Zones, name: string): ZoneIndex | undefined {
  for (let at: string | undefined = name; at !== undefined; at = parentName(at)) {
    const zone = zones.get(at);
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** RFC 2308 3: the TTL is the lesser of the SOA's own and its MINIMUM. */
function negative({ soa }: ZoneIndex): ZoneRecord {
  return soa.ttlS <= soa.minimumS ? soa : { ...soa, ttlS: soa.minimumS };
}

function additionalsFor(zones: Zones, records: RecordSet): ZoneRecord[] {
  const targets = new Set<string>();
  for (const record of records) {
    if ((record.type === 'SRV' || record.type === 'NS') && targets.size < MAX_ADDITIONAL_NAMES)
      targets.add(record.target);
  }
  const additionals: ZoneRecord[] = [];
  for (const target of targets) {
    // Also below a delegation: an NS's addresses there are the glue that makes it reachable.
    const node = zoneOf(zones, canonicalName(target))?.nodes.get(canonicalName(target));
    additionals.push(...(node?.get('A') ?? []), ...(node?.get('AAAA') ?? []));
  }
  return additionals;
}

function reply(
  rcode: DnsReply['rcode'],
  answers: readonly ZoneRecord[],
  authorities: readonly ZoneRecord[],
  additionals: readonly ZoneRecord[] = [],
): DnsReply {
  return { rcode, authoritative: true, answers, authorities, additionals };
}
