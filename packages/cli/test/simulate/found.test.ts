import { describe, expect, jest, test } from '@jest/globals';
import { simulateWith } from '../../src/simulate/simulate.js';
import { atHss1, mainNetwork, PLAIN, startUser, wrong } from './main-flow.js';

/** What seeds have found once, and must not find again. */
jest.setTimeout(180_000); // a busy machine loads the elements' code for longer

describe('found by simulations', () => {
  test('TS 29.228 6.3.1: a UE that is not registered deregisters: its HSS waits for no authentication any more', async () => {
    const { played, broken, tables } = await simulateWith(
      PLAIN,
      mainNetwork(),
      { seed: 1 },
      async (ground) => {
        const ue = await startUser(ground, 'user1');
        const said = [
          wrong('REGISTER', await ue.register({ expiresS: 0 })),
          wrong('REGISTER', await ue.register()),
        ];
        const publicIdentity = 'sip:user1_public1@home1.net';
        said.push(
          await ground.control?.command('scscf1.home1.net', {
            kind: 'deregister',
            publicIdentity,
            event: 'deactivated',
          }),
        );
        // The P-CSCF has not subscribed yet, and believes the UE: the S-CSCF serves an unregistered user.
        said.push(wrong('SUBSCRIBE', await ue.registrationState().response));
        await ground.settle(1000, 5000);
        said.push(wrong('REGISTER', await ue.register({ expiresS: 0 })));
        await ue.close();
        return said;
      },
    );
    expect(played.slice(1)).toEqual([
      undefined,
      undefined,
      'SUBSCRIBE: 480 Temporarily Unavailable',
      undefined,
    ]);
    expect(tables.after.get('hss1.home1.net')).toMatchObject({ authenticationPending: 0, registeredSets: 0 });
    expect(broken.map(({ text }) => text)).toEqual([]);
  });

  test('TS 23.380 4: what the HSS takes back is not restored out of its store meanwhile', async () => {
    const { played, all, broken } = await simulateWith(PLAIN, mainNetwork(), { seed: 1 }, async (ground) => {
      const ue = await startUser(ground, 'user1');
      const said = [wrong('REGISTER', await ue.register())];
      await ground.settle(1000, 5000);
      const terminate = { kind: 'terminate', privateIdentity: 'user1_private@home1.net' } as const;
      const twice = [1, 2].map(() => atHss1(ground, terminate));
      said.push(...(await Promise.all(twice)));
      await ue.close();
      return said;
    });
    expect(played).toEqual([undefined, undefined, undefined]);
    const texts = all.map((record) => (record.kind === 'decision' ? record.text : ''));
    expect(texts.filter((text) => text.startsWith('the HSS takes back'))).toHaveLength(1);
    expect(texts.filter((text) => text.startsWith('restored'))).toEqual([]);
    expect(broken.map(({ text }) => text)).toEqual([]);
  });
});
