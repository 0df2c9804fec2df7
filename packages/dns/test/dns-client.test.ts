import { encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { startDnsServer } from '../src/index.js';
import { framed } from '../src/framing.js';
import { a, client, PCSCF1, scripted, SERVER } from './client.js';
import { LAB_ZONES } from './lab.js';

describe('the resolver and its server', () => {
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
