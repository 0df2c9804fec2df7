import { describe, expect, test } from '@jest/globals';
import {
  forward,
  header,
  reply,
  taken,
  valueOf,
  values,
  type Decide,
  type Forward,
  type ForwardFailure,
  type ProxyOptions,
  type SipResponse,
  type StackOptions,
} from '../../src/index.js';
import { accept, answer, lab, newRequest } from './lab.js';

const ROUTE: [string, string] = ['Route', '<sip:p1.example;lr>'];
const TO_UB = { targets: [{ transport: 'UDP' as const, address: '10.0.0.2', port: 5060 }] };
const TO_UC = { targets: [{ transport: 'UDP' as const, address: '10.0.0.3', port: 5060 }] };

/** One proxy between ua and ub (and uc, which accepts). */
async function one(
  decide: Decide,
  ub: Parameters<ReturnType<typeof lab>['agent']>[1] = accept('ub'),
  options: Partial<ProxyOptions> = {},
) {
  const set = lab();
  const proxy = await set.proxy('p1', decide, options);
  const agents = { ua: await set.agent('ua'), ub: await set.agent('ub', ub), uc: await set.agent('uc', accept('uc')) };
  const send = (method: string, ...headers: [string, string][]) =>
    agents.ua.send(newRequest(method, 'sip:ub@ub.example', ROUTE, ...headers));
  return { ...agents, proxy, clock: set.host.clock, host: set.host, send };
}

const refuse = (status: number, ...headers: [string, string][]) => (transaction: Parameters<ReturnType<typeof accept>>[0]) => {
  const all = headers.map(([name, value]) => header(name, value));
  if (transaction.request.method !== 'ACK') transaction.respond(answer(transaction.request, status, 'ub', all));
};
const silent = () => undefined;

describe('what goes back (RFC 3261 16.7)', () => {
  test.each([
    ['404 as it is', 404, [404]],
    ['503 as 500', 503, [500]],
    ['RFC 4320 4.2: no 408 to a request that is no INVITE', 408, ['timeout']],
    ['603 as it is', 603, [603]],
  ])('%s', async (_title, status, outcomes) => {
    const { clock, send } = await one(({ request }) => forward(request), refuse(status, ['X-Why', 'because']));
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
    const { clock, send } = await one(({ request }) => forward({ ...request, uri: 'sip:ub@nowhere.example' }));
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
    const { clock, send } = await one(({ request }) => forward(request, { onResponse }), (transaction) => {
      for (const status of [100, 183, 200]) transaction.respond(answer(transaction.request, status));
    });
    const sent = send('MESSAGE');
    await clock.advance(1000);
    expect(seen).toEqual([183, 200]);
    expect(sent.responses.map((response) => values(response, 'x-by'))).toEqual([['p1'], ['p1']]);
  });
});

