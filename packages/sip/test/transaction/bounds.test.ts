import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@ims-sim/host';
import { ALICE, answer, asResponse, BOB, hosts, peerAt, stackAt, text } from './kit.js';

const AT_BOB = { address: BOB, port: 5060 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Collected twice: what the first time frees of array buffers is counted off beside it, the second waits for that. */
function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('Bounds', () => {
  test('a transaction that is done costs its key and its response, and keeps nothing of the request', async () => {
    const { alice, bob } = hosts();
    const stack = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const peer = await peerAt(alice, ALICE);
    const body = 'x'.repeat(5000);
    const exchange = async (from: number, count: number) => {
      for (let i = from; i < from + count; i++) {
        peer.say(text({ branch: `z9hG4bK-${i}-abcdefghijklmnop`, body }), AT_BOB);
      }
      await alice.clock.advance(1);
      stack.requests.length = 0;
      peer.heard.length = 0;
      alice.trace.messages.length = 0;
      bob.trace.messages.length = 0;
    };
    await exchange(0, 500);
    const before = usedBytes();
    await exchange(500, 2000);
    const eachBytes = (usedBytes() - before) / 2000;
    expect(eachBytes).toBeLessThan(1000);
    await alice.clock.advance(40_000);
    expect(alice.clock.pendingTimers).toBe(0);
  });

  test('whatever comes in, the stack lives and goes on to answer', async () => {
    const { alice, bob } = hosts();
    const stack = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const peer = await peerAt(alice, ALICE);
    const random = seededRandom('mutations');
    const methods = ['OPTIONS', 'INVITE', 'ACK', 'CANCEL'];
    for (let i = 0; i < 4000; i++) {
      const bytes = Buffer.from(text({ method: methods[i % 4] ?? 'ACK', branch: `z9hG4bK${i >> 3}` }));
      for (let changes = random.uint32() % 6; changes > 0; changes--) {
        bytes[random.uint32() % bytes.length] = random.uint32() % 256;
      }
      const end = random.uint32() % 4 === 0 ? random.uint32() % bytes.length : bytes.length;
      peer.socket.send(bytes.subarray(0, end), AT_BOB);
      if (i % 500 === 0) await alice.clock.advance(1);
    }
    peer.say(text({ branch: 'z9hG4bKlast' }), AT_BOB);
    await alice.clock.advance(1);
    expect(asResponse(peer.last()).status).toBe(200);
    expect(stack.counters.invalid).toBeGreaterThan(100);
    await stack.close();
  });
});
