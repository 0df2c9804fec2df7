import { describe, expect, test } from '@jest/globals';
import { forward, type Forward, type ServerTransaction } from '../../src/index.js';
import { answer, newRequest, one, silent } from './lab.js';

describe('INVITE', () => {
  const ringing = (transaction: ServerTransaction) => {
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
    const { clock, send } = await one(
      ({ request }) => forward(request),
      (transaction) => {
        if (transaction.request.method !== 'INVITE') return;
        transaction.respond(answer(transaction.request, 180));
        transaction.onCancel = () => {
          cancels.push('CANCEL');
          transaction.respond(answer(transaction.request, 487));
        };
      },
    );
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
