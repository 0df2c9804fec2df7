import { parseAkaNonce, resynchronise } from '@ims-sim/auth';
import { describe, expect, test } from '@jest/globals';
import { valueOf } from '@ims-sim/sip';
import { registering } from './challenges.js';
import { network } from './network.js';
import {
  AKA,
  AkaChallenges,
  authorizationOf,
  digestChallenge,
  isRight,
  KEYS,
  registered,
  script,
  status,
  unauthorized,
  type Answer,
} from './registrar.js';

const flipped = (autn: Buffer) => {
  const wrong = Buffer.from(autn);
  wrong.writeUInt8(wrong.readUInt8(15) ^ 1, 15);
  return wrong;
};

describe('IMS AKA (TS 24.229 5.1.1.5.1, RFC 3310)', () => {
  test.each(['AKAv1-MD5', 'AKAv2-MD5'] as const)(
    '%s: the 401 is answered, and the UE is registered',
    async (algorithm) => {
      const challenge = new AkaChallenges(algorithm).next();
      const answers = script(unauthorized(challenge.text), registered());
      const { ue, outcome, requests, params } = await registering(answers, { aka: AKA });
      expect(outcome).toMatchObject({ response: { status: 200 } });
      expect(ue.registration).toBeDefined();
      expect(params).toHaveLength(2);
      expect(Object.fromEntries(params[0] ?? [])).toEqual({
        username: 'user1_private@home1.net',
        realm: 'home1.net',
        nonce: '',
        uri: 'sip:home1.net',
        response: '',
      });
      expect(params[1]?.get('nonce')).toBe(challenge.nonce);
      expect(params[1]?.get('algorithm')).toBe(algorithm);
      expect(params[1]?.get('nc')).toBe('00000001');
      expect(challenge.isRight(params[1] ?? new Map())).toBe(true);
      for (const key of ['call-id', 'from', 'to', 'contact']) {
        expect(new Set(requests.map(({ headers }) => valueOf(headers, key))).size).toBe(1);
      }
      expect(requests.map(({ headers }) => valueOf(headers, 'cseq'))).toEqual(['1 REGISTER', '2 REGISTER']);
    },
  );

  test('5.1.1.4.2: again and off with the last challenge, nc counting; then initially', async () => {
    const challenge = new AkaChallenges().next();
    const answers = script(unauthorized(challenge.text), registered());
    const { ue, clock, requests } = await registering(answers, { aka: AKA });
    await clock.until(ue.register());
    await clock.until(ue.register({ expiresS: 0 }));
    expect(ue.registration).toBeUndefined();
    await clock.until(ue.register());
    const params = requests.map(authorizationOf);
    expect(params.map((it) => it.get('nc'))).toEqual([
      undefined,
      '00000001',
      '00000002',
      '00000003',
      undefined,
    ]);
    expect(params.map((it) => it.get('nonce'))).toEqual([
      '',
      challenge.nonce,
      challenge.nonce,
      challenge.nonce,
      '',
    ]);
    expect(params.slice(1, 4).map((it) => challenge.isRight(it))).toEqual([true, true, true]);
    expect(new Set(params.slice(1, 4).map((it) => it.get('cnonce'))).size).toBe(3);
  });

  test('5.1.1.5.1: a re-registration that is challenged anew is answered with the new challenge', async () => {
    const challenges = new AkaChallenges();
    const [first, second] = [challenges.next(), challenges.next()];
    const answers = script(unauthorized(first.text), registered(), unauthorized(second.text), registered());
    const { ue, clock, requests } = await registering(answers, { aka: AKA });
    expect(await clock.until(ue.register())).toMatchObject({ response: { status: 200 } });
    const params = requests.map(authorizationOf);
    expect(params).toHaveLength(4);
    expect(params.map((it) => it.get('nonce'))).toEqual(['', first.nonce, first.nonce, second.nonce]);
    expect(second.isRight(params[3] ?? new Map())).toBe(true);
  });

  test('5.1.1.5.3: a wrong MAC gets an empty response, no auts, and never a RES; two of them are enough', async () => {
    const challenges = new AkaChallenges();
    const given: { isRight(params: ReadonlyMap<string, string>): boolean }[] = [];
    const { ue, outcome, params } = await registering(
      (transaction) => {
        const challenge = challenges.next(flipped);
        given.push(challenge);
        unauthorized(challenge.text)(transaction);
      },
      { aka: AKA },
    );
    expect(outcome).toMatchObject({ response: { status: 401 } });
    expect(ue.registration).toBeUndefined();
    expect(params.map((it) => it.get('response'))).toEqual(['', '', '']);
    expect(params.some((it) => it.has('auts'))).toBe(false);
    expect(given.some((challenge) => params.some((it) => challenge.isRight(it)))).toBe(false);
  });

  test('a wrong MAC, then a right one', async () => {
    const challenges = new AkaChallenges();
    const [wrong, right] = [challenges.next(flipped), challenges.next()];
    const answers = script(unauthorized(wrong.text), unauthorized(right.text), registered());
    const { ue, params } = await registering(answers, { aka: AKA });
    expect(ue.registration).toBeDefined();
    expect(params.map((it) => right.isRight(it))).toEqual([false, false, true]);
  });

  test.each(['', 'AAAA', 'no base64!'])(
    'a nonce without RAND and AUTN (%j) is no challenge of this network',
    async (nonce) => {
      const answers = script(unauthorized(digestChallenge(nonce, ['algorithm', 'AKAv1-MD5'])), status(403));
      const { outcome, params } = await registering(answers, { aka: AKA });
      expect(outcome).toMatchObject({ response: { status: 403 } });
      expect(params.map((it) => it.get('response'))).toEqual(['', '']);
    },
  );

  test('5.1.1.5.3, RFC 3310 3.4: AUTS with a response to an empty password, then the challenge that follows it', async () => {
    const home = new AkaChallenges();
    const first = home.next();
    const { ue, clock, requests } = await registering(
      script(unauthorized(first.text), registered(), resync),
      {
        aka: AKA,
      },
    );
    home.sqn = 0n; // the home network has lost its counter
    let asked: string | undefined;
    function resync(transaction: Parameters<Answer>[0]): void {
      const params = authorizationOf(transaction.request);
      const auts = params.get('auts');
      if (auts !== undefined) {
        asked = auts;
        const rand = parseAkaNonce(params.get('nonce') ?? '')?.rand ?? Buffer.alloc(0);
        const found = resynchronise(KEYS, rand, Buffer.from(auts, 'base64'));
        home.sqn = found.kind === 'sqn' ? found.sqnMs : 0n;
        unauthorized(home.next().text)(transaction);
      } else if (requests.length < 4) {
        unauthorized(home.next().text)(transaction);
      } else {
        registered()(transaction);
      }
    }
    expect(await clock.until(ue.register())).toMatchObject({ response: { status: 200 } });
    const params = requests.map(authorizationOf);
    expect(params).toHaveLength(5);
    expect(asked).toBeDefined();
    expect(params.map((it) => it.has('auts'))).toEqual([false, false, false, true, false]);
    expect(isRight(params[3] ?? new Map(), 'MD5', '')).toBe(true);
    expect(home.sqn).toBeGreaterThan(33n);
  });

  test('AUTS is sent once, whatever the network makes of it', async () => {
    const challenge = new AkaChallenges().next();
    const { ue, clock, requests } = await registering(
      script(unauthorized(challenge.text), registered(), unauthorized(challenge.text)),
      {
        aka: AKA,
      },
    );
    expect(await clock.until(ue.register())).toMatchObject({ response: { status: 401 } });
    expect(requests.map((request) => authorizationOf(request).has('auts'))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('right challenges without end: two are answered', async () => {
    const challenges = new AkaChallenges();
    const { outcome, requests } = await registering(
      (transaction) => unauthorized(challenges.next().text)(transaction),
      {
        aka: AKA,
      },
    );
    expect(outcome).toMatchObject({ response: { status: 401 } });
    expect(requests).toHaveLength(3);
  });

  test('only the algorithm that is asked for, where one is', async () => {
    const challenge = new AkaChallenges('AKAv1-MD5').next();
    const { outcome, requests } = await registering(unauthorized(challenge.text), {
      aka: { ...AKA, algorithm: 'AKAv2-MD5' },
    });
    expect(outcome).toMatchObject({ response: { status: 401 } });
    expect(requests).toHaveLength(1);
  });

  test.each([
    { ...AKA, k: 'abc' },
    { ...AKA, opc: `${AKA.opc.slice(1)}x` },
  ])('keys that are none are said so at the start', async (aka) => {
    await expect(network(status(500), 'ts-24.141', { credentials: { aka } })).rejects.toThrow(
      /32 hexadecimal/,
    );
  });
});
