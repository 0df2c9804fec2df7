import { describe, expect, test } from '@jest/globals';
import { testHost } from '@ims-sim/host';
import {
  applyEnum,
  cachingResolver,
  e164Number,
  enumDomain,
  resolveEnum,
  startDnsServer,
  type DnsAnswer,
  type NaptrRecord,
  type Resolver,
} from '../src/index.js';
import { LAB_ZONES } from './lab.js';

const NUMBER = '+12125552222';
const naptr = (fields: Partial<NaptrRecord>): NaptrRecord => ({
  order: 100,
  preference: 10,
  flags: 'u',
  services: 'E2U+sip',
  regexp: '!^.*$!sip:user2_public1@home2.net!',
  replacement: '',
  ...fields,
});
const to = (user: string, fields: Partial<NaptrRecord> = {}) =>
  naptr({ regexp: `!^.*$!sip:${user}@home2.net!`, ...fields });
const userOf = (records: readonly NaptrRecord[], number = NUMBER) => {
  const result = applyEnum(records, number);
  return result.kind === 'uri' ? /^sip:(.*)@/.exec(result.uri)?.[1] : undefined;
};

describe('RFC 6116 3.1, 3.4: from a number to its domain', () => {
  test.each([
    ['tel:+1-212-555-2222', '+12125552222', '2.2.2.2.5.5.5.2.1.2.1.e164.arpa'],
    ['TEL:+1(212)555.2222', '+12125552222', '2.2.2.2.5.5.5.2.1.2.1.e164.arpa'],
    ['tel:+442079460148;isub=12', '+442079460148', '8.4.1.0.6.4.9.7.0.2.4.4.e164.arpa'],
    ['+44 20 7946 0148', '+442079460148', '8.4.1.0.6.4.9.7.0.2.4.4.e164.arpa'],
    ['+123456789012345', '+123456789012345', '5.4.3.2.1.0.9.8.7.6.5.4.3.2.1.e164.arpa'],
  ])('%s', (text, number, domain) => {
    expect(e164Number(text)).toBe(number);
    expect(enumDomain(text)).toBe(domain);
  });

  test.each([
    'tel:5552222;phone-context=+1212',
    'tel:5552222',
    '12125552222',
    '+',
    'tel:',
    'tel:+',
    'tel:;+1',
    '+1234567890123456',
    '+1212x',
    '++1212',
    '1+212',
    'tel:+1 212',
    '+1212;x=1',
    'tel:+1*2',
    'sip:+12125552222@home1.net',
    '',
  ])('%j has none', (text) => {
    expect(enumDomain(text)).toBeUndefined();
  });

  test('another suffix', () => {
    expect(enumDomain('+12', 'e164.home1.net')).toBe('2.1.e164.home1.net');
  });
});

describe('RFC 3402 4, RFC 3403 4.1: which record is used', () => {
  test('order before preference, whatever the order in the answer', () => {
    const records = [
      to('c', { order: 101, preference: 1 }),
      to('b', { order: 100, preference: 20 }),
      to('a', { order: 100, preference: 10 }),
    ];
    expect(userOf(records)).toBe('a');
    expect(userOf(records.slice(0, 2))).toBe('b');
  });

  test.each([
    'E2U+sip',
    'e2u+SIP',
    'E2U+sip:x',
    'E2U+voice:tel+sip',
    'E2U+email:mailto+sip',
    'sip+E2U', // RFC 2916
  ])('service %s is for SIP', (services) => {
    expect(userOf([naptr({ services })])).toBe('user2_public1');
  });

  test.each([
    ['another service', { services: 'E2U+pres' }],
    [
      'another application',
      { services: 'SIP+D2U', flags: 's', regexp: '', replacement: '_sip._udp.home2.net' },
    ],
    ['no service', { services: '' }],
    ['E2U alone', { services: 'E2U' }],
    ['a service like it', { services: 'E2U+sipx' }],
    ['an unknown flag', { flags: 'x' }],
    ['two flags', { flags: 'us' }],
    ['a regexp that is none', { regexp: '!^.*$!sip:a@b' }],
    ['a regexp that does not match', { regexp: '!^\\+44!sip:a@b!' }],
    ['a result that is no SIP URI', { regexp: '!^.*$!mailto:a@b!' }],
    ['a result with a space', { regexp: '!^.*$!sip:a @b!' }],
    ['a result with a line break', { regexp: '!^.*$!sip:a@b\r\nX: y!' }],
    ['an empty result', { regexp: '!^.*$!!' }],
  ])('%s is passed over, with a reason', (_what, fields) => {
    expect(userOf([naptr({ ...fields, order: 1 }), to('next')])).toBe('next');
    const result = applyEnum([naptr(fields)], NUMBER);
    expect(result).toEqual({ kind: 'none', reason: expect.stringMatching(/.+/) });
  });

  test('flag U in upper case; a sips URI', () => {
    expect(applyEnum([naptr({ flags: 'U', regexp: '!^.*$!sips:a@b!' })], NUMBER)).toMatchObject({
      kind: 'uri',
      uri: 'sips:a@b',
    });
  });

  test('no records, no number', () => {
    expect(applyEnum([], NUMBER)).toEqual({ kind: 'none', reason: 'no NAPTR records' });
    expect(applyEnum([naptr({})], 'tel:911')).toMatchObject({ kind: 'none' });
  });

  test('the record that was used is told, and numbers share the rules of a cached answer', () => {
    const records = [naptr({ regexp: '!^\\+1212555(....)$!sip:u\\1@home2.net!' })];
    expect(applyEnum(records, 'tel:+1-212-555-0001')).toEqual({
      kind: 'uri',
      uri: 'sip:u0001@home2.net',
      record: records[0],
    });
    expect(applyEnum(records, '+12125550002')).toMatchObject({ uri: 'sip:u0002@home2.net' });
  });
});

