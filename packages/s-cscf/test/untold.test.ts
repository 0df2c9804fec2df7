import type { ServerAssignment, ServerAssignmentAnswer } from '@ims-sim/cx';
import { VirtualClock } from '@ims-sim/host';
import { expect, test } from '@jest/globals';
import { Untold } from '../src/untold.js';

const request = (user: number): ServerAssignment => ({
  privateIdentity: `user${user}`,
  publicIdentities: [`sip:user${user}@home1.net`],
  serverName: 'sip:scscf1.home1.net',
  type: 'timeout-deregistration',
  userDataAlreadyAvailable: true,
});

function lab() {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const answered: string[] = [];
  const again = new Set<string>();
  const hss = { isAway: true, isBroken: false };
  const untold = new Untold({
    cx: {
      serverAssignment: async ({ privateIdentity = '' }): Promise<ServerAssignmentAnswer> => {
        asked.push(privateIdentity);
        if (hss.isBroken) throw new Error('broken');
        return hss.isAway ? { kind: 'unreachable', reason: 'x' } : { kind: 'assigned' };
      },
    },
    clock,
    isMoot: ({ privateIdentity = '' }) => again.has(privateIdentity),
    onError: (error) => answered.push(String(error)),
    onAnswer: ({ privateIdentity = '' }, { kind }) => answered.push(`${privateIdentity} ${kind}`),
  });
  return { clock, asked, answered, again, hss, untold };
}

test('TS 29.228 6.1.2: an HSS that was away is told of what ended meanwhile, once, and of nobody who came back', async () => {
  const { clock, asked, answered, again, hss, untold } = lab();
  for (const user of [1, 2, 3]) untold.tell(request(user));
  await clock.advance(1);
  expect(untold.size).toBe(3);
  await clock.advance(25_000);
  expect(asked).toEqual(['user1', 'user2', 'user3', 'user1', 'user1']); // one in vain is enough
  hss.isAway = false;
  again.add('user2');
  await clock.advance(10_000);
  expect(answered).toEqual(['user1 assigned', 'user3 assigned']);
  await clock.advance(100_000);
  expect(asked).toHaveLength(7);
  expect(untold.size).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('a question that fails is told as an error, and what waits is asked again', async () => {
  const { clock, asked, answered, hss, untold } = lab();
  untold.tell(request(1));
  await clock.advance(1);
  hss.isBroken = true;
  untold.tell(request(2));
  await clock.advance(10_000);
  expect(answered).toEqual(['Error: broken', 'Error: broken']);
  Object.assign(hss, { isAway: false, isBroken: false });
  await clock.advance(10_000);
  expect(answered.at(-1)).toBe('user1 assigned');
  expect(asked).toEqual(['user1', 'user2', 'user1', 'user1']);
  expect(clock.pendingTimers).toBe(0);
});

test('closed, it asks no more', async () => {
  const { clock, asked, untold } = lab();
  untold.tell(request(1));
  await clock.advance(1);
  untold.close();
  await clock.advance(100_000);
  expect(asked).toHaveLength(1);
});
