import { describe, expect, test } from '@jest/globals';
import { digestHa1 } from '@ims-sim/auth';
import type { PrivateIdentity, Subscription } from '../src/index.js';
import { SCSCF, aka, family } from './lab.js';
import { network } from './push-lab.js';

describe('TS 29.228 6.2.2.1 credentials that are no more', () => {
  const [phone, tablet] = family.privateIdentities;
  if (tablet === undefined) throw new Error('family has two devices');
  const withDevices = (...privateIdentities: [PrivateIdentity, ...PrivateIdentity[]]): Subscription => ({
    ...family,
    privateIdentities,
  });
  const ha1 = digestHa1('MD5', 'phone@home1.net', 'home1.net', 'other');
  const item = { scheme: 'SIP Digest', realm: 'home1.net', algorithm: 'MD5', qop: 'auth', ha1 };

  test('another password: the S-CSCF is given what takes the place of the one that it has', async () => {
    const { asked, register, change, stateOf } = await network();
    await register('phone@home1.net', 'sip:family@home1.net');
    const said = await change(withDevices({ ...phone, digest: { password: 'other' } }, tablet));
    expect(said).toBe(`PPR for phone@home1.net to ${SCSCF}: updated`);
    expect(asked).toEqual([{ privateIdentity: 'phone@home1.net', digest: item }]);
    expect((await stateOf(family))?.sets).toEqual({ '0': { registeredBy: ['phone@home1.net'] } });
  });

  test('the same password, said otherwise: nothing', async () => {
    const { asked, register, change } = await network();
    await register('phone@home1.net', 'sip:family@home1.net');
    const same = digestHa1('MD5', 'phone@home1.net', 'home1.net', 'secret');
    await change(withDevices({ ...phone, digest: { ha1: same, realm: 'home1.net' } }, tablet));
    expect(asked).toEqual([]);
  });

  test('of who is not registered: nothing', async () => {
    const { asked, register, change } = await network();
    await register('tablet@home1.net', 'sip:family@home1.net');
    await change(withDevices({ ...phone, digest: { password: 'other' } }, tablet));
    expect(asked).toEqual([]);
  });

  test.each<[string, PrivateIdentity]>([
    ['no password any more', { identity: tablet.identity, aka: tablet.aka }],
    ['other keys', { ...tablet, aka: { ...aka, algorithm: 'AKAv2-MD5', k: 'f'.repeat(32) } }],
    ['no keys any more', { identity: tablet.identity, digest: tablet.digest }],
  ])('%s: the device registers again, the other one stays registered', async (_, changed) => {
    const { asked, register, change, stateOf } = await network();
    await register('phone@home1.net', 'sip:family@home1.net');
    await register('tablet@home1.net', 'sip:family@home1.net');
    const said = await change(withDevices(phone, changed));
    expect(said).toBe(`RTR (server-change) for tablet@home1.net to ${SCSCF}: terminated`);
    expect(asked).toEqual([
      {
        privateIdentity: 'tablet@home1.net',
        associatedIdentities: [],
        publicIdentities: [],
        reason: 'server-change',
      },
    ]);
    expect((await stateOf(family))?.sets).toEqual({ '0': { registeredBy: ['phone@home1.net'] } });
  });
});
