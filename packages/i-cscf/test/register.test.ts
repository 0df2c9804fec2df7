import { describe, expect, test } from '@jest/globals';
import { responseTo } from '@ims-sim/sip';
import { ANYTHING, ask, forwarded, icscf, request, ScriptedHss, valuesOf } from './harness.js';

const AT_SCSCF1 = { kind: 'subsequent-registration', serverName: 'sip:scscf1.home1.net' } as const;
const FIRST = {
  kind: 'first-registration',
  capabilities: { mandatory: [1], optional: [2], serverNames: [] },
} as const;
const SCSCFS = [
  { name: 'scscf1.home1.net', capabilities: [1] },
  { name: 'scscf2.home1.net', capabilities: [1, 2] },
  { name: 'scscf3.home1.net', capabilities: [2] },
];
const element = (hss: ScriptedHss) => icscf(hss, { domain: 'home1.net', sCscfs: SCSCFS, viaName: undefined });

describe('TS 24.229 5.3.1.2: REGISTER', () => {
  test('asks with both identities and the visited network; the Request-URI becomes that of the S-CSCF', async () => {
    const hss = new ScriptedHss([], [AT_SCSCF1]);
    const forward = forwarded(await ask(request('register'), element(hss)));
    expect(hss.asked).toEqual([
      {
        privateIdentity: 'user1_private@home1.net',
        publicIdentity: 'sip:user1_public1@home1.net',
        visitedNetwork: 'visited1.net',
        type: 'registration',
      },
    ]);
    expect(forward.request.uri).toBe('sip:scscf1.home1.net');
    expect(valuesOf(forward.request, 'path')).toEqual(['<sip:pcscf1.home1.net;lr>']);
    expect(forward.recordRoute).toBeUndefined();
  });

  test('without Authorization the private identity is derived from the public one', async () => {
    const hss = new ScriptedHss([], [AT_SCSCF1]);
    const plain = request(
      'register',
      ['Authorization: Digest', 'X-Nothing: Digest'],
      ['visited1.net', '"Visited 1"'],
    );
    await ask(plain, element(hss));
    expect(hss.asked[0]).toMatchObject({
      privateIdentity: 'user1_public1@home1.net',
      visitedNetwork: 'Visited 1',
    });
  });

  test('the visited network is that of the P-CSCF, of another operator too; the first where several are named', async () => {
    const hss = new ScriptedHss([], [AT_SCSCF1, AT_SCSCF1]);
    await ask(request('register', ['visited1.net', 'visited9.net , other.net']), element(hss));
    await ask(request('register', ['P-Visited-Network-ID: visited1.net\n', '']), element(hss));
    expect(hss.asked).toMatchObject([{ visitedNetwork: 'visited9.net' }, { visitedNetwork: 'home1.net' }]);
  });

  test('RFC 4457: a P-User-Database that came is taken off, the I-CSCF’s own goes to the S-CSCF', async () => {
    const claimed: [string, string] = ['Require: path', 'P-User-Database: <aaa://evil.net>\nRequire: path'];
    const plain = element(new ScriptedHss([], [AT_SCSCF1]));
    const without = forwarded(await ask(request('register', claimed), plain));
    expect(valuesOf(without.request, 'p-user-database')).toEqual([]);
    const told = { ...element(new ScriptedHss([], [AT_SCSCF1])), userDatabase: 'aaa://hss1.home1.net' };
    const forward = forwarded(await ask(request('register', claimed), told));
    expect(valuesOf(forward.request, 'p-user-database')).toEqual(['<aaa://hss1.home1.net>']);
  });

  test.each([
    [';expires=600000', ';expires=0'],
    [';expires=600000', '\nExpires: 0'],
    ['<sip:[5555::aaa]>;expires=600000', '*\nExpires: 0'],
  ])('%s -> %s is a de-registration', async (from, to) => {
    const hss = new ScriptedHss([], [AT_SCSCF1]);
    await ask(request('register', [from, to]), element(hss));
    expect(hss.asked[0]).toMatchObject({ type: 'de-registration' });
  });

  test.each([
    [{ kind: 'unknown-user' } as const, 403],
    [{ kind: 'identities-dont-match' } as const, 403],
    [{ kind: 'roaming-not-allowed' } as const, 403],
    [{ kind: 'identity-not-registered' } as const, 403],
    [{ kind: 'identity-already-registered' } as const, 403],
    [{ kind: 'auth-scheme-not-supported' } as const, 403],
    [{ kind: 'in-assignment-type' } as const, 403],
    [{ kind: 'too-much-data' } as const, 403],
    [{ kind: 'failed', resultCode: 5003 } as const, 403],
    [{ kind: 'failed', resultCode: 5003, experimental: true } as const, 480],
    [{ kind: 'failed', resultCode: 5012 } as const, 480],
    [{ kind: 'unreachable', reason: 'time-out' } as const, 480],
    [{ kind: 'first-registration', capabilities: { ...ANYTHING, mandatory: [9] } } as const, 600],
  ])('5.3.1.3: the HSS says %j: %i', async (answer, status) => {
    const decision = await ask(request('register'), element(new ScriptedHss([], [answer])));
    expect(decision).toMatchObject({ kind: 'reply', status });
  });

  test('403 from outside of the trust domain, before the HSS is asked', async () => {
    const hss = new ScriptedHss([], [AT_SCSCF1]);
    const decision = await ask(request('register'), { ...element(hss), trusted: () => false });
    expect(decision).toMatchObject({ kind: 'reply', status: 403 });
    expect(hss.asked).toEqual([]);
  });

  test('5.3.1.3: a chosen S-CSCF that is silent or answers 480 is replaced, each tried once, then 504', async () => {
    const first = forwarded(await ask(request('register'), element(new ScriptedHss([], [FIRST]))));
    expect(first.request.uri).toBe('sip:scscf2.home1.net');
    const second = forwarded(
      await first.onFailure?.({ kind: 'response', response: responseTo(first.request, 480) }),
    );
    expect(second.request.uri).toBe('sip:scscf1.home1.net');
    expect(await second.onFailure?.({ kind: 'timeout' })).toMatchObject({ kind: 'reply', status: 504 });
  });

  test('5.3.1.3: where the HSS had named it, the HSS is asked for the capabilities', async () => {
    const hss = new ScriptedHss([], [AT_SCSCF1, FIRST]);
    const first = forwarded(await ask(request('register'), element(hss)));
    const second = forwarded(await first.onFailure?.({ kind: 'timeout' }));
    expect(hss.asked[1]).toMatchObject({ type: 'registration-and-capabilities' });
    expect(second.request.uri).toBe('sip:scscf2.home1.net');
  });

  test.each([403, 404, 500])('a %i of the S-CSCF is its answer', async (status) => {
    const first = forwarded(await ask(request('register'), element(new ScriptedHss([], [FIRST]))));
    expect(
      await first.onFailure?.({ kind: 'response', response: responseTo(first.request, status) }),
    ).toBeUndefined();
  });

  test.each(['yes', 'ip-assoc-yes'])('TS 23.380 4.2: also a protected one, %s', async (protection) => {
    const message = request('register', ['nonce=""', `nonce="x", integrity-protected="${protection}"`]);
    const first = forwarded(await ask(message, element(new ScriptedHss([], [AT_SCSCF1, FIRST]))));
    const second = forwarded(await first.onFailure?.({ kind: 'timeout' }));
    expect(second.request.uri).toBe('sip:scscf2.home1.net');
  });

  test('400 where To is no public identity', async () => {
    const decision = await ask(
      request('register', ['To: <sip:user1_public1@home1.net>', 'To: <http://x/>']),
      element(new ScriptedHss([])),
    );
    expect(decision).toMatchObject({ kind: 'reply', status: 400 });
  });
});
