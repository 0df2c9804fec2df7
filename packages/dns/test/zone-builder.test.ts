import { describe, expect, test } from '@jest/globals';
import {
  answer,
  applyEnum,
  enumDomain,
  indexZones,
  zonesFor,
  type DnsDescription,
  type NaptrRecord,
} from '../src/index.js';
import { LAB } from './lab.js';

const lookUp = (description: DnsDescription, name: string, type: string) =>
  answer(indexZones(zonesFor(description)), { name, type, class: 'IN' });

describe('zonesFor', () => {
  test.each([
    ['_sip._udp.pcscf1.home1.net', { port: 5061, target: 'pcscf1.home1.net', priority: 0, weight: 0 }],
    ['_diameter._tcp.hss1.home1.net', { port: 3871, target: 'hss1.home1.net' }],
    ['_sip._udp.home2.net', { port: 5071, target: 'icscf2.home2.net' }],
    ['_sip._tcp.home2.net', { port: 5071, target: 'icscf2.home2.net' }],
  ])('%s', (name, record) => {
    expect(lookUp(LAB, name, 'SRV').answers).toEqual([expect.objectContaining(record)]);
  });

  test('RFC 3263 4.1: NAPTR records for the transports of a domain, in their order; none for a domain without servers', () => {
    const records = lookUp(LAB, 'home2.net', 'NAPTR').answers;
    expect(records).toMatchObject([
      {
        services: 'SIP+D2U',
        flags: 's',
        order: 10,
        preference: 10,
        regexp: '',
        replacement: '_sip._udp.home2.net',
      },
      {
        services: 'SIP+D2T',
        flags: 's',
        order: 10,
        preference: 20,
        regexp: '',
        replacement: '_sip._tcp.home2.net',
      },
    ]);
    expect(lookUp(LAB, 'home1.net', 'NAPTR').answers).toEqual([]);
  });

  test('the name server has its address where its name is ours', () => {
    expect(lookUp(LAB, 'dns.home1.net', 'A').answers).toHaveLength(1);
    expect(zonesFor({ domains: [{ name: 'home1.net' }] })[0]?.records).toMatchObject([
      { type: 'SOA', primary: 'dns.home1.net' },
      { type: 'NS', target: 'dns.home1.net' },
    ]);
  });

  const enumUri = (description: DnsDescription, number: string) => {
    const { answers } = lookUp(description, enumDomain(number) ?? '', 'NAPTR');
    const result = applyEnum(answers as (NaptrRecord & (typeof answers)[number])[], number);
    return result.kind === 'uri' ? result.uri : undefined;
  };

  test.each([
    ['+12125552222', 'sip:user2_public1@home2.net'],
    ['+12125559999', 'sip:user9999@home2.net'],
    ['+12125552223', 'sip:user2223@home2.net'], // Beside the number that exists, where a wildcard alone would not reach.
    ['+12125552322', 'sip:user2322@home2.net'],
    ['+12125562222', undefined],
    ['+1212555', undefined],
  ])('ENUM: %s is %s', (number, uri) => {
    expect(enumUri(LAB, number)).toBe(uri);
  });

  test('ENUM: of several prefixes the longest counts', () => {
    const prefixes = ['+1', '+1212', '+12125', '+44'].map((prefix) => ({
      prefix,
      uri: `sip:of${prefix.slice(1)}@x.net`,
    }));
    const description = { domains: [], enum: [...prefixes, { number: '+12129', uri: 'sip:exact@x.net' }] };
    const cases = [
      ['+13', '1'],
      ['+1213', '1'],
      ['+12123', '1212'],
      ['+121250', '12125'],
      ['+1212511111', '12125'],
      ['+121291', '1212'],
      ['+4412', '44'],
    ] as const;
    for (const [number, prefix] of cases) expect(enumUri(description, number)).toBe(`sip:of${prefix}@x.net`);
    expect(enumUri(description, '+12129')).toBe('sip:exact@x.net');
    expect(enumUri(description, '+4')).toBeUndefined();
  });

  test('ENUM: the delimiter and the backslash are safe in a URI', () => {
    const uri = 'sip:what!1@home2.net';
    expect(enumUri({ domains: [], enum: [{ number: '+1', uri }] }, '+1')).toBe(uri);
  });

  test.each<[string, DnsDescription]>([
    [
      '12125552222 is not an international number',
      { domains: [], enum: [{ number: '12125552222', uri: 'sip:a@b' }] },
    ],
    [
      'pcscf1 is not an IP address',
      { domains: [{ name: 'home1.net', hosts: [{ name: 'x.home1.net', addresses: ['pcscf1'] }] }] },
    ],
  ])('cannot be used: %s', (problem, description) => {
    expect(() => zonesFor(description)).toThrow(problem);
  });

  test('a host of another domain cannot be used', () => {
    const zones = zonesFor({
      domains: [{ name: 'home1.net', hosts: [{ name: 'x.home2.net', addresses: ['127.0.0.1'] }] }],
    });
    expect(() => indexZones(zones)).toThrow('not in the zone');
  });
});
