import { describe, expect, test } from '@jest/globals';
import type { Message } from '../src/index.js';
import { avpOf, base, cx, get } from '../src/index.js';
import { AT, application, client, echo, message, origin, receiver, result, server, two } from './lab.js';

describe('two nodes', () => {
  test('a request and its answer', async () => {
    const [a, b] = two();
    const hss = await server(a, {
      onRequest: (request) => ({
        avps: [
          avpOf(base.resultCode, 2001),
          avpOf(base.userName, `${request.peer} ${get(request.message, base.userName) ?? ''}`),
        ],
      }),
    });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome).toMatchObject({ kind: 'answer' });
    if (outcome.kind !== 'answer') return;
    expect(get(outcome.message, base.userName)).toBe('icscf1.home1.net a');
    expect(get(outcome.message, base.originHost)).toBe('hss1.home1.net');
    expect(get(outcome.message, base.authSessionState)).toBe(1);
    expect(get(outcome.message, base.sessionId)).toMatch(/^icscf1\.home1\.net;\d+;\d+;0$/);
    expect(outcome.message.flags).toBe(0x40);
    await a.clock.until(Promise.all([cscf.close(), hss.close()]));
    await a.clock.advance(10);
    expect(a.clock.pendingTimers).toBe(0);
  });

  test('many at a time, in one write, answered in any order', async () => {
    const [a, b] = two();
    const waiting: (() => void)[] = [];
    await server(a, {
      onRequest: ({ message: { endToEnd } }) =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve({ avps: [avpOf(base.resultCode, 2001), avpOf(base.originStateId, endToEnd)] });
          });
        }),
    });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcomes = Array.from({ length: 100 }, () => echo(cscf));
    await a.clock.advance(10);
    expect(waiting).toHaveLength(100);
    for (const answer of waiting.reverse()) answer();
    for (const outcome of await a.clock.until(Promise.all(outcomes))) {
      if (outcome.kind !== 'answer') throw new Error(outcome.text);
      expect(get(outcome.message, base.originStateId)).toBe(outcome.message.endToEnd);
    }
  });

  test('no answer in time: a failure, one timer for all, and what comes later is dropped and counted', async () => {
    const [a, b] = two();
    const late: (() => void)[] = [];
    await server(a, {
      onRequest: () =>
        new Promise((resolve) =>
          late.push(() => {
            resolve({ avps: [avpOf(base.resultCode, 2001)] });
          }),
        ),
    });
    const cscf = await client(b, { timeoutMs: 2000 });
    await a.clock.until(cscf.ready());
    const timers = a.clock.pendingTimers;
    const outcomes = Array.from({ length: 50 }, () => echo(cscf));
    expect(a.clock.pendingTimers).toBe(timers + 1);
    await a.clock.advance(1999);
    let done = 0;
    for (const outcome of outcomes) void outcome.then(() => done++);
    await a.clock.advance(0);
    expect(done).toBe(0);
    await a.clock.advance(1);
    expect(await Promise.all(outcomes)).toEqual(
      outcomes.map(() => expect.objectContaining({ kind: 'failed', reason: 'timeout' })),
    );
    for (const answer of late) answer();
    await a.clock.advance(10);
    expect(cscf.counters).toMatchObject({ timeouts: 50, unmatchedAnswers: 50 });
  });

  test('nobody there: a failure at once', async () => {
    const [, b] = two();
    const cscf = await client(b);
    expect(await echo(cscf)).toMatchObject({ kind: 'failed', reason: 'no-peer' });
    await b.clock.until(cscf.close());
    await expect(cscf.ready()).rejects.toThrow('closed before');
    expect(await echo(cscf)).toMatchObject({ kind: 'failed', reason: 'closed' });
  });

  test('more than the bound: busy', async () => {
    const [a, b] = two();
    await server(a, { onRequest: () => new Promise(() => undefined) });
    const cscf = await client(b, { maxPending: 3 });
    await a.clock.until(cscf.ready());
    const outcomes = Array.from({ length: 5 }, () => echo(cscf));
    expect(await Promise.all(outcomes.slice(3))).toMatchObject([{ reason: 'busy' }, { reason: 'busy' }]);
    expect(cscf.pending).toBe(3);
    await a.clock.until(Promise.all(outcomes)); // they time out
    expect(cscf.pending).toBe(0);
  });

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('a bug'))],
  ])('an application that %s: DIAMETER_UNABLE_TO_COMPLY', async (_, onRequest) => {
    const [a, b] = two();
    await server(a, { onRequest });
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    const outcome = await a.clock.until(echo(cscf));
    expect(outcome.kind === 'answer' && result(outcome.message)).toBe(5012);
  });

  test('the trace has each message whole, both ways', async () => {
    const [a, b] = two();
    await server(a);
    const cscf = await client(b);
    await a.clock.until(cscf.ready());
    await a.clock.until(echo(cscf));
    const traced = b.trace.messages.map(
      ({ direction, bytes }) => `${direction} ${String(Buffer.from(bytes).readUIntBE(5, 3))}`,
    );
    expect(traced).toEqual(['sent 257', 'received 257', 'sent 9000', 'received 9000']);
    expect(a.trace.messages).toHaveLength(4);
  });
});

test('an answer that cannot be read fails its request', async () => {
  const [a, b] = two();
  const heard: Message[] = [];
  await a.net.listen(AT, (connection) =>
    receiver(
      heard,
      () => undefined,
      (got) => {
        const avps = [
          avpOf(base.resultCode, 2001),
          ...origin('hss1.home1.net'),
          avpOf(base.authApplicationId, application.id),
        ];
        const answer = message(got.command, [...avps, avpOf(cx.serverName, 'sip:s')], { ...got, flags: 0 });
        if (got.command === 9000) answer.writeUInt8(0xff, answer.length - 15);
        connection.write(answer);
      },
    ),
  );
  const cscf = await client(b);
  await a.clock.until(cscf.ready());
  expect(await a.clock.until(echo(cscf))).toMatchObject({ kind: 'failed', reason: 'malformed-answer' });
});
