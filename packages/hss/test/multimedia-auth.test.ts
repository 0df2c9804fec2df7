import { describe, expect, test } from '@jest/globals';
import { Usim, digestHa1, f1, f5Star } from '@ims-sim/auth';
import type { AuthenticationItem, AuthenticationScheme, MultimediaAuth } from '@ims-sim/cx';
import { seededRandom } from '@ims-sim/host';
import { multimediaAuth } from '../src/multimedia-auth.js';
import type { Subscription, SubscriptionState } from '../src/subscription.js';
import {
  OTHER,
  SCSCF,
  aka,
  barred,
  family,
  notRegistered,
  pending,
  registered,
  requester,
  server,
  services,
  stored,
  user1,
} from './lab.js';

const privateIdentity = 'user1_private@home1.net';
const ask: MultimediaAuth = {
  privateIdentity,
  publicIdentity: 'sip:user1_public1@home1.net',
  serverName: SCSCF,
  scheme: 'Digest-AKAv1-MD5',
  items: 1,
};
const keys = { k: Buffer.from(aka.k, 'hex'), opc: Buffer.from(aka.opc, 'hex') };
const authenticate = (
  asked: Partial<MultimediaAuth> = {},
  state: SubscriptionState = notRegistered,
  subscription: Subscription = user1,
  restores = true,
  preferred: 'aka' | 'digest' = 'aka',
) =>
  multimediaAuth({ ...ask, ...asked }, stored(subscription, state), {
    requester: { ...requester, restores },
    homeDomain: 'home1.net',
    preferred,
    random: seededRandom(7),
  });

function vectorsOf({ answer }: ReturnType<typeof authenticate>) {
  const items: readonly AuthenticationItem[] = answer.kind === 'vectors' ? answer.items : [];
  return items.flatMap((item) => (item.scheme === 'SIP Digest' ? [] : [item]));
}

