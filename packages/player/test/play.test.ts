import { describe, expect, test } from '@jest/globals';
import type { Expectation } from '@ims-sim/scenario';
import { valueOf } from '@ims-sim/sip';
import { action, AT, server, ue, UE1, UE2, world } from './played.js';

const OFFER = { contentType: 'application/sdp', body: 'v=0\r\no=offer\r\n' };
const invite = { kind: 'invite', actor: 'ue1', to: UE2, reliable: true, ...OFFER } as const;
const message = { kind: 'message', actor: 'ue1', to: UE2, body: 'hello' } as const;
const status = (code: number): Expectation => ({ kind: 'status', status: code });
const texts = (failures: readonly { readonly text: string }[]) => failures.map(({ text }) => text);

describe('playing calls', () => {
  test('a call with 183, PRACK, UPDATE and BYE, one UE beside the other', async () => {
    const { played, sent, done } = await world([
      action({
        kind: 'parallel',
        branches: [
          [action({ ...invite, until: 'ringing' })],
          [action({ kind: 'ring', actor: 'ue2', status: 183, reliable: true })],
        ],
      }),
      action({ kind: 'update', actor: 'ue1', ...OFFER }),
      action({ kind: 'answer', actor: 'ue2', ...OFFER }),
      action({ kind: 'reinvite', actor: 'ue2', ...OFFER }),
      action({ kind: 'bye', actor: 'ue2' }),
    ]);
    expect(played.failures).toEqual([]);
    expect(sent).toEqual([
      'ue1 INVITE',
      'ue2 183 INVITE',
      'ue1 PRACK',
      'ue2 200 PRACK',
      'ue1 UPDATE',
      'ue2 200 UPDATE',
      'ue2 200 INVITE',
      'ue1 ACK',
      'ue2 INVITE',
      'ue1 200 INVITE',
      'ue2 ACK',
      'ue2 BYE',
      'ue1 200 BYE',
    ]);
    expect(done).toContain(`ue1 invites ${UE2} until ringing`);
  });

  test('without being told a call rings with 180, and is cancelled', async () => {
    const { played, sent } = await world([
      action({ ...invite, until: 'ringing', as: 'first' }),
      action({ kind: 'cancel', actor: 'ue1', of: 'first' }),
      action({ kind: 'cancel', actor: 'ue1', of: 'first' }),
      action({ kind: 'bye', actor: 'ue1' }),
    ]);
    expect(texts(played.failures)).toEqual([
      'ue1 cancels first: its INVITE has its final response already',
      'ue1 hangs up: there is no call',
    ]);
    expect(sent.filter((what) => /[2-6]\d\d INVITE/.test(what))).toEqual(['ue2 487 INVITE']);
    expect(sent.filter((what) => what === 'ue1 CANCEL')).toHaveLength(1);
  });

  test('refused as expected, and not', async () => {
    const busy = new Map([['INVITE', { kind: 'answer', status: 486, headers: [] } as const]]);
    const { played } = await world(
      [
        action({ ...invite, until: 'answered', expect: status(486) }),
        action({ ...invite, until: 'ringing' }),
        action({ kind: 'answer', actor: 'ue2' }),
      ],
      { actors: [ue('ue1', UE1), ue('ue2', UE2, busy)] },
    );
    expect(texts(played.failures)).toEqual([
      `ue1 invites ${UE2} until ringing: expected a 2xx, got 486 Busy Here`,
      'ue2 answers: no INVITE within 32 s',
    ]);
    expect(played.failures[0]?.at).toEqual(AT);
  });
});

