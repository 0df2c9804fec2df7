import type { TestHost } from '@ims-sim/host';
import type { StackOptions } from '../../src/index.js';
import { ALICE, BOB, answer, asResponse, hosts, peerAt, stackAt, type Peer, type TestStack } from './kit.js';

export const AT_BOB = { address: BOB, port: 5060 };

export interface Setting {
  readonly clock: TestHost['clock'];
  readonly peer: Peer;
  readonly stack: TestStack;
  readonly statuses: () => number[];
}

export async function setting(options: Partial<StackOptions> = {}): Promise<Setting> {
  const { alice, bob } = hosts();
  const stack = await stackAt(bob, BOB, options);
  const peer = await peerAt(alice, ALICE);
  const statuses = () => peer.heard.map(({ message }) => asResponse(message).status);
  return { clock: alice.clock, peer, stack, statuses };
}

export const answering = (status: number): Partial<StackOptions> => ({
  onRequest: (transaction) => void transaction.respond(answer(transaction.request, status)),
});