describe('100 Trying, for a profile', () => {
  test.each<[StackOptions['trying'], string, number[]]>([
    ['at-once', 'SUBSCRIBE', [100, 200]],
    ['never', 'SUBSCRIBE', [200]],
    ['rfc4320', 'SUBSCRIBE', [200]],
    ['never', 'INVITE', [100, 200]],
  ])('%s, %s', async (trying, method, outcomes) => {
    const { clock, send } = await one(({ request }) => forward(request), accept('ub'), { trying });
    const sent = send(method);
    await clock.advance(10);
    expect(sent.outcomes).toEqual(outcomes);
  });

  test('TR 24.841: none to a request within a dialog', async () => {
    const { clock, ua } = await one(({ request }) => forward(request), accept('ub'), { trying: 'at-once' });
    const request = newRequest('NOTIFY', 'sip:ub@ub.example', ROUTE);
    const tagged = request.headers.map((h) => (h.key === 'to' ? header('To', `${h.value};tag=x`) : h));
    const sent = ua.send({ ...request, headers: tagged });
    await clock.advance(10);
    expect(sent.outcomes).toEqual([200]);
  });

  test('while the element asks somebody else', async () => {
    let go: (decision: Forward) => void = silent;
    const decide: Decide = () => new Promise<Forward>((resolve) => (go = resolve));
    const { clock, send } = await one(decide, accept('ub'), { trying: 'at-once' });
    const sent = send('SUBSCRIBE');
    await clock.advance(10);
    expect(sent.outcomes).toEqual([100]);
    go(forward(newRequest('SUBSCRIBE', 'sip:ub@ub.example')));
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
    const { clock, send } = await one(({ request }) => forward(request, { onFailure, timeoutMs: 1000 }), (transaction) => {
      setLater(() => transaction.respond(answer(transaction.request, 486)));
    });
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
    const { clock, send, ub } = await one(({ request }) => forward(request, { onFailure, timeoutMs: 1000 }), silent);
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

describe('INVITE', () => {
  const ringing = (transaction: Parameters<ReturnType<typeof accept>>[0]) => {
    if (transaction.request.method !== 'INVITE') return;
    transaction.respond(answer(transaction.request, 180));
    transaction.onCancel = () => transaction.respond(answer(transaction.request, 487));
  };

  test('16.10: CANCEL goes on, the 487 goes back', async () => {
    const { clock, send, ub } = await one(({ request }) => forward(request), ringing);
    const sent = send('INVITE');
    await clock.advance(100);
    sent.cancel();
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([100, 180, 487]);
    expect(ub.requests.map(({ method }) => method)).toEqual(['INVITE']);
    await clock.advance(300_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test('CANCEL while the element decides: nothing goes on', async () => {
    let go: (decision: Forward) => void = silent;
    const { clock, send, ub } = await one(() => new Promise<Forward>((resolve) => (go = resolve)), ringing);
    const sent = send('INVITE');
    await clock.advance(100);
    sent.cancel();
    await clock.advance(100);
    go(forward(newRequest('INVITE', 'sip:ub@ub.example')));
    await clock.advance(1000);
    expect(sent.outcomes).toEqual([100, 487]);
    expect(ub.requests).toHaveLength(0);
  });

  test('16.8: Timer C, with a CANCEL for one that rings', async () => {
    const cancels: string[] = [];
    const { clock, send } = await one(({ request }) => forward(request), (transaction) => {
      if (transaction.request.method !== 'INVITE') return;
      transaction.respond(answer(transaction.request, 180));
      transaction.onCancel = () => {
        cancels.push('CANCEL');
        transaction.respond(answer(transaction.request, 487));
      };
    });
    const sent = send('INVITE');
    await clock.advance(180_000);
    expect(sent.outcomes).toEqual([100, 180]);
    await clock.advance(2000);
    expect(cancels).toEqual(['CANCEL']);
    expect(sent.outcomes).toEqual([100, 180, 487]);
  });

  test('16.7 step 2: a provisional response starts Timer C again', async () => {
    const { clock, send, ub } = await one(({ request }) => forward(request), ringing);
    const sent = send('INVITE');
    await clock.advance(170_000);
    const [transaction] = ub.transactions;
    transaction?.respond(answer(transaction.request, 180));
    await clock.advance(170_000);
    expect(sent.outcomes).toEqual([100, 180, 180]);
  });

  test('nobody answers: 408', async () => {
    // Without a 100 of its own the far end is silent to Timer B.
    const nowhere = { targets: [{ transport: 'UDP' as const, address: '10.0.0.99', port: 5060 }] };
    const { clock, send } = await one(({ request }) => forward(request, nowhere), silent);
    const sent = send('INVITE');
    await clock.advance(40_000);
    expect(sent.outcomes).toEqual([100, 408]);
  });

  test('every 2xx goes back (RFC 6026), one other final does', async () => {
    const { clock, send, ub } = await one(({ request }) => forward(request), ringing);
    const sent = send('INVITE');
    await clock.advance(100);
    const [transaction] = ub.transactions;
    if (transaction === undefined) throw new Error('nothing came');
    transaction.respond(answer(transaction.request, 200));
    transaction.respond(answer(transaction.request, 200, 'uc'));
    await clock.advance(100);
    expect(sent.outcomes).toEqual([100, 180, 200, 200]);
  });
});

describe('the one place that acts', () => {
  test.each<[string, Decide]>([
    ['throws', () => { throw new Error('bug'); }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('bug'))],
    ['throws on a response', ({ request }) => forward(request, { onResponse: () => { throw new Error('bug'); } })], // prettier-ignore
  ])('a procedure that %s: 500, and the element lives', async (_title, decide) => {
    const set = lab();
    let calls = 0;
    await set.proxy('p1', (incoming) => (calls++ === 0 ? decide(incoming) : forward(incoming.request)));
    await set.agent('ub', accept('ub'));
    const ua = await set.agent('ua');
    const first = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE));
    await set.host.clock.advance(100);
    const second = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE));
    await set.host.clock.advance(100);
    expect([first.outcomes, second.outcomes]).toEqual([[500], [200]]);
    expect(set.errors).toEqual(['A procedure failed']);
  });

  test('taken: the procedure answers itself', async () => {
    const decide: Decide = ({ transaction }) => {
      transaction.respond(answer(transaction.request, 202, 'p1'));
      return taken();
    };
    const { clock, send, ub } = await one(decide);
    const sent = send('MESSAGE');
    await clock.advance(100);
    expect(sent.outcomes).toEqual([202]);
    expect(ub.requests).toHaveLength(0);
  });

  test('why goes into the trace, with the call', async () => {
    const because = [{ clause: 'TS 24.229 5.4.3.3', text: 'filter criterion 0 matched' }];
    const { clock, send, host } = await one(({ request }) => forward(request, { because }));
    send('MESSAGE');
    await clock.advance(100);
    expect(host.trace.decisions).toEqual([{ ...because[0], callId: expect.stringMatching(/^call-/) }]);
  });

  test('a retransmission gets the same answer, tag included', async () => {
    const { clock, ua, host } = await one(() => reply(404, 'Not Found'));
    const tos: string[] = [];
    let first = true;
    host.network.faults = (datagram) => {
      const text = datagram.toString('latin1');
      if (!text.startsWith('SIP/2.0')) return 'deliver';
      tos.push(/^To: (.*)$/m.exec(text)?.[1] ?? '');
      const fate = first ? 'drop' : 'deliver';
      first = false;
      return fate;
    };
    const sent = ua.send(newRequest('MESSAGE', 'sip:ub@ub.example', ROUTE));
    await clock.advance(5000);
    expect(sent.outcomes).toEqual([404]);
    expect(tos).toHaveLength(2);
    expect(new Set(tos).size).toBe(1);
  });
});
