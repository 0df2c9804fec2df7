import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fork,
  forward,
  header,
  parseUri,
  reply,
  topVia,
  values,
  type Decide,
  type Fork,
  type ForwardFailure,
  type ServerTransaction,
  type SipRequest,
} from '../../src/index.js';
import { answer, lab, newRequest, ROUTE, TO_UC } from './lab.js';

/** What the contact `bN@ub.example` does with its request: each status after a time. */
interface Plan {
  readonly answers: readonly (readonly [afterMs: number, status: number])[];
  readonly heedsCancel?: boolean;
}

const at = (afterMs: number, ...statuses: number[]): Plan => ({
  answers: statuses.map((status) => [afterMs, status] as const),
  heedsCancel: true,
});
const never: Plan = { answers: [], heedsCancel: true };

const userOf = ({ uri }: SipRequest) => {
  const parsed = parseUri(uri);
  return parsed?.kind === 'sip' ? (parsed.user ?? '') : '';
};

/** Three groups in series are done before the client's Timer F. */
const timeoutOf = ({ method }: SipRequest) => (method === 'INVITE' ? undefined : 8000);

/** A proxy that forks to `groups`, contacts of one agent that do as planned, and what goes back. */
async function forking(groups: readonly (readonly Plan[])[], more: Omit<Partial<Fork>, 'groups'> = {}) {
  const set = lab();
  const plans = groups.flat();
  /** What the contacts have answered, and what has gone back. */
  const given: number[] = [];
  const back: { status: number; taken: boolean }[] = [];
  const cancelled: string[] = [];
  let n = 0;
  const branches = (request: SipRequest) =>
    groups.map((group) =>
      group.map(() => ({
        request: { ...request, uri: `sip:b${n++}@ub.example` },
        timeoutMs: timeoutOf(request),
      })),
    );
  const decide: Decide = ({ request, transaction }) => {
    const respond = transaction.respond.bind(transaction);
    transaction.respond = (response) => {
      const taken = respond(response);
      back.push({ status: response.status, taken });
      return taken;
    };
    return fork(branches(request), more);
  };
  const proxy = await set.proxy('p1', decide);
  const ua = await set.agent('ua');
  const { clock } = set.host;
  const ub = await set.agent('ub', (transaction: ServerTransaction) => {
    const { request } = transaction;
    if (request.method === 'ACK') return;
    const user = userOf(request);
    const plan = plans[Number(user.slice(1))] ?? never;
    const tell = (status: number) => {
      if (transaction.respond(answer(request, status, user))) given.push(status);
    };
    transaction.onCancel = () => {
      cancelled.push(user);
      if (plan.heedsCancel === true && !transaction.done) tell(487);
    };
    for (const [afterMs, status] of plan.answers) {
      clock.timer(afterMs, () => {
        if (!transaction.done) tell(status);
      });
    }
  });
  const send = (method: string) => ua.send(newRequest(method, 'sip:ub@ub.example', ROUTE));
  const asked = () => ub.requests.filter(({ method }) => method !== 'ACK').map(userOf);
  return { ...set, clock, proxy, ua, ub, send, asked, given, back, cancelled };
}

describe('RFC 3261 16.6: several targets', () => {
  test('the branches of a group at once, each with a Via branch of its own', async () => {
    const { clock, send, ub, asked } = await forking([[at(500, 200), never]]);
    const sent = send('INVITE');
    await clock.advance(100);
    expect(asked()).toEqual(['b0', 'b1']);
    const branches = ub.requests.map((request) => topVia(request)?.branch);
    expect(new Set(branches).size).toBe(2);
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([100, 200]);
  });

  test('the groups in series: the next one only once the last has failed', async () => {
    const { clock, send, asked } = await forking([
      [at(100, 486), at(300, 480)],
      [at(100, 200)],
      [at(0, 200)],
    ]);
    const sent = send('INVITE');
    await clock.advance(200);
    expect(asked()).toEqual(['b0', 'b1']);
    await clock.advance(1000);
    expect(asked()).toEqual(['b0', 'b1', 'b2']);
    expect(sent.outcomes).toEqual([100, 200]);
  });

  test('a contact that does not answer in its time makes room for the next, its late answer is nobody’s', async () => {
    const set = lab();
    const decide: Decide = ({ request }) => fork([[{ request, timeoutMs: 1000 }], [{ request, ...TO_UC }]]);
    await set.proxy('p1', decide);
    const ua = await set.agent('ua');
    const ub = await set.agent('ub');
    const uc = await set.agent('uc');
    const sent = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE));
    await set.host.clock.advance(1500);
    expect(uc.requests).toHaveLength(1);
    ub.transactions[0]?.respond(answer(ub.transactions[0].request, 200));
    await set.host.clock.advance(100);
    expect(sent.outcomes).toEqual([]);
    uc.transactions[0]?.respond(answer(uc.transactions[0].request, 202, 'uc'));
    await set.host.clock.advance(100);
    expect(sent.outcomes).toEqual([202]);
  });

  test('a request that may go no further', async () => {
    const set = lab();
    await set.proxy('p1', ({ request }) => fork([[{ request }, { request }]]));
    const ua = await set.agent('ua');
    const ub = await set.agent('ub');
    const request = newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE);
    const headers = request.headers.map((h) => (h.key === 'max-forwards' ? header('Max-Forwards', '0') : h));
    const sent = ua.send({ ...request, headers });
    await set.host.clock.advance(100);
    expect(sent.outcomes).toEqual([483]);
    expect(ub.requests).toEqual([]);
  });

  test('an element that forks to nobody is a bug: 500', async () => {
    const { clock, send, errors } = await forking([[]]);
    const sent = send('MESSAGE');
    await clock.advance(100);
    expect(sent.outcomes).toEqual([500]);
    expect(errors).toHaveLength(1);
  });
});

