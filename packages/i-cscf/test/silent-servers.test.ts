import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@ims-sim/host';
import { SilentServers } from '../src/silent-servers.js';

describe('S-CSCFs that did not answer', () => {
  test('are remembered for 30 s, and then take no room', async () => {
    const clock = new VirtualClock();
    const silent = new SilentServers(clock);
    silent.add('scscf1');
    await clock.advance(29_999);
    expect([silent.has('scscf1'), silent.size]).toEqual([true, 1]);
    await clock.advance(1);
    expect([silent.has('scscf1'), silent.size]).toEqual([false, 0]);
  });

  test('one that is silent again is remembered from then on', async () => {
    const clock = new VirtualClock();
    const silent = new SilentServers(clock);
    silent.add('scscf1');
    await clock.advance(20_000);
    silent.add('scscf2');
    silent.add('scscf1');
    await clock.advance(29_000);
    expect([silent.has('scscf1'), silent.has('scscf2'), silent.size]).toEqual([true, true, 2]);
    await clock.advance(1000);
    expect(silent.size).toBe(0);
  });

  test('a thousand that are over leave room for the next', async () => {
    const clock = new VirtualClock();
    const silent = new SilentServers(clock);
    for (let i = 0; i < 1001; i++) {
      silent.add(`scscf${i}`);
    }
    expect([silent.size, silent.has('scscf1000')]).toEqual([1000, false]);
    await clock.advance(30_000);
    silent.add('next');
    expect([silent.size, silent.has('next')]).toEqual([1, true]);
  });

  test('one that has answered is forgotten', () => {
    const silent = new SilentServers(new VirtualClock());
    silent.add('scscf1');
    silent.delete('scscf1');
    expect([silent.has('scscf1'), silent.size]).toEqual([false, 0]);
  });
});
