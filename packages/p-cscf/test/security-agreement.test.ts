import { describe, expect, test } from '@jest/globals';
import { madeStrange } from '@ims-sim/sip/test-kit';
import {
  header,
  responseTo,
  type Decision,
  type Header,
  type SipRequest,
  type SipResponse,
  type Source,
} from '@ims-sim/sip';
import fc from 'fast-check';
import {
  forwarded,
  lab,
  lines,
  registered,
  request,
  SCSCF,
  source,
  textOf,
  UE,
  valuesOf,
  type Lab,
} from './harness.js';

const PORTS = { client: { address: '::1', port: 8642 }, server: { address: '::1', port: 7531 } };
/** The UE's protected client port, at the P-CSCF's protected server port. */
const PROTECTED = source('5555::aaa', 2468, 'UDP', 7531);
const OFFER =
  'ipsec-3gpp; alg=hmac-md5-96; spi-c=1; spi-s=2; port-c=2468; port-s=1357, ' +
  'ipsec-3gpp; alg=hmac-sha-1-96; ealg=aes-cbc; spi-c=1; spi-s=2; port-c=2468; port-s=1357';
const NONCE = 'CjPk9mRqNuT25eRkajM09uTl9nM09uTl9nMz5OX25PZz';

function secured(options: Parameters<typeof lab>[1] = {}): Lab {
  return lab('ts-24.141', { auth: 'required', protectedPorts: PORTS, ...options });
}

/** A REGISTER of user1, with these headers, and these parameters in Authorization. */
function registering(
  headers: readonly string[],
  params = '',
  contact = '<sip:[5555::aaa]:1357>;expires=600000',
): SipRequest {
  return request(
    'register',
    ['nonce="", uri="sip:home1.net", response=""', `uri="sip:home1.net"${params}`],
    ['<sip:[5555::aaa]>;expires=600000', contact],
    ['Supported: path', ['Supported: path', ...headers].join('\n')],
  );
}

const REQUIRED = ['Require: sec-agree', 'Proxy-Require: sec-agree'];
const initial = (offer = OFFER) =>
  registering([`Security-Client: ${offer}`, ...REQUIRED], ', nonce="", response=""');
const response = (given: string, offer = OFFER, params = '') =>
  registering(
    [`Security-Client: ${offer}`, `Security-Verify: ${given}`, ...REQUIRED],
    `, nonce="${NONCE}", algorithm=AKAv1-MD5, response="6629fae49393a05397450978507c4ef1"${params}`,
  );

function challenge(to: SipRequest, scheme = 'algorithm=AKAv1-MD5'): SipResponse {
  return responseTo(to, 401, 'Unauthorized', {
    toTag: 'c1',
    headers: [
      header(
        'WWW-Authenticate',
        `Digest realm="home1.net", nonce="${NONCE}", ${scheme}, ik="00112233445566778899aabbccddeeff", ck="ffeeddccbbaa11223344556677889900"`,
      ),
    ],
  });
}

/** Lets the UE register from its first REGISTER to the 200; gives what Security-Server it got. */
function agreed(it: Lab, from = PROTECTED): string {
  const first = initial();
  const answer = forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
  const given = valuesOf(answer ?? {}, 'security-server')[0] ?? '';
  const second = response(given);
  forwarded(it.ask(second, from)).onResponse?.(granted(second));
  return given;
}

function granted(message: SipRequest, expires = '600'): SipResponse {
  return registered(message, 'ts-24.141', expires);
}

function integrity(decision: Decision): string | undefined {
  const values = valuesOf(forwarded(decision).request, 'authorization').join();
  expect(values.match(/integrity-protected/gi)?.length ?? 0).toBeLessThanOrEqual(1);
  return /integrity-protected="([^"]*)"/.exec(values)?.[1];
}

