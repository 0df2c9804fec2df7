import type { Cx, MultimediaAuthAnswer, ServerAssignment } from '@ims-sim/cx';
import { formatCredentials, parseCredentials, valueOf } from '@ims-sim/sip';
import { describe, expect, test } from '@jest/globals';
import { aka, akaAnswer } from './authenticating.js';
import { profileOf } from './harness.js';
import { network, register } from './network.js';

const IMPU = 'sip:user1_public1@home1.net';

function authorization(params: Readonly<Record<string, string>>): [string, string] {
  const all = {
    username: 'user1_private@home1.net',
    realm: 'home1.net',
    uri: 'sip:home1.net',
    'integrity-protected': 'no',
    ...params,
  };
  return ['Authorization', formatCredentials('Digest', Object.entries(all))];
}

async function authenticating(answers: MultimediaAuthAnswer[]) {
  const asked: ServerAssignment[] = [];
  const hss = { isAway: false };
  const cx: Pick<Cx, 'serverAssignment' | 'multimediaAuth'> = {
    serverAssignment: async (question) => {
      asked.push(question);
      return hss.isAway
        ? { kind: 'unreachable', reason: 'away' }
        : { kind: 'assigned', profile: profileOf() };
    },
    multimediaAuth: async () => answers.shift() ?? { kind: 'unknown-user' },
  };
  const it = await network({ scscf: { auth: 'required', cx: cx as Cx } });
  return { ...it, asked, hss, pcscf: await it.agent('pcscf1.home1.net') };
}

describe('an S-CSCF that runs', () => {
  test('challenges, registers, and does what the HSS and the operator say', async () => {
    const { scscf, pcscf, asked } = await authenticating([aka(1), aka(2), aka(3)]);
    const enter = async () => {
      const challenge = await pcscf.ask(register(authorization({ nonce: '', response: '' })));
      expect(challenge.status).toBe(401);
      const params = parseCredentials(valueOf(challenge.headers, 'www-authenticate') ?? '')?.params;
      const answer = akaAnswer(params ?? new Map<string, string>());
      expect((await pcscf.ask(register(authorization(answer)))).status).toBe(200);
      expect(scscf.registrar.userSpelled(IMPU)?.set.bindings).toHaveLength(1);
    };
    await enter();
    expect(
      await scscf.command({ kind: 'reauthenticate', publicIdentity: IMPU, expiresS: 60 }),
    ).toBeUndefined();
    expect(
      await scscf.command({ kind: 'deregister', publicIdentity: IMPU, event: 'deactivated' }),
    ).toBeUndefined();
    expect(scscf.registrar.size).toBe(0);
    await enter();
    const privateIdentity = 'user1_private@home1.net';
    const charging = { primaryCcf: 'aaa://ccf.home1.net' };
    expect(await scscf.cx.pushProfile({ privateIdentity, charging })).toEqual({ kind: 'updated' });
    expect(scscf.registrar.userSpelled(IMPU)?.set.charging).toEqual(charging);
    const termination = { privateIdentity, associatedIdentities: [], publicIdentities: [] };
    expect(
      await scscf.cx.registrationTermination({ ...termination, reason: 'permanent-termination' }),
    ).toEqual({ kind: 'terminated' });
    expect(scscf.registrar.size).toBe(0);
    expect(asked.map(({ type }) => type)).toEqual([
      'registration',
      'administrative-deregistration',
      'registration',
    ]);
    await scscf.close();
  });

  test('timer reg-await-auth: the HSS is told, and the trace says so', async () => {
    const { scscf, pcscf, asked, host } = await authenticating([aka(1)]);
    expect((await pcscf.ask(register(authorization({ nonce: '', response: '' })))).status).toBe(401);
    await host.clock.advance(241_000);
    expect(asked.map(({ type }) => type)).toEqual(['authentication-timeout']);
    expect(host.trace.decisions.map(({ text }) => text)).toContain(
      `no answer to the challenge of ${IMPU}: timer reg-await-auth`,
    );
    await scscf.close();
  });

  test('TS 29.228 6.1.2: an HSS that is away is told of what failed and of what the operator took back, once it is there', async () => {
    const { scscf, pcscf, asked, hss, host } = await authenticating([aka(1), aka(2)]);
    const challenge = await pcscf.ask(register(authorization({ nonce: '', response: '' })));
    const params = parseCredentials(valueOf(challenge.headers, 'www-authenticate') ?? '')?.params;
    expect((await pcscf.ask(register(authorization(akaAnswer(params ?? new Map()))))).status).toBe(200);
    expect((await pcscf.ask(register(authorization({ nonce: '', response: '' })))).status).toBe(401);
    hss.isAway = true;
    await host.clock.advance(241_000); // nobody answers the challenge; the registration is there still
    expect(await scscf.command({ kind: 'deregister', publicIdentity: IMPU, event: 'deactivated' })).toContain(
      'unreachable',
    );
    const before = asked.length;
    hss.isAway = false;
    await host.clock.advance(20_000);
    expect(asked.slice(before).map(({ type }) => type)).toEqual([
      'authentication-timeout',
      'administrative-deregistration',
    ]);
    await host.clock.advance(100_000);
    expect(asked).toHaveLength(before + 2);
    await scscf.close();
  });
});
