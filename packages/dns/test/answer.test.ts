import { describe, expect, test } from '@jest/globals';
import { answer, indexZones, type Zone, type ZoneRecord } from '../src/index.js';
import { LAB_ZONES } from './lab.js';

const soa = (origin: string): ZoneRecord => ({
  name: origin,
  ttlS: 60,
  type: 'SOA',
  primary: `ns.${origin}`,
  mailbox: `hostmaster.${origin}`,
  serial: 1,
  refreshS: 1,
  retryS: 1,
  expireS: 1,
  minimumS: 5,
});
const a = (name: string, address = '10.0.0.1'): ZoneRecord => ({ name, ttlS: 60, type: 'A', address });
const cname = (name: string, target: string): ZoneRecord => ({ name, ttlS: 60, type: 'CNAME', target });
const ns = (name: string, target: string): ZoneRecord => ({ name, ttlS: 60, type: 'NS', target });
/** RFC 4592 2.2.1's example, shortened, with aliases and a delegation. */
const EXAMPLE: Zone = {
  origin: 'example',
  records: [
    soa('example'),
    ns('example', 'ns.example'),
    a('ns.example'),
    a('*.example', '10.0.0.2'),
    a('host1.example'),
    {
      name: '_ssh._tcp.host1.example',
      ttlS: 60,
      type: 'SRV',
      priority: 0,
      weight: 0,
      port: 22,
      target: 'host1.example',
    },
    ns('subdel.example', 'ns.subdel.example'),
    a('ns.subdel.example', '10.0.0.3'),
    cname('alias.example', 'other.example'),
    cname('other.example', 'host1.example'),
    cname('out.example', 'www.example.com'),
    cname('dangling.example', 'nothing.host1.example'),
    cname('round.example', 'about.example'),
    cname('about.example', 'round.example'),
  ],
};
const zones = indexZones([...LAB_ZONES, EXAMPLE]);
const ask = (name: string, type = 'A', klass = 'IN') => answer(zones, { name, type, class: klass });
const line = (record: ZoneRecord) => {
  const value = { address: '', target: '', replacement: '', regexp: '', ...record };
  return `${record.name} ${record.type} ${value.address}${value.target}${value.replacement}${value.regexp}`.trimEnd();
};
const lines = (records: readonly ZoneRecord[]) => records.map(line);

