import { describe, expect, test } from '@jest/globals';
import { lab, lines, profileOf, request, valuesOf } from './harness.js';

describe('TS 24.229 5.4.1.2.2F: REGISTER', () => {
  test('the HSS is told, and the 200 has Path, Service-Route, identities that are not barred, and Contact', async () => {
    const it = lab();
    const reply = await it.register();
    expect(it.asked).toEqual([
      {
        privateIdentity: 'user1_private@home1.net',
        publicIdentities: ['sip:user1_public1@home1.net'],
        serverName: 'sip:scscf1.home1.net',
        type: 'registration',
        userDataAlreadyAvailable: false,
        restoration: {
          privateIdentity: 'user1_private@home1.net',
          registrations: [
            {
              path: '<sip:pcscf1.home1.net;lr>',
              contact: '<sip:[5555::aaa]>;expires=3600',
              callId: 'apb03a0s09dkjdfglkj49111',
              initialCSeq: 1,
            },
          ],
        },
      },
    ]);
    expect(reply.status).toBe(200);
    expect(lines(reply)).toEqual([
      'Path: <sip:pcscf1.home1.net;lr>',
      'Service-Route: <sip:scscf1.home1.net;lr>',
      'P-Associated-URI: <sip:user1_public1@home1.net>, <tel:+1-212-555-1111>',
      'Contact: <sip:[5555::aaa]>;expires=3600',
    ]);
  });

  test('no more contacts than the HSS allows the identity (MaxNumOfAllowedSimultRegistrations)', async () => {
    const [part, ...others] = profileOf().serviceProfiles;
    const [identity, ...rest] = part?.publicIdentities ?? [];
    const limited = { ...identity, identity: 'sip:user1_public1@home1.net', barred: false };
    const user = {
      ...profileOf(),
      serviceProfiles: [
        {
          initialFilterCriteria: [],
          publicIdentities: [{ ...limited, maxSimultaneousRegistrations: 1 }, ...rest],
        },
        ...others,
      ],
    };
    const two: [string, string] = [
      'Contact: <sip:[5555::aaa]>',
      'Contact: <sip:[5555::bbb]>;expires=60, <sip:[5555::aaa]>',
    ];
    const first = lab({ user });
    expect((await first.register(two)).status).toBe(403);
    // The profile came with the registration: the HSS is told that nothing came of it.
    expect(first.asked.map(({ type }) => type)).toEqual(['registration', 'administrative-deregistration']);
    const it = lab({ user });
    expect((await it.register()).status).toBe(200);
    const more = await it.register(['<sip:[5555::aaa]>', '<sip:[5555::bbb]>'], ['CSeq: 1', 'CSeq: 2']);
    expect([more.status, it.asked.length]).toEqual([403, 1]);
    expect((await it.register(['CSeq: 1', 'CSeq: 3'])).status).toBe(200);
  });

  test('ts-24.141: the Service-Route has the user part orig', async () => {
    expect(valuesOf(await lab({ profile: 'ts-24.141' }).register(), 'service-route')).toEqual([
      '<sip:orig@scscf1.home1.net;lr>',
    ]);
  });

  test.each([
    ['3600 -> too much', ';expires=700000', ';expires=600000'],
    ['no expiry', '', ';expires=600000'],
    ['Expires', '\nExpires: 100', ';expires=100'],
    [
      'q and others stay',
      ';q=0.5;+sip.instance="<urn:x>";expires=100',
      ';q=0.5;+sip.instance="<urn:x>";expires=100',
    ],
  ])('expiry: %s', async (_what, asked, granted) => {
    const reply = await lab().register([';expires=3600', asked]);
    expect(valuesOf(reply, 'contact')).toEqual([`<sip:[5555::aaa]>${granted}`]);
  });

  test('5.4.1.2.3: 423 with Min-Expires below the minimum, and the HSS is not asked', async () => {
    const it = lab();
    const reply = await it.register([';expires=3600', ';expires=59']);
    expect(reply.status).toBe(423);
    expect(lines(reply)).toEqual(['Min-Expires: 60']);
    expect(it.asked).toEqual([]);
  });

  test.each([
    ['pcscf1.home1.net', ['ccf="aaa://ccf1.home1.net"']],
    ['pcscf1.visited1.net', []],
    ['home1.net.visited1.net', []],
  ])('ts-24.141: the 200 to %s: charging functions of its own network only', async (pcscf, addresses) => {
    const it = lab({ profile: 'ts-24.141' });
    const charging = { primaryCcf: 'aaa://ccf1.home1.net' };
    it.answers.push({ kind: 'assigned', profile: profileOf(), charging });
    for (const number of [1, 2]) {
      const path: [string, string] = ['Path: <sip:pcscf1.home1.net', `Path: <sip:${pcscf}`];
      const reply = await it.register(path, ['CSeq: 1', `CSeq: ${number}`]);
      expect(valuesOf(reply, 'p-charging-function-addresses')).toEqual(addresses);
    }
  });

  test('ts-24.141, 4.5.4.1: the 200 names both operators as type 1; the draft none', async () => {
    const vector = 'P-Charging-Vector: icid-value=x;icid-generated-at=y;orig-ioi="Type 1visited1.net"';
    const change: [string, string] = ['CSeq: 1', `${vector}\nCSeq: 1`];
    const [final, draft] = [lab({ profile: 'ts-24.141' }), lab()];
    expect(valuesOf(await final.register(change), 'p-charging-vector')).toEqual([
      'icid-value=x;icid-generated-at=y;orig-ioi="Type 1visited1.net";term-ioi="Type 1home1.net"',
    ]);
    expect(valuesOf(await draft.register(change), 'p-charging-vector')).toEqual([]);
  });

  test('a refresh does not bother the HSS; a registration from elsewhere does', async () => {
    const it = lab();
    await it.register();
    await it.host.clock.advance(60_000);
    const refreshed = await it.register(['CSeq: 1', 'CSeq: 2']);
    expect(valuesOf(refreshed, 'contact')).toEqual(['<sip:[5555::aaa]>;expires=3600']);
    expect(it.asked).toHaveLength(1);
    await it.register(['CSeq: 1', 'CSeq: 3'], ['Path: <sip:pcscf1', 'Path: <sip:pcscf9']);
    expect(it.asked[1]).toMatchObject({ type: 're-registration', userDataAlreadyAvailable: true });
    expect(it.scscf.registrar.isPCscf('pcscf9.home1.net')).toBe(true);
    expect(it.scscf.registrar.isPCscf('pcscf1.home1.net')).toBe(false);
  });

  test('RFC 3261 10.3 step 7: a REGISTER out of order changes nothing', async () => {
    const it = lab();
    await it.register(['CSeq: 1', 'CSeq: 5']);
    expect((await it.register(['CSeq: 1', 'CSeq: 5'], [';expires=3600', ';expires=0'])).status).toBe(500);
    expect((await it.register(['CSeq: 1', 'CSeq: 6'], [';expires=3600', ';expires=0'])).status).toBe(200);
  });

  test('RFC 3261 10.2.3: without Contact the bindings are asked for', async () => {
    const it = lab();
    await it.register();
    const query = await it.register(
      ['Contact: <sip:[5555::aaa]>;expires=3600', 'X: y'],
      ['CSeq: 1', 'CSeq: 2'],
    );
    expect(valuesOf(query, 'contact')).toEqual(['<sip:[5555::aaa]>;expires=3600']);
    expect(it.asked).toHaveLength(1);
  });

  test.each([
    ['Contact: *', 'Contact: <sip:[5555::aaa]>;expires=3600', 'Contact: *'],
    ['no address in Contact', 'Contact: <sip:[5555::aaa]>', 'Contact: <<'],
    ['no identity in To', 'To: <sip:user1_public1@home1.net>', 'To: <urn:x:y>'],
  ])('400: %s', async (_what, from, to) => {
    expect((await lab().register([from, to])).status).toBe(400);
  });

  test.each([
    [{ kind: 'unknown-user' } as const, 403],
    [{ kind: 'identities-dont-match' } as const, 403],
    [{ kind: 'identity-not-registered' } as const, 403],
    [{ kind: 'roaming-not-allowed' } as const, 403],
    [{ kind: 'identity-already-registered', serverName: 'sip:scscf2.home1.net' } as const, 403],
    [{ kind: 'auth-scheme-not-supported' } as const, 403],
    [{ kind: 'in-assignment-type' } as const, 500],
    [{ kind: 'too-much-data' } as const, 500],
    [{ kind: 'not-supported-user-data' } as const, 500],
    [{ kind: 'failed', resultCode: 5012 } as const, 500],
    [{ kind: 'unreachable', reason: 'x' } as const, 480],
    [{ kind: 'assigned' } as const, 500],
    [{ kind: 'assigned', profile: { ...profileOf(), serviceProfiles: [] } } as const, 500],
  ])('the HSS says %j: %i, and nobody is registered', async (answer, status) => {
    const it = lab();
    it.answers.push(answer);
    expect((await it.register()).status).toBe(status);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('bounds: contacts of a user, users of the registrar', async () => {
    const it = lab();
    for (let i = 0; i < 3; i++) {
      expect(
        (await it.register(['Call-ID: a', `Call-ID: ${i}`], ['[5555::aaa]>;exp', `[5555::${i}]>;exp`]))
          .status,
      ).toBe(200);
    }
    expect((await it.register(['Call-ID: a', 'Call-ID: 4'])).status).toBe(403);
  });
});

describe('TS 24.229 5.4.1.4: de-registration', () => {
  test.each([
    [';expires=3600', ';expires=0'],
    ['Contact: <sip:[5555::aaa]>;expires=3600', 'Contact: *\nExpires: 0'],
  ])('%s -> %s: the HSS is told, nothing is left', async (from, to) => {
    const it = lab();
    await it.register();
    const reply = await it.register(['CSeq: 1', 'CSeq: 2'], [from, to]);
    expect(reply.status).toBe(200);
    expect(valuesOf(reply, 'contact')).toEqual([]);
    expect(it.asked[1]).toMatchObject({
      type: 'user-deregistration',
      publicIdentities: ['sip:user1_public1@home1.net'],
    });
    expect(it.scscf.registrar.size).toBe(0);
    expect(it.scscf.registrar.isPCscf('pcscf1.home1.net')).toBe(false);
  });

  test('one of two contacts: the other stays, and the HSS keeps no other for a restoration', async () => {
    const it = lab();
    await it.register();
    await it.register(['CSeq: 1', 'CSeq: 2'], ['[5555::aaa]>;', '[5555::bbb]>;']);
    const reply = await it.register(['CSeq: 1', 'CSeq: 3'], [';expires=3600', ';expires=0']);
    expect(valuesOf(reply, 'contact')).toEqual(['<sip:[5555::bbb]>;expires=3600']);
    expect(it.asked.map(({ type }) => type)).toEqual(['registration', 're-registration', 're-registration']);
    expect(it.asked[2]?.restoration?.registrations.map(({ contact }) => contact)).toEqual([
      '<sip:[5555::bbb]>;expires=3600',
    ]);
  });

  test('of what is not registered, not even in the HSS: 200, and nothing happens', async () => {
    const it = lab();
    expect((await it.register([';expires=3600', ';expires=0'])).status).toBe(200);
    expect(it.asked.map(({ type }) => type)).toEqual(['no-assignment']);
    expect(it.scscf.registrar.size).toBe(0);
  });

  test('a registration that runs out is reported to the HSS within a second, with no timer of its own', async () => {
    const it = lab();
    await it.register();
    expect(it.host.clock.pendingTimers).toBe(1);
    await it.host.clock.advance(3_599_000);
    expect(it.asked).toHaveLength(1);
    await it.host.clock.advance(2000);
    expect(it.asked[1]).toMatchObject({
      type: 'timeout-deregistration',
      privateIdentity: 'user1_private@home1.net',
    });
    expect(it.scscf.registrar.size).toBe(0);
    expect(it.host.clock.pendingTimers).toBe(0);
    const decision = await it.ask(request('originating'));
    expect(decision).toMatchObject({ kind: 'reply', status: 480 });
  });
});
