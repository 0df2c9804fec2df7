import type { UserProfile } from '@ims-sim/cx';
import { testHost } from '@ims-sim/host';
import { parseNameAddr, type NameAddr } from '@ims-sim/sip';
import { describe, expect, test } from '@jest/globals';
import { Registrar, type RegistrationEvent, type Binding } from '../src/index.js';
import { compileWildcard, isWildcarded } from '@ims-sim/cx';
import { criterion, lab, profileOf, request, texts, valuesOf } from './harness.js';

const CONTACT = parseNameAddr('<sip:192.0.2.1>') as NameAddr;

function user(name: string, ...others: string[]): UserProfile {
  return {
    privateIdentity: `${name}@home1.net`,
    serviceProfiles: [
      {
        publicIdentities: [`sip:${name}@home1.net`, ...others].map((identity) => ({
          identity,
          barred: false,
        })),
        initialFilterCriteria: [],
      },
    ],
  };
}

function binding(id: string, expiresAtMs: number): Binding {
  return {
    id,
    privateIdentity: `${id}@home1.net`,
    contact: CONTACT,
    q: 1,
    path: '',
    route: undefined,
    pathHost: undefined,
    callId: id,
    cseq: 1,
    registeredAtMs: 0,
    expiresAtMs,
  };
}

