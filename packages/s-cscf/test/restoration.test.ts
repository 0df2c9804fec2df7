import type { RestorationInfo, ServerAssignmentAnswer } from '@ims-sim/cx';
import { describe, expect, test } from '@jest/globals';
import type { Profile } from '@ims-sim/sip';
import type { ImplicitSet, RegistrationEvent } from '../src/index.js';
import { keepSubscription } from '../src/restoration.js';
import { forwarded, lab, profileOf, request, texts, valuesOf, type Lab } from './harness.js';

/** What the first registration had the HSS keep. */
async function keptBy(it: Lab): Promise<RestorationInfo> {
  await it.register();
  const restoration = it.asked[0]?.restoration;
  if (restoration === undefined) throw new Error('nothing to keep');
  return restoration;
}

function stored(...restoration: RestorationInfo[]): ServerAssignmentAnswer {
  return { kind: 'assigned', profile: profileOf(), restoration };
}

const ROUTE: [string, string] = ['<sip:scscf1.home1.net;lr>', '<sip:orig@scscf1.home1.net;lr>'];

describe('TS 23.380 4.2: what the HSS keeps', () => {
  test('contact, Path, Call-ID and CSeq of each registration of the private identity', async () => {
    expect(await keptBy(lab())).toEqual({
      privateIdentity: 'user1_private@home1.net',
      registrations: [
        {
          path: '<sip:pcscf1.home1.net;lr>',
          contact: '<sip:[5555::aaa]>;expires=3600',
          callId: 'apb03a0s09dkjdfglkj49111',
          initialCSeq: 1,
        },
      ],
    });
  });

  test('of a further contact both, as a multiple registration', async () => {
    const it = lab();
    await it.register();
    await it.register(['CSeq: 1', 'CSeq: 2'], ['[5555::aaa]>;', '[5555::bbb]>;+sip.instance="<urn:x>";']);
    expect(it.asked[1]).toMatchObject({ type: 're-registration', multipleRegistration: true });
    expect(it.asked[1]?.restoration?.registrations.map(({ contact }) => contact)).toEqual([
      '<sip:[5555::aaa]>;expires=3600',
      '<sip:[5555::bbb]>;+sip.instance="<urn:x>";expires=3600',
    ]);
  });

  test("the UE's subscription to its registration state, while there is one", async () => {
    const it = lab();
    await it.register();
    const set = it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set as ImplicitSet;
    const subscription = { callId: 'c', from: 'f', to: 't', recordRoute: 'r', contact: 'k' };
    await keepSubscription(set, 'user1_private@home1.net', 'subscription', subscription, it.scscf);
    expect(it.asked[1]).toMatchObject({ type: 're-registration', userDataAlreadyAvailable: true });
    expect(it.asked[1]?.restoration?.registrations[0]).toMatchObject({ subscription });
    await it.register(['CSeq: 1', 'CSeq: 2'], ['Path: <sip:pcscf1', 'Path: <sip:pcscf9']);
    expect(it.asked[2]?.restoration?.registrations[0]).toMatchObject({ subscription });
    await keepSubscription(set, 'user1_private@home1.net', 'subscription', undefined, it.scscf);
    expect(it.asked[3]?.restoration?.registrations[0]?.subscription).toBeUndefined();
  });

  test("what changes while the HSS is being told is told after it, the P-CSCF's subscription beside the UE's", async () => {
    const it = lab();
    await it.register();
    const set = it.scscf.registrar.userSpelled('sip:user1_public1@home1.net')?.set as ImplicitSet;
    const dialog = (callId: string) => ({ callId, from: 'f', to: 't', recordRoute: '', contact: 'k' });
    const keep = (by: 'subscription' | 'pCscfSubscription', callId: string) =>
      keepSubscription(set, 'user1_private@home1.net', by, dialog(callId), it.scscf);
    await Promise.all([
      keep('subscription', 'ue'),
      keep('pCscfSubscription', 'p'),
      keep('subscription', 'ue2'),
    ]);
    expect(it.asked).toHaveLength(3);
    expect(it.asked[1]?.restoration?.registrations[0]).toMatchObject({ subscription: dialog('ue') });
    expect(it.asked[1]?.restoration?.registrations[0]?.pCscfSubscription).toBeUndefined();
    expect(it.asked[2]?.restoration?.registrations[0]).toMatchObject({
      subscription: dialog('ue2'),
      pCscfSubscription: dialog('p'),
    });
    await keepSubscription(set, 'other', 'subscription', undefined, it.scscf);
    expect(it.asked).toHaveLength(3);
  });
});

