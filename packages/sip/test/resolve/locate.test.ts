import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@ims-sim/host';
import {
  locate,
  parseUri,
  unroutable,
  MAX_TARGETS,
  type LocateContext,
  type Target,
} from '../../src/index.js';
import { address, naptr, srv, zone, type ZoneRecords } from './zone.js';

const random = seededRandom(7);

function find(
  uri: string,
  records: ZoneRecords,
  more: Partial<LocateContext> = {},
): { at: string[]; asked: string[] } {
  const resolver = zone(records);
  const parsed = parseUri(uri);
  if (parsed === undefined) {
    throw new Error(uri);
  }
  const targets = locate(parsed, { resolver, random, ...more });
  if (targets instanceof Promise) {
    throw new Error('A resolver that answers at once was answered with a promise');
  }
  return { at: targets.map(shown), asked: resolver.asked };
}

const shown = ({ transport, address: at, port }: Target) => `${transport} ${at} ${port}`;

const S = { 'p.example A': [address('10.0.0.1')] };

describe('RFC 3263 4.1 and 4.2', () => {
  test.each<[string, string, ZoneRecords, string[], string[]]>([
    ['a numeric host: no look-up', 'sip:10.1.1.1', {}, ['UDP 10.1.1.1 5060'], []],
    [
      'a numeric host with port and transport',
      'sip:10.1.1.1:5070;transport=tcp',
      {},
      ['TCP 10.1.1.1 5070'],
      [],
    ],
    ['an IPv6 reference', 'sip:u@[5555::1]:5070', {}, ['UDP 5555::1 5070'], []],
    ['maddr before the host', 'sip:p.example;maddr=10.9.9.9', S, ['UDP 10.9.9.9 5060'], []],
    ['a port: A only', 'sip:p.example:5070', S, ['UDP 10.0.0.1 5070'], ['p.example A']],
    [
      'a transport: SRV of that transport, then A',
      'sip:p.example;transport=TCP',
      S,
      ['TCP 10.0.0.1 5060'],
      ['_sip._tcp.p.example SRV', 'p.example A'],
    ],
    [
      'nothing: NAPTR, SRV in order of preference, A with 5060',
      'sip:p.example',
      S,
      ['UDP 10.0.0.1 5060'],
      ['p.example NAPTR', '_sip._udp.p.example SRV', '_sip._tcp.p.example SRV', 'p.example A'],
    ],
    [
      'the first SRV that is there decides the transport',
      'sip:p.example',
      { '_sip._udp.p.example SRV': [srv(0, 0, 5071, 'h.p.example')], 'h.p.example A': [address('10.0.0.2')] },
      ['UDP 10.0.0.2 5071'],
      ['p.example NAPTR', '_sip._udp.p.example SRV', 'h.p.example A'],
    ],
    [
      'NAPTR by order and preference, services that it has not left out',
      'sip:example.com',
      {
        'example.com NAPTR': [
          naptr(50, 50, 'SIPS+D2T', '_sips._tcp.example.com'),
          naptr(100, 50, 'SIP+D2U', '_sip._udp.example.com'),
          naptr(90, 50, 'SIP+D2T', '_sip._tcp.example.com'),
        ],
        '_sip._tcp.example.com SRV': [srv(0, 1, 5060, 'one.example.com')],
        'one.example.com A': [address('10.0.0.3')],
      },
      ['TCP 10.0.0.3 5060'],
      ['example.com NAPTR', '_sip._tcp.example.com SRV', 'one.example.com A'],
    ],
    [
      'a NAPTR whose service leads nowhere: the next one',
      'sip:example.com',
      {
        'example.com NAPTR': [
          naptr(10, 1, 'SIP+D2T', '_sip._tcp.example.com'),
          naptr(20, 1, 'SIP+D2U', '_sip._udp.example.com'),
        ],
        '_sip._udp.example.com SRV': [srv(0, 1, 5062, 'two.example.com')],
        'two.example.com A': [address('10.0.0.4')],
      },
      ['UDP 10.0.0.4 5062'],
      ['example.com NAPTR', '_sip._tcp.example.com SRV', '_sip._udp.example.com SRV', 'two.example.com A'],
    ],
    [
      'AAAA where there is no A',
      'sip:p.example:5060',
      { 'p.example AAAA': [address('5555::2')] },
      ['UDP 5555::2 5060'],
      ['p.example A', 'p.example AAAA'],
    ],
    [
      'a server that does not know NAPTR',
      'sip:p.example',
      { ...S, 'p.example NAPTR': 'failed', '_sip._udp.p.example SRV': 'failed' },
      ['UDP 10.0.0.1 5060'],
      ['p.example NAPTR', '_sip._udp.p.example SRV', '_sip._tcp.p.example SRV', 'p.example A'],
    ],
    [
      'SRV with the target "." is a refusal, not an absence',
      'sip:p.example;transport=udp',
      { ...S, '_sip._udp.p.example SRV': [srv(0, 0, 0, '.')] },
      [],
      ['_sip._udp.p.example SRV'],
    ],
    ['nothing there', 'sip:x.example:5060', {}, [], ['x.example A', 'x.example AAAA']],
  ])('%s: %s', (_title, uri, records, at, asked) => {
    expect(find(uri, records)).toEqual({ at, asked });
  });

  test('an element without IPv4 asks for AAAA only', () => {
    const found = find(
      'sip:p.example:5060',
      { ...S, 'p.example AAAA': [address('5555::2')] },
      { families: [6] },
    );
    expect(found).toEqual({ at: ['UDP 5555::2 5060'], asked: ['p.example AAAA'] });
  });

  test('RFC 3261 18.1.1: a request that is too long goes by TCP where the URI leaves it open', () => {
    const hint = { transportHint: 'TCP' as const };
    expect(find('sip:10.1.1.1', {}, hint).at).toEqual(['TCP 10.1.1.1 5060']);
    expect(find('sip:10.1.1.1;transport=udp', {}, hint).at).toEqual(['UDP 10.1.1.1 5060']);
    const both = {
      '_sip._udp.p.example SRV': [srv(0, 0, 5071, 'p.example')],
      '_sip._tcp.p.example SRV': [srv(0, 0, 5072, 'p.example')],
      ...S,
    };
    expect(find('sip:p.example', both, hint).at).toEqual(['TCP 10.0.0.1 5072']);
  });

  test('every address of every SRV target in turn, within the bound', () => {
    const many = Array.from({ length: 12 }, (_, i) => address(`10.0.1.${i}`));
    const found = find('sip:p.example', {
      '_sip._udp.p.example SRV': [srv(20, 0, 5062, 'b.example'), srv(10, 0, 5061, 'a.example')],
      'a.example A': many,
      'b.example A': many,
    });
    expect(found.at).toHaveLength(MAX_TARGETS);
    expect(found.at[0]).toBe('UDP 10.0.1.0 5061');
    expect(found.at[12]).toBe('UDP 10.0.1.0 5062');
  });

  test('the same with answers that take their time', async () => {
    const resolver = zone(
      { ...S, '_sip._udp.p.example SRV': [srv(0, 0, 5071, 'p.example')] },
      { later: true },
    );
    const targets = await locate(parseUri('sip:p.example') ?? fail(), { resolver, random });
    expect(targets.map(shown)).toEqual(['UDP 10.0.0.1 5071']);
  });
});

