import type { TestHost } from '@ims-sim/host';
import { serialize, topVia, type SendOptions, type SipMessage, type StackOptions } from '../../src/index.js';
import {
  ALICE,
  BOB,
  CAROL,
  answer,
  asRequest,
  hosts,
  peerAt,
  stackAt,
  udp,
  type Peer,
  type TestStack,
} from './kit.js';

export const AT_ALICE = { address: ALICE, port: 5060 };
export const TO_BOB: SendOptions = { targets: [udp(BOB)] };

/** Alice sends; Bob and Carol are peers that say what they are told to. */
export interface Setting {
  readonly clock: TestHost['clock'];
  readonly stack: TestStack;
  readonly bob: Peer;
  readonly carol: Peer;
}

export async function setting(options: Partial<StackOptions> = {}): Promise<Setting> {
  const { alice, bob, carol } = hosts();
  return {
    clock: alice.clock,
    stack: await stackAt(alice, ALICE, { sentBy: 'alice.home1.net', ...options }),
    bob: await peerAt(bob, BOB),
    carol: await peerAt(carol, CAROL),
  };
}

/** Lets a peer answer each request (but ACK) with these statuses. */
export function answering(peer: Peer, ...statuses: number[]): void {
  peer.onMessage = (message) => {
    const request = asRequest(message);
    if (request.method === 'ACK') return;
    for (const status of statuses) peer.say(serialize(answer(request, status)), AT_ALICE);
  };
}

export const methods = (peer: Peer) => peer.heard.map(({ message }) => asRequest(message).method);
export const branchOf = (message: SipMessage) => topVia(message)?.branch;