describe('TS 23.380 4.3: an S-CSCF without its memory', () => {
  test('a terminating request: the HSS says where the user is registered, and it goes there', async () => {
    const kept = await keptBy(lab());
    const it = lab();
    it.answers.push(stored(kept));
    const events: RegistrationEvent[] = [];
    it.scscf.registrar.onChange((event) => events.push(event));
    const forward = forwarded(await it.ask(request('terminating')));
    expect(it.asked.map(({ type }) => type)).toEqual(['unregistered-user']);
    expect(forward.request.uri).toBe('sip:[5555::aaa]');
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:pcscf1.home1.net;lr>']);
    expect(events.map(({ changes }) => changes.map(({ event }) => event))).toEqual([['registered']]);
    expect(it.host.trace.decisions.map(({ text }) => text)).toContain(
      'restored from the HSS: sip:user1_public1@home1.net is registered at sip:[5555::aaa]',
    );
    forwarded(await it.ask(request('terminating')));
    expect(it.asked).toHaveLength(1);
  });

  test.each<[Profile, [string, string]]>([
    ['tr-24.841', ['x', 'x']],
    ['ts-24.141', ROUTE],
  ])('%s: an originating request is served as before', async (profile, route) => {
    const kept = await keptBy(lab());
    const it = lab({ profile });
    it.answers.push(stored(kept));
    const forward = forwarded(await it.ask(request('originating', route)));
    expect(it.asked.map(({ type }) => type)).toEqual(['no-assignment']);
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:icscf2.home2.net;lr>']);
    expect(it.scscf.registrar.isPCscf('pcscf1.home1.net')).toBe(true);
  });

  test.each<[string, ServerAssignmentAnswer, number]>([
    ['nothing in store', { kind: 'assigned', profile: profileOf() }, 504],
    [
      'a contact that cannot be read',
      stored({ privateIdentity: 'i', registrations: [{ path: '', contact: '<<' }] }),
      504,
    ],
    ['another S-CSCF serves', { kind: 'identity-already-registered' }, 504],
    ['not registered', { kind: 'identity-not-registered' }, 504],
    ['no HSS', { kind: 'unreachable', reason: 'x' }, 504],
    ['no such user', { kind: 'unknown-user' }, 403],
  ])(
    'ts-24.141: %s: the originating request is not served, 504 makes the UE register anew',
    async (_what, answer, status) => {
      const it = lab({ profile: 'ts-24.141' });
      it.answers.push(answer);
      const reply = await it.ask(request('originating', ROUTE));
      if (reply.kind !== 'reply') throw new Error('it must not be served');
      expect(reply.status).toBe(status);
      expect(it.scscf.registrar.isPCscf('pcscf1.home1.net')).toBe(false);
      if (status === 504) {
        expect(valuesOf(reply, 'content-type')).toEqual(['application/3gpp-ims+xml']);
        expect(valuesOf(reply, 'p-asserted-identity')).toEqual(['<sip:orig@scscf1.home1.net;lr>']);
        expect(reply.body).toContain('<type>restoration</type>');
        expect(reply.body).toContain('<action>initial-registration</action>');
      }
    },
  );

  test('tr-24.841: of whom nothing is in store, the HSS is not asked again at once', async () => {
    const it = lab();
    const refusal = { kind: 'identity-not-registered' } as const;
    it.answers.push(refusal, refusal, refusal);
    await it.ask(request('originating'));
    await it.ask(request('originating'));
    expect(it.asked.map(({ type }) => type)).toEqual([
      'no-assignment',
      'unregistered-user',
      'unregistered-user',
    ]);
  });

  test('a protected re-REGISTER from the contact in store: no challenge', async () => {
    const kept = await keptBy(lab());
    const it = lab({ scscf: { auth: 'required' } });
    it.answers.push(stored(kept));
    const reply = await it.register(
      ['CSeq: 1', 'CSeq: 2'],
      ['nonce=""', 'nonce="", integrity-protected="yes"'],
    );
    expect(reply.status).toBe(200);
    expect(texts(reply)[0]).toContain('the HSS had in store');
    expect(it.vectorsAsked).toEqual([]);
  });

  test('one from another contact is challenged, and so is one that is not protected', async () => {
    const kept = await keptBy(lab());
    for (const [protection, contact] of [
      ['yes', '[5555::bad]>;exp'],
      ['no', '[5555::aaa]>;exp'],
    ] as const) {
      const it = lab({ scscf: { auth: 'required' } });
      it.answers.push(stored(kept));
      const reply = await it.register(
        ['[5555::aaa]>;exp', contact],
        ['nonce=""', `nonce="", integrity-protected="${protection}"`],
      );
      expect(reply.status).toBe(403); // the HSS of this lab has no vectors
      expect(it.vectorsAsked).toHaveLength(1);
    }
  });

  test('a registration brings back the contacts of the other private identities, not its own of before', async () => {
    const kept = await keptBy(lab());
    const it = lab();
    const own = { ...kept, registrations: [{ path: '', contact: '<sip:[5555::dead]>' }] };
    it.answers.push(stored({ ...kept, privateIdentity: 'tablet@home1.net' }, own));
    const reply = await it.register(['[5555::aaa]>;', '[5555::bbb]>;']);
    expect(valuesOf(reply, 'contact')).toEqual([
      '<sip:[5555::aaa]>;expires=3600',
      '<sip:[5555::bbb]>;expires=3600',
    ]);
  });

  test('a de-registration: the user is restored, and the HSS told that it is over', async () => {
    const kept = await keptBy(lab());
    const it = lab();
    it.answers.push(stored(kept));
    expect((await it.register(['CSeq: 1', 'CSeq: 2'], [';expires=3600', ';expires=0'])).status).toBe(200);
    expect(it.asked.map(({ type }) => type)).toEqual(['no-assignment', 'user-deregistration']);
    expect(it.scscf.registrar.size).toBe(0);
  });
});
