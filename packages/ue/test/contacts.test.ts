import { describe, expect, test } from '@jest/globals';
import { header, valueOf } from '@ims-sim/sip';
import type { RegisterOptions } from '../src/index.js';
import { network, notifyFor, ok } from './network.js';
import { registered } from './registrar.js';

const URN = 'urn:uuid:00000000-0000-1000-8000-000a95a0e128';

async function contactOf(options: RegisterOptions): Promise<(string | undefined)[]> {
  const { ue, clock, requests } = await network(registered(), 'ts-24.141');
  await clock.until(ue.register(options));
  const headers = requests[0]?.headers ?? [];
  return [valueOf(headers, 'contact'), valueOf(headers, 'expires')];
}

describe('Contact of a REGISTER (TS 24.229 5.1.1.2.1, RFC 3261 10.2)', () => {
  test.each<[string, RegisterOptions, string, string]>([
    ['its own', {}, '<sip:[5555::a:b:c:d]>;expires=600000', '600000'],
    ['with q', { expiresS: 60, q: 0.5 }, '<sip:[5555::a:b:c:d]>;expires=60;q=0.5', '60'],
    [
      'with an instance',
      { expiresS: 60, instance: URN },
      `<sip:[5555::a:b:c:d]>;expires=60;+sip.instance="<${URN}>"`,
      '60',
    ],
    [
      'several',
      { expiresS: 60, q: 0.1, contacts: ['sip:a@b', { uri: 'sip:c@d', q: 1, expiresS: 30, instance: URN }] },
      `<sip:a@b>;expires=60;q=0.1, <sip:c@d>;expires=30;q=1;+sip.instance="<${URN}>"`,
      '60',
    ],
    ['off', { expiresS: 0 }, '<sip:[5555::a:b:c:d]>;expires=0', '0'],
    ['all off', { all: true, expiresS: 60 }, '*', '0'],
  ])('%s', async (_, options, contact, expires) => {
    expect(await contactOf(options)).toEqual([contact, expires]);
  });

  test('what the registration is after it', async () => {
    const { ue, clock } = await network(registered(), 'ts-24.141');
    const after = async (options: RegisterOptions) => {
      await clock.until(ue.register(options));
      return ue.registration?.expiresS;
    };
    expect(await after({ expiresS: 60, contacts: ['sip:other@b'] })).toBe(60);
    expect(await after({ expiresS: 90 })).toBe(90);
    expect(await after({ contacts: [{ uri: 'sip:other@b', expiresS: 0 }] })).toBe(90); // its own is still there
    expect(await after({ all: true })).toBeUndefined();
  });

  test('P-Access-Network-Info in every request, where it is known (TS 24.229 5.1.2A.1.1)', async () => {
    const accessNetworkInfo = '3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11';
    const { ue, clock, requests } = await network(registered(), 'ts-24.141', { accessNetworkInfo });
    await clock.until(ue.register());
    await clock.until(ue.publish({ event: 'presence', expiresS: 60, body: '' }));
    await clock.until(ue.subscribe({ uri: 'sip:b@home2.net', event: 'presence', expiresS: 60 }).response);
    expect(requests.map(({ headers }) => valueOf(headers, 'p-access-network-info'))).toEqual([
      accessNetworkInfo,
      accessNetworkInfo,
      accessNetworkInfo,
    ]);
  });

  test('P-Access-Network-Info in every response, too (TS 24.229 5.1.2A.2)', async () => {
    const accessNetworkInfo = '3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11';
    const { ue, clock, requests, notify } = await network((transaction) => ok(transaction), 'ts-24.141', {
      accessNetworkInfo,
    });
    await clock.until(ue.subscribe({ uri: 'sip:b@home2.net', event: 'presence', expiresS: 60 }).response);
    const [subscribe] = requests;
    if (subscribe === undefined) throw new Error('no SUBSCRIBE');
    const said = `P-Access-Network-Info: ${accessNetworkInfo}`;
    const answers = [
      [notifyFor(subscribe, 1), '200'],
      [notifyFor(subscribe, 2, ['Subscription-State', '']), '400'],
      [notifyFor(subscribe, 3, ['Call-ID', 'other']), '481'],
    ] as const;
    for (const [request, status] of answers) {
      const answer = await clock.until(notify(request));
      expect(answer).toMatch(new RegExp(`^${status}`));
      expect(answer).toContain(said);
    }
  });

  test('headers of the caller come last', async () => {
    const { ue, clock, requests } = await network(registered(), 'ts-24.141');
    await clock.until(ue.register({ headers: [header('Require', 'gruu')] }));
    expect(requests[0]?.headers.at(-2)?.line).toBe('Require: gruu');
  });
});
