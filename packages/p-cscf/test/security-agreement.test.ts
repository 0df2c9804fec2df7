import { describe, expect, test } from '@jest/globals';
import { responseTo } from '@ims-sim/sip';
import { forwarded, lines, request, SCSCF, source, textOf, UE, valuesOf } from './harness.js';
import {
  agreed,
  challenge,
  granted,
  headersOf,
  initial,
  integrity,
  NONCE,
  OFFER,
  PROTECTED,
  registering,
  response,
  secured,
  verified,
} from './security-kit.js';

describe('TS 24.229 5.2.2.2: IMS AKA', () => {
  test('an unprotected REGISTER is told from a protected one, and the agreement ends at the P-CSCF', () => {
    const decision = secured().ask(initial(), UE);
    expect(integrity(decision)).toBe('no');
    const sent = forwarded(decision).request;
    expect(valuesOf(sent, 'require')).toEqual(['path']);
    for (const key of ['security-client', 'security-verify', 'proxy-require']) {
      expect(valuesOf(sent, key)).toEqual([]);
    }
    expect(textOf(decision)).toContain('integrity-protected="no"');
  });

  test('the keys of the 401 stay here, and the UE is given what was chosen of its offer', () => {
    const it = secured();
    const first = initial();
    const answer = forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
    const text = lines(answer ?? {}).join('\n');
    expect(text).not.toMatch(/[ci]k=|0011223344|ffeeddcc/);
    expect(valuesOf(answer ?? {}, 'www-authenticate')).toEqual([
      `Digest realm="home1.net", nonce="${NONCE}", algorithm=AKAv1-MD5`,
    ]);
    expect(valuesOf(answer ?? {}, 'security-server')[0]).toMatch(
      /^ipsec-3gpp; q=0.1; alg=hmac-sha-1-96; ealg=aes-cbc; spi-c=\d+; spi-s=\d+; port-c=8642; port-s=7531$/,
    );
    const [association] = it.pcscf.associations.reached(PROTECTED, first);
    expect(association?.keys).toEqual({
      ck: 'ffeeddccbbaa11223344556677889900',
      ik: '00112233445566778899aabbccddeeff',
    });
  });

  test.each(['algorithm=MD5', 'algorithm=AKAv1-MD5, opaque="unclosed', 'x'])(
    'no keys pass in a challenge with %s either',
    (scheme) => {
      for (const auth of ['required', 'none'] as const) {
        const first = initial();
        const answer = forwarded(secured({ auth }).ask(first, UE)).onResponse?.(challenge(first, scheme));
        expect(lines(answer ?? {}).join('\n')).not.toMatch(/0011223344|ffeeddcc/);
      }
    },
  );

  test('the response to the challenge, over the association: yes', () => {
    const it = secured();
    const first = initial();
    const given =
      valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ?? '';
    const decision = it.ask(response(given), PROTECTED);
    expect(integrity(decision)).toBe('yes');
    expect(valuesOf(forwarded(decision).request, 'security-verify')).toEqual([]);
  });

  test.each([
    ['another Security-Verify', (given: string) => response(given.replace(/spi-c=\d+/, 'spi-c=300')), false],
    [
      'a weaker Security-Verify',
      (given: string) => response(given.replace('hmac-sha-1-96', 'hmac-md5-96')),
      false,
    ],
    ['no Security-Verify', () => initial(), false],
    [
      'another Security-Client',
      (given: string) => response(given, OFFER.replace('hmac-md5-96', 'null')),
      true,
    ],
    ['less in Security-Client', (given: string) => response(given, OFFER.split(', ')[1]), true],
  ])(
    '%s than was agreed on is refused; who does not know what was agreed is not told',
    (_what, message, knows) => {
      const it = secured();
      const first = initial();
      const given =
        valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ??
        '';
      const decision = it.ask(message(given), PROTECTED);
      expect(decision).toMatchObject({ kind: 'reply', status: 494 });
      const [told] = headersOf(decision).map(({ line }) => line);
      expect(told === `Security-Server: ${given}`).toBe(knows);
      expect(told).toMatch(knows ? /; spi-s=/ : /^Security-Server: ipsec-3gpp; q=0.9; alg=hmac-sha-1-96, /);
      // However it is spelled.
      const spelled = given.replaceAll('; ', ' ;').replace('ipsec', 'IPsec');
      expect(integrity(it.ask(response(spelled), PROTECTED))).toBe('yes');
    },
  );

  test('another private user identity over the same association: 403', () => {
    const it = secured();
    const given = agreed(it);
    const other = request(
      'register',
      ['user1_private@home1.net', 'user2_private@home1.net'],
      ['Supported: path', `Supported: path\nSecurity-Verify: ${given}`],
    );
    expect(it.ask(other, PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test.each([
    ['from another port', source('5555::aaa', 2469, 'UDP', 7531)],
    ['from another address', source('5555::bad', 2468, 'UDP', 7531)],
    ['to the unprotected port', source('5555::aaa', 2468)],
    ['to the protected client port', source('5555::aaa', 2468, 'UDP', 8642)],
  ])('what comes %s is unprotected, whatever it says', (_what, from) => {
    const it = secured();
    const given = agreed(it);
    const again = response(given, OFFER, ', integrity-protected="yes"');
    expect(integrity(it.ask(again, from))).toBe('no');
  });

  test('reg-await-auth: after 4 minutes there is no association, and the UE can begin anew', async () => {
    const it = secured();
    const first = initial();
    const given =
      valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ?? '';
    await it.host.clock.advance(240_000);
    expect(integrity(it.ask(response(given), PROTECTED))).toBe('no');
    expect(it.pcscf.associations.size).toBe(0);
  });

  test('a challenge replaces that of an earlier one of the same UE', () => {
    const it = secured();
    for (let i = 0; i < 3; i++) {
      const first = initial();
      forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
      expect(it.pcscf.associations.size).toBe(1);
    }
  });

  test('re-registration over it: yes, also with the last response; challenged again, a new one takes its place', () => {
    const it = secured();
    const given = agreed(it);
    const verify = `Security-Verify: ${given}`;
    const again = registering([`Security-Client: ${OFFER}`, verify], ', nonce="", response=""');
    expect(integrity(it.ask(again, PROTECTED))).toBe('yes');
    expect(integrity(it.ask(response(given), PROTECTED))).toBe('yes');
    const newer = NONCE.replace('C', 'D');
    const fresh = registering([`Security-Client: ${OFFER}`, verify], `, nonce="${newer}", response="6629"`);
    expect(integrity(it.ask(fresh, PROTECTED))).toBe('no');

    const offer = OFFER.replaceAll('2468', '2470').replaceAll('1357', '1359');
    const third = registering([`Security-Client: ${offer}`, verify], `, nonce="${NONCE}", response="6629"`);
    const answer = forwarded(it.ask(third, PROTECTED)).onResponse?.(challenge(third));
    const now = valuesOf(answer ?? {}, 'security-server')[0] ?? '';
    expect(now).not.toBe(given);
    // Until the UE has answered over the new one, the old one is in use.
    expect(it.ask(verified(given), PROTECTED).kind).toBe('forward');
    const newPort = source('5555::aaa', 2470, 'UDP', 7531);
    expect(it.ask(verified(now), newPort)).toMatchObject({ kind: 'reply', status: 403 });
    const fourth = response(now, offer);
    forwarded(it.ask(fourth, newPort)).onResponse?.(granted(fourth));
    expect(it.ask(verified(now), newPort).kind).toBe('forward');
    expect(it.pcscf.registrations.size).toBe(1);
  });

  test('what the old association is replaced by serves what is still on its way, for 64*T1', async () => {
    const it = secured();
    const old = agreed(it);
    const offer = OFFER.replaceAll('2468', '2470');
    const first = initial(offer);
    const given =
      valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ?? '';
    const second = response(given, offer);
    forwarded(it.ask(second, source('5555::aaa', 2470, 'UDP', 7531))).onResponse?.(granted(second));
    expect(it.ask(verified(old), PROTECTED).kind).toBe('forward');
    await it.host.clock.advance(32_000);
    expect(it.ask(request('subscribe'), PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('a 403 from the S-CSCF, or a de-registration, ends the association', async () => {
    const it = secured();
    const first = initial();
    const given =
      valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ?? '';
    const wrong = response(given);
    forwarded(it.ask(wrong, PROTECTED)).onResponse?.(responseTo(wrong, 403));
    await it.host.clock.advance(32_000);
    expect(integrity(it.ask(response(given), PROTECTED))).toBe('no');

    const agreedOn = agreed(it);
    const leaving = registering([`Security-Verify: ${agreedOn}`], '', '<sip:[5555::aaa]:1357>;expires=0');
    const decision = it.ask(leaving, PROTECTED);
    expect(integrity(decision)).toBe('yes');
    forwarded(decision).onResponse?.(granted(leaving, '0'));
    expect(it.ask(verified(agreedOn), PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
    await it.host.clock.advance(32_000);
    expect(it.ask(request('notify', ['sip:[5555::aaa]', 'sip:[5555::aaa]:1357']), SCSCF)).toMatchObject({
      kind: 'reply',
    });
    expect(it.pcscf.associations.reached(PROTECTED, leaving)).toEqual([]);
  });

  test('after a restart nobody is known, and a protected REGISTER in vain begins a new agreement', () => {
    const given = agreed(secured());
    const it = secured();
    const again = response(given);
    const decision = it.ask(again, PROTECTED);
    expect(integrity(decision)).toBe('no');
    const answer = forwarded(decision).onResponse?.(challenge(again));
    const now = valuesOf(answer ?? {}, 'security-server')[0] ?? '';
    expect(integrity(it.ask(response(now), PROTECTED))).toBe('yes');
    expect(it.ask(verified(now), PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('RFC 3329 2.3.1: an agreement that is asked for, and nothing that can be agreed on: 494', () => {
    for (const headers of [
      ['Require: sec-agree'],
      ['Security-Client: ipsec-3gpp; alg=rot13; spi-c=1; spi-s=2; port-c=2468; port-s=1357'],
      ['Security-Client: ipsec-3gpp; alg=hmac-sha-1-96; spi-c=1; spi-s=2; port-c=0; port-s=99999'],
    ]) {
      const decision = secured().ask(registering(headers), UE);
      expect(decision).toMatchObject({ kind: 'reply', status: 494 });
      expect(headersOf(decision)[0]?.line).toMatch(/^Security-Server: ipsec-3gpp; q=0.9; alg=hmac-sha-1-96,/);
    }
  });

  test('a table of associations that is full takes no more, and the UE is told to try later', async () => {
    const { SecurityAssociations } = await import('../src/index.js');
    const it = secured();
    const full = secured({ associations: new SecurityAssociations(it.host.clock, 0) });
    const first = initial();
    const answer = forwarded(full.ask(first, UE)).onResponse?.(challenge(first));
    expect(answer).toMatchObject({ status: 503 });
    expect(lines(answer ?? {}).join('\n')).not.toMatch(/[ci]k=/);
  });
});