describe('RFC 3261 16.7: what goes back of several', () => {
  test('step 5: every provisional response, and every 2xx to an INVITE; the first cancels those that ring', async () => {
    const { clock, send, cancelled } = await forking([
      [
        at(100, 180),
        {
          answers: [
            [100, 183],
            [500, 200],
          ],
        },
        {
          answers: [
            [100, 180],
            [503, 200],
          ],
        },
      ],
    ]);
    const sent = send('INVITE');
    await clock.advance(40_000);
    expect(sent.outcomes).toEqual([100, 180, 183, 180, 200, 200]);
    expect(cancelled).toContain('b0');
    await clock.advance(300_000);
    expect(sent.outcomes).toHaveLength(6);
    expect(clock.pendingTimers).toBe(0);
  });

  test('step 5: of a request that is no INVITE one final response, the others are absorbed', async () => {
    const { clock, send, back } = await forking([[at(100, 200), at(200, 202), at(300, 404)]]);
    const sent = send('MESSAGE');
    await clock.advance(70_000);
    expect(sent.outcomes).toEqual([200]);
    expect(back).toEqual([{ status: 200, taken: true }]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('step 5: a 6xx ends all: those that ring are cancelled, no other group is tried', async () => {
    const { clock, send, cancelled, asked } = await forking([[at(100, 180), at(300, 603)], [at(0, 200)]]);
    const sent = send('INVITE');
    await clock.advance(5000);
    expect(sent.outcomes).toEqual([100, 180, 603]);
    expect(cancelled).toEqual(['b0']);
    expect(asked()).toEqual(['b0', 'b1']);
  });

  test.each([
    ['the lowest class', [404, 302, 500], 302],
    ['of class 4 what tells how to try again', [404, 480, 415], 415],
    ['a 503 as 500', [503, 503], 500],
    ['a 503 only where nothing else is', [503, 500], 500],
  ])('step 6: %s', async (_title, statuses, best) => {
    const { clock, send } = await forking([statuses.map((status, i) => at(100 * i, status))]);
    const sent = send('INVITE');
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([100, best]);
  });

  test('step 6 looks at the groups before, too', async () => {
    const { clock, send } = await forking([[at(100, 302)], [at(100, 404)]]);
    const sent = send('INVITE');
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([100, 302]);
  });

  test('step 7: the challenges of all', async () => {
    const set = lab();
    const decide: Decide = ({ request }) => fork([[{ request }, { request, ...TO_UC }]]);
    await set.proxy('p1', decide);
    const ua = await set.agent('ua');
    for (const [name, status, challenge] of [
      ['ub', 401, 'WWW-Authenticate'],
      ['uc', 407, 'Proxy-Authenticate'],
    ] as const) {
      await set.agent(name, (transaction) => {
        const headers = [header(challenge, `Digest realm="${name}"`)];
        transaction.respond(answer(transaction.request, status, name, headers));
      });
    }
    const sent = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE));
    await set.host.clock.advance(1000);
    expect(sent.outcomes).toEqual([401]);
    const [response] = sent.responses;
    expect(response === undefined ? [] : values(response, 'www-authenticate')).toEqual(['Digest realm="ub"']);
    expect(response === undefined ? [] : values(response, 'proxy-authenticate')).toEqual([
      'Digest realm="uc"',
    ]);
  });

  test('16.10: a CANCEL goes to all, and no other group is tried', async () => {
    const { clock, send, cancelled, asked } = await forking([[at(0, 180), at(0, 180)], [at(0, 200)]]);
    const sent = send('INVITE');
    await clock.advance(100);
    sent.cancel();
    await clock.advance(5000);
    expect(cancelled).toEqual(['b0', 'b1']);
    expect(asked()).toEqual(['b0', 'b1']);
    expect(sent.outcomes.at(-1)).toBe(487);
    expect(sent.outcomes.filter((outcome) => typeof outcome === 'number' && outcome >= 200)).toEqual([487]);
  });

  test('16.8: Timer C of a branch; the other may go on', async () => {
    const { clock, send, cancelled } = await forking([
      [
        at(0, 180),
        {
          answers: [
            [0, 180],
            [100_000, 183],
            [190_000, 200],
          ],
          heedsCancel: true,
        },
      ],
    ]);
    const sent = send('INVITE');
    await clock.advance(185_000);
    expect(cancelled).toEqual(['b0']);
    await clock.advance(10_000);
    expect(sent.outcomes).toEqual([100, 180, 180, 183, 200]);
  });
});

describe('onFailure of a fork', () => {
  test('is asked once, when all groups have failed, with the best response', async () => {
    const failures: ForwardFailure[] = [];
    const onFailure = (failure: ForwardFailure) => void failures.push(failure);
    const { clock, send } = await forking([[at(0, 500), at(100, 404)], [at(0, 486)]], { onFailure });
    const sent = send('INVITE');
    await clock.advance(1000);
    expect(failures).toMatchObject([{ kind: 'response', response: { status: 404 } }]);
    expect(sent.outcomes).toEqual([100, 404]);
  });

  test('its decision takes the place of all that came', async () => {
    const set = lab();
    const elsewhere: Decide = ({ request }) =>
      fork([[{ request }, { request: { ...request, uri: 'sip:b@ub.example' } }]], {
        onFailure: () => Promise.resolve(forward(request, TO_UC)),
      });
    await set.proxy('p1', elsewhere);
    const ua = await set.agent('ua');
    await set.agent('ub', (transaction) => transaction.respond(answer(transaction.request, 401)));
    const uc = await set.agent('uc', (transaction) =>
      transaction.respond(answer(transaction.request, 486, 'uc')),
    );
    const sent = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE));
    await set.host.clock.advance(1000);
    expect(uc.requests).toHaveLength(1);
    expect(sent.outcomes).toEqual([486]);
  });

  test('nobody answered: a timeout', async () => {
    const failures: ForwardFailure[] = [];
    const { clock, send, back } = await forking([[never], [at(0, 408)]], {
      onFailure: (failure) => {
        failures.push(failure);
        return reply(480, 'Nobody there');
      },
    });
    send('MESSAGE');
    await clock.advance(70_000);
    expect(failures).toEqual([{ kind: 'timeout' }]);
    expect(back).toEqual([{ status: 480, taken: true }]);
  });
});

