import type { RegistrationTermination } from '@ims-sim/cx';
import { describe, expect, test } from '@jest/globals';
import type { RegistrationEvent } from '../src/index.js';
import { deregisterByOperator, registrationTermination } from '../src/network-deregistration.js';
import { reauthenticate } from '../src/network-reauthentication.js';
import { pushProfile } from '../src/push-profile.js';
import { criterion, lab, profileOf, type Lab } from './harness.js';

const IMPI = 'user1_private@home1.net';
const IMPU = 'sip:user1_public1@home1.net';

interface World extends Lab {
  readonly events: RegistrationEvent[];
}

async function registered(options: Parameters<typeof lab>[0] = {}): Promise<World> {
  const it = lab(options);
  await it.register();
  const events: RegistrationEvent[] = [];
  it.scscf.registrar.onChange((event) => events.push(event));
  return { ...it, events };
}

function told({ events }: World): string[] {
  return events.map(
    ({ kind, state, changes }) => `${kind} ${state}: ${changes.map(({ event }) => event).join()}`,
  );
}

function rtr(
  reason: RegistrationTermination['reason'],
  publicIdentities: string[] = [],
): RegistrationTermination {
  return { privateIdentity: IMPI, associatedIdentities: [], publicIdentities, reason };
}

describe('TS 29.228 6.1.3, TS 24.229 5.4.1.5: RTR', () => {
  test.each<[RegistrationTermination['reason'], string[]]>([
    ['permanent-termination', ['de-registration terminated: rejected']],
    ['server-change', ['de-registration terminated: deactivated']],
    ['new-server-assigned', []],
    ['remove-s-cscf', []],
  ])('%s: the registration is gone, and the UE hears %j', async (reason, events) => {
    const it = await registered();
    expect(await registrationTermination(rtr(reason), it.scscf)).toEqual({ kind: 'terminated' });
    expect(it.scscf.registrar.size).toBe(0);
    expect(told(it)).toEqual(events);
    expect(it.asked).toHaveLength(1); // the HSS knows
    expect(it.host.clock.pendingTimers).toBe(0);
  });

  test('by a public identity of the set, the barred one included', async () => {
    const it = await registered();
    const request = rtr('permanent-termination', ['sip:user1_barred@HOME1.net']);
    expect(await registrationTermination(request, it.scscf)).toEqual({ kind: 'terminated' });
    expect(it.scscf.registrar.size).toBe(0);
  });

  test.each([
    ['another private identity', { privateIdentity: 'other@home1.net' }],
    ['another public identity', { publicIdentities: ['sip:other@home1.net'] }],
    [
      'the public identity of somebody else',
      { privateIdentity: 'other@home1.net', publicIdentities: [IMPU] },
    ],
  ])('%s: user unknown, and nobody is deregistered', async (_what, change) => {
    const it = await registered();
    const request = { ...rtr('permanent-termination'), ...change };
    expect(await registrationTermination(request, it.scscf)).toEqual({ kind: 'unknown-user' });
    expect(it.scscf.registrar.size).toBe(1);
    expect(told(it)).toEqual([]);
  });

  test('of two private identities the one that is named; with Associated-Identities both', async () => {
    for (const associatedIdentities of [[], ['tablet@home1.net']]) {
      const it = await registered();
      await it.register(
        ['Call-ID: a', 'Call-ID: b'],
        ['user1_private@', 'tablet@'],
        ['[5555::aaa]>;', '[5555::bbb]>;'],
      );
      it.events.length = 0;
      const answer = await registrationTermination(
        { ...rtr('server-change'), associatedIdentities },
        it.scscf,
      );
      expect(answer.kind).toBe('terminated');
      const left = it.scscf.registrar.userSpelled(IMPU)?.set.bindings.map(({ contact }) => contact.uriText);
      expect(left).toEqual(associatedIdentities.length === 0 ? ['sip:[5555::bbb]'] : undefined);
      expect(told(it)).toEqual(
        associatedIdentities.length === 0
          ? ['re-registration active: deactivated']
          : ['de-registration terminated: deactivated,deactivated'],
      );
    }
  });
});

describe("TS 24.229 5.4.1.5: the operator's word", () => {
  test.each(['deactivated', 'rejected'] as const)(
    '%s: contacts are gone, UE and HSS are told',
    async (event) => {
      const it = await registered();
      expect(await deregisterByOperator(IMPU, event, it.scscf)).toBeUndefined();
      expect(it.scscf.registrar.size).toBe(0);
      expect(told(it)).toEqual([`de-registration terminated: ${event}`]);
      expect(it.asked[1]).toMatchObject({ type: 'administrative-deregistration', privateIdentity: IMPI });
    },
  );

  test('nobody is registered, or the HSS does not take it: it says so', async () => {
    const it = await registered();
    expect(await deregisterByOperator('sip:x@home1.net', 'rejected', it.scscf)).toContain('not registered');
    it.answers.push({ kind: 'unreachable', reason: 'x' });
    expect(await deregisterByOperator(IMPU, 'rejected', it.scscf)).toContain('unreachable');
    expect(it.scscf.registrar.size).toBe(0);
  });
});

