import { describe, expect, test } from '@jest/globals';
import type { Expectation } from '@ims-sim/scenario';
import { action, message, texts, ue, UE1, UE2, world } from './played.js';

const status = (code: number): Expectation => ({ kind: 'status', status: code });

describe('expectations', () => {
  test.each<[string, Expectation | undefined, string | undefined]>([
    ['a 2xx, untold', undefined, undefined],
    ['its status', status(200), undefined],
    ['its class', { kind: 'class', hundreds: 2 }, undefined],
    ['another status', status(403), '403: expected 403, got 200 OK'],
    ['another class', { kind: 'class', hundreds: 4 }, '4xx: expected a 4xx, got 200 OK'],
    ['no answer', { kind: 'no-answer' }, 'no answer: expected no answer, got 200 OK'],
  ])('%s', async (_, expected, failure) => {
    const { played } = await world([action({ ...message, expect: expected })]);
    expect(texts(played.failures)).toEqual(
      failure === undefined ? [] : [`ue1 sends a message to ${UE2} saying "hello" and gets ${failure}`],
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
      `ue1 sends a message to ${UE2} saying "hello": no answer within 32 s`,
      `ue1 sends a message to ${UE2} saying "hello" and gets 200: expected 200, no answer within 32 s`,
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
      'ue2 answers MESSAGE with 480 within 5 s: no MESSAGE within 5 s that was not answered already: wait for it in parallel with what brings it about',
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
      'ue2 receives MESSAGE within 5 s: no MESSAGE within 5 s',
      'ue2 receives MESSAGE within 5 s: expected no MESSAGE, got one',
    ]);
  });
});
