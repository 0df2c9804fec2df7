import { describe, expect, test } from '@jest/globals';
import type { Expectation } from '@ims-sim/scenario';
import { action, AT, texts, ue, UE1, UE2, world } from './played.js';

const OFFER = { contentType: 'application/sdp', body: 'v=0\r\no=offer\r\n' };
const invite = { kind: 'invite', actor: 'ue1', to: UE2, reliable: true, ...OFFER } as const;
const status = (code: number): Expectation => ({ kind: 'status', status: code });

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
    expect(done).toContain(`ue1 invites ${UE2} reliably until ringing`);
  });

  test('without being told a call rings with 180, and is cancelled', async () => {
    const { played, sent } = await world([
      action({ ...invite, until: 'ringing', as: 'first' }),
      action({ kind: 'bye', actor: 'ue2' }),
      action({ kind: 'cancel', actor: 'ue1', of: 'first' }),
      action({ kind: 'cancel', actor: 'ue1', of: 'first' }),
      action({ kind: 'bye', actor: 'ue1' }),
    ]);
    expect(texts(played.failures)).toEqual([
      'ue2 hangs up: it has not answered this call: it is refused by a response (RFC 3261 15)',
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
      `ue1 invites ${UE2} reliably until ringing: expected a 2xx, got 486 Busy Here`,
      'ue2 answers: no INVITE within 32 s',
    ]);
    expect(played.failures[0]?.at).toEqual(AT);
  });

  test('an INVITE that nobody waits for does not ring by itself where an action will ring', async () => {
    const { played, sent } = await world([
      action({ ...invite, until: 'sent' }),
      action({ kind: 'wait', forS: 1 }),
      action({ kind: 'receive', actor: 'ue1', what: '100', withinS: 1, expect: { kind: 'no-answer' } }),
      action({ kind: 'ring', actor: 'ue2', status: 183, reliable: true }),
      action({ kind: 'receive', actor: 'ue1', what: '183', withinS: 1 }),
      action({ kind: 'respond', actor: 'ue2', method: 'INVITE', status: 480, withinS: 1 }),
      action({ kind: 'receive', actor: 'ue1', what: '480', withinS: 1 }),
    ]);
    expect(texts(played.failures)).toEqual([]);
    expect(sent.filter((what) => / \d+ INVITE/.test(what))).toEqual([
      'ue2 100 INVITE',
      'ue2 183 INVITE',
      'ue2 480 INVITE',
    ]);
  });

  test('a call that only rings is given up, and cancelled', async () => {
    const { played, sent } = await world([
      action({ ...invite, until: 'answered' }),
      action({ kind: 'wait', forS: 1 }),
    ]);
    expect(texts(played.failures)).toEqual([
      `ue1 invites ${UE2} reliably until answered: no answer within 60 s`,
    ]);
    expect(sent.slice(-4)).toEqual(['ue1 CANCEL', 'ue2 200 CANCEL', 'ue2 487 INVITE', 'ue1 ACK']);
  });
});