describe('TS 24.229 5.4.1.6: the user is to authenticate again', () => {
  const PROTECTED: [string, string] = ['nonce=""', 'nonce="", integrity-protected="yes"'];

  test('contacts are shortened, the UE is told, and its next REGISTER is challenged though protected', async () => {
    const it = await registered();
    const scscf = { ...it.scscf, auth: 'required' as const };
    expect(reauthenticate(IMPU, 60, scscf)).toBeUndefined();
    expect(told(it)).toEqual(['re-registration active: shortened']);
    const [binding] = it.scscf.registrar.userSpelled(IMPU)?.set.bindings ?? [];
    expect(binding?.expiresAtMs).toBe(it.host.clock.now() + 60_000);
    const world = lab({ scscf: { auth: 'required', registrar: it.scscf.registrar } });
    expect((await world.register(['CSeq: 1', 'CSeq: 2'], PROTECTED)).status).toBe(403); // no vectors
    expect(world.vectorsAsked).toHaveLength(1);
    await it.host.clock.advance(62_000);
    expect(it.scscf.registrar.size).toBe(0);
    expect(told(it)).toEqual(['re-registration active: shortened', 'de-registration terminated: expired']);
  });

  test('an expiry that is shorter already stays', async () => {
    const it = await registered();
    expect(reauthenticate(IMPU, 7200, { ...it.scscf, auth: 'required' })).toBeUndefined();
    const [binding] = it.scscf.registrar.userSpelled(IMPU)?.set.bindings ?? [];
    expect(binding?.expiresAtMs).toBe(it.host.clock.now() + 3_600_000);
  });

  test.each([
    ['sip:x@home1.net', 60, 'required', 'not registered'],
    [IMPU, 0, 'required', 'expiry'],
    [IMPU, NaN, 'required', 'expiry'],
    [IMPU, 60, 'none', 'authenticates nobody'],
  ] as [string, number, 'none' | 'required', string][])(
    '%s in %d s, auth %s: %s',
    async (identity, expiresS, auth, why) => {
      const it = await registered();
      expect(reauthenticate(identity, expiresS, { ...it.scscf, auth })).toContain(why);
      expect(told(it)).toEqual([]);
    },
  );
});

describe('TS 24.229 5.4.1.5: an RTR that overtakes the assignment', () => {
  test.each([
    ['of the private identity', [], 403, 0],
    ['of the public one', [IMPU], 403, 0],
    ['of another', ['sip:other@home1.net'], 200, 1],
  ])('%s', async (_what, publicIdentities, status, size) => {
    const it = lab();
    const reply = it.register();
    const answer = await registrationTermination(
      { privateIdentity: IMPI, publicIdentities, associatedIdentities: [], reason: 'permanent-termination' },
      it.scscf,
    );
    expect(answer.kind).toBe(status === 403 ? 'terminated' : 'unknown-user');
    expect((await reply).status).toBe(status);
    expect(it.scscf.registrar.size).toBe(size);
    expect(it.scscf.assigning.size).toBe(0);
    // Nothing of it is left for the next one.
    expect((await it.register(['CSeq: 1', 'CSeq: 2'])).status).toBe(200);
  });
});

describe('TS 29.228 6.2.2: PPR', () => {
  test('criteria and identities are those of the new profile; the contacts stay', async () => {
    const it = await registered();
    const [part] = profileOf(criterion(0, 'ps.home1.net')).serviceProfiles;
    const profile = {
      privateIdentity: IMPI,
      serviceProfiles: [
        {
          publicIdentities: [
            { identity: IMPU, barred: false },
            { identity: 'sip:new@home1.net', barred: false },
          ],
          initialFilterCriteria: part?.initialFilterCriteria ?? [],
        },
      ],
    };
    expect(pushProfile({ privateIdentity: IMPI, profile }, it.scscf)).toEqual({ kind: 'updated' });
    const { registrar } = it.scscf;
    expect(registrar.userSpelled(IMPU)?.criteria).toHaveLength(1);
    expect(registrar.userSpelled('sip:new@home1.net')?.set.bindings).toHaveLength(1);
    expect(registrar.userSpelled('sip:user1_barred@home1.net')).toBeUndefined();
    expect(registrar.size).toBe(1);
    expect(told(it)).toEqual(['re-registration active: registered']);
  });

  test('charging functions alone', async () => {
    const it = await registered();
    const charging = { primaryCcf: 'aaa://ccf.home1.net' };
    expect(pushProfile({ privateIdentity: IMPI, charging }, it.scscf)).toEqual({ kind: 'updated' });
    expect(it.scscf.registrar.userSpelled(IMPU)?.set.charging).toEqual(charging);
    expect(told(it)).toEqual([]);
  });

  test('of somebody who is not served here: user unknown, and nobody gets the profile', async () => {
    const it = await registered();
    const profile = { ...profileOf(), serviceProfiles: [] };
    expect(pushProfile({ privateIdentity: IMPI, profile }, it.scscf)).toEqual({ kind: 'unknown-user' });
    expect(pushProfile({ privateIdentity: 'x@home1.net', profile: profileOf() }, it.scscf).kind).toBe(
      'unknown-user',
    );
    expect(it.scscf.registrar.userSpelled('tel:+1-212-555-1111')).toBeDefined();
  });
});
