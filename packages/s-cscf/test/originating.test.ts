import { describe, expect, test } from '@jest/globals';
import { responseTo } from '@ims-sim/sip';
import { forwarded, lab, lines, profileOf, records, request, texts, valuesOf, ZONES } from './harness.js';

const TO_SIP: [string, string] = ['SUBSCRIBE tel:+1-212-555-2222', 'SUBSCRIBE sip:user2_public1@home2.net'];

describe('TS 24.229 5.4.3.2: an initial request of the served user', () => {
  test('TR 24.841 steps 4 and 5: no criterion matches, ENUM, and the I-CSCF by SRV; at once', async () => {
    const it = lab();
    await it.register();
    const message = request('originating');
    const forward = forwarded(it.askAtOnce(message));
    expect(forward.request.uri).toBe('sip:user2_public1@home2.net');
    expect(lines(forward.request)).toEqual(
      lines(message).map((line) => (line.startsWith('Route') ? 'Route: <sip:icscf2.home2.net;lr>' : line)),
    );
    expect(forward.recordRoute).toBe('sip:scscf1.home1.net;lr');
    expect(forward.targets).toEqual([{ transport: 'UDP', address: '127.0.0.22', port: 5071 }]);
    expect(texts(forward)).toEqual([
      'no initial filter criterion of sip:user1_public1@home1.net matches SUBSCRIBE, presence: no AS',
      'ENUM: NAPTR E2U+sip !^.*$!sip:user2_public1@home2.net! of 2.2.2.2.5.5.5.2.1.2.1.e164.arpa: tel:+1-212-555-2222 -> sip:user2_public1@home2.net',
      'the SRV records of the domain of sip:user2_public1@home2.net lead to icscf2.home2.net (RFC 3263)',
    ]);
  });

  test('a domain without SRV gets no Route: the Request-URI leads', async () => {
    const it = lab({ dns: {} });
    await it.register();
    const forward = forwarded(it.askAtOnce(request('originating', TO_SIP)));
    expect(valuesOf(forward.request, 'route')).toEqual([]);
    expect(forward.targets).toBeUndefined();
  });

  test('RFC 3263 4.3: where the first server of a domain is gone, the next is tried', async () => {
    const dns = {
      ...ZONES,
      'SRV _sip._udp.home2.net': records(
        { priority: 2, weight: 0, port: 5060, target: 'b.home2.net' },
        { priority: 1, weight: 0, port: 5060, target: 'a.home2.net' },
      ),
    };
    const it = lab({ dns });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating', TO_SIP)));
    expect(valuesOf(first.request, 'route')).toEqual(['<sip:a.home2.net;lr>']);
    expect(
      await first.onFailure?.({ kind: 'response', response: responseTo(first.request, 404) }),
    ).toBeUndefined();
    const second = forwarded(await first.onFailure?.({ kind: 'transport' }));
    expect(valuesOf(second.request, 'route')).toEqual(['<sip:b.home2.net;lr>']);
    expect(second.onFailure).toBeUndefined();
  });

  test.each([
    ['not in ENUM', {}, 404],
    [
      'ENUM cannot be asked',
      { 'NAPTR 2.2.2.2.5.5.5.2.1.2.1.e164.arpa': { kind: 'failed', reason: 'SERVFAIL' } as const },
      480,
    ],
  ])('a number that is %s', async (_what, dns, status) => {
    const it = lab({ dns });
    await it.register();
    expect(it.askAtOnce(request('originating'))).toMatchObject({ kind: 'reply', status });
  });

  test('a local number gets 404; a pres URI is a mailbox', async () => {
    const it = lab();
    await it.register();
    expect(
      it.askAtOnce(request('originating', ['tel:+1-212-555-2222', 'tel:7042;phone-context=home1.net'])),
    ).toMatchObject({ status: 404 });
    const forward = forwarded(
      it.askAtOnce(
        request('originating', ['SUBSCRIBE tel:+1-212-555-2222', 'SUBSCRIBE pres:user2_public1@home2.net']),
      ),
    );
    expect(forward.request.uri).toBe('sip:user2_public1@home2.net');
  });

  test('the own domain is entered by its I-CSCF too, and P-Access-Network-Info stays at home', async () => {
    const it = lab();
    await it.register();
    const info: [string, string] = ['Privacy: none', 'Privacy: none\nP-Access-Network-Info: 3GPP-UTRAN-TDD'];
    const own = forwarded(
      it.askAtOnce(
        request('originating', ['SUBSCRIBE tel:+1-212-555-2222', 'SUBSCRIBE sip:user3@home1.net'], info),
      ),
    );
    expect(valuesOf(own.request, 'route')).toEqual(['<sip:icscf1.home1.net;lr>']);
    expect(valuesOf(own.request, 'p-access-network-info')).toHaveLength(1);
    const other = forwarded(it.askAtOnce(request('originating', TO_SIP, info)));
    expect(valuesOf(other.request, 'p-access-network-info')).toEqual([]);
  });

  test.each([
    ['<tel:+1-212-555-1111>', ['<tel:+1-212-555-1111>', '"J\\"D" <sip:user1_public1@home1.net>']],
    [
      '<sip:user1_public1@home1.net>, <tel:+1-212-555-1111>',
      ['<sip:user1_public1@home1.net>, <tel:+1-212-555-1111>'],
    ],
  ])('ts-24.141: %s is asserted as %j', async (asserted, sent) => {
    const [part] = profileOf().serviceProfiles;
    const [sip, ...others] = part?.publicIdentities ?? [];
    const publicIdentities = sip === undefined ? [] : [{ ...sip, displayName: 'J"D' }, ...others];
    const user = { ...profileOf(), serviceProfiles: [{ publicIdentities, initialFilterCriteria: [] }] };
    const it = lab({ profile: 'ts-24.141', user });
    await it.register();
    const message = request(
      'originating',
      ['<sip:scscf1.home1.net;lr>', '<sip:orig@scscf1.home1.net;lr>'],
      ['P-Asserted-Identity: <sip:user1_public1@home1.net>', `P-Asserted-Identity: ${asserted}`],
    );
    expect(valuesOf(forwarded(it.askAtOnce(message)).request, 'p-asserted-identity')).toEqual(sent);
  });

  test('ts-24.141: by the user part orig; the telephone number is asserted too, and the operator named', async () => {
    const it = lab({ profile: 'ts-24.141' });
    await it.register();
    const message = request(
      'originating',
      ['<sip:scscf1.home1.net;lr>', '<sip:orig@scscf1.home1.net;lr>'],
      ['Privacy: none', 'Privacy: none\nP-Charging-Vector: icid-value=x'],
    );
    const forward = forwarded(it.askAtOnce(message));
    expect(lines(forward.request).slice(2, 4)).toEqual([
      'P-Asserted-Identity: <sip:user1_public1@home1.net>',
      'P-Asserted-Identity: <tel:+1-212-555-1111>',
    ]);
    expect(valuesOf(forward.request, 'p-charging-vector')).toEqual(['icid-value=x;orig-ioi=home1.net']);
    const unknown = request(
      'originating',
      ['<sip:scscf1', '<sip:orig@scscf1'],
      ['user1_public1@home1.net>\nPrivacy', 'nobody@home1.net>\nPrivacy'],
    );
    it.answers.push({ kind: 'unknown-user' });
    expect(await it.ask(unknown)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('403 to a barred identity', async () => {
    const it = lab();
    await it.register();
    expect(
      it.askAtOnce(
        request('originating', [
          '<sip:user1_public1@home1.net>\nPrivacy',
          '<sip:user1_barred@home1.net>\nPrivacy',
        ]),
      ),
    ).toMatchObject({
      kind: 'reply',
      status: 403,
    });
  });

  test('5.4.3.1: a request that did not come by the Path of the asserted user does not originate here', async () => {
    const it = lab();
    await it.register();
    const elsewhere = request(
      'originating',
      ['SIP/2.0/UDP pcscf1.home1.net', 'SIP/2.0/UDP icscf1.home1.net'],
      TO_SIP,
    );
    expect(await it.ask(elsewhere)).toMatchObject({ kind: 'reply', status: 404 });
  });
});
