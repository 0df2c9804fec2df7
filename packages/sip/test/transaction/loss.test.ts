import { describe, expect, test } from '@jest/globals';
import type { StackOptions } from '../../src/index.js';
import { ALICE, answer, BOB, hosts, listener, stackAt, toSend, udp } from './kit.js';

/** What the far end does with each request, and what the near end is told in the end. */
interface Flow {
  readonly name: string;
  readonly method: string;
  readonly serve: StackOptions['onRequest'];
  /** After this time the near end cancels. */
  readonly cancelAtMs?: number;
  readonly final: number;
  /** Datagrams on the wire when none is lost. */
  readonly datagrams: number;
}

const FLOWS: readonly Flow[] = [
  {
    name: 'OPTIONS, 200',
    method: 'OPTIONS',
    serve: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    final: 200,
    datagrams: 2,
  },
  {
    name: 'SUBSCRIBE, 100, 202',
    method: 'SUBSCRIBE',
    serve: (transaction) => {
      transaction.respond(answer(transaction.request, 100));
      transaction.respond(answer(transaction.request, 202));
    },
    final: 202,
    datagrams: 3,
  },
  {
    name: 'INVITE, 180, 486, ACK',
    method: 'INVITE',
    serve: (transaction) => {
      transaction.respond(answer(transaction.request, 180));
      transaction.respond(answer(transaction.request, 486));
    },
    final: 486,
    datagrams: 4,
  },
  {
    name: 'INVITE, 180, CANCEL, 200, 487, ACK',
    method: 'INVITE',
    serve: (transaction) => {
      transaction.respond(answer(transaction.request, 180));
      transaction.onCancel = () => void transaction.respond(answer(transaction.request, 487));
    },
    cancelAtMs: 2000,
    final: 487,
    datagrams: 6,
  },
];

/** Plays a flow with its `lost`th datagram lost (none: -1). */
async function play(
  flow: Flow,
  lost: number,
): Promise<{ told: (number | string)[]; served: number; sent: number }> {
  const { alice, bob } = hosts();
  let sent = 0;
  alice.network.faults = () => (sent++ === lost ? 'drop' : 'deliver');
  const server = await stackAt(bob, BOB, { onRequest: flow.serve });
  const client = await stackAt(alice, ALICE);
  const user = listener();
  const transaction = client.send(toSend(flow.method), user, { targets: [udp(BOB)] });
  if (flow.cancelAtMs !== undefined) {
    alice.clock.timer(flow.cancelAtMs, () => transaction.cancel());
  }
  await alice.clock.advance(100_000);
  expect(alice.clock.pendingTimers).toBe(0);
  return { told: user.told, served: server.requests.length, sent };
}

describe.each(FLOWS)('$name', (flow) => {
  test('takes as many datagrams as it should', async () => {
    expect((await play(flow, -1)).sent).toBe(flow.datagrams);
  });

  test.each(Array.from({ length: flow.datagrams }, (_, index) => index))(
    'ends as it should where datagram %d is lost',
    async (lost) => {
      const { told, served } = await play(flow, lost);
      const finals = told.filter((what) => typeof what === 'string' || what >= 200);
      expect(finals).toEqual([flow.final]);
      expect(served).toBe(1);
    },
  );
});