const plan: fc.Arbitrary<Plan> = fc
  .record({
    ringsMs: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
    finalMs: fc.integer({ min: 0, max: 7500 }),
    final: fc.constantFrom(200, 202, 302, 401, 404, 407, 408, 415, 486, 500, 503, 600, 603, 0),
    heedsCancel: fc.boolean(),
  })
  .map(({ ringsMs, finalMs, final, heedsCancel }) => ({
    answers: [
      ...(ringsMs === undefined ? [] : [[ringsMs, 180] as const]),
      ...(final === 0 ? [] : [[finalMs, final] as const]),
    ],
    heedsCancel,
  }));

test('16.7: whatever the branches answer in whatever order, one final response goes back, or to an INVITE all 2xx', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(plan, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
      async (groups, isInvite, cancelMs) => {
        const { clock, send, given, back, proxy } = await forking(groups);
        const sent = send(isInvite ? 'INVITE' : 'MESSAGE');
        if (cancelMs !== undefined && isInvite) clock.timer(cancelMs, () => sent.cancel());
        await clock.advance(900_000);
        const good = back.filter(({ status }) => status >= 200 && status < 300);
        const bad = back.filter(({ status }) => status >= 300);
        expect(bad.length).toBeLessThanOrEqual(1);
        const firstFinal = back.findIndex(({ status }) => status >= 200);
        const after = firstFinal < 0 ? [] : back.slice(firstFinal);
        expect(after.every(({ status }) => status >= 200)).toBe(true);
        if (isInvite) {
          expect(good.map(({ status }) => status)).toEqual(
            given.filter((status) => status >= 200 && status < 300),
          );
          expect(good.length + bad.length).toBeGreaterThanOrEqual(1);
          expect(good.length > 0 && bad.length > 0).toBe(false);
        } else {
          const answered = given.some((status) => status >= 200 && status !== 408);
          expect(good.length + bad.length).toBe(answered ? 1 : 0);
        }
        expect(back.every(({ taken }) => taken)).toBe(true);
        expect(clock.pendingTimers).toBe(0);
        await proxy.close();
      },
    ),
    { numRuns: 60 },
  );
});
