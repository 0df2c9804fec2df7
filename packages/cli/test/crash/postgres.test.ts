import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { postgresPrograms, type PostgresServer, startPostgres } from '@ims-sim/host/test-kit';
import type { TraceRecord } from '@ims-sim/trace';
import { diameter, MAR, message, resynchronised, SAR } from './moments.js';
import { inTheEnd, openWorld, type World } from './world.js';

const LONG_MS = 180_000;

/** Points of a registration at which its HSS is killed. */
const MOMENTS: readonly (readonly [point: string, when: (record: TraceRecord) => boolean])[] = [
  ['between MAR and MAA', diameter(MAR, 'scscf1.home1.net', 'hss1.home1.net')],
  ['between SAR and SAA', diameter(SAR, 'scscf1.home1.net', 'hss1.home1.net')],
  ['between the challenge and the answer', message('SIP/2.0 401', 'pcscf1.home1.net', 'user1')],
];

const isThere = postgresPrograms() !== undefined || process.env['IMS_PEERS_REQUIRED'] !== undefined;

(isThere ? describe : describe.skip)('kill -9 of an HSS that keeps its users in a real PostgreSQL', () => {
  let server: PostgresServer;
  let world: World;
  beforeAll(async () => {
    server = await startPostgres();
    world = await openWorld(() => server.newDatabase());
  }, LONG_MS);
  afterAll(async () => {
    await world.close();
    server.remove();
  }, LONG_MS);

  test.each(MOMENTS)(
    '%s of a registration: the UE that tries again is registered, and no sequence number went back (TS 33.102 6.3.2)',
    async (_, when) => {
      await world.watcher.register({ expiresS: 0 }); // So that it is an initial registration.
      await Promise.all([world.crash('hss1.home1.net', when), world.watcher.register()]);
      expect(await inTheEnd(() => world.register())).toBeUndefined();
      expect(resynchronised(world)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'HSS and S-CSCF of a registered user: what was answered is not lost, the flow passes without a REGISTER (TS 23.380 4)',
    async () => {
      expect(await inTheEnd(() => world.prepare())).toBeUndefined();
      for (const name of ['hss2.home2.net', 'scscf2.home2.net']) {
        await world.processes.kill(name);
        await world.processes.restart(name);
      }
      const from = world.collector.records().length;
      expect(await inTheEnd(() => world.subscribe())).toBeUndefined();
      const since = world.collector.records().slice(from);
      const said = since.flatMap((it) =>
        it.kind === 'decision' && it.element === 'scscf2.home2.net' ? [it.text] : [],
      );
      expect(said.join('\n')).toMatch(/restored/i);
      expect(since.filter(message('REGISTER', 'user2', 'pcscf2.home2.net'))).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'the database itself: once it is back, the HSS serves again, with what it had answered',
    async () => {
      expect(await inTheEnd(() => world.prepare())).toBeUndefined();
      server.crash();
      expect(await world.register()).toMatch(/^REGISTER: /); // it does not answer what it cannot keep
      server.start();
      expect(await inTheEnd(() => world.register())).toBeUndefined();
      expect(await inTheEnd(() => world.subscribe())).toBeUndefined();
      expect(resynchronised(world)).toEqual([]);
    },
    2 * LONG_MS,
  );
});