describe('RFC 1034 4.3.2: what an authority answers', () => {
  test.each([
    ['pcscf1.home1.net', 'A', ['pcscf1.home1.net A 127.0.0.1']],
    ['pcscf1.home1.net', 'AAAA', ['pcscf1.home1.net AAAA ::1']],
    ['PCscf1.HOME1.net', 'A', ['PCscf1.HOME1.net A 127.0.0.1']],
    ['icscf2_s.home2.net', 'A', ['icscf2_s.home2.net A 127.0.0.1']],
    ['_sip._udp.home2.net', 'SRV', ['_sip._udp.home2.net SRV icscf2.home2.net']],
    ['home2.net', 'NS', ['home2.net NS dns.home1.net']],
    [
      '2.2.2.2.5.5.5.2.1.2.1.e164.arpa',
      'NAPTR',
      ['2.2.2.2.5.5.5.2.1.2.1.e164.arpa NAPTR !^.*$!sip:user2_public1@home2.net!'],
    ],
    [
      'alias.example',
      'A',
      ['alias.example CNAME other.example', 'other.example CNAME host1.example', 'host1.example A 10.0.0.1'],
    ],
    ['alias.example', 'CNAME', ['alias.example CNAME other.example']],
    ['out.example', 'A', ['out.example CNAME www.example.com']],
  ])('%s %s', (name, type, expected) => {
    const reply = ask(name, type);
    expect(lines(reply.answers)).toEqual(expected);
    expect(reply).toMatchObject({ rcode: 'NOERROR', authoritative: true, authorities: [] });
  });

  test.each([
    ['a type that the name has not', 'pcscf1.home1.net', 'NAPTR', 'home1.net'],
    ['an empty non-terminal (RFC 8020)', '_udp.pcscf1.home1.net', 'SRV', 'home1.net'],
    ['an empty non-terminal below a wildcard', '_tcp.host1.example', 'A', 'example'],
    ['a type that the wildcard has not', 'x.example', 'SRV', 'example'],
    ['a type that nobody knows', 'pcscf1.home1.net', 'UNKNOWN_65280', 'home1.net'],
  ])('no data: %s', (_what, name, type, origin) => {
    const reply = ask(name, type);
    expect(reply).toMatchObject({ rcode: 'NOERROR', authoritative: true, answers: [] });
    expect(lines(reply.authorities)).toEqual([`${origin} SOA`]);
    expect(reply.authorities[0]?.ttlS).toBe(5); // RFC 2308 3: the SOA's MINIMUM.
  });

  test.each([
    ['nobody.home1.net', 'home1.net'],
    ['x.pcscf1.home1.net', 'home1.net'],
    ['3.3.3.3.e164.arpa', 'e164.arpa'],
    ['x.host1.example', 'example'], // RFC 4592 2.2.1: host1.example encloses it, not the wildcard.
    ['ghost.*.example', 'example'],
  ])('no such name: %s', (name, origin) => {
    const reply = ask(name);
    expect(reply).toMatchObject({ rcode: 'NXDOMAIN', authoritative: true, answers: [] });
    expect(lines(reply.authorities)).toEqual([`${origin} SOA`]);
  });

  test('an alias to what is not there says both', () => {
    const reply = ask('dangling.example');
    expect(reply.rcode).toBe('NXDOMAIN');
    expect(lines(reply.answers)).toEqual(['dangling.example CNAME nothing.host1.example']);
  });

  test('aliases in a circle end', () => {
    expect(ask('round.example').answers.length).toBeLessThan(20);
  });

  test.each([
    ['example.com', 'A', 'IN'],
    ['net', 'A', 'IN'],
    ['', 'NS', 'IN'],
    ['xhome1.net', 'A', 'IN'],
    ['pcscf1.home1.net', 'A', 'CH'],
    ['pcscf1.home1.net', 'A', 'ANY'],
    ['home1.net', 'AXFR', 'IN'],
    ['home1.net', 'IXFR', 'IN'],
  ])('refused: %j %s %s', (name, type, klass) => {
    expect(ask(name, type, klass)).toEqual({
      rcode: 'REFUSED',
      authoritative: false,
      answers: [],
      authorities: [],
      additionals: [],
    });
  });

  test.each([
    ['some.example', 'some.example A 10.0.0.2'],
    ['Deep.er.example', 'Deep.er.example A 10.0.0.2'],
    ['*.example', '*.example A 10.0.0.2'],
  ])('RFC 4592: the wildcard answers for %s', (name, expected) => {
    expect(lines(ask(name).answers)).toEqual([expected]);
  });

  test('what is delegated is referred to, with the addresses of its servers', () => {
    const reply = ask('www.subdel.example');
    expect(reply).toMatchObject({ rcode: 'NOERROR', authoritative: false, answers: [] });
    expect(lines(reply.authorities)).toEqual(['subdel.example NS ns.subdel.example']);
    expect(lines(reply.additionals)).toEqual(['ns.subdel.example A 10.0.0.3']);
    expect(ask('ns.subdel.example').authoritative).toBe(false);
  });

  test('RFC 2782: an SRV answer brings the addresses of its target', () => {
    expect(lines(ask('_sip._udp.pcscf1.home1.net', 'SRV').additionals)).toEqual([
      'pcscf1.home1.net A 127.0.0.1',
      'pcscf1.home1.net AAAA ::1',
    ]);
  });

  test('RFC 8482: ANY gets one set of records', () => {
    const reply = ask('pcscf1.home1.net', 'ANY');
    expect(reply.rcode).toBe('NOERROR');
    expect(new Set(reply.answers.map(({ type }) => type)).size).toBe(1);
    expect(ask('nobody.home1.net', 'ANY').rcode).toBe('NXDOMAIN');
  });
});

describe('a zone that cannot be', () => {
  test.each<[string, ZoneRecord[]]>([
    ['needs one SOA', [a('x.example')]],
    ['needs one SOA', [soa('example'), soa('example')]],
    ['not in the zone', [soa('example'), a('x.example2')]],
    ['is not an IPv4 address', [soa('example'), a('x.example', '::1')]],
    ['not a domain name', [soa('example'), a('x..example')]],
    ['not a domain name', [soa('example'), a(`${'x'.repeat(64)}.example`)]],
    ['not a domain name', [soa('example'), cname('x.example', 'y z')]],
    ['has a CNAME and other', [soa('example'), cname('x.example', 'y.example'), a('x.example')]],
    ['a TTL of -1', [soa('example'), { ...a('x.example'), ttlS: -1 }]],
    [
      'up to 65535',
      [
        soa('example'),
        {
          name: 's.example',
          ttlS: 1,
          type: 'SRV',
          priority: 0,
          weight: 0,
          port: 65_536,
          target: 'x.example',
        },
      ],
    ],
    [
      'longer than 255',
      [
        soa('example'),
        {
          name: 'n.example',
          ttlS: 1,
          type: 'NAPTR',
          order: 1,
          preference: 1,
          flags: 'u',
          services: 'E2U+sip',
          regexp: 'x'.repeat(256),
          replacement: '',
        },
      ],
    ],
  ])('%s', (problem, records) => {
    expect(() => indexZones([{ origin: 'example', records }])).toThrow(problem);
  });
});
