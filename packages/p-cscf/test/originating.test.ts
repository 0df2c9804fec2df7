import { describe, expect, test } from '@jest/globals';
import { responseTo, header } from '@ims-sim/sip';
import {
  forwarded,
  lab,
  lines,
  registered,
  request,
  source,
  STRANGER,
  textOf,
  UE,
  valuesOf,
} from './harness.js';

const ROUTED: [string, string] = ['Call-ID', 'Route: <sip:pcscf1.home1.net;lr>\nCall-ID'];

describe('TS 24.229 5.2.6.3.3: an initial request from a registered UE', () => {
  test('TR 24.841 step 2: identity, Route and order as in table 6.1.1-2', () => {
    const it = lab();
    it.register();
    const forward = forwarded(it.ask(request('subscribe'), UE));
    expect(lines(forward.request)).toEqual([
      'Via: SIP/2.0/UDP [5555::aaa];branch=z9hG4bKnashds7',
      'Max-Forwards: 70',
      'P-Asserted-Identity: <sip:user1_public1@home1.net>',
      'Privacy: none',
      'Route: <sip:scscf1.home1.net;lr>',
      'From: <sip:user1_public1@home1.net>;tag=31415',
      'To: <tel:+1-212-555-2222>',
      'Call-ID: b89rjhnedlrfjflslj40a222',
      'CSeq: 61 SUBSCRIBE',
      'Event: presence',
      'Expires: 7200',
      'Accept: application/cpim-pidf+xml',
      'Contact: <sip:[5555::aaa]>',
      'Content-Length: 0',
    ]);
    expect(forward.request.uri).toBe('tel:+1-212-555-2222');
    expect(forward.recordRoute).toBe('sip:pcscf1.home1.net;lr');
    expect(textOf(forward)).toContain('the UE hints at it and registered it');
  });

  test.each([
    [
      'an identity of somebody else',
      'P-Asserted-Identity: <sip:victim@home1.net>',
      'sip:user1_public1@home1.net',
    ],
    [
      'P-Preferred-Identity',
      'P-Preferred-Identity: <sip:user1_public2@home1.net>',
      'sip:user1_public2@home1.net',
    ],
    [
      'a display name',
      'P-Asserted-Identity: "The President" <sip:user1_public2@home1.net>',
      'sip:user1_public2@home1.net',
    ],
    ['another spelling', 'P-Asserted-Identity: <sip:user1_public2@HOME1.net>', 'sip:user1_public2@home1.net'],
    ['a telephone number', 'P-Preferred-Identity: <tel:+12125551111>', 'tel:+1-212-555-1111'],
    [
      'two hints, one its own',
      'P-Preferred-Identity: <sip:victim@home1.net>, <tel:+12125551111>',
      'tel:+1-212-555-1111',
    ],
    [
      'both headers',
      'P-Asserted-Identity: <sip:victim@home1.net>\nP-Preferred-Identity: <sip:user1_public2@home1.net>',
      'sip:user1_public2@home1.net',
    ],
    ['what is no address', 'P-Asserted-Identity: <<<', 'sip:user1_public1@home1.net'],
    ['no hint', 'X-Nothing: here', 'sip:user1_public1@home1.net'],
  ])('5.2.6.3.1, hint: %s', (_what, hint, asserted) => {
    const it = lab();
    it.register();
    const { request: sent } = forwarded(
      it.ask(request('subscribe', ['P-Asserted-Identity: <sip:user1_public1@home1.net>', hint]), UE),
    );
    expect(valuesOf(sent, 'p-asserted-identity')).toEqual([`<${asserted}>`]);
    expect(valuesOf(sent, 'p-preferred-identity')).toEqual([]);
    expect(lines(sent)[2]).toMatch(/^P-Asserted-Identity|^X-Nothing/);
    expect(lines(sent)[1]).toBe('Max-Forwards: 70');
  });

  test.each([
    ['one that it stands for', 'sip:pbx-17@home1.net', 'sip:pbx-17@home1.net'],
    ['written another way', 'sip:pbx-17@HOME1.net;user=phone', 'sip:pbx-17@home1.net'],
    ['a number with separators', 'tel:+1-212-555-1700', 'tel:+12125551700'],
    ['one outside of it', 'sip:pbx-x@home1.net', 'sip:user1_public1@home1.net'],
    ['one of another domain', 'sip:pbx-17@home2.net', 'sip:user1_public1@home1.net'],
    ['the expression itself', 'sip:pbx-![0-9]+!@home1.net', 'sip:user1_public1@home1.net'],
    ['one that is no expression', 'sip:bad-!(!@home1.net', 'sip:user1_public1@home1.net'],
  ])('TS 23.003 13.5, a wildcarded identity was registered, the hint is %s', (_what, hint, asserted) => {
    const it = lab();
    const message = request('register');
    const wildcarded =
      '<sip:pbx-![0-9]+!@home1.net>, <sip:bad-!(!@home1.net>, <tel:+1-212-555-17!.*!>, <sip:user1_public1@home1.net>';
    forwarded(it.ask(message, UE)).onResponse?.(registered(message, 'tr-24.841', '600', wildcarded));
    const { request: sent } = forwarded(
      it.ask(
        request('subscribe', [
          'P-Asserted-Identity: <sip:user1_public1@home1.net>',
          `P-Preferred-Identity: <${hint}>`,
        ]),
        UE,
      ),
    );
    expect(valuesOf(sent, 'p-asserted-identity')).toEqual([`<${asserted}>`]);
    const without = forwarded(
      it.ask(request('subscribe', ['P-Asserted-Identity: <sip:user1_public1@home1.net>', 'X: y']), UE),
    );
    expect(valuesOf(without.request, 'p-asserted-identity')).toEqual(['<sip:user1_public1@home1.net>']);
  });

  test('5.2.6.3.2A: an S-CSCF that answers with nothing, or is not to be reached: 504, with what makes the UE register anew', async () => {
    for (const [kind, afterMs, status] of [
      ['timeout', 8_000, 504],
      ['transport', 0, 504],
      ['timeout', 32_000, undefined], // it has said 100
    ] as const) {
      const it = lab('ts-24.141');
      it.register();
      const forward = forwarded(it.ask(request('subscribe'), UE));
      expect(forward.silenceMs).toBeLessThan(16_000);
      await it.host.clock.advance(afterMs);
      const decision = await forward.onFailure?.({ kind });
      if (status === undefined) {
        expect(decision).toBeUndefined();
        continue;
      }
      expect(decision).toMatchObject({
        kind: 'reply',
        status,
        body: expect.stringContaining('<type>restoration</type>'),
      });
      const headers = decision?.kind === 'reply' ? decision.headers?.map(({ line }) => line) : [];
      expect(headers).toEqual([
        'P-Asserted-Identity: <sip:term@pcscf1.home1.net;lr>',
        'Content-Type: application/3gpp-ims+xml',
      ]);
    }
    const it = lab();
    it.register();
    const forward = forwarded(it.ask(request('subscribe'), UE));
    const response = responseTo(forward.request, 480);
    expect(await forward.onFailure?.({ kind: 'response', response })).toBeUndefined();
  });

  test('ts-24.141: P-Asserted-Identity from a UE is not even a hint', () => {
    const it = lab('ts-24.141');
    it.register();
    const message = request('subscribe', ['user1_public1', 'user1_public2']);
    const { request: sent } = forwarded(it.ask(message, UE));
    expect(valuesOf(sent, 'p-asserted-identity')).toEqual(['<sip:user1_public1@home1.net>']);
    expect(valuesOf(sent, 'route')).toEqual(['<sip:orig@scscf1.home1.net;lr>']);
    expect(valuesOf(sent, 'p-charging-vector')).toEqual([
      expect.stringMatching(
        /^icid-value=[\w-]{16};icid-generated-at=pcscf1.home1.net;orig-ioi="Type 1home1.net"$/,
      ),
    ]);
  });

  test.each([
    ['nothing', '', 'stored at registration'],
    ['what was stored', '<sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>', 'as the UE preloaded it'],
    ['somewhere else', '<sip:pcscf1.home1.net;lr>, <sip:evil.net;lr>', 'in place of the UE'],
    ['the P-CSCF alone', '<sip:pcscf1.home1.net;lr>', 'stored at registration'],
    [
      'more than what was stored',
      '<sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>, <sip:ps.home2.net;lr>',
      'in place of the UE',
    ],
  ])('a UE that preloads %s: Route is the stored Service-Route', (_what, route, why) => {
    const it = lab();
    it.register();
    const message = request('subscribe', ['Call-ID', route === '' ? 'Call-ID' : `Route: ${route}\nCall-ID`]);
    const forward = forwarded(it.ask(message, UE));
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:scscf1.home1.net;lr>']);
    expect(textOf(forward)).toContain(why);
  });

  test.each([
    'P-Called-Party-ID: <sip:victim@home1.net>',
    'P-Charging-Vector: icid-value=1',
    'P-Charging-Function-Addresses: ccf=1.2.3.4',
    'P-Visited-Network-ID: other.net',
    'P-Served-User: <sip:victim@home1.net>',
    'P-User-Database: <aaa://hss.evil.net>',
    'P-Profile-Key: <sip:x@y>',
    'P-Asserted-Service: urn:urn-7:3gpp-service.ims.icsi.mmtel',
    'Service-Route: <sip:evil.net;lr>',
    'P-Associated-URI: <sip:victim@home1.net>',
    'Path: <sip:evil.net;lr>',
    'Security-Verify: ipsec-3gpp; q=0.1',
  ])('the UE may not insert %s', (line) => {
    const it = lab();
    it.register();
    const { request: sent } = forwarded(it.ask(request('subscribe', ['Call-ID', `${line}\nCall-ID`]), UE));
    expect(lines(sent)).not.toContain(line);
    expect(lines(sent)).toHaveLength(14);
  });

  test('unknown headers survive in their place', () => {
    const it = lab();
    it.register();
    const { request: sent } = forwarded(
      it.ask(request('subscribe', ['Event', 'X-Unknown:   a;b,c\nEvent']), UE),
    );
    expect(lines(sent)[9]).toBe('X-Unknown:   a;b,c');
  });

  test('charging stays in the network on the way back', () => {
    const it = lab();
    it.register();
    const message = request('subscribe');
    const response = responseTo(message, 200, 'OK', {
      toTag: 't',
      headers: [header('P-Charging-Vector', 'icid-value=1')],
    });
    const sent = forwarded(it.ask(message, UE)).onResponse?.(response);
    expect(sent?.headers.some(({ key }) => key === 'p-charging-vector')).toBe(false);
  });

  test.each([
    ['nobody has registered', undefined, STRANGER],
    ['another address', UE, STRANGER],
    ['another port', UE, source('5555::aaa', 5070)],
    ['another transport', UE, source('5555::aaa', 5060, 'TCP')],
  ])('403 to an unregistered source: %s', (_what, registeredFrom, from) => {
    const it = lab();
    if (registeredFrom !== undefined) it.register(registeredFrom);
    expect(it.ask(request('subscribe'), from)).toMatchObject({ kind: 'reply', status: 403 });
    expect(it.ask(request('subscribe', ROUTED), from)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('403 after the registration has expired', async () => {
    const it = lab();
    it.register();
    await it.host.clock.advance(600_001);
    expect(it.ask(request('subscribe'), UE)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('TS 24.229 4.4, RFC 6809 4.1: what only the network writes does not get in', () => {
    const it = lab('ts-24.141');
    it.register();
    const written = [
      'Feature-Caps: *;+g.3gpp.srvcc',
      'Record-Route: <sip:evil.net;lr>',
      'P-Visited-Network-ID: evil.net',
      'P-Charging-Vector: icid-value=1',
      'P-Profile-Key: <sip:victim@home1.net>',
      'P-Private-Network-Indication: x',
      'Restoration-Info: noresponse',
      'Security-Server: ipsec-3gpp',
    ];
    const { request: sent } = forwarded(
      it.ask(request('subscribe', ['Call-ID', `${written.join('\n')}\nCall-ID`]), UE),
    );
    const text = lines(sent).join('\n');
    expect(text).not.toMatch(/evil|victim|Feature-Caps|icid-value=1\b|Private-Network|Restoration|Security/);
    expect(valuesOf(sent, 'p-charging-vector')).toHaveLength(1);
  });

  test.each([
    ['3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11', '3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11'],
    ['3GPP-UTRAN-TDD; utran-cell-id-3gpp=1; network-provided', undefined],
    ['IEEE-802.11;i-wlan-node-id=1, 3GPP-GERAN;cgi-3gpp=2;NETWORK-PROVIDED', 'IEEE-802.11;i-wlan-node-id=1'],
    ['3GPP-GERAN;x="network-provided"', '3GPP-GERAN;x="network-provided"'],
    ['3GPP-GERAN;;', undefined],
  ])('7.2A.4: P-Access-Network-Info: %s', (said, left) => {
    const it = lab('ts-24.141');
    it.register();
    const message = request('subscribe', ['Call-ID', `P-Access-Network-Info: ${said}\nCall-ID`]);
    const { request: sent } = forwarded(it.ask(message, UE));
    expect(valuesOf(sent, 'p-access-network-info')).toEqual(left === undefined ? [] : [left]);
  });

  test('sec-agree ends at the P-CSCF', () => {
    const it = lab('ts-24.141');
    it.register();
    const message = request('subscribe', [
      'Call-ID',
      'Require: sec-agree\nProxy-Require: sec-agree, x\nCall-ID',
    ]);
    const { request: sent } = forwarded(it.ask(message, UE));
    expect(valuesOf(sent, 'require')).toEqual([]);
    expect(valuesOf(sent, 'proxy-require')).toEqual(['x']);
  });
});

describe('TS 24.229 5.2.6.3.5: a request within a dialog from a registered UE', () => {
  const IN_DIALOG: [string, string] = ['To: <tel:+1-212-555-2222>', 'To: <tel:+1-212-555-2222>;tag=151170'];
  const refresh = (route: string) => request('subscribe', IN_DIALOG, ['Call-ID', `${route}\nCall-ID`]);

  test('tr-24.841: goes along its Route, is not recorded again, and asserts what is registered', () => {
    const it = lab();
    it.register();
    const message = refresh(
      'Route: <sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>, <sip:scscf2.home2.net;lr>',
    );
    const forward = forwarded(it.ask(message, UE));
    expect(valuesOf(forward.request, 'route')).toEqual([
      '<sip:scscf1.home1.net;lr>, <sip:scscf2.home2.net;lr>',
    ]);
    expect(valuesOf(forward.request, 'p-asserted-identity')).toEqual(['<sip:user1_public1@home1.net>']);
    expect(forward.recordRoute).toBeUndefined();
  });

  test.each([
    ['SUBSCRIBE', 'sip:pcscf1.home1.net;lr'],
    ['UPDATE', 'sip:pcscf1.home1.net;lr'],
    ['PRACK', undefined],
    ['BYE', undefined],
  ])('ts-24.141: of a %s Record-Route is %s', (method, recorded) => {
    const it = lab('ts-24.141');
    it.register();
    const message = refresh('Route: <sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>');
    const within = { ...message, method };
    expect(forwarded(it.ask(within, UE)).recordRoute).toBe(recorded);
  });

  test.each([
    ['past its S-CSCF', 'Route: <sip:pcscf1.home1.net;lr>, <sip:scscf2.home2.net;lr>'],
    ['to the application server', 'Route: <sip:pcscf1.home1.net;lr>, <sip:ps.home2.net;lr>'],
    ['nowhere', 'Route: <sip:pcscf1.home1.net;lr>'],
    ['without the P-CSCF', 'Route: <sip:scscf1.home1.net;lr>'],
    ['without a Route', 'X: y'],
  ])('403 to one that goes %s', (_what, route) => {
    const it = lab();
    it.register();
    expect(it.ask(refresh(route), UE)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('403 from an unregistered source', () => {
    const message = refresh('Route: <sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>');
    expect(lab().ask(message, UE)).toMatchObject({ kind: 'reply', status: 403 });
  });
});