const headersOf = (decision: Decision): readonly Header[] =>
  decision.kind === 'reply' ? (decision.headers ?? []) : [];

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
    ['another Security-Verify', (given: string) => response(given.replace(/spi-c=\d+/, 'spi-c=300')), 494],
    [
      'a weaker Security-Verify',
      (given: string) => response(given.replace('hmac-sha-1-96', 'hmac-md5-96')),
      494,
    ],
    ['no Security-Verify', () => initial(), 494],
    [
      'another Security-Client',
      (given: string) => response(given, OFFER.replace('hmac-md5-96', 'null')),
      494,
    ],
    ['less in Security-Client', (given: string) => response(given, OFFER.split(', ')[1]), 494],
  ])('%s than was agreed on is refused', (_what, message, status) => {
    const it = secured();
    const first = initial();
    const given =
      valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ?? '';
    const decision = it.ask(message(given), PROTECTED);
    expect(decision).toMatchObject({ kind: 'reply', status });
    expect(headersOf(decision).map(({ line }) => line)).toEqual([`Security-Server: ${given}`]);
    // However it is spelled.
    const spelled = given.replaceAll('; ', ' ;').replace('ipsec', 'IPsec');
    expect(integrity(it.ask(response(spelled), PROTECTED))).toBe('yes');
  });

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
    expect(it.ask(request('subscribe'), PROTECTED).kind).toBe('forward');
    const newPort = source('5555::aaa', 2470, 'UDP', 7531);
    expect(it.ask(request('subscribe'), newPort)).toMatchObject({ kind: 'reply', status: 403 });
    const fourth = response(now, offer);
    forwarded(it.ask(fourth, newPort)).onResponse?.(granted(fourth));
    expect(it.ask(request('subscribe'), newPort).kind).toBe('forward');
    expect(it.pcscf.registrations.size).toBe(1);
  });

  test('what the old association is replaced by serves what is still on its way, for 64*T1', async () => {
    const it = secured();
    agreed(it);
    const offer = OFFER.replaceAll('2468', '2470');
    const first = initial(offer);
    const given =
      valuesOf(forwarded(it.ask(first, UE)).onResponse?.(challenge(first)) ?? {}, 'security-server')[0] ?? '';
    const second = response(given, offer);
    forwarded(it.ask(second, source('5555::aaa', 2470, 'UDP', 7531))).onResponse?.(granted(second));
    expect(it.ask(request('subscribe'), PROTECTED).kind).toBe('forward');
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
    expect(it.pcscf.registrations.size).toBe(0);
    await it.host.clock.advance(32_000);
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
    expect(it.ask(request('subscribe'), PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
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

describe('TS 24.229 5.2.6: a UE that has a security association', () => {
  test('is known by it alone: what it sends beside it is refused', () => {
    const it = secured();
    agreed(it);
    expect(it.ask(request('subscribe'), PROTECTED).kind).toBe('forward');
    for (const from of [
      source('5555::aaa', 2468),
      source('5555::aaa', 2468, 'UDP', 8642),
      source('5555::bad', 2468, 'UDP', 7531),
      UE,
    ]) {
      expect(it.ask(request('subscribe'), from)).toMatchObject({ kind: 'reply', status: 403 });
      // Nor is it taken for the network, whose Route it may copy.
      if (from !== UE) {
        expect(it.ask(request('message'), from)).toMatchObject({ kind: 'reply', status: 403 });
      }
    }
  });

  test('nobody is taken for it before it has answered the challenge', () => {
    const it = secured();
    const first = initial();
    forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
    expect(it.ask(request('subscribe'), PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('its Security-Verify ends here, and is checked where it is there', () => {
    const it = secured();
    const given = agreed(it);
    const asking = (verify: string) =>
      request('subscribe', ['Call-ID', `Security-Verify: ${verify}\nRequire: sec-agree\nCall-ID`]);
    const { request: sent } = forwarded(it.ask(asking(given), PROTECTED));
    expect(valuesOf(sent, 'security-verify')).toEqual([]);
    expect(valuesOf(sent, 'require')).toEqual([]);
    expect(it.ask(asking(given.replace('7531', '7532')), PROTECTED)).toMatchObject({ status: 494 });
  });

  test('5.2.6.3.4: towards it, the own Record-Route leads to the protected server port', () => {
    const it = secured();
    agreed(it);
    const forward = forwarded(it.ask(request('subscribe'), PROTECTED));
    expect(forward.recordRoute).toBe('sip:pcscf1.home1.net;lr');
    const routes = '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net;lr>';
    const answer = responseTo(forward.request, 200, 'OK', { headers: [header('Record-Route', routes)] });
    expect(valuesOf(forward.onResponse?.(answer) ?? {}, 'record-route')).toEqual([
      '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net:7531;lr>',
    ]);
  });

  test('5.2.6.4.3: to it a request leaves from the protected client port, and its response leads back to the open one', () => {
    const it = secured();
    agreed(it);
    const forward = forwarded(it.ask(request('message', ['sip:[5555::aaa]', 'sip:[5555::aaa]:1357']), SCSCF));
    expect(forward.targets).toEqual([
      { transport: 'UDP', address: '5555::aaa', port: 1357, from: PORTS.client },
    ]);
    expect(forward.recordRoute).toBe('sip:pcscf1.home1.net:7531;lr');
    const answer = responseTo(forward.request, 200, 'OK', {
      headers: [header('Record-Route', '<sip:pcscf1.home1.net:7531;lr>, <sip:scscf1.home1.net;lr>')],
    });
    expect(valuesOf(forward.onResponse?.(answer) ?? {}, 'record-route')).toEqual([
      '<sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>',
    ]);
    const notify = forwarded(it.ask(request('notify', ['sip:[5555::aaa]', 'sip:[5555::aaa]:1357']), SCSCF));
    expect(notify.targets).toEqual(forward.targets);
    expect(notify.recordRoute).toBeUndefined();
  });

  test('another UE that registers its contact does not get what is for it', () => {
    const it = secured();
    agreed(it);
    const thief = OFFER.replaceAll('2468', '3000').replaceAll('1357', '3001');
    const from = source('5555::bad', 3000, 'UDP', 7531);
    const first = initial(thief);
    const answer = forwarded(it.ask(first, source('5555::bad', 5060))).onResponse?.(challenge(first));
    const second = response(valuesOf(answer ?? {}, 'security-server')[0] ?? '', thief);
    forwarded(it.ask(second, from)).onResponse?.(granted(second));
    expect(it.pcscf.registrations.size).toBe(2);
    const notify = forwarded(it.ask(request('notify', ['sip:[5555::aaa]', 'sip:[5555::aaa]:1357']), SCSCF));
    expect(notify.targets?.[0]?.address).toBe('5555::aaa');
  });
});

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
    agreed(it);
    const asking = request('subscribe', [
      'Call-ID',
      'Proxy-Authorization: Digest username="u", integrity-protected="yes"\nAuthorization: Digest integrity-protected=yes, x="\nCall-ID',
    ]);
    const sent = forwarded(it.ask(asking, PROTECTED)).request;
    expect(lines(sent).join('\n')).not.toContain('integrity-protected');
    expect(valuesOf(sent, 'proxy-authorization')).toEqual(['Digest username="u"']);
  });
});
