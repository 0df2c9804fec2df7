import { describe, expect, test } from '@jest/globals';
import type { Subscription } from '../src/index.js';
import { noState } from '../src/index.js';
import { SCSCF, family, server, user1 } from './lab.js';
import { network } from './push-lab.js';

const user1Private = 'user1_private@home1.net';
/** user1 with other public identities in its first set. */
function withIdentities(...identities: string[]): Subscription {
  const [first, ...others] = user1.implicitSets;
  const [profile] = first.serviceProfiles;
  const publicIdentities = identities.map((identity) => ({ identity, barred: false })) as never;
  return {
    ...user1,
    implicitSets: [{ ...first, serviceProfiles: [{ ...profile, publicIdentities }] }, ...others],
  };
}

describe('TS 29.228 6.1.3 registration termination', () => {
  test('goes over the S-CSCF’s own connection, and what it gives up is not registered', async () => {
    const { hss, host, asked, register, stateOf } = await network();
    await register(user1Private, 'sip:user1_public1@home1.net');
    await register(user1Private, 'sip:work@home1.net');
    const said = await host.clock.until(
      hss.events.deregister(user1Private, 'permanent-termination', ['tel:+12125551111'], 'moved away'),
    );
    expect(said).toBe(
      `RTR (permanent-termination) for sip:user1_public1@home1.net, tel:+1-212-555-1111, sip:hidden@home1.net to ${SCSCF}: terminated`,
    );
    expect(asked).toEqual([
      {
        privateIdentity: user1Private,
        associatedIdentities: [],
        publicIdentities: ['sip:user1_public1@home1.net', 'tel:+1-212-555-1111', 'sip:hidden@home1.net'],
        reason: 'permanent-termination',
        reasonInfo: 'moved away',
      },
    ]);
    expect(await stateOf(user1)).toEqual({
      ...noState,
      server,
      sets: { '1': { registeredBy: [user1Private] } },
    });
    const decisions = host.trace.decisions.map(({ clause, text }) => `${clause} ${text}`);
    expect(decisions).toContain(`TS 29.228 6.1.3 ${String(said)}`);
  });

  test('of all, by all that have registered: the S-CSCF is forgotten', async () => {
    const { hss, host, asked, register, stateOf } = await network();
    await register('phone@home1.net', 'sip:family@home1.net');
    await register('tablet@home1.net', 'sip:family@home1.net');
    await host.clock.until(hss.events.deregister('tablet@home1.net', 'server-change', []));
    expect(asked).toEqual([
      {
        privateIdentity: 'phone@home1.net',
        associatedIdentities: ['tablet@home1.net'],
        publicIdentities: ['sip:family@home1.net'],
        reason: 'server-change',
      },
    ]);
    expect(await stateOf(family)).toEqual(noState);
  });

  test.each([
    ['refused', { kind: 'failed', resultCode: 5012 } as const, true, 'failed with 5012'],
    ['of a user that it does not know', { kind: 'unknown-user' } as const, false, 'unknown-user'],
  ])('%s by the S-CSCF: the state follows', async (_, rtr, stays, words) => {
    const { hss, host, register, stateOf } = await network({ rtr });
    await register(user1Private, 'sip:user1_public1@home1.net');
    const said = await host.clock.until(hss.events.deregister(user1Private, 'permanent-termination', []));
    expect(said).toContain(words);
    expect(Object.keys((await stateOf(user1))?.sets ?? {})).toEqual(stays ? ['0'] : []);
  });

  test('an S-CSCF that is gone: said, and it stays registered', async () => {
    const { hss, host, node, register, stateOf } = await network();
    await register(user1Private, 'sip:user1_public1@home1.net');
    await host.clock.until(node.close());
    await host.clock.advance(1);
    const said = await host.clock.until(hss.events.deregister(user1Private, 'permanent-termination', []));
    expect(said).toContain('unreachable');
    expect((await stateOf(user1))?.server).toEqual(server);
  });

  test('nobody, nothing registered: nothing is sent', async () => {
    const { hss, asked } = await network();
    expect(await hss.events.deregister('nobody', 'permanent-termination', [])).toBeUndefined();
    expect(await hss.events.deregister(user1Private, 'permanent-termination', [])).toBe('was not registered');
    expect(await hss.events.removed({ subscription: user1, state: noState })).toBe('was not registered');
    expect(asked).toEqual([]);
  });

  test('a subscription that is removed: PERMANENT_TERMINATION', async () => {
    const { hss, host, store, asked, register } = await network();
    await register(user1Private, 'sip:user1_public1@home1.net');
    const before = await store.remove(user1Private);
    if (before === undefined) throw new Error('not there');
    await host.clock.until(hss.events.removed(before));
    expect(asked).toMatchObject([{ privateIdentity: user1Private, reason: 'permanent-termination' }]);
  });
});

