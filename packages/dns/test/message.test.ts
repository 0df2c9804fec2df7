import { decode, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { indexZones, respond, type ZoneRecord } from '../src/index.js';
import { LAB_ZONES } from './lab.js';

const many = Array.from({ length: 40 }, (_, n): ZoneRecord => ({
  name: 'many.home1.net',
  ttlS: 60,
  type: 'A',
  address: `10.0.0.${n}`,
}));
const crowd = Array.from({ length: 8 }, (_, n): ZoneRecord => ({
  name: 'crowd.home1.net',
  ttlS: 60,
  type: 'SRV',
  priority: n,
  weight: 0,
  port: 1,
  target: `s${n}.home1.net`,
}));
const crowdHosts = crowd.flatMap((_, n): ZoneRecord[] => [
  { name: `s${n}.home1.net`, ttlS: 60, type: 'A', address: '10.0.0.1' },
  { name: `s${n}.home1.net`, ttlS: 60, type: 'AAAA', address: '5555::1' },
]);
const [home1, ...others] = LAB_ZONES;
const zones = indexZones([
  { origin: 'home1.net', records: [...(home1?.records ?? []), ...many, ...crowd, ...crowdHosts] },
  ...others,
]);

const opt = (fields: object = {}) => ({
  type: 'OPT' as const,
  name: '.' as const,
  udpPayloadSize: 4096,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
  ...fields,
});
const query = (name: string, type: 'A' | 'SRV' | 'NAPTR' | 'AAAA' = 'A', more: Packet = {}) =>
  encode({ type: 'query', id: 0x1234, flags: 0x100, questions: [{ name, type }], ...more });
const ask = (bytes: Buffer, transport: 'udp' | 'tcp' = 'udp') => {
  const response = respond(zones, bytes, transport);
  if (response === undefined) throw new Error('no response');
  return { response, packet: decode(response) };
};

describe('DNS messages', () => {
  test('RFC 1035 4.1.1: id, question in its own case, QR, AA and RD; recursion is not offered', () => {
    const { packet } = ask(query('pcscf1.HOME1.net'));
    expect(packet).toMatchObject({
      id: 0x1234,
      type: 'response',
      flag_aa: true,
      flag_rd: true,
      flag_ra: false,
      rcode: 'NOERROR',
    });
    expect(packet.questions).toMatchObject([{ name: 'pcscf1.HOME1.net', type: 'A' }]);
    expect(packet.answers).toMatchObject([{ name: 'pcscf1.HOME1.net', data: '127.0.0.1', ttl: 60 }]);
    expect(packet.additionals).toEqual([]);
  });

  test('every type of record goes over the wire and back', () => {
    expect(ask(query('_sip._udp.home2.net', 'SRV')).packet.answers).toMatchObject([
      { data: { priority: 0, weight: 0, port: 5071, target: 'icscf2.home2.net' } },
    ]);
    expect(ask(query('2.2.2.2.5.5.5.2.1.2.1.e164.arpa', 'NAPTR')).packet.answers).toMatchObject([
      {
        data: {
          order: 100,
          preference: 10,
          flags: 'u',
          services: 'E2U+sip',
          regexp: '!^.*$!sip:user2_public1@home2.net!',
          replacement: '.',
        },
      },
    ]);
    expect(ask(query('pcscf1.home1.net', 'AAAA')).packet.answers).toMatchObject([{ data: '::1' }]);
    expect(ask(query('nobody.home1.net')).packet).toMatchObject({
      rcode: 'NXDOMAIN',
      authorities: [
        { type: 'SOA', data: { mname: 'dns.home1.net', rname: 'hostmaster.home1.net', minimum: 5 } },
      ],
    });
  });

  const raw = (changes: Record<number, number>, bytes = query('pcscf1.home1.net')) => {
    const changed = Buffer.from(bytes);
    for (const [at, value] of Object.entries(changes)) changed[Number(at)] = value;
    return changed;
  };
  test.each([
    ['two questions', raw({ 5: 2 }), 'FORMERR'],
    ['no question', raw({ 5: 0 }), 'FORMERR'],
    ['records in a query', raw({ 7: 1 }), 'FORMERR'],
    ['65535 additionals', raw({ 10: 255, 11: 255 }), 'FORMERR'],
    ['a question cut off', query('pcscf1.home1.net').subarray(0, -1), 'FORMERR'],
    ['a header alone', query('pcscf1.home1.net').subarray(0, 12), 'FORMERR'],
    ['a compressed name in the question', raw({ 12: 0xc0, 13: 0 }), 'FORMERR'],
    ['two OPT records', query('pcscf1.home1.net', 'A', { additionals: [opt(), opt()] }), 'FORMERR'],
    ['an update (RFC 2136)', raw({ 2: 5 << 3 }), 'NOTIMP'],
    ['a status query', raw({ 2: 2 << 3 }), 'NOTIMP'],
    ['another name', query('example.com'), 'REFUSED'],
    ['the root', query('.'), 'REFUSED'],
    ['class CH', raw({ [12 + 18 + 3]: 3 }), 'REFUSED'],
    ['a dot within a label', raw({ 16: 0x2e }), 'NXDOMAIN'],
    ['a NUL within a label', raw({ 16: 0 }), 'NXDOMAIN'],
    ['bytes that are no UTF-8', raw({ 16: 0xff, 17: 0xfe }), 'NXDOMAIN'],
  ])('%s: %3$s', (_what, bytes, rcode) => {
    const { packet, response } = ask(bytes);
    expect(packet).toMatchObject({ id: 0x1234, type: 'response', rcode });
    if (rcode === 'NXDOMAIN') expect(response.subarray(12, bytes.length)).toEqual(bytes.subarray(12));
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['less than a header', Buffer.alloc(11)],
    ['a response', raw({ 2: 0x80 })],
  ])('%s is not answered', (_what, bytes) => {
    expect(respond(zones, bytes, 'udp')).toBeUndefined();
  });

  test('RFC 6891: OPT is answered by OPT, version 1 by BADVERS, DO is copied', () => {
    expect(
      ask(query('pcscf1.home1.net', 'A', { additionals: [opt({ flags: 0x8000 })] })).packet.additionals,
    ).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232, ednsVersion: 0, extendedRcode: 0, flags: 0x8000 }]);
    const { packet } = ask(query('pcscf1.home1.net', 'A', { additionals: [opt({ ednsVersion: 1 })] }));
    expect(packet).toMatchObject({
      rcode: 'NOERROR',
      answers: [],
      additionals: [{ extendedRcode: 1, ednsVersion: 0 }],
    });
  });

  test.each([
    ['512 bytes without EDNS', 'udp' as const, [], true, 512],
    ['what the client takes', 'udp' as const, [opt({ udpPayloadSize: 600 })], true, 600],
    ['at least 512', 'udp' as const, [opt({ udpPayloadSize: 12 })], true, 512],
    ['1232 bytes at most', 'udp' as const, [opt({ udpPayloadSize: 65_535 })], true, 1232],
    ['all over TCP', 'tcp' as const, [], false, 65_535],
  ])('too much for one datagram: %s', (_what, transport, additionals, truncated, limit) => {
    const { response, packet } = ask(query('many.home1.net', 'A', { additionals }), transport);
    expect(response.length).toBeLessThanOrEqual(limit);
    expect(packet.flag_tc).toBe(truncated);
    expect(packet.answers).toHaveLength(truncated ? 0 : 40);
    expect(packet).toMatchObject({ flag_aa: true, questions: [{ name: 'many.home1.net' }] });
    expect(packet.additionals).toHaveLength(additionals.length);
  });

  test('RFC 2181 9: addresses that do not fit are left out without truncation', () => {
    const { response, packet } = ask(query('crowd.home1.net', 'SRV'));
    expect(response.length).toBeLessThanOrEqual(512);
    expect(packet).toMatchObject({ flag_tc: false, additionals: [] });
    expect(packet.answers).toHaveLength(8);
    expect(ask(query('crowd.home1.net', 'SRV'), 'tcp').packet.additionals).toHaveLength(16);
  });

  test('no bytes make it throw, and every response can be read and carries its id', () => {
    const check = (bytes: Buffer, transport: 'udp' | 'tcp') => {
      const response = respond(zones, bytes, transport);
      if (response === undefined) return;
      expect(response.subarray(0, 2)).toEqual(bytes.subarray(0, 2));
      decode(response);
    };
    const bytes = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array));
    const transport = fc.constantFrom('udp' as const, 'tcp' as const);
    fc.assert(fc.property(bytes, transport, check), { numRuns: 500 });
    // Queries that are nearly right: a few bytes changed, the end cut off or more put on.
    const start = query('a1.pcscf1.home1.net', 'A', { additionals: [opt()] });
    const change = fc.array(fc.tuple(fc.nat(start.length - 1), fc.nat(255)), { maxLength: 4 });
    const nearly = fc
      .tuple(change, fc.nat(start.length), fc.uint8Array({ maxLength: 20 }))
      .map(([changes, cut, tail]) => {
        const changed = raw(Object.fromEntries(changes), start);
        return Buffer.concat([changed.subarray(0, cut % 7 === 0 ? cut : start.length), tail]);
      });
    fc.assert(fc.property(nearly, transport, check), { numRuns: 2000 });
  });
});