describe('what no DNS can help', () => {
  test.each([
    ['sips:p.example', 'tls-not-supported'],
    ['sip:p.example;transport=tls', 'tls-not-supported'],
    ['sip:p.example;transport=sctp', 'transport-not-supported'],
    ['tel:+1-212-555-2222', 'not-sip'],
    ['pres:u@p.example', 'not-sip'],
    ['sip:p.example', undefined],
  ])('%s: %s', (uri, why) => {
    expect(unroutable(parseUri(uri) ?? fail())).toBe(why);
    if (why !== undefined) {
      expect(find(uri, S)).toEqual({ at: [], asked: [] });
    }
  });

  test('an element without TCP', () => {
    const tcp = parseUri('sip:p.example;transport=tcp') ?? fail();
    expect(unroutable(tcp, { transports: ['UDP'] })).toBe('transport-not-supported');
  });
});

describe('RFC 2782: the order of SRV records', () => {
  test('within one priority by weight, those of weight 0 seldom', () => {
    const records = {
      '_sip._udp.p.example SRV': [
        srv(1, 0, 1, 'z'),
        srv(1, 10, 2, 'a'),
        srv(1, 30, 3, 'b'),
        srv(2, 100, 4, 'c'),
      ],
      ...Object.fromEntries(['z', 'a', 'b', 'c'].map((name) => [`${name} A`, [address('10.0.0.1')]])),
    };
    const firsts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const { at } = find('sip:p.example', records);
      expect(at).toHaveLength(4);
      expect(at[3]).toBe('UDP 10.0.0.1 4');
      firsts.set(at[0] ?? '', (firsts.get(at[0] ?? '') ?? 0) + 1);
    }
    const share = (port: number) => (firsts.get(`UDP 10.0.0.1 ${port}`) ?? 0) / 4000;
    expect(share(1)).toBeGreaterThan(0.005);
    expect(share(1)).toBeLessThan(0.06);
    expect(share(2)).toBeCloseTo(10 / 41, 1);
    expect(share(3)).toBeCloseTo(30 / 41, 1);
    expect(share(4)).toBe(0);
  });
});

function fail(): never {
  throw new Error('Not a URI');
}
