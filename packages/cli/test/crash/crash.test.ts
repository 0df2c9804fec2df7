import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TraceRecord } from '@ims-sim/trace';
import { diameter, MAR, message, resynchronised, SAR } from './moments.js';
import { inTheEnd, openWorld, type World } from './world.js';

const LONG_MS = 180_000;

/** Each element, and the point of a registration or of the flow at which it is killed. */
const CRASHES: readonly (readonly [name: string, point: string, when: (record: TraceRecord) => boolean])[] = [
  ['pcscf1.home1.net', 'step 1', message('SUBSCRIBE', 'user1', 'pcscf1.home1.net')],
  ['scscf1.home1.net', 'step 2', message('SUBSCRIBE', 'pcscf1.home1.net', 'scscf1.home1.net')],
  ['icscf2.home2.net', 'step 5', message('SUBSCRIBE', 'scscf1.home1.net', 'icscf2.home2.net')],
  ['scscf2.home2.net', 'step 8', message('SUBSCRIBE', 'icscf2.home2.net', 'scscf2.home2.net')],
  ['ps.home2.net', 'step 11', message('SUBSCRIBE', 'scscf2.home2.net', 'ps.home2.net')],
  ['hss2.home2.net', 'step 5', message('SUBSCRIBE', 'scscf1.home1.net', 'icscf2.home2.net')],
  // It has said 200, and the NOTIFY of step 17 is on its way.
  ['ps.home2.net', 'step 17', message('NOTIFY', 'ps.home2.net', 'scscf2.home2.net')],
  ['dns.lab', 'step 2', message('SUBSCRIBE', 'pcscf1.home1.net', 'scscf1.home1.net')],
];

describe('kill -9 of an element, and its restart', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  }, LONG_MS);
  afterAll(async () => {
    await world.close();
  }, LONG_MS);

  test.each(CRASHES)(
    '%s at %s of the flow: once it is back, UEs that register again are served again',
    async (name, _, when) => {
      expect(await world.prepare()).toBeUndefined();
      await Promise.all([world.crash(name, when), world.subscribe()]);
      expect(await inTheEnd(() => world.prepare())).toBeUndefined();
      expect(await inTheEnd(() => world.subscribe())).toBeUndefined();
      // Nobody was told that a sequence number is out of range: none went back, and none was given out twice.
      expect(resynchronised(world)).toEqual([]);
    },
    LONG_MS,
  );

  test.each([
    ['hss1.home1.net', 'between MAR and MAA', diameter(MAR, 'scscf1.home1.net', 'hss1.home1.net')],
    ['scscf1.home1.net', 'between SAR and 200', diameter(SAR, 'scscf1.home1.net', 'hss1.home1.net')],
    [
      'pcscf1.home1.net',
      'between the 200 and what it sends the UE',
      message('SIP/2.0 200', 'icscf1.home1.net', 'pcscf1.home1.net'),
    ],
    [
      'hss1.home1.net',
      'between the challenge and the answer',
      message('SIP/2.0 401', 'pcscf1.home1.net', 'user1'),
    ],
    ['hss1.home1.net', 'as the first REGISTER comes', message('REGISTER', 'user1', 'pcscf1.home1.net')],
    [
      'scscf1.home1.net',
      'between the challenge and the answer',
      message('SIP/2.0 401', 'pcscf1.home1.net', 'user1'),
    ],
    [
      'icscf1.home1.net',
      'between the challenge and the answer',
      message('SIP/2.0 401', 'pcscf1.home1.net', 'user1'),
    ],
    [
      'pcscf1.home1.net',
      'between the challenge and the answer',
      message('SIP/2.0 401', 'pcscf1.home1.net', 'user1'),
    ],
  ] as [string, string, (record: TraceRecord) => boolean][])(
    '%s %s of a registration: the UE that tries again is registered',
    async (name, _, when) => {
      await world.watcher.register({ expiresS: 0 }); // So that it is an initial registration, with all that belongs to one.
      await Promise.all([world.crash(name, when), world.watcher.register()]);
      expect(await inTheEnd(() => world.register())).toBeUndefined();
      expect(await inTheEnd(() => world.prepare())).toBeUndefined();
    },
    LONG_MS,
  );

  test.each([
    ['as REGISTER comes', message('REGISTER', 'user2', 'pcscf2.home2.net')],
    [
      'between the 200 and what it sends the UE',
      message('SIP/2.0 200', 'icscf2.home2.net', 'pcscf2.home2.net'),
    ],
  ])(
    "pcscf2.home2.net %s of the presentity's registration: once it tries again, it publishes, and the watcher is told",
    async (_, when) => {
      await world.presentity.register({ expiresS: 0 });
      await Promise.all([world.crash('pcscf2.home2.net', when), world.presentity.register()]);
      expect(await inTheEnd(() => world.prepare())).toBeUndefined();
      expect(await inTheEnd(() => world.subscribe())).toBeUndefined();
    },
    LONG_MS,
  );

  test(
    'hss2 right after the 200 to a registration: what was answered is not lost, and the flow finds the user',
    async () => {
      expect(await world.prepare()).toBeUndefined();
      await world.processes.kill('hss2.home2.net');
      await world.processes.restart('hss2.home2.net');
      expect(await inTheEnd(() => world.subscribe())).toBeUndefined();
    },
    LONG_MS,
  );

  test(
    'scscf2 while its user is registered: it restores the user from the HSS, and the flow passes without a REGISTER (TS 23.380 4)',
    async () => {
      expect(await inTheEnd(() => world.prepare())).toBeUndefined(); // S-CSCF#2 may still be without the HSS that was killed before
      await world.processes.kill('scscf2.home2.net');
      await world.processes.restart('scscf2.home2.net');
      const from = world.collector.records().length;
      expect(await world.subscribe()).toBeUndefined();
      const said = world.collector
        .records()
        .slice(from)
        .flatMap((record) =>
          record.kind === 'decision' && record.element === 'scscf2.home2.net' ? [record.text] : [],
        );
      expect(said.join('\n')).toMatch(/restored/i);
    },
    LONG_MS,
  );
});
