import { describe, expect, test } from '@jest/globals';
import {
  forward,
  header,
  reply,
  valueOf,
  values,
  type Decide,
  type Forward,
  type ForwardFailure,
  type SipResponse,
} from '../../src/index.js';
import { answer, one, refuse, silent, TO_UB, TO_UC } from './lab.js';

describe('what goes back (RFC 3261 16.7)', () => {
  test.each([
    ['404 as it is', 404, [404]],
    ['503 as 500', 503, [500]],
    ['RFC 4320 4.2: no 408 to a request that is no INVITE', 408, ['timeout']],
    ['603 as it is', 603, [603]],
  ])('%s', async (_title, status, outcomes) => {
    const { clock, send } = await one(
      ({ request }) => forward(request),
      refuse(status, ['X-Why', 'because']),
    );
    const sent = send('MESSAGE');
    await clock.advance(40_000);
    expect(sent.outcomes).toEqual(outcomes);
    if (sent.responses[0] !== undefined) expect(valueOf(sent.responses[0].headers, 'x-why')).toBe('because');
    expect(clock.pendingTimers).toBe(0);
  });

  test('RFC 4320 4.2: nobody answers, nothing goes back', async () => {
    const { clock, send } = await one(({ request }) => forward(request), silent);
    const sent = send('MESSAGE');
    await clock.advance(70_000);
    expect(sent.outcomes).toEqual(['timeout']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('16.9: no next hop is a 503 that goes back as 500', async () => {
    const { clock, send } = await one(({ request }) =>
      forward({ ...request, uri: 'sip:ub@nowhere.example' }),
    );
    const sent = send('MESSAGE');
    await clock.advance(10);
    expect(sent.outcomes).toEqual([500]);
  });

  test('onResponse changes what goes back, and sees no 100', async () => {
    const seen: number[] = [];
    const onResponse = (response: SipResponse) => {
      seen.push(response.status);
      return { ...response, headers: [...response.headers, header('X-By', 'p1')] };
    };
    const { clock, send } = await one(
      ({ request }) => forward(request, { onResponse }),
      (transaction) => {
        for (const status of [100, 183, 200]) transaction.respond(answer(transaction.request, status));
      },
    );
    const sent = send('MESSAGE');
    await clock.advance(1000);
    expect(seen).toEqual([183, 200]);
    expect(sent.responses.map((response) => values(response, 'x-by'))).toEqual([['p1'], ['p1']]);
  });
});

describe('onFailure: a decision in the place of a failure', () => {
  const elsewhere =
    (failures: ForwardFailure[], more: Partial<Forward> = {}): Decide =>
    ({ request }) =>
      forward(request, {
        ...TO_UB,
        ...more,
        onFailure: (failure) => {
          failures.push(failure);
          return forward(request, TO_UC);
        },
      });

  test('a final response', async () => {
    const failures: ForwardFailure[] = [];
    const { clock, send, uc } = await one(elsewhere(failures), refuse(480));
    const sent = send('MESSAGE');
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([200]);
    expect(failures).toMatchObject([{ kind: 'response', response: { status: 480 } }]);
    expect(uc.requests).toHaveLength(1);
  });

  test('default handling: no answer in the time it is given; a late 200 is nobody’s', async () => {
    const failures: ForwardFailure[] = [];
    const { clock, send, ub, uc } = await one(elsewhere(failures, { timeoutMs: 2000 }), silent);
    const sent = send('MESSAGE');
    await clock.advance(2100);
    expect(sent.outcomes).toEqual([200]);
    expect(failures).toEqual([{ kind: 'timeout' }]);
    ub.transactions[0]?.respond(answer(ub.transactions[0].request, 200));
    await clock.advance(40_000);
    expect(sent.outcomes).toEqual([200]);
    expect(uc.requests).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('who was passed over gets no further copy of the request', async () => {
    const failures: ForwardFailure[] = [];
    const { clock, send, ub } = await one(elsewhere(failures, { timeoutMs: 2000 }), silent);
    send('MESSAGE');
    await clock.advance(1900);
    const before = ub.stack.counters.retransmissionsReceived;
    await clock.advance(40_000);
    expect(before).toBeGreaterThan(0);
    expect(ub.stack.counters.retransmissionsReceived).toBe(before);
  });

  test.each([
    ['nothing', 2100, [200]],
    ['100', 30_000, []],
  ])('silenceMs: with %s from the next hop, after %i ms', async (said, afterMs, outcomes) => {
    const failures: ForwardFailure[] = [];
    const { clock, send, ub } = await one(elsewhere(failures, { silenceMs: 2000 }), (transaction) => {
      if (said === '100') {
        transaction.respond(answer(transaction.request, 100));
      }
    });
    const sent = send('MESSAGE');
    await clock.advance(afterMs);
    expect(sent.outcomes).toEqual(outcomes);
    expect(failures).toEqual(outcomes.map(() => ({ kind: 'timeout' })));
    ub.transactions[0]?.respond(answer(ub.transactions[0].request, 200));
    await clock.advance(40_000);
    expect(sent.outcomes).toEqual([200]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('a late 200 of the one that was given up does not go back while the next one is at it', async () => {
    const late: number[] = [];
    const onResponse = (response: SipResponse) => (late.push(response.status), response);
    const nobody = { targets: [{ transport: 'UDP' as const, address: '10.0.0.99', port: 5060 }] };
    const decide: Decide = ({ request }) =>
      forward(request, { ...TO_UB, onResponse, timeoutMs: 2000, onFailure: () => forward(request, nobody) });
    const { clock, send, ub } = await one(decide, silent);
    const sent = send('MESSAGE');
    await clock.advance(2100);
    ub.transactions[0]?.respond(answer(ub.transactions[0].request, 200));
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([]);
    expect(late).toEqual([]);
  });

  test('no transport', async () => {
    const failures: ForwardFailure[] = [];
    const dead = { targets: [{ transport: 'TCP' as const, address: '10.0.0.2', port: 9 }] };
    const { clock, send } = await one(elsewhere(failures, dead));
    const sent = send('MESSAGE');
    await clock.advance(5000);
    expect(failures).toEqual([{ kind: 'transport' }]);
    expect(sent.outcomes).toEqual([200]);
  });

  test('a reply', async () => {
    const decide: Decide = ({ request }) =>
      forward(request, { onFailure: () => Promise.resolve(reply(480, 'Nobody there')) });
    const { clock, send } = await one(decide, refuse(404));
    const sent = send('MESSAGE');
    await clock.advance(1000);
    expect(sent.responses.map(({ status, reason }) => `${status} ${reason}`)).toEqual(['480 Nobody there']);
  });

  test('undefined lets the failure go back; it is asked once', async () => {
    let asked = 0;
    const onFailure = () => void asked++;
    const { clock, send } = await one(
      ({ request }) => forward(request, { onFailure, timeoutMs: 1000 }),
      (transaction) => {
        setLater(() => transaction.respond(answer(transaction.request, 486)));
      },
    );
    let later: () => void = silent;
    const setLater = (call: () => void) => (later = call);
    const sent = send('MESSAGE');
    await clock.advance(1500);
    expect(asked).toBe(1);
    expect(sent.outcomes).toEqual([]);
    later();
    await clock.advance(10);
    expect(sent.outcomes).toEqual([486]);
    expect(asked).toBe(1);
  });

  test('an answer that comes while it is being asked', async () => {
    let decide: (decision: undefined) => void = silent;
    const onFailure = () => new Promise<undefined>((resolve) => (decide = resolve));
    const { clock, send, ub } = await one(
      ({ request }) => forward(request, { onFailure, timeoutMs: 1000 }),
      silent,
    );
    const sent = send('MESSAGE');
    await clock.advance(1500);
    ub.transactions[0]?.respond(answer(ub.transactions[0].request, 486));
    await clock.advance(10);
    expect(sent.outcomes).toEqual([]);
    decide(undefined);
    await clock.advance(10);
    expect(sent.outcomes).toEqual([486]);
  });

  test('an element that never has enough is stopped', async () => {
    let tries = 0;
    const again: Decide = ({ request }) => {
      const next = (): Forward => forward(request, { ...TO_UB, onFailure: () => (tries++, next()) });
      return next();
    };
    const { clock, send } = await one(again, refuse(480));
    const sent = send('MESSAGE');
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([480]);
    expect(tries).toBeLessThan(40);
  });
});
