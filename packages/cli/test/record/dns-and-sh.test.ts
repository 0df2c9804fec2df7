import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ims, newFolder, SCENARIOS } from '../ims.js';

const NETWORK = join(SCENARIOS, 'presence-network.yaml');
const NUMBER = '2.2.2.2.5.5.5.2.1.2.1.e164.arpa';
const folder = newFolder();
const recorded = join(folder, 'recorded.yaml');
const trace = join(folder, 'seen', 'trace.jsonl');

/** Who publishes nothing is watched by what the HSS knows of it (TS 23.141 5.2). */
const WATCHED = `title: A watcher of somebody who publishes nothing
profile: ts-24.141
network: ${NETWORK}
actors:
  UE1: { ue: 'sip:user1_public1@home1.net', privateIdentity: user1_private@home1.net, proxy: pcscf1.home1.net }
  UE2: { ue: 'sip:user2_public1@home2.net', privateIdentity: user2_private@home2.net, proxy: pcscf2.home2.net }
before: [UE1 registers, UE2 registers]
play:
  - UE1 subscribes to tel:+1-212-555-2222 for presence
  - wait 1 s
  - UE2 deregisters
  - wait 1 s
  - UE1 unsubscribes
others: allowed
`;

describe('ims record --dns, of a number and of somebody whose registration is watched', () => {
  let made = { stdout: '', text: '' };
  beforeAll(async () => {
    writeFileSync(join(folder, 'seen.yaml'), WATCHED);
    const seen = await ims('run', join(folder, 'seen.yaml'), '--simulate', '--out', join(folder, 'seen'))
      .ended;
    expect(seen.status).toBe(0);
    const { stdout } = await ims('record', trace, '--network', NETWORK, '--dns', '--out', recorded).ended;
    made = { stdout, text: readFileSync(recorded, 'utf8') };
  }, 60_000);

  test('has the number’s lookup and what the HSS was asked and told, and waits for the NOTIFYs that came of it', () => {
    expect(made.text).toContain(`title: 'ENUM NAPTR ${NUMBER}: S-CSCF#1 and DNS'`);
    expect(made.text.match(/title: 'Sh .*'/g)).toEqual([
      "title: 'Sh SNR/SNA: PS and HSS#2'",
      "title: 'Sh PNR/PNA: HSS#2 and PS'",
      "title: 'Sh SNR/SNA: PS and HSS#2'",
    ]);
    expect(made.text).toMatch(
      /UE2 deregisters:[^]*\n {2}- UE1 receives NOTIFY within \d+ s\n[^]*UE1 unsubscribes/,
    );
  });

  test('passes in simulation, and on processes', async () => {
    expect(made.stdout).toMatch(/it passes in simulation, \d+ steps/);
    const real = await ims('run', recorded, '--out', join(folder, 'real')).ended;
    expect(real.stdout).toMatch(/passed: (\d+) of \1 steps right/);
    expect(real.status).toBe(0);
  }, 60_000);

  test.each([
    [
      'another kind of subscription',
      "Subs-Req-Type: '0'",
      "Subs-Req-Type: '1'",
      /SNR[^]*no step of the table has this message/,
    ],
    ['another state', '<IMSUserState>0<', '<IMSUserState>2<', /Sh PNR\/PNA: HSS#2 and PS/],
    ['another number', '!sip:user2_public1@home2.net!', '!sip:user9@home2.net!', /ENUM NAPTR .*record/],
  ])('does not with %s', async (_, what, other, complaint) => {
    const broken = join(folder, `broken-${other.replace(/\W/g, '')}.yaml`);
    expect(made.text).toContain(what);
    writeFileSync(broken, made.text.replace(what, other));
    const { stdout, stderr, status } = await ims('run', broken, '--simulate', '--out', join(folder, 'no'))
      .ended;
    expect(stdout + stderr).toMatch(complaint);
    expect(status).toBe(1);
  });
});