describe('resolveEnum', () => {
  const names = (zone: Record<string, DnsAnswer<NaptrRecord>>, asynchronous = false): Resolver => ({
    resolve: (name: string) => {
      const answer = (zone[name] ?? { kind: 'empty' }) as DnsAnswer<never>;
      return asynchronous ? Promise.resolve(answer) : answer;
    },
  });
  const records = (...all: NaptrRecord[]): DnsAnswer<NaptrRecord> => ({ kind: 'records', records: all });
  const next = (replacement: string) => records(naptr({ flags: '', services: '', regexp: '', replacement }));

  test('RFC 6116 3.4.2: non-terminal records are followed, at once where the resolver answers at once', async () => {
    const zone = { '2.1.e164.arpa': next('a.net'), 'a.net': next('b.net'), 'b.net': records(to('found')) };
    expect(resolveEnum(names(zone), '+12')).toMatchObject({ kind: 'uri', uri: 'sip:found@home2.net' });
    expect(await resolveEnum(names(zone, true), '+12')).toMatchObject({
      kind: 'uri',
      uri: 'sip:found@home2.net',
    });
    expect(applyEnum([naptr({ flags: '', services: '', regexp: '', replacement: 'a.net' })], '+12')).toEqual({
      kind: 'none',
      reason: 'a non-terminal record, on to a.net',
    });
  });

  test('five non-terminal records, and no circle', async () => {
    const chain = (length: number) => ({
      '2.1.e164.arpa': next('n1.net'),
      ...Object.fromEntries(Array.from({ length }, (_, n) => [`n${n + 1}.net`, next(`n${n + 2}.net`)])),
      [`n${length + 1}.net`]: records(to('end')),
    });
    expect(resolveEnum(names(chain(4)), '+12')).toMatchObject({ kind: 'uri' });
    expect(resolveEnum(names(chain(5)), '+12')).toMatchObject({
      kind: 'none',
      reason: 'more than 5 non-terminal records',
    });
    const circle = { '2.1.e164.arpa': next('2.1.e164.arpa') };
    expect(await resolveEnum(names(circle, true), '+12')).toMatchObject({ kind: 'none' });
  });

  test.each([
    ['a regexp', { regexp: '!^.*$!a.net!', replacement: 'a.net' }],
    ['no name', { regexp: '', replacement: '' }],
    ['another service', { regexp: '', replacement: 'a.net', services: 'E2U+pres' }],
  ])('a non-terminal record with %s is passed over', (_what, fields) => {
    const zone = {
      '2.1.e164.arpa': records(naptr({ flags: '', services: '', order: 1, ...fields }), to('next')),
    };
    expect(resolveEnum(names(zone), '+12')).toMatchObject({ uri: 'sip:next@home2.net' });
  });

  test('nothing there, nobody to say, no number', () => {
    expect(resolveEnum(names({}), '+12')).toEqual({
      kind: 'none',
      reason: 'no NAPTR records at 2.1.e164.arpa',
    });
    const failed = { kind: 'failed', reason: 'DNS: SERVFAIL' } as const;
    expect(resolveEnum(names({ '2.1.e164.arpa': failed }), '+12')).toEqual(failed);
    expect(resolveEnum(names({}), 'tel:12')).toMatchObject({ kind: 'none' });
  });

  test('through the resolver and the server: the number of the main flow, the second time at once', async () => {
    const host = testHost({ addresses: ['10.0.0.1'] });
    const server = await startDnsServer({
      host,
      listen: { address: '10.0.0.1', port: 53 },
      zones: LAB_ZONES,
    });
    const resolver = cachingResolver({ host, server: server.listening });
    const answer = await host.clock.until(Promise.resolve(resolveEnum(resolver, 'tel:+1-212-555-2222')));
    expect(answer).toMatchObject({ kind: 'uri', uri: 'sip:user2_public1@home2.net' });
    expect(resolveEnum(resolver, 'tel:+1-212-555-2222')).toEqual(answer);
  });
});
