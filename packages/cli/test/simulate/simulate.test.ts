import { describe, expect, jest, test } from '@jest/globals';
import type { ElementRole } from '@ims-sim/scenario';
import type { Ground } from '@ims-sim/player';
import type { TraceRecord } from '@ims-sim/trace';
import type { Tables } from '../../src/simulate/simulated-network.js';
import { simulateWith } from '../../src/simulate/simulate.js';
import { atHss1, mainNetwork, PLAIN, playMainFlow, startUser, wrong } from './main-flow.js';

const SUBSCRIBE = {
  uri: 'tel:+1-212-555-2222',
  event: 'presence',
  accept: 'application/cpim-pidf+xml',
  expiresS: 7200,
};

function wait(ground: Ground, forMs: number): Promise<void> {
  return new Promise((resolve) => {
    ground.clock.timer(forMs, resolve);
  });
}

/** The presence server is asked. */
function asksThePs(record: TraceRecord): boolean {
  return (
    record.kind === 'message' &&
    record.to === 'ps.home2.net' &&
    record.bytes.toString('latin1', 0, 9) === 'SUBSCRIBE'
  );
}

jest.setTimeout(180_000); // a busy machine loads the elements' code for longer

describe('a simulation of TR 24.841 6.1.1', () => {
  test('plays the flow, lets all of it end, and finds nothing left over', async () => {
    const { played, records, all, broken, virtualS } = await simulateWith(
      PLAIN,
      mainNetwork(),
      { seed: 1 },
      playMainFlow,
    );
    expect(played).toEqual([]);
    expect(broken.map(({ text }) => text)).toEqual([]);
    expect(virtualS).toBeGreaterThan(600_000); // the registrations have expired
    expect(records.length).toBeGreaterThan(100);
    expect(all.slice(0, records.length)).toEqual(records);
    expect(all.length).toBeGreaterThan(records.length);
  });

  test('a killed S-CSCF is away and has forgotten, a killed HSS has not', async () => {
    const { played, broken, all } = await simulateWith(PLAIN, mainNetwork(), { seed: 1 }, async (ground) => {
      const ue = await startUser(ground, 'user1');
      const outcomes = [wrong('first', await ue.register())];
      await ground.control?.kill('hss1.home1.net');
      outcomes.push(wrong('without an HSS', await ue.register()));
      await ground.control?.restart('hss1.home1.net');
      await wait(ground, 30_000); // the CSCFs try to reach it ever less often
      outcomes.push(wrong('with it', await ue.register()));
      await ground.control?.kill('scscf1.home1.net');
      ground.traceOf('scscf1.home1.net').decision({ clause: '', text: 'killed (kill -9)' });
      outcomes.push(wrong('without an S-CSCF', await ue.register()));
      await ground.control?.restart('scscf1.home1.net');
      outcomes.push(wrong('with it', await ue.register()));
      await ue.register({ expiresS: 0 });
      await ue.close();
      return outcomes;
    });
    expect(played).toEqual([
      undefined,
      expect.stringMatching(/^without an HSS: (480|504)/),
      undefined,
      expect.stringMatching(/^without an S-CSCF/),
      undefined,
    ]);
    expect(broken.map(({ text }) => text)).toEqual([]);
    const restored = all.filter(
      (record) =>
        record.kind === 'decision' && record.element === 'hss1.home1.net' && record.text === 'ready',
    );
    expect(restored).toHaveLength(2);
  });

  test('faults befall messages as an element is told, and none after it was told otherwise', async () => {
    const { played, all } = await simulateWith(PLAIN, mainNetwork(), { seed: 1 }, async (ground) => {
      const failures = [];
      const ue = await startUser(ground, 'user1');
      const other = await startUser(ground, 'user2');
      failures.push(wrong('REGISTER', await ue.register()));
      failures.push(wrong('REGISTER', await other.register()));
      const lir = { protocol: 'diameter', command: 'LIA' } as const;
      const silent = { match: { message: lir }, fault: { kind: 'drop' }, text: 'no LIA' } as const;
      await ground.control?.command('hss2.home2.net', { kind: 'faults', rules: [silent], seed: 1 });
      failures.push(wrong('SUBSCRIBE', await ue.subscribe(SUBSCRIBE).response));
      await ground.control?.command('hss2.home2.net', { kind: 'faults', rules: [], seed: 1 });
      failures.push(wrong('SUBSCRIBE', await ue.subscribe(SUBSCRIBE).response));
      await ue.close();
      await other.close();
      return failures;
    });
    expect(played).toEqual([undefined, undefined, 'SUBSCRIBE: 480 Temporarily Unavailable', undefined]);
    expect(all.filter(asksThePs).length).toBe(1);
  });

  test('an HSS takes a registration back, and takes a subscriber out and in', async () => {
    const user = 'user1_private@home1.net';
    const { played, broken } = await simulateWith(PLAIN, mainNetwork(), { seed: 1 }, async (ground) => {
      const ue = await startUser(ground, 'user1');
      const said: (string | undefined)[] = [wrong('first', await ue.register())];
      const tell = async (action: Parameters<typeof atHss1>[1]) => said.push(await atHss1(ground, action));
      await tell({ kind: 'terminate', privateIdentity: user });
      await tell({ kind: 'provision', privateIdentity: user });
      said.push(wrong('gone', await ue.register()));
      await tell({ kind: 'provision', privateIdentity: user });
      await tell({ kind: 'provision', privateIdentity: user, subscriber: { privateIdentities: [] } });
      await tell({
        kind: 'provision',
        privateIdentity: user,
        subscriber: {
          privateIdentities: [
            { identity: user, aka: mainNetwork().subscribers[0]?.privateIdentities[0].aka },
          ],
          implicitSets: [
            {
              serviceProfiles: [
                {
                  publicIdentities: [{ identity: 'sip:user1_public1@home1.net' }],
                  initialFilterCriteria: [],
                },
              ],
              visitedNetworks: ['home1.net'],
            },
          ],
        },
      });
      said.push(wrong('back', await ue.register()));
      const command = {
        kind: 'deregister',
        publicIdentity: 'sip:x@home1.net',
        event: 'deactivated',
      } as const;
      said.push(await ground.control?.command('hss1.home1.net', command));
      await ue.register({ expiresS: 0 });
      await ue.close();
      return said;
    });
    expect(played).toEqual([
      undefined,
      undefined,
      undefined,
      expect.stringMatching(/^gone: 403/),
      `no subscriber has the private identity ${user}`,
      expect.stringMatching(/^2 fields are wrong; #\/privateIdentities: /),
      undefined,
      undefined,
      expect.stringContaining('knows no command deregister'),
    ]);
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  test('each element says how full its tables are', async () => {
    let during: Tables = new Map();
    const { tables } = await simulateWith(PLAIN, mainNetwork(), { seed: 1 }, async (ground) => {
      const ue = await startUser(ground, 'user1');
      await ue.register();
      during = (ground as unknown as { tables(): Tables }).tables();
      await ue.close();
    });
    expect(during.get('pcscf1.home1.net')).toMatchObject({ registrations: 1 });
    expect(during.get('scscf1.home1.net')).toMatchObject({ registrations: 1 });
    expect(during.get('hss1.home1.net')).toMatchObject({ registeredSets: 1 });
    expect(during.get('icscf1.home1.net')?.['serverTransactions']).toBeGreaterThan(0);
    expect([...tables.after.keys()].sort()).toEqual([...during.keys()].sort());
    for (const [name, sizes] of tables.after) {
      const { timers, ...others } = sizes;
      expect(timers).toBeLessThan(5);
      const applications = name === 'ps.home2.net' ? { applications: 1 } : {}; // it is one itself
      const empty = Object.fromEntries(Object.keys(others).map((table) => [table, 0]));
      expect([name, others]).toEqual([name, { ...empty, ...applications }]);
    }
  });

  test('somebody outside takes no part, nobody is nobody', async () => {
    const play = (ground: Ground): Promise<string[]> => playMainFlow(ground);
    const role = (it: ElementRole) => ({ ...PLAIN, elements: new Map([['ps.home2.net', it]]) });
    const external = role({ kind: 'external', transport: 'udp', address: '192.0.2.1', port: 5060 });
    await expect(simulateWith(external, mainNetwork(), { seed: 1 }, play)).rejects.toThrow(
      /ps\.home2\.net is external, and a simulation has nobody outside/,
    );
    const { played, all, broken } = await simulateWith(
      role({ kind: 'nothing' }),
      mainNetwork(),
      { seed: 1 },
      play,
    );
    expect(played.length).toBeGreaterThan(0);
    expect(all.some((record) => record.kind === 'message' && record.from === 'ps.home2.net')).toBe(false);
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  test('what is never over is said so, and when', async () => {
    const forever = (): Promise<void> => new Promise(() => undefined);
    await expect(simulateWith(PLAIN, mainNetwork(), { seed: 1 }, forever)).rejects.toThrow(
      /^none: it was not over within 30 days of virtual time, or 5000000 events$/,
    );
  });

  test('an abort ends it, with the reason', async () => {
    const abort = new AbortController();
    const why = new Error('enough');
    let now = 0;
    const forever = (ground: Ground): Promise<void> =>
      new Promise(() => {
        const again = (): void => {
          now = ground.clock.now();
          if (ground.clock.now() > 1_704_067_400_000) {
            abort.abort(why);
          }
          ground.clock.timer(1000, again);
        };
        again();
      });
    const options = { seed: 1, abort: abort.signal };
    await expect(simulateWith(PLAIN, mainNetwork(), options, forever)).rejects.toBe(why);
    expect(now).toBeLessThan(1_704_067_500_000);
  });

  test('an element that is made to assert what is not registered is found out', async () => {
    const rules = [
      {
        match: { from: 'pcscf1.home1.net', message: { protocol: 'sip', method: 'SUBSCRIBE' } },
        fault: { kind: 'set-header', header: 'P-Asserted-Identity', value: '<sip:boss@home1.net>' },
        text: 'spoofs',
      },
    ] as const;
    const { broken } = await simulateWith(PLAIN, mainNetwork(), { seed: 1 }, async (ground) => {
      await ground.control?.command('pcscf1.home1.net', { kind: 'faults', rules, seed: 1 });
      return playMainFlow(ground);
    });
    expect(broken.map(({ text }) => text)).toContain(
      'pcscf1.home1.net asserts sip:boss@home1.net of user1, which has not registered it',
    );
  });
});
