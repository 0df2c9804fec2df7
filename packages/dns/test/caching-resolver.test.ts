import { describe, expect, test } from '@jest/globals';
import { startDnsServer, zonesFor, type RecordTypes } from '../src/index.js';
import { a, client, PCSCF1, scripted, SERVER } from './client.js';
import { LAB, LAB_ZONES } from './lab.js';

describe('cachingResolver against the server', () => {
  test.each<[string, keyof RecordTypes, object]>([
    ['pcscf1.home1.net', 'A', PCSCF1],
    ['pcscf1.home1.net', 'AAAA', { kind: 'records', records: [{ address: '::1' }] }],
    [
      '_sip._udp.home2.net',
      'SRV',
      { kind: 'records', records: [{ priority: 0, weight: 0, port: 5071, target: 'icscf2.home2.net' }] },
    ],
    [
      'home2.net',
      'NAPTR',
      {
        kind: 'records',
        records: [
          {
            order: 10,
            preference: 10,
            flags: 's',
            services: 'SIP+D2U',
            regexp: '',
            replacement: '_sip._udp.home2.net',
          },
          {
            order: 10,
            preference: 20,
            flags: 's',
            services: 'SIP+D2T',
            regexp: '',
            replacement: '_sip._tcp.home2.net',
          },
        ],
      },
    ],
    [
      '2.2.2.2.5.5.5.2.1.2.1.e164.arpa',
      'NAPTR',
      { kind: 'records', records: [expect.objectContaining({ replacement: '' })] },
    ],
    ['nobody.home1.net', 'A', { kind: 'empty' }],
    ['pcscf1.home1.net', 'NAPTR', { kind: 'empty' }],
    ['example.com', 'A', { kind: 'failed', reason: 'DNS: REFUSED' }],
    ['no such name', 'A', { kind: 'empty' }],
    ['', 'A', { kind: 'empty' }],
    [`${'x'.repeat(64)}.home1.net`, 'A', { kind: 'empty' }],
  ])('%s %s', async (name, type, expected) => {
    const { dns, resolve } = client();
    await startDnsServer({ host: dns, listen: SERVER, zones: LAB_ZONES });
    expect(await resolve(name, type)).toEqual(expected);
  });

  test('an answer is kept for its TTL, in any spelling, and given at once; then it is asked for anew', async () => {
    const { dns, resolver, resolve, queries, clock } = client();
    await startDnsServer({ host: dns, listen: SERVER, zones: LAB_ZONES });
    expect(await resolve('pcscf1.home1.net')).toEqual(PCSCF1);
    expect(resolver.resolve('pcscf1.home1.net', 'A')).toEqual(PCSCF1);
    expect(resolver.resolve('PCSCF1.home1.NET.', 'A')).toEqual(PCSCF1);
    await clock.advance(59_990);
    expect(resolver.resolve('pcscf1.home1.net', 'A')).toEqual(PCSCF1);
    expect(queries()).toBe(1);
    await clock.advance(10);
    expect(resolver.resolve('pcscf1.home1.net', 'A')).toBeInstanceOf(Promise);
    await clock.advance(1);
    expect(resolver.resolve('pcscf1.home1.net', 'A')).toEqual(PCSCF1);
    expect(queries()).toBe(2);
    resolver.flush();
    expect(resolver.resolve('pcscf1.home1.net', 'A')).toBeInstanceOf(Promise);
    await clock.advance(1);
  });

  test('RFC 2308: what is not there is not there for the SOA minimum', async () => {
    const { dns, resolver, resolve, clock } = client();
    const server = await startDnsServer({ host: dns, listen: SERVER, zones: LAB_ZONES });
    await resolve('new.home1.net');
    server.update(
      zonesFor({
        ...LAB,
        domains: [{ name: 'home1.net', hosts: [{ name: 'new.home1.net', addresses: ['10.0.0.9'] }] }],
      }),
    );
    await clock.advance(4990);
    expect(resolver.resolve('new.home1.net', 'A')).toEqual({ kind: 'empty' });
    await clock.advance(10);
    expect(await resolve('new.home1.net')).toEqual({ kind: 'records', records: [{ address: '10.0.0.9' }] });
  });

  test('what UDP cuts off is asked for over TCP', async () => {
    const { host, dns, resolve } = client();
    const addresses = Array.from({ length: 90 }, (_, n) => `10.1.0.${n}`);
    const zones = zonesFor({
      domains: [{ name: 'home1.net', hosts: [{ name: 'many.home1.net', addresses }] }],
    });
    await startDnsServer({ host: dns, listen: SERVER, zones });
    expect(await resolve('many.home1.net')).toEqual({
      kind: 'records',
      records: addresses.map((address) => ({ address })),
    });
    expect(host.trace.messages.map(({ transport, direction }) => `${transport} ${direction}`)).toEqual([
      'udp sent',
      'udp received',
      'tcp sent',
      'tcp received',
    ]);
    await host.clock.advance(1);
    expect(host.clock.pendingTimers).toBe(0);
  });
});

describe('cachingResolver', () => {
  test('the same question asked at once is one query, another type is another', async () => {
    const { dns, resolver, queries, clock } = client();
    await startDnsServer({ host: dns, listen: SERVER, zones: LAB_ZONES });
    const answers = [
      resolver.resolve('pcscf1.home1.net', 'A'),
      resolver.resolve('Pcscf1.home1.net', 'A'),
      resolver.resolve('pcscf1.home1.net', 'AAAA'),
    ];
    await clock.advance(1);
    expect(queries()).toBe(2);
    expect(await Promise.all(answers)).toMatchObject([PCSCF1, PCSCF1, { kind: 'records' }]);
  });

  test('a TTL of 0 is not kept; one with the first bit set is 0 (RFC 2181 8); the least of the set counts', async () => {
    const { dns, resolver, resolve, clock } = client();
    await scripted(dns, (_query, n) => [
      {
        answers:
          [[a('1.1.1.1', 0)], [a('2.2.2.2', 2 ** 31 + 5)], [a('3.3.3.3', 100), a('4.4.4.4', 10)]][n - 1] ??
          [],
      },
    ]);
    expect(await resolve('x.net')).toMatchObject({ records: [{ address: '1.1.1.1' }] });
    expect(await resolve('x.net')).toMatchObject({ records: [{ address: '2.2.2.2' }] });
    expect(await resolve('x.net')).toMatchObject({
      records: [{ address: '3.3.3.3' }, { address: '4.4.4.4' }],
    });
    await clock.advance(9990);
    expect(resolver.resolve('x.net', 'A')).toMatchObject({ kind: 'records' });
    await clock.advance(10);
    expect(await resolve('x.net')).toEqual({ kind: 'empty' });
    expect(resolver.resolve('x.net', 'A')).toBeInstanceOf(Promise); // Empty without an SOA: for how long nobody said.
    await clock.advance(1);
  });

  test('at most maxEntries names are kept, those used lately among them', async () => {
    const { dns, resolver, resolve, clock } = client({ maxEntries: 3 });
    await scripted(dns, ({ questions = [] }) => [{ answers: [a('1.1.1.1', 60, questions[0]?.name)] }]);
    for (const name of ['a.net', 'b.net', 'c.net']) await resolve(name);
    resolver.resolve('a.net', 'A');
    for (const name of ['d.net', 'e.net']) await resolve(name);
    const kept = ['a.net', 'b.net', 'c.net', 'd.net', 'e.net'].filter(
      (name) => !(resolver.resolve(name, 'A') instanceof Promise),
    );
    expect(kept).toEqual(['a.net', 'd.net', 'e.net']);
    await clock.advance(1);
  });
});
