import { decode, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { testHost, type Endpoint, type TestHost } from '@ims-sim/host';
import {
  cachingResolver,
  startDnsServer,
  zonesFor,
  type CachingResolverOptions,
  type RecordTypes,
} from '../src/index.js';
import { framed } from '../src/framing.js';
import { LAB, LAB_ZONES } from './lab.js';

const SERVER: Endpoint = { address: '10.0.0.53', port: 53 };
const PCSCF1 = { kind: 'records', records: [{ address: '127.0.0.1' }] };

function client(options: Partial<CachingResolverOptions> = {}) {
  const host = testHost({ name: 'scscf1.home1.net', addresses: ['10.0.0.1'] });
  const dns = testHost({ name: 'dns.home1.net', beside: host, addresses: [SERVER.address] });
  const resolver = cachingResolver({ host, server: SERVER, timeoutMs: 1000, attempts: 3, ...options });
  const queries = () => host.trace.messages.filter(({ direction }) => direction === 'sent').length;
  const resolve = (name: string, type: 'A' | 'AAAA' | 'SRV' | 'NAPTR' = 'A') => {
    const answer = resolver.resolve(name, type);
    return answer instanceof Promise ? host.clock.until(answer) : Promise.resolve(answer);
  };
  return { host, dns, resolver, queries, resolve, clock: host.clock };
}

/** A server that answers as the test says. */
async function scripted(
  dns: TestHost,
  respond: (query: Packet, n: number) => readonly Packet[] | readonly Buffer[],
) {
  let received = 0;
  const socket = await dns.net.udp(SERVER, {
    onDatagram(bytes, from) {
      const query = decode(bytes);
      for (const answer of respond(query, ++received)) {
        const defaults: Packet = { type: 'response', id: query.id, questions: query.questions };
        socket.send(Buffer.isBuffer(answer) ? answer : encode({ ...defaults, ...(answer as Packet) }), from);
      }
    },
  });
  return { received: () => received };
}
const a = (data: string, ttl = 60, name = 'x.net') => ({ type: 'A' as const, name, ttl, data });

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

  test('no answer: as many attempts as said, each with its time, then failed; nothing is kept of it', async () => {
    const { resolver, queries, clock } = client();
    const start = clock.now();
    const answer = resolver.resolve('pcscf1.home1.net', 'A');
    expect(await clock.until(Promise.resolve(answer))).toEqual({
      kind: 'failed',
      reason: 'DNS: no answer from the server in 3 × 1000 ms',
    });
    expect(clock.now() - start).toBe(3000);
    expect(queries()).toBe(3);
    expect(resolver.resolve('pcscf1.home1.net', 'A')).toBeInstanceOf(Promise);
  });

  test('a lost query is sent again, and a late answer to the first attempt counts', async () => {
    const { host, dns, resolve, queries } = client();
    await startDnsServer({ host: dns, listen: SERVER, zones: LAB_ZONES });
    let lost = 0;
    host.network.faults = () => (lost++ === 0 ? 'drop' : 'deliver');
    expect(await resolve('pcscf1.home1.net')).toEqual(PCSCF1);
    expect(queries()).toBe(2);
    host.network.faults = () => ({ delayMs: 700 });
    expect(await resolve('hss1.home1.net')).toEqual(PCSCF1);
    expect(queries()).toBe(4);
    expect(host.clock.pendingTimers).toBe(1); // The answer to the second attempt, still under way.
  });

  test('RFC 5452: an answer with another id, question, type or sender is not ours', async () => {
    const { host, dns, resolve, clock } = client({ attempts: 1 });
    const forged = a('6.6.6.6');
    await scripted(dns, ({ id = 0, questions = [] }) => [
      { id: id ^ 1, answers: [forged] },
      { questions: [{ name: 'y.net', type: 'A' }], answers: [forged] },
      { questions: questions.map(({ name }) => ({ name, type: 'AAAA' as const })), answers: [forged] },
      { questions: [], answers: [forged] },
      { type: 'query', answers: [forged] },
      { flags: 5 << 11, answers: [forged] },
      { questions: [{ name: 'X.net', type: 'A' }], answers: [a('1.1.1.1')] },
      { answers: [forged] },
    ]);
    const stranger = await dns.net.udp({ ...SERVER, port: 54 }, { onDatagram: () => undefined });
    const answer = resolve('x.net');
    const local = await (async () => {
      await clock.advance(0);
      return host.trace.messages[0]?.local;
    })();
    stranger.send(Buffer.alloc(12), { address: '10.0.0.1', port: local?.port ?? 0 });
    expect(await answer).toEqual({ kind: 'records', records: [{ address: '1.1.1.1' }] });
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

  test('aliases in an answer are followed; records of other names are not taken', async () => {
    const { dns, resolve } = client();
    await scripted(dns, () => [
      {
        answers: [
          { type: 'CNAME', name: 'X.net', data: 'y.net', ttl: 60 },
          a('6.6.6.6', 60, 'z.net'),
          a('1.1.1.1', 60, 'y.net'),
        ],
      },
    ]);
    expect(await resolve('x.net')).toEqual({ kind: 'records', records: [{ address: '1.1.1.1' }] });
  });

  test.each([
    [2, { kind: 'failed', reason: 'DNS: SERVFAIL' }],
    [5, { kind: 'failed', reason: 'DNS: REFUSED' }],
    [9, { kind: 'failed', reason: 'DNS: RCODE 9' }],
    [3, { kind: 'empty' }],
  ])('RCODE %i', async (flags, expected) => {
    const { dns, resolve } = client();
    await scripted(dns, () => [{ flags }]);
    expect(await resolve('x.net')).toEqual(expected);
  });

  test('RFC 6891 6.2.2: a server that does not take OPT is asked without', async () => {
    const { dns, resolve } = client();
    const server = await scripted(dns, ({ id, additionals = [] }) =>
      additionals.length > 0 ? [encode({ type: 'response', id, flags: 1 })] : [{ answers: [a('1.1.1.1')] }],
    );
    expect(await resolve('x.net')).toMatchObject({ kind: 'records' });
    expect(server.received()).toBe(2);
  });

  test('a server without TCP, one that closes, one that says something else over TCP: failed', async () => {
    const { dns, resolve, clock } = client();
    await scripted(dns, () => [{ flags: 0x200 }, { flags: 0x200 }]);
    expect(await resolve('x.net')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    let behaviour: 'close' | 'noise' | 'silence' = 'close';
    await dns.net.listen(SERVER, (connection) => ({
      onData: () => {
        if (behaviour === 'close') connection.end();
        if (behaviour === 'noise') connection.write(framed(Buffer.from('SIP/2.0 200 OK')));
      },
      onClose: () => undefined,
    }));
    expect(await resolve('x.net')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('closed'),
    });
    behaviour = 'noise';
    expect(await resolve('x.net')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('not-ours'),
    });
    behaviour = 'silence';
    expect(await resolve('x.net')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('over TCP'),
    });
    await clock.advance(1);
    expect(clock.pendingTimers).toBe(0);
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

  test('at most 1024 queries wait; close ends them', async () => {
    const { resolver } = client();
    const answers = Array.from({ length: 1025 }, (_, n) => resolver.resolve(`n${n}.net`, 'A'));
    expect(await answers[1024]).toEqual({ kind: 'failed', reason: 'DNS: 1024 queries are waiting' });
    resolver.close();
    expect(await answers[0]).toEqual({ kind: 'failed', reason: 'DNS: the resolver is closed' });
    expect(await resolver.resolve('x.net', 'A')).toMatchObject({ kind: 'failed' });
  });

  test('an address that the host has not is failed, not thrown', async () => {
    const { resolve } = client({ localAddress: '192.0.2.1' });
    expect(await resolve('x.net')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  test('no bytes from the server make it throw or hang', async () => {
    const arbitrary = fc.array(
      fc.record({ bytes: fc.uint8Array({ maxLength: 120 }), head: fc.boolean(), question: fc.boolean() }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, async (noise) => {
        const { dns, resolve, resolver } = client({ attempts: 2 });
        await scripted(dns, ({ id, questions }) =>
          noise.map(({ bytes, head, question }) => {
            const right = encode({ type: 'response', id, questions });
            right.writeUInt16BE(noise.length, 6); // Answers that are not there, or are noise.
            return Buffer.concat([right.subarray(0, question ? right.length : head ? 12 : 2), bytes]);
          }),
        );
        expect(['records', 'empty', 'failed']).toContain((await resolve('x.net')).kind);
        resolver.close();
      }),
      { numRuns: 150 },
    );
  });
});
