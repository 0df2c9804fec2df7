import { describe, expect, test } from '@jest/globals';
import type { Expectation } from '@ims-sim/scenario';
import { valueOf } from '@ims-sim/sip';
import { action, message, server, texts, ue, UE1, UE2, world } from './played.js';

const status = (code: number): Expectation => ({ kind: 'status', status: code });

describe('servers, operators, faults', () => {
  test('an application server answers, notifies, and stays silent; what comes to it by its name', async () => {
    const { played, sent, listened, messages } = await world(
      [
        action({
          kind: 'parallel',
          branches: [
            [
              action({
                kind: 'subscribe', actor: 'ue1', to: 'sip:as.home1.net', event: 'presence', expiresS: 600, as: 'first',
              }), // prettier-ignore
            ],
            [
              action({ kind: 'respond', actor: 'as', method: 'SUBSCRIBE', status: 200, withinS: 5 }),
              action({
                kind: 'notify',
                actor: 'as',
                state: 'active',
                contentType: 'text/plain',
                body: 'there',
              }),
            ],
          ],
        }),
        action({ kind: 'refresh', actor: 'ue1', expiresS: 1200, of: 'first' }),
        action({
          kind: 'parallel',
          branches: [
            [action({ kind: 'unsubscribe', actor: 'ue1' })],
            [
              action({ kind: 'wait', forS: 1 }),
              action({ kind: 'notify', actor: 'as', state: 'terminated;reason=timeout' }),
            ],
          ],
        }),
        action({ kind: 'notify', actor: 'as', state: 'active' }),
        action({ kind: 'register', actor: 'as', expiresS: 5, all: false }),
        action({ kind: 'refresh', actor: 'ue1', expiresS: 5, of: 'other' }),
      ],
      { actors: [ue('ue1', UE1), server()] },
    );
    expect(texts(played.failures)).toEqual([
      'as notifies active: it has accepted no SUBSCRIBE within 32 s',
      'as registers, 5 s: as is a server: only a UE does that',
      'ue1 refreshes other, 5 s: there is no subscription or publication called other',
    ]);
    expect(listened).toEqual(['ue1 - [5555::a]:5060', 'as as.home1.net [5555::c]:5060']);
    expect(sent).toEqual([
      'ue1 SUBSCRIBE',
      'as 200 SUBSCRIBE',
      'as NOTIFY',
      'ue1 200 NOTIFY',
      'ue1 SUBSCRIBE',
      'as 200 SUBSCRIBE',
      'ue1 SUBSCRIBE',
      'as 200 SUBSCRIBE',
      'as NOTIFY',
      'ue1 200 NOTIFY',
    ]);
    const notify = messages.find((it) => it.kind === 'request' && it.method === 'NOTIFY');
    expect(notify?.body).toBe('there');
  });

  test('registered, until it is; published, refreshed, taken back', async () => {
    const on = new Map([
      ['PUBLISH', { kind: 'answer', status: 200, headers: [['SIP-ETag', 'e1']] } as const],
    ]);
    const { played, messages } = await world(
      [
        action({ kind: 'parallel', branches: [
          [action({ kind: 'until', actor: 'ue1', registered: true, withinS: 50 })],
          [action({ kind: 'wait', forS: 2 }), action({ kind: 'register', actor: 'ue1', expiresS: 600, all: false })],
        ] }), // prettier-ignore
        action({
          kind: 'publish',
          actor: 'ue1',
          event: 'presence',
          expiresS: 600,
          body: '<p/>',
          contentType: 'a/b',
        }),
        action({ kind: 'refresh', actor: 'ue1', expiresS: 300 }),
        action({ kind: 'unpublish', actor: 'ue1' }),
        action({ kind: 'until', actor: 'ue1', registered: false, withinS: 5 }),
      ],
      { actors: [ue('ue1', UE1, on), ue('ue2', UE2)] },
    );
    expect(texts(played.failures)).toEqual(['ue1 is no longer registered within 5 s: not within 5 s']);
    const publishes = messages.filter((it) => it.kind === 'request' && it.method === 'PUBLISH');
    const shown = publishes.map(({ headers, body }) => [
      valueOf(headers, 'sip-if-match'),
      valueOf(headers, 'expires'),
      body,
    ]);
    // each goes to itself by the proxy, which counts twice
    expect(shown).toEqual([
      [undefined, '600', '<p/>'],
      ['e1', '300', ''],
      ['e1', '0', ''],
    ]);
  });

  test('what the other side has ended already is not taken back once more', async () => {
    const on = new Map([['SUBSCRIBE', { kind: 'answer', status: 403, headers: [] } as const]]);
    const subscribe = action({
      kind: 'subscribe', actor: 'ue1', to: UE2, event: 'presence', expiresS: 600, as: 'a', expect: { kind: 'class', hundreds: 4 },
    }); // prettier-ignore
    const failures: string[] = [];
    const { played, sent } = await world([subscribe], {
      actors: [ue('ue1', UE1), ue('ue2', UE2, on)],
      play: {
        after: {
          actions: [action({ kind: 'unsubscribe', actor: 'ue1', of: 'a' })],
          onOver: () => undefined,
          onFailure: () => failures.push('after'),
        },
      },
    });
    expect(texts(played.failures)).toEqual([]);
    expect(failures).toEqual([]);
    expect(sent.filter((what) => what === 'ue1 SUBSCRIBE')).toHaveLength(1);
  });

  test('bytes as they are, and the answer that comes to them', async () => {
    const raw = (callId: string, more = '') =>
      `MESSAGE ${UE2} SIP/2.0\nVia: SIP/2.0/UDP [5555::a];branch=z9hG4bK-x\nFrom: <${UE1}>;tag=1\nTo: <${UE2}>\nCall-ID: ${callId}\nCSeq: 7 MESSAGE\nMax-Forwards: 9\n${more}\nhello\n`;
    const { played, messages } = await world([
      action({ kind: 'send', actor: 'ue1', message: raw('a'), expect: status(200), take: [{ variable: 'to', from: { header: 'To' }, pattern: 'tag=.*' }] }), // prettier-ignore
      action({
        kind: 'send',
        actor: 'ue1',
        message: raw('b'),
        to: 'udp:[5555::b]:5060',
        expect: status(403),
      }),
      action({
        kind: 'send',
        actor: 'ue1',
        message: raw('c', 'Content-Length: 3\n'),
        to: 'pcscf1.home1.net',
      }),
      action({ kind: 'send', actor: 'ue1', message: 'nonsense', to: 'none.home1.net' }),
    ]);
    expect(texts(played.failures)).toEqual([
      `ue1 sends to udp:[5555::b]:5060 and gets 403: MESSAGE ${UE2} SIP/2.0: expected 403, got 200 OK`,
      'ue1 sends to none.home1.net: the DNS has no address for none.home1.net',
    ]);
    const lengths = messages.flatMap((it) =>
      it.kind === 'request' ? [valueOf(it.headers, 'content-length')] : [],
    );
    expect(lengths).toEqual(['7', '7', '3']);
  });

  test('an operator is heard, and faults are in force for the flow only', async () => {
    const rule = {
      match: { from: 'ue1', message: { protocol: 'sip' } },
      fault: { kind: 'drop' },
      text: 'drops',
    } as const;
    const { played, commands, provisioned } = await world(
      [
        action({ kind: 'terminate', hss: 'hss1', privateIdentity: 'a@b', reason: 'server-change' }),
        action({ kind: 'provision', hss: 'hss1', privateIdentity: 'a@b' }),
        action({ kind: 'deregister', sCscf: 's', publicIdentity: UE1 }),
        action({ kind: 'reauthenticate', sCscf: 's', publicIdentity: UE1, expiresS: 3 }),
        action({ kind: 'restart', element: 'pcscf1.home1.net' }),
      ],
      { faults: [rule], before: [action(message)] },
    );
    expect(played.failures).toEqual([]);
    expect(commands.map(([element, { kind }]) => `${element} ${kind}`)).toEqual([
      'pcscf1.home1.net faults',
      'dns.lab faults',
      'ue1 faults',
      'ue2 faults',
      's deregister',
      's reauthenticate',
      'pcscf1.home1.net faults',
      'pcscf1.home1.net faults',
      'dns.lab faults',
      'ue1 faults',
      'ue2 faults',
    ]);
    expect(provisioned).toEqual(['hss1 terminate', 'hss1 provision']);
    expect(commands[0]?.[1]).toMatchObject({ rules: [rule], seed: 1 });
    expect(commands.at(-1)?.[1]).toMatchObject({ rules: [] });
    expect(played.beganAtUs).toBeDefined();
  });

  test('what comes before went wrong: the flow is not played', async () => {
    const { played, sent } = await world([action(message)], {
      before: [action({ ...message, expect: status(403) })],
    });
    expect(texts(played.failures)).toEqual([
      `ue1 sends a message to ${UE2} saying "hello" and gets 403: expected 403, got 200 OK`,
    ]);
    expect(played.beganAtUs).toBeUndefined();
    expect(sent).toHaveLength(2);
  });
});
