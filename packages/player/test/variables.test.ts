import { describe, expect, test } from '@jest/globals';
import { valueOf } from '@ims-sim/sip';
import { action, message, texts, UE2, world } from './played.js';

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
      `ue1 sends a message to ${UE2} saying "\${round}": nothing has given \${round} a value yet`,
      `ue1 sends a message to ${UE2} saying "hello": take x: the body of SIP/2.0 200 OK has nothing that matches nothing: `,
    ]);
    expect(requests).toHaveLength(4);
    expect(done).toHaveLength(6);
  });

  test('where an actor listens is its address and port', async () => {
    const { played, messages } = await world([
      action({ ...message, headers: [['X-At', '${ue1.address}:${ue1.port}']] }),
      action({ ...message, headers: [['X-At', '${nobody.port}']] }),
    ]);
    const [request] = messages;
    const via = valueOf(request?.headers ?? [], 'via') ?? '';
    const at = valueOf(request?.headers ?? [], 'x-at') ?? '';
    expect(at).toMatch(/^\[5555::a\]:5060$/);
    expect(via).toContain(` ${at.replace(':5060', '')};`); // 5060 goes without saying
    expect(texts(played.failures)).toEqual([
      expect.stringContaining('nothing has given ${nobody.port} a value yet'),
    ]);
  });

  test('a pattern that would take for ever is given up, and named', async () => {
    const pattern = '^((([a-zA-Z0-9:_.@>;=]+)+)+)+\\$';
    const { played } = await world([
      action({ ...message, take: [{ variable: 'x', from: { header: 'call-id' }, pattern }], headers: [['Call-ID', 'a'.repeat(40)]] }), // prettier-ignore
    ]);
    expect(texts(played.failures)).toEqual([expect.stringContaining('the pattern takes more than 250 ms')]);
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
    await expect(playing).rejects.toThrow('test.yaml:7:3: advance the clock by 1 s: only with --simulate');
    await expect(
      world([action({ kind: 'kill', element: 'x' })], { ground: { control: undefined } }),
    ).rejects.toThrow('--attach');
  });

  test('an abort ends it soon', async () => {
    const over = new AbortController();
    // longer than the test waits
    const wait = action({ kind: 'wait', forS: 1e6 });
    const receive = action({ kind: 'receive', actor: 'ue2', what: 'NOTIFY', withinS: 1e6 });
    const until = action({ kind: 'until', actor: 'ue1', registered: true, withinS: 1e6 });
    const playing = world(
      [
        action({
          kind: 'parallel',
          branches: [[wait], [receive, wait], [until], [action({ kind: 'wait', forS: 5 }), action(message)]],
        }),
      ],
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
