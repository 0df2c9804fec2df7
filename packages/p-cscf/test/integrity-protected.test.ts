import { describe, expect, test } from '@jest/globals';
import { header, privateIdentity, type Source } from '@ims-sim/sip';
import { madeStrange } from '@ims-sim/sip/test-kit';
import fc from 'fast-check';
import { forwarded, lines, registered, request, source, UE, valuesOf } from './harness.js';
import { agreed, initial, integrity, PROTECTED, registering, secured, verified } from './security-kit.js';

describe('TS 24.229 5.2.2.3: SIP Digest without TLS', () => {
  const DIGEST = `, nonce="n", algorithm=MD5, response="6629fae49393a05397450978507c4ef1"`;
  const digest = (...changes: readonly (readonly [string, string])[]) =>
    request(
      'register',
      ['nonce="", uri="sip:home1.net", response=""', `uri="sip:home1.net"${DIGEST}`],
      ...changes,
    );

  test('nothing is said of the first, a response is pending, and what has been proved there is known', async () => {
    const it = secured();
    expect(integrity(it.ask(request('register'), UE))).toBeUndefined();
    const decision = it.ask(digest(), UE);
    expect(integrity(decision)).toBe('ip-assoc-pending');
    forwarded(decision).onResponse?.(registered(digest()));
    expect(integrity(it.ask(request('register'), UE))).toBe('ip-assoc-yes');
    expect(integrity(it.ask(digest(), UE))).toBe('ip-assoc-yes');
    expect(it.ask(request('subscribe'), UE).kind).toBe('forward');
    await it.host.clock.advance(600_000);
    expect(integrity(it.ask(digest(), UE))).toBe('ip-assoc-pending');
  });

  test.each<[string, Source, readonly (readonly [string, string])[]]>([
    ['another port', source('5555::aaa', 5061), []],
    ['another transport', source('5555::aaa', 5060, 'TCP'), []],
    ['another sent-by', UE, [['[5555::aaa]:5060;branch', '[5555::aab]:5060;branch']]],
    ['another private identity', UE, [['user1_private', 'user2_private']]],
  ])('%s is no IP association', (_what, from, changes) => {
    const it = secured();
    forwarded(it.ask(digest(), UE)).onResponse?.(registered(digest()));
    expect(integrity(it.ask(request('register', ...changes), from))).toBeUndefined();
    expect(integrity(it.ask(digest(...changes), from))).toBe('ip-assoc-pending');
  });

  test('who is vouched for is who the home network reads, however the username is written', () => {
    const usernames = fc.constantFrom(
      'username="user1_private@home1.net"',
      'username=user1_private@home1.net',
      'USERNAME\t= "user1_private@home1.net"',
      'username="user1\\_private@home1.net"',
      'username="user2@home1.net"',
      'username=""',
      'opaque="username=\\"user1_private@home1.net"',
      'opaque="x, username=", y="user2@home1.net"',
      'opaque=a"username="user2@home1.net"',
    );
    const victim = ['To: <sip:user1_public1@home1.net>', 'To: <sip:user2@home1.net>'] as const;
    fc.assert(
      fc.property(fc.array(usernames, { minLength: 1, maxLength: 3 }), (said) => {
        const it = secured();
        forwarded(it.ask(digest(), UE)).onResponse?.(registered(digest()));
        const text = `Digest ${said.join(', ')}, realm="home1.net", nonce="", uri="sip:home1.net", response=""`;
        const asking = request('register', victim);
        const headers = asking.headers.map((h) =>
          h.key === 'authorization' ? header('Authorization', text) : h,
        );
        const decision = it.ask({ ...asking, headers }, UE);
        if (decision.kind === 'forward' && integrity(decision) !== undefined) {
          expect(privateIdentity(forwarded(decision).request)).toBe('user1_private@home1.net');
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    'Digest username="", nonce="n", response="6"',
    'Digest nonce="n"',
    'username="user1_private@home1.net"',
  ])('Authorization that names nobody: %s: 400', (text) => {
    const asking = request('register');
    const headers = asking.headers.map((h) =>
      h.key === 'authorization' ? header('Authorization', text) : h,
    );
    expect(secured().ask({ ...asking, headers }, UE)).toMatchObject({ kind: 'reply', status: 400 });
  });

  test('a 200 to anything but SIP Digest makes none', () => {
    const it = secured();
    const aka = registering(
      [],
      `, nonce="n", algorithm=AKAv1-MD5, response="6629"`,
      '<sip:[5555::aaa]>;expires=60',
    );
    const decision = it.ask(aka, UE);
    expect(integrity(decision)).toBe('no');
    forwarded(decision).onResponse?.(registered(aka));
    expect(integrity(it.ask(request('register'), UE))).toBeUndefined();
  });
});

describe('how a REGISTER came is the P-CSCF’s word alone', () => {
  test.each(['required', 'none'] as const)('auth: %s: an unprotected REGISTER never gets yes', (auth) => {
    const params = fc.array(
      fc.constantFrom(
        'integrity-protected="yes"',
        'INTEGRITY-PROTECTED = yes',
        'integrity-protected=\t"ip-assoc-yes"',
        'algorithm=AKAv1-MD5',
        'response="6629"',
        'x="a, integrity-protected=\\"yes"',
        'y="\\',
        '',
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(params, madeStrange(initial()), fc.constantFrom(UE, PROTECTED), (more, strange, from) => {
        const it = secured({ auth });
        const headers = strange.headers.map((h) =>
          h.key === 'authorization' ? header('Authorization', [h.value, ...more].join(', ')) : h,
        );
        const decision = it.ask({ ...strange, headers }, from);
        if (decision.kind !== 'forward') return;
        const said = valuesOf(decision.request, 'authorization')
          .join()
          .replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => quoted.replaceAll('integrity', ''));
        expect(said).not.toMatch(/integrity-protected\s*=\s*"?(yes|ip-assoc-yes)/i);
        if (auth === 'none') expect(said).not.toMatch(/integrity-protected/i);
      }),
      { numRuns: 300 },
    );
  });

  test('nor does a UE say it in any other request', () => {
    const it = secured();
    const asking = verified(agreed(it), [
      'Call-ID:',
      'Proxy-Authorization: Digest username="u", integrity-protected="yes"\nAuthorization: Digest integrity-protected=yes, x="\nCall-ID:',
    ]);
    const sent = forwarded(it.ask(asking, PROTECTED)).request;
    expect(lines(sent).join('\n')).not.toContain('integrity-protected');
    expect(valuesOf(sent, 'proxy-authorization')).toEqual(['Digest username="u"']);
  });
});
