import { describe, expect, test } from '@jest/globals';
import type { Profile } from '@ims-sim/sip';
import { criterion, forwarded, lab, method, profileOf, request } from './harness.js';

const OWN = 'sip:scscf1.home1.net;lr';
const CASES: readonly (readonly [string, string | undefined])[] = [
  ['INVITE', OWN],
  ['SUBSCRIBE', OWN],
  ['REFER', OWN],
  ['ANYTHING', OWN],
  ['MESSAGE', undefined],
  ['OPTIONS', undefined],
  ['PUBLISH', undefined],
];

/** A request of `messages/` with another method. */
function having(file: string, name: string, ...changes: [string, string][]) {
  const before = file === 'notify' ? 'NOTIFY' : 'SUBSCRIBE';
  return request(file, [`${before} `, `${name} `], [` ${before}\n`, ` ${name}\n`], ...changes);
}

async function registered(profile: Profile, ...user: Parameters<typeof profileOf>) {
  const it = lab({ profile, user: profileOf(...user) });
  await it.register();
  return it;
}

describe('Record-Route (TS 24.229 5.4.3.2, 5.4.3.3, RFC 3261 16.6 step 4)', () => {
  test.each(CASES)('an initial %s of the served user: %s', async (name, recorded) => {
    const it = await registered('ts-24.141');
    const message = having(
      'originating',
      name,
      ['<sip:scscf1.home1.net;lr>', '<sip:orig@scscf1.home1.net;lr>'],
      ['tel:+1-212-555-2222', 'sip:user2_public1@home2.net'],
    );
    expect(forwarded(it.askAtOnce(message)).recordRoute).toBe(recorded);
  });

  test.each(CASES)('an initial %s to the served user: %s', async (name, recorded) => {
    const it = await registered('tr-24.841');
    expect(forwarded(it.askAtOnce(having('terminating', name))).recordRoute).toBe(recorded);
  });

  test.each(CASES)('an initial %s to an AS of the draft: %s', async (name, recorded) => {
    const triggerPoint = { cnf: true, servicePointTriggers: [method(name)] };
    const it = await registered('tr-24.841', criterion(0, 'as1.home1.net', { triggerPoint }));
    const forward = forwarded(it.askAtOnce(having('terminating', name)));
    expect(forward.onFailure).toBeDefined();
    expect(forward.recordRoute).toBe(recorded);
  });

  test.each<[Profile, string, string | undefined]>([
    ['ts-24.141', 'UPDATE', OWN],
    ['ts-24.141', 'INVITE', OWN],
    ['ts-24.141', 'SUBSCRIBE', OWN],
    ['ts-24.141', 'NOTIFY', undefined],
    ['ts-24.141', 'PRACK', undefined],
    ['ts-24.141', 'BYE', undefined],
    ['tr-24.841', 'SUBSCRIBE', undefined],
  ])('%s: a %s within a dialog: %s', async (profile, name, recorded) => {
    const it = await registered(profile);
    expect(forwarded(it.askAtOnce(having('notify', name))).recordRoute).toBe(recorded);
  });
});