describe('TS 29.228 6.2.2 push of a profile', () => {
  const changedProfile = withIdentities('sip:user1_public1@home1.net', 'sip:new@home1.net');

  test('a registered set whose profile has changed; the other set is left alone', async () => {
    const { asked, register, change, stateOf } = await network();
    await register(user1Private, 'sip:user1_public1@home1.net');
    await register(user1Private, 'sip:work@home1.net');
    expect(await change(changedProfile)).toBe(`PPR for ${user1Private} to ${SCSCF}: updated`);
    expect(asked).toEqual([
      {
        privateIdentity: user1Private,
        profile: {
          privateIdentity: user1Private,
          serviceProfiles: changedProfile.implicitSets[0].serviceProfiles,
        },
      },
    ]);
    expect(Object.keys((await stateOf(user1))?.sets ?? {})).toEqual(['0', '1']);
  });

  test('6.2.2.1: charging functions alone', async () => {
    const { asked, register, change } = await network();
    await register('phone@home1.net', 'sip:family@home1.net');
    const charging = { primaryCcf: 'aaa://ccf2.home1.net' };
    await change({ ...family, charging });
    expect(asked).toEqual([{ privateIdentity: 'phone@home1.net', charging }]);
  });

  test.each([
    ['not registered', false, changedProfile, 'no S-CSCF is assigned'],
    ['the same', true, user1, `nothing that ${SCSCF} has to know`],
    ['other capabilities', true, { ...user1, serverNames: [] }, `nothing that ${SCSCF} has to know`],
  ])('%s: nothing is sent', async (_, isRegistered, to, words) => {
    const { asked, register, change } = await network();
    if (isRegistered) await register(user1Private, 'sip:user1_public1@home1.net');
    expect(await change(to)).toBe(words);
    expect(asked).toEqual([]);
  });

  test('6.5.2.1: another default public identity is no PPR: the user is to register again', async () => {
    const { asked, register, change, stateOf } = await network();
    await register(user1Private, 'sip:user1_public1@home1.net');
    await change(withIdentities('sip:new@home1.net', 'sip:user1_public1@home1.net'));
    expect(asked).toMatchObject([{ reason: 'server-change', privateIdentity: user1Private }]);
    expect(await stateOf(user1)).toEqual(noState);
  });

  test('a set, or a private identity, that is gone: RTR', async () => {
    const { asked, register, change } = await network();
    await register(user1Private, 'sip:work@home1.net');
    await change({ ...user1, implicitSets: [user1.implicitSets[0]] });
    await register('phone@home1.net', 'sip:family@home1.net');
    await register('tablet@home1.net', 'sip:family@home1.net');
    await change({ ...family, privateIdentities: [family.privateIdentities[0]] });
    expect(asked).toEqual([
      {
        privateIdentity: user1Private,
        associatedIdentities: [],
        publicIdentities: ['sip:work@home1.net'],
        reason: 'permanent-termination',
      },
      {
        privateIdentity: 'tablet@home1.net',
        associatedIdentities: [],
        publicIdentities: [],
        reason: 'permanent-termination',
      },
    ]);
  });

  test('6.2.2.1: a private identity that the S-CSCF does not know: the next is tried, the first is not registered', async () => {
    const { asked, register, change, stateOf } = await network({
      ppr: [{ kind: 'unknown-user' }, { kind: 'updated' }],
    });
    await register('phone@home1.net', 'sip:family@home1.net');
    await register('tablet@home1.net', 'sip:family@home1.net');
    await change({ ...family, charging: { primaryCcf: 'aaa://x' } });
    expect(asked.map(({ privateIdentity }) => privateIdentity)).toEqual([
      'phone@home1.net',
      'tablet@home1.net',
    ]);
    expect((await stateOf(family))?.sets).toEqual({ '0': { registeredBy: ['tablet@home1.net'] } });
  });

  test('6.2.2.1: too much data for the S-CSCF: RTR, that another gets the user', async () => {
    const { asked, register, change, stateOf } = await network({ ppr: [{ kind: 'too-much-data' }] });
    await register(user1Private, 'sip:user1_public1@home1.net');
    expect(await change(changedProfile)).toContain('RTR (server-change)');
    expect(asked).toHaveLength(2);
    expect(await stateOf(user1)).toEqual(noState);
  });
});
