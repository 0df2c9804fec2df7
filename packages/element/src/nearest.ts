import { isIPv4, isIPv6 } from 'node:net';
import type { DnsAnswer, RecordTypes, Resolver } from '@ims-sim/dns';

type Address = RecordTypes['A'];

/** RFC 6724 2.2: the interface identifier does not count. IPv6 networks are /64; IPv4 addresses count whole. */
const IPV6_PREFIX_BITS = 64;

/**
 * A resolver that gives the addresses nearest to one of `own` first (RFC 6724 5 rule 9: the longest matching prefix), for an
 * element on several networks: its peers' names have an address on each of theirs. Those that are as near stay in the order
 * of the answer. An answer is sorted once.
 */
export function nearestFirst(resolver: Resolver, own: readonly string[]): Resolver {
  const sorted = new WeakMap<object, DnsAnswer<Address>>();
  const sort = (answer: DnsAnswer<Address>): DnsAnswer<Address> => {
    if (answer.kind !== 'records' || answer.records.length < 2) {
      return answer;
    }
    let known = sorted.get(answer);
    if (!known) {
      const nearness = ({ address }: Address): number =>
        Math.max(...own.map((mine) => nearnessOf(mine, address)));
      known = { ...answer, records: [...answer.records].sort((a, b) => nearness(b) - nearness(a)) };
      sorted.set(answer, known);
    }
    return known;
  };
  const resolve = (name: string, type: keyof RecordTypes): unknown => {
    const answer = resolver.resolve(name, type);
    if (type !== 'A' && type !== 'AAAA') {
      return answer;
    }
    const addresses = answer as DnsAnswer<Address> | Promise<DnsAnswer<Address>>;
    return addresses instanceof Promise ? addresses.then(sort) : sort(addresses);
  };
  return { resolve: resolve as Resolver['resolve'] };
}

/** The one of `own` that is nearest to `remote`; undefined where none is of its family. */
export function nearestTo(remote: string, own: readonly string[]): string | undefined {
  const sameFamily = own.filter((mine) => isIPv4(mine) === isIPv4(remote));
  return sameFamily.sort((a, b) => nearnessOf(b, remote) - nearnessOf(a, remote))[0];
}

/** `commonPrefix` as far as it says something: where hosts of one network have their number matters to nobody. */
function nearnessOf(a: string, b: string): number {
  return isIPv6(a) ? Math.min(commonPrefix(a, b), IPV6_PREFIX_BITS) : commonPrefix(a, b);
}

/** How many leading bits two addresses share; -1 where they are of different families. */
export function commonPrefix(a: string, b: string): number {
  const [x, y] = [groups(a), groups(b)];
  if (x.length !== y.length) {
    return -1;
  }
  const width = x.length === 4 ? 8 : 16;
  for (const [index, group] of x.entries()) {
    const differing = group ^ (y[index] ?? 0);
    if (differing !== 0) {
      return index * width + Math.clz32(differing) - (32 - width);
    }
  }
  return x.length * width;
}

/** The bytes of an IPv4 address, the 16-bit groups of an IPv6 one; none for what is neither. */
function groups(address: string): number[] {
  if (isIPv4(address)) {
    return address.split('.').map(Number);
  }
  if (!isIPv6(address)) {
    return [];
  }
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const left = hexGroups(head);
  const right = hexGroups(tail ?? '');
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

function hexGroups(text: string): number[] {
  return text === ''
    ? []
    : text.split(':').flatMap((group) => {
        const [a = 0, b = 0, c = 0, d = 0] = group.includes('.') ? group.split('.').map(Number) : [];
        return group.includes('.') ? [a * 256 + b, c * 256 + d] : [parseInt(group, 16)];
      });
}