describe('expectations', () => {
  test.each<[string, Expectation | undefined, string | undefined]>([
    ['a 2xx, untold', undefined, undefined],
    ['its status', status(200), undefined],
    ['its class', { kind: 'class', hundreds: 2 }, undefined],
    ['another status', status(403), 'expected 403, got 200 OK'],
    ['another class', { kind: 'class', hundreds: 4 }, 'expected a 4xx, got 200 OK'],
    ['no answer', { kind: 'no-answer' }, 'expected no answer, got 200 OK'],
  ])('%s', async (_, expected, failure) => {
    const { played } = await world([action({ ...message, expect: expected })]);
    expect(texts(played.failures)).toEqual(
      failure === undefined ? [] : [`ue1 sends a message to ${UE2}: ${failure}`],
    );
  });

  test('who is silent gives no answer within 32 s: as expected, and not', async () => {
    const silent = new Map([['MESSAGE', { kind: 'silent' } as const]]);
    const { played, tookS } = await world(
      [
        action({ ...message, expect: { kind: 'no-answer' } }),
        action(message),
        action({ ...message, expect: status(200) }),
      ],
      { actors: [ue('ue1', UE1), ue('ue2', UE2, silent)] },
    );
    expect(texts(played.failures)).toEqual([
      `ue1 sends a message to ${UE2}: no answer within 32 s`,
      `ue1 sends a message to ${UE2}: expected 200, no answer within 32 s`,
    ]);
    expect(tookS).toBeLessThan(100);
  });

  test('a request is kept for the action that means to answer it, and only for that', async () => {
    const { played, sent } = await world([
      action(message),
      action({
        kind: 'parallel',
        branches: [
          [action({ ...message, expect: status(480) })],
          [
            action({ kind: 'wait', forS: 2 }),
            action({ kind: 'respond', actor: 'ue2', method: 'MESSAGE', status: 480, withinS: 5 }),
          ],
        ],
      }),
      action(message),
      action({ kind: 'respond', actor: 'ue2', method: 'MESSAGE', status: 480, withinS: 5 }),
    ]);
    expect(sent.filter((what) => what.startsWith('ue2'))).toEqual([
      'ue2 200 MESSAGE',
      'ue2 480 MESSAGE',
      'ue2 200 MESSAGE',
    ]);
    expect(texts(played.failures)).toEqual([
      'ue2 responds 480 to MESSAGE: no MESSAGE within 5 s that was not answered already: wait for it in parallel with what brings it about',
    ]);
  });

  test('receive takes each message once, and can say that none comes', async () => {
    const receive = { kind: 'receive', actor: 'ue2', what: 'MESSAGE', withinS: 5 } as const;
    const { played } = await world([
      action(message),
      action(receive),
      action(receive),
      action({ ...receive, expect: { kind: 'no-answer' } }),
      action(message),
      action({ ...receive, expect: { kind: 'no-answer' } }),
    ]);
    expect(texts(played.failures)).toEqual([
      'ue2 receives MESSAGE: no MESSAGE within 5 s',
      'ue2 receives MESSAGE: expected no MESSAGE, got one',
    ]);
  });
});

