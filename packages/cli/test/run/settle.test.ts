import { describe, expect, test } from '@jest/globals';
import { nodeNet, systemClock } from '@ims-sim/host';
import { startCollector } from '@ims-sim/trace';
import { namesOf } from '../../src/run/names.js';
import { RealGround } from '../../src/run/real-ground.js';

const NOWHERE = { address: '127.0.0.1', port: 9 };
const QUIET_MS = 5;

/** How often the elements were asked until all was over; `turn` is what they do each time. */
async function asked(
  turn: (time: number, report: (text: string) => void) => Promise<void>,
  limitMs: number,
): Promise<number> {
  const collector = await startCollector({
    net: nodeNet,
    clock: systemClock,
    listen: { address: '127.0.0.1', port: 0 },
    names: () => undefined,
  });
  const slow = collector.trace('scscf1.home1.net');
  let times = 0;
  const unused = (): never => {
    throw new Error('nobody asked for this');
  };
  const ground = new RealGround(
    { actors: [], faults: [] },
    {
      network: { elements: [] } as never,
      opened: {
        listening: {},
        dns: NOWHERE,
        crashed: new Promise(() => undefined),
        control: {
          command: unused,
          kill: unused,
          restart: unused,
          announce: unused,
          turn: () => {
            times += 1;
            return turn(times, (text) => {
              slow.decision({ clause: '', text });
            });
          },
        },
        stop: unused,
      },
      collector,
      names: namesOf({ dns: { name: 'dns.lab' }, elements: [] } as never),
      records: () => collector.records(),
      idle: () => undefined,
    },
  );
  await ground.settle(QUIET_MS, limitMs);
  collector.close();
  return times;
}

describe('a network is quiet', () => {
  test('when its elements have nothing to say on being asked', async () => {
    expect(await asked(() => Promise.resolve(), 5000)).toBe(1);
  });

  test('not yet where one that was slow only then says what it did with a message', async () => {
    const turn = (time: number, report: (text: string) => void): Promise<void> => {
      if (time < 4) {
        report('on with it');
      }
      return Promise.resolve();
    };
    expect(await asked(turn, 5000)).toBe(4);
  });

  test('after the limit where one does not answer at all', async () => {
    expect(await asked(() => new Promise(() => undefined), 60)).toBe(1);
  });
});