describe('TS 29.228 6.3.1 multimedia authentication', () => {
  test.each<[string, AuthenticationScheme, Subscription, string, string]>([
    ['user1_private@home1.net', 'Digest-AKAv1-MD5', user1, 'sip:user1_public1@home1.net', 'Digest-AKAv1-MD5'],
    ['user1_private@home1.net', 'Unknown', user1, 'sip:user1_public1@home1.net', 'Digest-AKAv1-MD5'],
    ['user1_private@home1.net', 'Digest-AKAv2-MD5', user1, 'sip:user1_public1@home1.net', 'none'],
    ['user1_private@home1.net', 'SIP Digest', user1, 'sip:user1_public1@home1.net', 'none'],
    ['phone@home1.net', 'SIP Digest', family, 'sip:family@home1.net', 'SIP Digest'],
    ['phone@home1.net', 'Unknown', family, 'sip:family@home1.net', 'SIP Digest'],
    ['phone@home1.net', 'Digest-AKAv1-MD5', family, 'sip:family@home1.net', 'none'],
    ['tablet@home1.net', 'Digest-AKAv2-MD5', family, 'sip:family@home1.net', 'Digest-AKAv2-MD5'],
    ['tablet@home1.net', 'Digest-AKAv1-MD5', family, 'sip:family@home1.net', 'none'],
    ['tablet@home1.net', 'Unknown', family, 'sip:family@home1.net', 'Digest-AKAv2-MD5'],
    ['tablet@home1.net', 'SIP Digest', family, 'sip:family@home1.net', 'SIP Digest'],
    ['barred_private@home1.net', 'Unknown', barred, 'sip:barred@home1.net', 'none'],
  ])('3: %s asked by %s', (user, scheme, subscription, publicIdentity, expected) => {
    const { answer, state } = authenticate(
      { privateIdentity: user, publicIdentity, scheme },
      notRegistered,
      subscription,
    );
    if (expected === 'none')
      expect([answer, state]).toEqual([{ kind: 'auth-scheme-not-supported' }, undefined]);
    else expect(answer).toMatchObject({ kind: 'vectors', items: [{ scheme: expected }] });
  });

  test.each<['aka' | 'digest', string, AuthenticationScheme, string]>([
    ['digest', 'tablet@home1.net', 'Unknown', 'SIP Digest'],
    ['aka', 'tablet@home1.net', 'Unknown', 'Digest-AKAv2-MD5'],
    ['digest', 'tablet@home1.net', 'Digest-AKAv2-MD5', 'Digest-AKAv2-MD5'],
    ['aka', 'phone@home1.net', 'Unknown', 'SIP Digest'],
  ])('3: where %s goes first, %s is challenged for %s with %s', (preferred, user, scheme, expected) => {
    const asked = { privateIdentity: user, publicIdentity: 'sip:family@home1.net', scheme };
    const { answer } = authenticate(asked, notRegistered, family, true, preferred);
    expect(answer).toMatchObject({ kind: 'vectors', items: [{ scheme: expected }] });
  });

  test.each([
    [services, 'services_private@home1.net', 'sip:conference@home1.net'],
    [family, 'phone@home1.net', 'sip:family-dad@home1.net'],
  ])('a service and a wildcard are nobody’s to authenticate: %#', (subscription, user, publicIdentity) => {
    const outcome = authenticate(
      { privateIdentity: user, publicIdentity, scheme: 'Unknown' },
      notRegistered,
      subscription,
    );
    expect(outcome.answer).toEqual({ kind: 'unknown-user' });
    expect(outcome.state).toBeUndefined();
  });

  test('TS 33.102 6.3: what goes out is what the user’s own USIM takes and answers', () => {
    const [vector] = vectorsOf(authenticate());
    if (vector === undefined) throw new Error('no vector');
    expect(new Usim(keys).authenticate(vector.rand, vector.autn)).toMatchObject({
      kind: 'response',
      res: vector.xres,
      ck: vector.ck,
      ik: vector.ik,
    });
  });

  test('as many vectors as asked for, each of another RAND, taken by the USIM in their order', () => {
    const vectors = vectorsOf(authenticate({ items: 5 }));
    expect(new Set(vectors.map(({ rand }) => rand.toString('hex'))).size).toBe(5);
    const usim = new Usim(keys);
    expect(vectors.map(({ rand, autn }) => usim.authenticate(rand, autn).kind)).toEqual(
      Array.from({ length: 5 }, () => 'response'),
    );
  });

  test('5: server name stored with authentication pending, the sequence number with it', () => {
    const { state } = authenticate();
    expect(state).toEqual({
      ...notRegistered,
      server,
      authenticationPending: [privateIdentity],
      sequenceNumbers: { [privateIdentity]: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown },
    });
    expect(BigInt(`0x${state?.sequenceNumbers[privateIdentity] ?? '0'}`)).toBeGreaterThan(0n);
  });

  test('C.1.1.1: the sequence number grows with every vector, over many requests', () => {
    let state: SubscriptionState = notRegistered;
    let last = 0n;
    for (let i = 0; i < 40; i++) {
      state = authenticate({ items: 2 }, state).state ?? state;
      const now = BigInt(`0x${state.sequenceNumbers[privateIdentity] ?? '0'}`);
      expect(now).toBeGreaterThan(last);
      last = now;
    }
    expect(state.sequenceNumbers).toEqual({ [privateIdentity]: last.toString(16).padStart(12, '0') });
  });

  test('TS 33.102 6.3.5: after AUTS the vectors are beyond what the USIM has', () => {
    const usim = new Usim(keys);
    const ahead = authenticate(
      { items: 32 },
      { ...notRegistered, sequenceNumbers: { [privateIdentity]: '000000010000' } },
    );
    for (const { rand, autn } of vectorsOf(ahead))
      expect(usim.authenticate(rand, autn).kind).toBe('response');
    // An HSS that was given the subscription anew.
    const [old] = vectorsOf(authenticate());
    if (old === undefined) throw new Error('no vector');
    const refused = usim.authenticate(old.rand, old.autn);
    if (refused.kind !== 'sync-failure') throw new Error(refused.kind);
    const resynchronisation = { rand: old.rand, auts: refused.auts };
    const again = authenticate({ resynchronisation }, authenticate().state);
    expect(again.reason).toContain('resynchronised');
    const [fresh] = vectorsOf(again);
    expect(fresh && usim.authenticate(fresh.rand, fresh.autn).kind).toBe('response');
  });

  test('6.3.5: neither a forged AUTS nor an old one sets the sequence number back or ahead', () => {
    const before = { ...notRegistered, sequenceNumbers: { [privateIdentity]: '000000010000' } };
    const next = authenticate({}, before).state?.sequenceNumbers;
    const forged = { rand: Buffer.alloc(16, 1), auts: Buffer.alloc(14, 2) };
    expect(authenticate({ resynchronisation: forged }, before).state?.sequenceNumbers).toEqual(next);
    const usim = new Usim(keys);
    const [vector] = vectorsOf(authenticate());
    if (vector === undefined) throw new Error('no vector');
    usim.authenticate(vector.rand, vector.autn);
    const replayed = usim.authenticate(vector.rand, vector.autn);
    if (replayed.kind !== 'sync-failure') throw new Error(replayed.kind);
    const resynchronisation = { rand: vector.rand, auts: replayed.auts };
    expect(authenticate({ resynchronisation }, before).state?.sequenceNumbers).toEqual(next);
  });

  test('C.1.1.3: at the end of the range no number is given out twice', () => {
    for (const highest of ['ffffffffffff', 'fffffffffff0']) {
      const refused = authenticate({}, { ...notRegistered, sequenceNumbers: { [privateIdentity]: highest } });
      expect([refused.answer.kind, refused.state]).toEqual(['failed', undefined]);
      expect(refused.reason).toContain('no sequence number is left');
    }
  });

  test('C.1.1.3: no AUTS leads there', () => {
    const [vector] = vectorsOf(authenticate());
    if (vector === undefined) throw new Error('no vector');
    const { rand } = vector;
    const sqnMs = Buffer.alloc(6, 0xff);
    const ak = f5Star(keys, rand);
    const concealed = sqnMs.map((octet, at) => octet ^ (ak[at] ?? 0));
    const auts = Buffer.concat([concealed, f1(keys, rand, sqnMs, Buffer.alloc(2)).macS]);
    const { answer, state, reason } = authenticate({ resynchronisation: { rand, auts } });
    expect(reason).toContain('resynchronised'); // it is the USIM's own
    expect(answer.kind).toBe('vectors');
    expect(state?.sequenceNumbers[privateIdentity]).toMatch(/^0000/);
  });

  test.each<[string, SubscriptionState, boolean, 'vectors' | 'failed']>([
    ['registered elsewhere', registered, true, 'failed'],
    ['registered elsewhere, where that one is gone', pending, true, 'vectors'],
    ['registered elsewhere, by an S-CSCF that restores nothing', registered, false, 'vectors'],
    [
      'assigned elsewhere, not registered',
      { ...notRegistered, server, authenticationPending: [privateIdentity] },
      true,
      'vectors',
    ],
  ])('4 and 5: %s', (_, state, restores, expected) => {
    const outcome = authenticate({ serverName: OTHER }, state, user1, restores);
    expect(outcome.answer.kind).toBe(expected);
    if (expected === 'failed') expect(outcome.state).toBeUndefined();
    else {
      expect(outcome.state?.server?.name).toBe(OTHER);
      expect(outcome.state).not.toHaveProperty('reassignmentPending');
    }
  });

  test('5: what is registered is not pending, and stays registered', () => {
    const { state } = authenticate({}, registered);
    expect(state).toEqual({ ...registered, sequenceNumbers: expect.anything() as object });
  });

  test('TS 33.203 Annex N: H(A1) of the password, or the one that is kept; one item', () => {
    const digest = (user: string, items = 3) =>
      authenticate(
        { privateIdentity: user, publicIdentity: 'sip:family@home1.net', scheme: 'SIP Digest', items },
        notRegistered,
        family,
      );
    const ha1 = digestHa1('MD5', 'phone@home1.net', 'home1.net', 'secret');
    expect(digest('phone@home1.net').answer).toEqual({
      kind: 'vectors',
      items: [{ scheme: 'SIP Digest', realm: 'home1.net', algorithm: 'MD5', qop: 'auth', ha1 }],
    });
    expect(digest('tablet@home1.net').answer).toMatchObject({ items: [{ realm: 'r', ha1: '00' }] });
    expect(digest('phone@home1.net').state).toEqual({
      ...notRegistered,
      server,
      authenticationPending: ['phone@home1.net'],
    });
  });
});