describe('the registrar', () => {
  test('20,000 users: each expires within a second of its time, and the HSS hears of each once', async () => {
    const { clock } = testHost();
    const expired: string[] = [];
    const registrar = new Registrar(clock, {}, ({ identity }) => expired.push(identity));
    const startMs = clock.now();
    for (let i = 0; i < 20_000; i++) {
      const served = registrar.assign(user(`u${i}`), `sip:u${i}@home1.net`);
      if (served === undefined) throw new Error('no room');
      registrar.bind(served.set, [binding(`u${i}`, startMs + 60_000 + (i % 100) * 1000)]);
    }
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(60_000 + 49_500);
    expect(expired.length).toBeGreaterThanOrEqual(9_800);
    expect(expired.length).toBeLessThanOrEqual(10_000);
    await clock.advance(60_000);
    expect(new Set(expired).size).toBe(20_000);
    expect(expired).toHaveLength(20_000);
    expect(registrar.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  }, 180_000);

  test('listeners hear of every change, in order, once the registrar has it', async () => {
    const it = lab();
    const { registrar } = it.scscf;
    const heard: string[] = [];
    const listen = (name: string) => (event: RegistrationEvent) => {
      const changes = event.changes.map((change) => `${change.event} ${change.binding.contact.uriText}`);
      const isThere = registrar.userSpelled('sip:user1_public1@home1.net') !== undefined;
      const by = event.request === undefined ? 'timer' : event.request.method;
      heard.push(`${name} ${event.kind} ${event.state} ${changes.join()} ${String(isThere)} ${by}`);
    };
    registrar.onChange(listen('a'));
    registrar.onChange(listen('b'));
    await it.register();
    await it.register(['CSeq: 1', 'CSeq: 2']);
    await it.register(['CSeq: 1', 'CSeq: 3'], ['[5555::aaa]>;', '[5555::bbb]>;']);
    await it.register(['CSeq: 1', 'CSeq: 4'], [';expires=3600', ';expires=0']);
    await it.host.clock.advance(3_602_000);
    expect(heard.filter((text) => text.startsWith('a'))).toEqual([
      'a initial active created sip:[5555::aaa] true REGISTER',
      'a re-registration active refreshed sip:[5555::aaa] true REGISTER',
      'a re-registration active created sip:[5555::bbb] true REGISTER',
      'a re-registration active unregistered sip:[5555::aaa] true REGISTER',
      'a de-registration terminated expired sip:[5555::bbb] false timer',
    ]);
    expect(heard.filter((text) => text.startsWith('b'))).toHaveLength(5);
  });

  test('a refreshed contact keeps its identifier and when it came; a new one has others', async () => {
    const it = lab();
    await it.register();
    const set = it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set;
    const [first] = set?.bindings ?? [];
    await it.host.clock.advance(1000);
    await it.register(['CSeq: 1', 'CSeq: 2']);
    await it.register(['CSeq: 1', 'CSeq: 3'], ['[5555::aaa]>;', '[5555::bbb]>;']);
    const [refreshed, other] = set?.bindings ?? [];
    expect(refreshed).toMatchObject({ id: first?.id, registeredAtMs: first?.registeredAtMs, cseq: 2 });
    expect(other?.id).not.toBe(first?.id);
    expect(refreshed?.path).toBe('<sip:pcscf1.home1.net;lr>');
  });
});

describe('TS 23.003 13.5: wildcarded public identities', () => {
  test.each([
    ['sip:chatlist!.*!@home1.net', 'sip:chatlist1@home1.net', true],
    ['sip:chatlist!.*!@home1.net', 'sip:chatlist@home1.net', true],
    ['sip:chatlist!.*!@home1.net', 'sip:other@home1.net', false],
    ['sip:chatlist!.*!@home1.net', 'sip:chatlist1@home2.net', false],
    ['sip:room![0-9]+!@home1.net', 'sip:room12@home1.net', true],
    ['sip:room![0-9]+!@home1.net', 'sip:room12x@home1.net', false],
    ['sip:room!a|b!@home1.net', 'sip:rooma@home1.net', true],
    ['sip:room!a|b!@home1.net', 'sip:roomax@home1.net', false],
    ['tel:+1212555!.{4}!', 'tel:+12125551234', true],
    ['tel:+1212555!.{4}!', 'tel:+121255512345', false],
  ])('%s matches %s: %s', (pattern, identity, matches) => {
    expect(isWildcarded(pattern)).toBe(true);
    expect(compileWildcard(pattern)?.(identity)).toBe(matches);
  });

  test.each(['sip:a!(!@home1.net', 'sip:a!b@home1.net', 'sip:a@home1.net'])('%s is none', (pattern) => {
    expect(compileWildcard(pattern)).toBeUndefined();
  });

  test('a request for an identity that matches is served with that identity, and by the set of the profile', () => {
    const { clock } = testHost();
    const registrar = new Registrar(clock, {}, () => undefined);
    const served = registrar.assign(user('u', 'sip:chat!.*!@home1.net'), 'sip:chat7@home1.net');
    expect(served).toMatchObject({ identity: 'sip:chat7@home1.net', wildcarded: 'sip:chat!.*!@home1.net' });
    expect(registrar.userOf('sip:u@home1.net')?.set).toBe(served?.set);
    expect(registrar.userOf('sip:other@home1.net')).toBeUndefined();
    registrar.bind(served?.set as NonNullable<typeof served>['set'], []);
    expect(registrar.userOf('sip:chat7@home1.net')).toBeUndefined();
  });

  test('an exact identity goes before a pattern that it matches too', () => {
    const { clock } = testHost();
    const registrar = new Registrar(clock, {}, () => undefined);
    registrar.assign(user('chat1'), 'sip:chat1@home1.net');
    registrar.assign(user('u', 'sip:chat!.*!@home1.net'), 'sip:u@home1.net');
    expect(registrar.userOf('sip:chat1@home1.net')?.wildcarded).toBeUndefined();
    expect(registrar.userOf('sip:chat2@home1.net')?.wildcarded).toBe('sip:chat!.*!@home1.net');
  });
});

describe('profiles', () => {
  const shared = { 7: [criterion(1, 'shared.home1.net')] };

  test('TS 29.228 B.2.1A: shared filter criteria sets; one that is not here is said', async () => {
    const [part] = profileOf(criterion(0, 'own.home1.net')).serviceProfiles;
    if (part === undefined) throw new Error('no profile');
    const profile = { ...profileOf(), serviceProfiles: [{ ...part, sharedIfcSetIds: [7, 8] }] };
    const it = lab({ user: profile, shared });
    await it.register();
    const served = it.scscf.registrar.userSpelled('sip:user1_public1@home1.net');
    expect(served?.criteria.map(({ applicationServer }) => applicationServer.serverName)).toEqual([
      'sip:own.home1.net',
      'sip:shared.home1.net',
    ]);
    expect(it.unknownCriteria).toEqual([8]);
  });

  test('users with the same criteria share what was compiled', async () => {
    const [a, b] = [lab({ user: profileOf(criterion(0, 'x')) }), lab({ user: profileOf(criterion(0, 'x')) })];
    await a.register();
    await b.register();
    const of = (it: typeof a) => it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.criteria;
    expect(of(a)).toBe(of(b));
  });

  test('a barred identity may register a set with one that is not: it is asserted nowhere', async () => {
    const it = lab();
    const reply = await it.register(['To: <sip:user1_public1', 'To: <sip:user1_barred']);
    expect(reply.status).toBe(200);
    expect(valuesOf(reply, 'p-associated-uri')).toEqual([
      '<sip:user1_public1@home1.net>, <tel:+1-212-555-1111>',
    ]);
  });

  test('a set of barred identities only: 403, nobody is registered', async () => {
    const barred = { identity: 'sip:user1_public1@home1.net', barred: true };
    const serviceProfiles = [{ publicIdentities: [barred], initialFilterCriteria: [] }];
    const it = lab({ user: { privateIdentity: 'user1_private@home1.net', serviceProfiles } });
    expect((await it.register()).status).toBe(403);
    expect(it.asked.map(({ type }) => type)).toEqual(['registration', 'administrative-deregistration']);
    expect(it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set.bindings).toEqual([]);
  });

  test('no room: 503, and the HSS takes the assignment back', async () => {
    const host = testHost();
    const registrar = new Registrar(host.clock, { maxSets: 0 }, () => undefined);
    const it = lab({ scscf: { registrar } });
    expect((await it.register()).status).toBe(503);
    expect(it.asked.map(({ type }) => type)).toEqual(['registration', 'deregistration-too-much-data']);
    expect(registrar.size).toBe(0);
  });

  test('ts-24.141: the 200 has the charging functions of the HSS; the draft has none', async () => {
    for (const profile of ['ts-24.141', 'tr-24.841'] as const) {
      const it = lab({ profile });
      const charging = { primaryCcf: 'aaa://ccf1.home1.net', secondaryCcf: 'aaa://ccf2.home1.net' };
      it.answers.push({ kind: 'assigned', profile: profileOf(), charging });
      expect(valuesOf(await it.register(), 'p-charging-function-addresses')).toEqual(
        profile === 'ts-24.141' ? ['ccf="aaa://ccf1.home1.net"; ccf="aaa://ccf2.home1.net"'] : [],
      );
    }
  });
});

describe('RFC 3261 8.2.2.3: Require', () => {
  test.each([
    ['path, gruu', 'gruu'],
    ['gruu, x', 'gruu, x'],
  ])('%s: 420 with Unsupported: %s, and nothing happens', async (required, unsupported) => {
    const it = lab();
    const reply = await it.register(['Require: path', `Require: ${required}`]);
    expect(reply.status).toBe(420);
    expect(valuesOf(reply, 'unsupported')).toEqual([unsupported]);
    expect(it.asked).toEqual([]);
  });

  test('Supported: gruu is no reason; the instance stays with the contact, and no GRUU is made', async () => {
    const it = lab();
    const reply = await it.register(
      ['Require: path', 'Require: path\nSupported: gruu'],
      ['>;expires=3600', '>;+sip.instance="<urn:uuid:1>";reg-id=1;expires=3600'],
    );
    expect(valuesOf(reply, 'contact')).toEqual([
      '<sip:[5555::aaa]>;+sip.instance="<urn:uuid:1>";reg-id=1;expires=3600',
    ]);
  });
});

describe('a request to a set that is registered by two private identities', () => {
  test('the HSS hears of each that is over, and the user of the other stays registered', async () => {
    const it = lab();
    await it.register();
    await it.register(
      ['Call-ID: a', 'Call-ID: b'],
      ['user1_private@', 'tablet@'],
      ['[5555::aaa]>;', '[5555::bbb]>;'],
    );
    expect(it.asked.map(({ type }) => type)).toEqual(['registration', 'registration']);
    const reply = await it.register(['CSeq: 1', 'CSeq: 2'], [';expires=3600', ';expires=0']);
    expect(it.asked[2]).toMatchObject({
      type: 'user-deregistration',
      privateIdentity: 'user1_private@home1.net',
    });
    expect(valuesOf(reply, 'contact')).toEqual(['<sip:[5555::bbb]>;expires=3600']);
    expect(texts(await it.ask(request('terminating')))).toContain(
      'sip:user1_public1@home1.net is registered at sip:[5555::bbb]',
    );
  });
});
