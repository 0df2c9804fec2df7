import { describe, expect, test } from '@jest/globals';
import { createRequest, header, topVia, valueOf, type SipRequest } from '@ims-sim/sip';
import { network, PCSCF_ADDRESS, UE_ADDRESS } from './network.js';
import {
  AKA,
  AkaChallenges,
  authorizationOf,
  registered,
  script,
  status,
  unauthorized,
  type Answer,
} from './registrar.js';

/** The P-CSCF's protected server ports: of the first agreement, and of a later one. */
const FURTHER = [7531, 7532, 8642].map((port) => ({ address: PCSCF_ADDRESS, port }));
const USIM = { credentials: { aka: AKA }, securityAgreement: true };

const ipsec = (port: number, more = 'alg=hmac-sha-1-96') =>
  `ipsec-3gpp; q=0.1; ${more}; spi-c=98765432; spi-s=87654321; port-c=8642; port-s=${port}`;
const securityServer = (...mechanisms: string[]) => header('Security-Server', mechanisms.join(', '));

const agreeing = (answer: Answer) => network(answer, 'ts-24.141', USIM, FURTHER);
const value = (request: SipRequest | undefined, key: string) =>
  request === undefined ? undefined : valueOf(request.headers, key);

describe('security agreement (RFC 3329, TS 24.229 5.1.1.2.2, 5.1.1.5.1)', () => {
  test('what the first REGISTER offers', async () => {
    const { ue, clock, requests } = await agreeing(status(403));
    await clock.until(ue.register());
    const [client, server] = ue.stack.furtherListening;
    const [request] = requests;
    expect(value(request, 'require')).toBe('sec-agree');
    expect(value(request, 'proxy-require')).toBe('sec-agree');
    expect(value(request, 'security-verify')).toBeUndefined();
    const offered = (value(request, 'security-client') ?? '').split(', ');
    expect(offered).toHaveLength(4);
    for (const alg of ['hmac-sha-1-96', 'hmac-md5-96']) {
      for (const ealg of ['aes-cbc', 'null']) {
        expect(offered.join()).toContain(`ipsec-3gpp; prot=esp; mod=trans; alg=${alg}; ealg=${ealg}; spi-c=`);
      }
    }
    expect(offered[0]).toMatch(
      new RegExp(`spi-c=\\d+; spi-s=\\d+; port-c=${client?.port}; port-s=${server?.port}$`),
    );
    expect(ue.contact).toBe('sip:[5555::a:b:c:d]');
  });

  test('from then on: from the protected client port to the protected server port, with Security-Verify', async () => {
    const challenge = new AkaChallenges().next();
    const list = [ipsec(7531), 'tls; q=0.9', `${ipsec(8642, 'alg=hmac-md5-96')}`.replace('q=0.1', 'q=0.05')];
    const answers = script(unauthorized(challenge.text, securityServer(...list)), registered());
    const { ue, clock, requests, sources } = await agreeing(answers);
    const plain = ue.contact;
    await clock.until(ue.register());
    void ue.subscribe({ uri: 'sip:b@home2.net', event: 'presence', expiresS: 60 });
    await clock.until(ue.publish({ event: 'presence', expiresS: 60, body: '' }));
    const [client, server] = ue.stack.furtherListening;
    expect(requests.map(({ method }) => method)).toEqual(['REGISTER', 'REGISTER', 'SUBSCRIBE', 'PUBLISH']);
    expect(sources.map(({ remote, local }) => [remote.port, local.port])).toEqual([
      [5060, 5060],
      [client?.port, 7531],
      [client?.port, 7531],
      [client?.port, 7531],
    ]);
    const contact = `sip:[${UE_ADDRESS}]:${server?.port}`;
    expect(ue.contact).toBe(contact);
    expect(value(requests[0], 'contact')).toContain(`<${plain}>`);
    expect(value(requests[1], 'contact')).toContain(`<${contact}>`);
    for (const request of requests.slice(1)) {
      expect(topVia(request)).toMatchObject({ port: server?.port });
      expect(topVia(request)?.params.has('rport')).toBe(false); // TS 33.203 7.1: answered there
      expect(value(request, 'security-verify')).toBe(list.join(', '));
      expect(value(request, 'require')).toBe('sec-agree');
      expect(value(request, 'proxy-require')).toBe('sec-agree');
    }
    expect(value(requests[1], 'security-client')).toBe(value(requests[0], 'security-client')); // RFC 3329 2.3.1
    expect(requests.slice(2).map((request) => value(request, 'security-client'))).toEqual([
      undefined,
      undefined,
    ]);
    expect(value(requests[3], 'route')).toBe(
      '<sip:pcscf1.home1.net:7531;lr>, <sip:orig@scscf1.home1.net;lr>',
    );
  });

  test('the mechanism with the highest q, of those that were offered', async () => {
    const challenge = new AkaChallenges().next();
    const q = (port: number, weight: string, more?: string) =>
      ipsec(port, more).replace('q=0.1', `q=${weight}`);
    const list = [q(7531, '0.2'), q(7532, '0.7'), q(9999, '0.9', 'alg=hmac-sha-2'), q(9998, '0.8', 'alg=hmac-md5-96; ealg=des-ede3-cbc')]; // prettier-ignore
    const { ue, clock, sources } = await agreeing(
      script(unauthorized(challenge.text, securityServer(...list)), registered()),
    );
    await clock.until(ue.register());
    expect(sources[1]?.local.port).toBe(7532);
  });

  test.each([
    ['nothing', []],
    ['another mechanism', ['tls; q=0.1']],
    ['no port-s', [ipsec(7531).replace(/; port-s=.*/, '')]],
    ['a port-s that is none', [ipsec(70_000)]],
    ['no spi-c', [ipsec(7531).replace(/spi-c=\d+; /, '')]],
    ['an algorithm that was not offered', [ipsec(7531, 'alg=hmac-sha-9')]],
    ['what is no mechanism', ['ipsec-3gpp; =']],
  ])('5.1.1.5.1: %s agreed, nothing answered', async (_, list) => {
    const challenge = new AkaChallenges().next();
    const headers = list.length === 0 ? [] : [securityServer(...list)];
    const { ue, clock, requests } = await agreeing(unauthorized(challenge.text, ...headers));
    expect(await clock.until(ue.register())).toMatchObject({ response: { status: 401 } });
    expect(requests).toHaveLength(1);
    expect(ue.contact).toBe('sip:[5555::a:b:c:d]');
  });

  test('5.1.1.5.3: a wrong MAC makes no association, and a new Security-Client', async () => {
    const wrong = new AkaChallenges().next((autn) => Buffer.from(autn.map((octet) => octet ^ 1)));
    const { ue, clock, requests, sources } = await agreeing(
      script(unauthorized(wrong.text, securityServer(ipsec(7531))), status(403)),
    );
    await clock.until(ue.register());
    expect(sources.map(({ remote, local }) => [remote.port, local.port])).toEqual([[5060, 5060], [5060, 5060]]); // prettier-ignore
    expect(value(requests[1], 'security-verify')).toBeUndefined();
    expect(value(requests[1], 'security-client')).not.toBe(value(requests[0], 'security-client'));
    expect(authorizationOf(requests[1]).get('response')).toBe('');
  });

  test('5.1.1.4.2, 5.1.1.6.2: again under the first, under a new one once it is challenged, off, and then without', async () => {
    const challenges = new AkaChallenges();
    const answers = script(
      unauthorized(challenges.next().text, securityServer(ipsec(7531))),
      registered(),
      unauthorized(challenges.next().text, securityServer(ipsec(7532))),
      registered(),
    );
    const { ue, clock, requests, sources } = await agreeing(answers);
    await clock.until(ue.register());
    await clock.until(ue.register());
    await clock.until(ue.register({ expiresS: 0 }));
    expect(sources.map(({ local }) => local.port)).toEqual([5060, 7531, 7531, 7532, 7532]);
    const [first, server, second] = ue.stack.furtherListening.map(({ port }) => port);
    expect(sources.map(({ remote }) => remote.port)).toEqual([5060, first, first, second, second]); // TS 33.203 7.4
    expect(requests.slice(1).map((request) => topVia(request)?.port)).toEqual(Array(4).fill(server));
    expect(requests.map((request) => value(request, 'security-verify'))).toEqual([
      undefined,
      ipsec(7531),
      ipsec(7531),
      ipsec(7532),
      ipsec(7532),
    ]);
    expect(ue.registration).toBeUndefined();
    expect(ue.contact).toBe('sip:[5555::a:b:c:d]');
    await clock.until(ue.register());
    expect(sources[5]?.local.port).toBe(5060);
    expect(value(requests[5], 'security-verify')).toBeUndefined();
  });

  test('a REGISTER that fails under a new association leaves the one that was', async () => {
    const challenges = new AkaChallenges();
    const answers = script(
      unauthorized(challenges.next().text, securityServer(ipsec(7531))),
      registered(),
      unauthorized(challenges.next().text, securityServer(ipsec(7532))),
      status(403),
    );
    const { ue, clock, sources } = await agreeing(answers);
    await clock.until(ue.register());
    await clock.until(ue.register());
    await clock.until(ue.publish({ event: 'presence', expiresS: 60, body: '' }));
    expect(sources.map(({ local }) => local.port)).toEqual([5060, 7531, 7531, 7532, 7531]);
  });

  test.each<[string, Answer]>([
    ['does not answer', () => undefined],
    ['answers 494', status(494)],
  ])('a P-CSCF that %s under the association is registered with initially', async (_, answer) => {
    const challenges = new AkaChallenges();
    const answers = script(
      unauthorized(challenges.next().text, securityServer(ipsec(7531))),
      registered(),
      answer,
      unauthorized(challenges.next().text, securityServer(ipsec(7532))),
      registered(),
    );
    const { ue, clock, requests, sources } = await agreeing(answers);
    await clock.until(ue.register());
    expect(await clock.until(ue.register())).toMatchObject({ response: { status: 200 } });
    expect(sources.map(({ local }) => local.port)).toEqual([5060, 7531, 7531, 5060, 7532]);
    expect(authorizationOf(requests[3]).get('nonce')).toBe('');
    expect(ue.registration).toBeDefined();
  });

  test('a P-CSCF that does not answer at all: one initial REGISTER, and that is the outcome', async () => {
    const challenge = new AkaChallenges().next();
    const answers = script(
      unauthorized(challenge.text, securityServer(ipsec(7531))),
      registered(),
      () => undefined,
    );
    const { ue, clock, sources } = await agreeing(answers);
    await clock.until(ue.register());
    expect(await clock.until(ue.register(), 200_000)).toEqual({ kind: 'failure', failure: 'timeout' });
    expect(sources.map(({ local }) => local.port)).toEqual([5060, 7531, 7531, 5060]);
    expect(ue.registration).toBeUndefined();
  });

  test('a deregistration that nobody answers is not tried as anything else', async () => {
    const challenge = new AkaChallenges().next();
    const answers = script(
      unauthorized(challenge.text, securityServer(ipsec(7531))),
      registered(),
      status(494),
    );
    const { ue, clock, requests } = await agreeing(answers);
    await clock.until(ue.register());
    expect(await clock.until(ue.register({ all: true }))).toMatchObject({ response: { status: 494 } });
    expect(requests).toHaveLength(3);
  });

  test('TS 33.203 7.1: requests to the UE are served at its protected server port', async () => {
    const { ue, clock, notify } = await agreeing(status(403));
    const options = createRequest({
      method: 'OPTIONS',
      uri: 'sip:ue',
      headers: [
        header('Max-Forwards', '70'),
        header('From', '<sip:a@b>;tag=1'),
        header('To', '<sip:ue>'),
        header('Call-ID', 'c'),
        header('CSeq', '1 OPTIONS'),
      ],
    });
    expect(await clock.until(notify(options, ue.stack.furtherListening[1]?.port ?? 0))).toMatch(/^200 /);
  });
});
