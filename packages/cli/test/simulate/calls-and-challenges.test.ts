import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

interface Message {
  readonly kind: string;
  readonly protocol: string;
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly destination: string;
  readonly summary: string;
  readonly text: string;
}

/** Plays this between two UEs of the two operators, simulated; gives what SIP there was from the first `since` on. */
async function played(
  scenario: string,
  since: string,
  change: (network: string) => string = (text) => text,
): Promise<readonly Message[]> {
  const folder = newFolder();
  for (const name of ['offer.sdp', 'answer.sdp', 'update.sdp'])
    copyFileSync(join(SCENARIOS, name), join(folder, name));
  const network = readFileSync(join(SCENARIOS, 'presence-network.yaml'), 'utf8');
  writeFileSync(join(folder, 'presence-network.yaml'), change(network));
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, scenario);
  const out = join(folder, 'out');
  const { status, stdout, stderr } = await ims('run', '--simulate', '--out', out, file).ended;
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  const records = readFileSync(join(out, 'trace.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message)
    .filter(({ kind, protocol }) => kind === 'message' && protocol === 'sip');
  return records.slice(records.findIndex(({ summary }) => summary === since));
}

const ACTORS = (more: string) => `
profile: ts-24.141
network: presence-network.yaml
actors:
  UE1: { ue: 'sip:user1_public1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net${more} }
  UE2: { ue: 'sip:user2_public1@home2.net', privateIdentity: user2_private@home2.net, proxy: pcscf2.home2.net${more} }
before:
  - UE1 registers
  - UE2 registers
`;

const PROTECTED_CALL = `
title: A call under security associations
clause: TS 24.229 5.1.2A, TS 33.203 7.1
${ACTORS(', securityAgreement: true')}
play:
  - parallel:
      - - UE1 invites sip:user2_public1@home2.net reliably with offer.sdp until ringing
      - - UE2 rings with 183 reliably: { contentType: application/sdp, body: answer.sdp }
  - UE1 updates with update.sdp
  - UE2 rings
  - UE2 answers
  - UE2 re-invites with offer.sdp
  - UE1 hangs up
`;

const CHALLENGED = `
title: Whom it asks wants a password
clause: RFC 3261 22.3
${ACTORS('')}
play:
  - parallel:
      - - UE1 sends a message to sip:user2_public1@home2.net saying "hello"
      - - UE2 answers MESSAGE with 407:
            headers: { Proxy-Authenticate: 'Digest realm="home2.net", nonce="n1", qop="auth"' }
        - UE2 answers MESSAGE with 200
`;

const isUe = (name: string) => name.startsWith('UE');
const NO_VERIFY = /^(ACK|CANCEL|SIP\/2\.0) /;

describe('calls under security associations (TS 33.203 7.1, RFC 3329)', () => {
  test('INVITE, PRACK, UPDATE, re-INVITE and BYE: between protected ports only, verified, and none of it beyond', async () => {
    const messages = await played(PROTECTED_CALL, 'INVITE');
    const atUes = messages.filter(({ from, to }) => isUe(from) || isUe(to));
    expect(
      atUes.filter(({ source, destination }) => /:5060$/.test(source) || /:5060$/.test(destination)),
    ).toEqual([]);
    const wrong = messages.filter(({ from, text }) => {
      const isVerified = /^Security-Verify: ipsec-3gpp/m.test(text);
      return isVerified !== (isUe(from) && !NO_VERIFY.test(text));
    });
    expect(wrong.map(({ from, summary }) => `${from} ${summary}`)).toEqual([]);
    const sent = atUes.filter(({ from }) => isUe(from)).map(({ from, summary }) => `${from} ${summary}`);
    const expected = [
      ['UE1', 'INVITE', 'PRACK', 'UPDATE', 'ACK', '200 OK (INVITE)', 'BYE'],
      ['UE2', '200 OK (PRACK)', '200 OK (UPDATE)', '200 OK (INVITE)', 'INVITE', 'ACK', '200 OK (BYE)'],
    ].flatMap(([who, ...what]) => what.map((one) => `${who ?? ''} ${one}`));
    expect(sent.filter((one) => !/ 1\d\d /.test(one)).toSorted()).toEqual(expected.toSorted());
  });
});

describe('a challenge to a MESSAGE, through the network', () => {
  test('is answered with Proxy-Authorization, the next CSeq and the same Call-ID, once', async () => {
    const withPasswords = (network: string) =>
      network
        .replace('auth: aka', 'auth: digest')
        .replaceAll(/^( +)aka: .*$/gm, "$1digest: { password: 'secret' }");
    const messages = await played(CHALLENGED, 'MESSAGE', withPasswords);
    const asked = messages.filter(({ from, summary }) => from === 'UE1' && summary === 'MESSAGE');
    const value = (name: string) =>
      asked.map(({ text }) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1]);
    expect(value('CSeq')).toEqual(['1 MESSAGE', '2 MESSAGE']);
    expect(new Set(value('Call-ID')).size).toBe(1);
    const [none, credentials] = value('Proxy-Authorization');
    expect(none).toBeUndefined();
    expect(credentials).toMatch(/^Digest username="user1_private@home1.net", realm="home2.net", nonce="n1"/);
    const reached = messages.filter(({ to, summary }) => to === 'UE2' && summary === 'MESSAGE');
    expect(reached.map(({ text }) => text.includes('nonce="n1"'))).toEqual([false, true]);
  });
});
