import { digestHa1, digestResponse } from '@ims-sim/auth';
import { describe, expect, test } from '@jest/globals';
import { header } from '@ims-sim/sip';
import { registering } from './challenges.js';
import {
  AKA,
  AkaChallenges,
  authorizationOf,
  digestChallenge,
  isRight,
  PASSWORD,
  registered,
  script,
  status,
  unauthorized,
  type Answer,
} from './registrar.js';

const CREDENTIALS = { digest: { password: PASSWORD } };

describe('SIP Digest (TS 24.229 5.1.1.5.4, RFC 7616, RFC 8760)', () => {
  test.each(['MD5', 'SHA-256'] as const)('%s with qop=auth', async (algorithm) => {
    const answers = script(
      unauthorized(digestChallenge('n1', ['algorithm', algorithm], ['opaque', 'o1'])),
      registered(),
    );
    const { ue, params } = await registering(answers, CREDENTIALS);
    expect(ue.registration).toBeDefined();
    expect(isRight(params[1] ?? new Map(), algorithm, PASSWORD)).toBe(true);
    expect(Object.fromEntries(params[1] ?? [])).toMatchObject({
      nc: '00000001',
      qop: 'auth',
      opaque: 'o1',
      algorithm,
    });
  });

  test('RFC 2617: a challenge without qop and algorithm', async () => {
    const answers = script(unauthorized('Digest realm="home1.net", nonce="n1"'), registered());
    const { params } = await registering(answers, CREDENTIALS);
    expect(isRight(params[1] ?? new Map(), 'MD5', PASSWORD)).toBe(true);
    expect(['qop', 'nc', 'cnonce', 'algorithm'].filter((name) => params[1]?.has(name))).toEqual([]);
  });

  test('RFC 8760 2.4: the topmost challenge that it can answer', async () => {
    const challenges = ['Basic realm="x"', digestChallenge('n0', ['algorithm', 'SHA-512-256']), digestChallenge('n1', ['algorithm', 'SHA-256']), digestChallenge('n2', ['algorithm', 'MD5'])]; // prettier-ignore
    const answers = script(unauthorized(challenges), registered());
    const { params } = await registering(answers, CREDENTIALS);
    expect(params[1]?.get('nonce')).toBe('n1');
  });

  test('a refused password is not given again', async () => {
    let number = 0;
    const answer: Answer = (transaction) => unauthorized(digestChallenge(`n${number++}`))(transaction);
    const { outcome, requests } = await registering(answer, { digest: { password: 'wrong' } });
    expect(outcome).toMatchObject({ response: { status: 401 } });
    expect(requests).toHaveLength(2);
  });

  test('RFC 7616 3.3: a stale nonce is tried again, once', async () => {
    const stale = (nonce: string) => unauthorized(digestChallenge(nonce, ['stale', 'true']));
    const once = await registering(
      script(unauthorized(digestChallenge('n1')), stale('n2'), registered()),
      CREDENTIALS,
    );
    expect(once.params.map((it) => it.get('nonce'))).toEqual(['', 'n1', 'n2']);
    expect(once.ue.registration).toBeDefined();
    const ever = await registering(script(unauthorized(digestChallenge('n1')), stale('n2')), CREDENTIALS);
    expect(ever.requests).toHaveLength(3);
    expect(ever.ue.registration).toBeUndefined();
  });

  test('RFC 7616 3.5: the next nonce is used from 1 on, and rspauth is held against the password', async () => {
    const next = header('Authentication-Info', 'nextnonce="n2"');
    const { ue, clock, requests } = await registering(
      script(unauthorized(digestChallenge('n1')), registered(next)),
      CREDENTIALS,
    );
    await clock.until(ue.register());
    const params = authorizationOf(requests[2]);
    expect([params.get('nonce'), params.get('nc')]).toEqual(['n2', '00000001']);
    expect(isRight(params, 'MD5', PASSWORD)).toBe(true);
    const forged = header('Authentication-Info', 'qop=auth, rspauth="00000000000000000000000000000000"');
    const other = await registering(
      script(unauthorized(digestChallenge('n1')), registered(forged)),
      CREDENTIALS,
    );
    expect(other.ue.registration).toBeUndefined();
  });

  test('RFC 7616 3.5: the right rspauth', async () => {
    const confirmed: Answer = (transaction) => {
      const params = authorizationOf(transaction.request);
      const rspauth = digestResponse({
        algorithm: 'MD5',
        ha1: digestHa1('MD5', 'user1_private@home1.net', 'home1.net', PASSWORD),
        nonce: 'n1',
        method: '',
        uri: 'sip:home1.net',
        qop: 'auth',
        nc: params.get('nc'),
        cnonce: params.get('cnonce'),
      });
      registered(header('Authentication-Info', `qop=auth, rspauth="${rspauth}"`))(transaction);
    };
    const { ue } = await registering(script(unauthorized(digestChallenge('n1')), confirmed), CREDENTIALS);
    expect(ue.registration).toBeDefined();
  });

  test('5.1.1.2: after a registration that failed the next one is an initial one', async () => {
    const { ue, clock, requests } = await registering(
      script(unauthorized(digestChallenge('n1')), status(403)),
      CREDENTIALS,
    );
    await clock.until(ue.register());
    expect(requests.map((request) => authorizationOf(request).get('nonce'))).toEqual(['', 'n1', '']);
  });
});

describe('no answer', () => {
  test('without credentials a 401 is the outcome, and the REGISTER is as it always was', async () => {
    const { outcome, requests } = await registering(unauthorized(new AkaChallenges().next().text), undefined);
    expect(outcome).toMatchObject({ response: { status: 401 } });
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['no WWW-Authenticate', []],
    ['another scheme', ['Basic realm="home1.net"']],
    ['no nonce', ['Digest realm="home1.net", algorithm=AKAv1-MD5']],
    ['an unknown qop', ['Digest realm="home1.net", nonce="n", qop="auth-conf"']],
    ['what is no header', ['Digest realm="home1.net']],
    ['a password where there is only a USIM', [digestChallenge('n1')]],
  ])('to %s', async (_, challenges) => {
    const { outcome, requests } = await registering(unauthorized(challenges), { aka: AKA });
    expect(outcome).toMatchObject({ response: { status: 401 } });
    expect(requests).toHaveLength(1);
  });

  test('wrong on purpose: another Authorization, or none', async () => {
    const challenge = new AkaChallenges().next();
    const seen: string[] = [];
    const other = await registering(
      script(unauthorized(challenge.text), status(403)),
      { aka: AKA },
      {
        authorize: (text: string, own: string) => {
          seen.push(text);
          return own.replace(/response="[^"]*"/, 'response="00"');
        },
      },
    );
    expect(seen).toEqual([challenge.text]);
    expect(other.params[1]?.get('response')).toBe('00');
    const none = await registering(
      script(unauthorized(challenge.text), status(403)),
      { aka: AKA },
      {
        authorize: () => '',
      },
    );
    expect(none.requests[1]?.headers.some(({ key }) => key === 'authorization')).toBe(false);
  });
});
