import { describe, expect, test } from '@jest/globals';
import {
  forward,
  header,
  reply,
  taken,
  type Decide,
  type Forward,
  type StackOptions,
} from '../../src/index.js';
import { accept, answer, lab, newRequest, one, ROUTE, silent } from './lab.js';

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