describe('variables and control', () => {
  test('what is taken out of a message stands in later ones; a round counts for itself', async () => {
    const { played, messages, done } = await world(
      [
        action({
          kind: 'receive', actor: 'ue2', what: 'OPTIONS', withinS: 1, expect: { kind: 'no-answer' },
        }), // prettier-ignore
        action({
          ...message,
          headers: [['Subject', '${subject}'], ['P-Preferred-Identity', ''], ['Call-ID', 'mine']],
          take: [
            { variable: 'tag', from: { header: 'to' }, pattern: 'tag=(\\S+)' },
            { variable: 'line', from: 'start-line', pattern: '^SIP.*$' },
          ],
        }), // prettier-ignore
        action({
          kind: 'repeat',
          times: 2,
          actions: [action({ ...message, body: '${round} ${tag}', headers: [['X-Line', '${line}']] })],
        }),
        action({ ...message, body: '${round}' }),
        action({ ...message, take: [{ variable: 'x', from: 'body', pattern: 'nothing' }] }),
      ],
      { variables: new Map([['subject', 'test']]) },
    );
    const requests = messages.filter((it) => it.kind === 'request');
    expect(valueOf(requests[0]?.headers ?? [], 'subject')).toBe('test');
    expect(valueOf(requests[0]?.headers ?? [], 'call-id')).toBe('mine');
    expect(valueOf(requests[0]?.headers ?? [], 'p-preferred-identity')).toBeUndefined();
    const tag = /tag=(\S+)/.exec(valueOf(messages[1]?.headers ?? [], 'to') ?? '')?.[1] ?? '';
    expect(tag).not.toBe('');
    expect(requests.slice(1, 3).map(({ body }) => body)).toEqual([`1 ${tag}`, `2 ${tag}`]);
    expect(valueOf(requests[1]?.headers ?? [], 'x-line')).toBe('SIP/2.0 200 OK');
    expect(texts(played.failures)).toEqual([
      `ue1 sends a message to ${UE2}: nothing has given \${round} a value yet`,
      `ue1 sends a message to ${UE2}: take x: the body of SIP/2.0 200 OK has nothing that matches nothing: `,
    ]);
    expect(requests).toHaveLength(4);
    expect(done).toHaveLength(6);
  });

  test('branches begin at once; the clock is moved; repetitions are done in order', async () => {
    const { played, sent, tookS } = await world([
      action({
        kind: 'parallel',
        branches: [
          [action({ kind: 'wait', forS: 10 }), action(message)],
          [action({ kind: 'wait', forS: 10 })],
        ],
      }),
      action({ kind: 'repeat', times: 3, actions: [action({ kind: 'advance', byS: 7200 })] }),
    ]);
    expect(played.failures).toEqual([]);
    expect(sent).toEqual(['ue1 MESSAGE', 'ue2 200 MESSAGE']);
    expect(tookS).toBe(10 + 3 * 7200);
  });

  test('time is not moved where it is real: said before anything starts', async () => {
    const advance = action({ kind: 'advance', byS: 1 });
    const ground = { virtualTime: false };
    const playing = world([action({ kind: 'repeat', times: 1, actions: [advance] })], { ground });
    await expect(playing).rejects.toThrow('test.yaml:7:3: advances the clock by 1 s: only with --simulate');
    await expect(
      world([action({ kind: 'kill', element: 'x' })], { ground: { control: undefined } }),
    ).rejects.toThrow('--attach');
  });

  test('an abort ends it soon', async () => {
    const over = new AbortController();
    const playing = world(
      [action({ kind: 'wait', forS: 5 }), action(message), action({ kind: 'wait', forS: 50_000 })],
      {
        play: {
          abort: over.signal,
          onAction: (text) => {
            if (text.includes('message')) {
              over.abort(new Error('stopped'));
            }
          },
        },
      },
    );
    await expect(playing).rejects.toThrow('stopped');
  });
});

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
      'as notifies, active: it has accepted no SUBSCRIBE within 32 s',
      'as registers: as is a server: only a UE does that',
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
    expect(texts(played.failures)).toEqual(['ue1 waits until it is not registered: not within 5 s']);
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
      `ue1 sends MESSAGE ${UE2} SIP/2.0: expected 403, got 200 OK`,
      'ue1 sends nonsense: the DNS has no address for none.home1.net',
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
    const { played, commands } = await world(
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
      'hss1 terminate',
      'hss1 provision',
      's deregister',
      's reauthenticate',
      'pcscf1.home1.net faults',
      'pcscf1.home1.net faults',
      'dns.lab faults',
      'ue1 faults',
      'ue2 faults',
    ]);
    expect(commands[0]?.[1]).toMatchObject({ rules: [rule], seed: 1 });
    expect(commands.at(-1)?.[1]).toMatchObject({ rules: [] });
    expect(played.beganAtUs).toBeDefined();
  });

  test('what comes before went wrong: the flow is not played', async () => {
    const { played, sent } = await world([action(message)], {
      before: [action({ ...message, expect: status(403) })],
    });
    expect(texts(played.failures)).toEqual([`ue1 sends a message to ${UE2}: expected 403, got 200 OK`]);
    expect(played.beganAtUs).toBeUndefined();
    expect(sent).toHaveLength(2);
  });
});
