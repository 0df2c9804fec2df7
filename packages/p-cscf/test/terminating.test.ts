import { describe, expect, test } from '@jest/globals';
import { header, responseTo, type Profile } from '@ims-sim/sip';
import { forwarded, lab, lines, request, SCSCF, STRANGER, textOf, UE, valuesOf } from './harness.js';

describe('TS 24.229 5.2.6.4: towards the UE', () => {
  test('TR 24.841 step 21: the NOTIFY goes on as it is, less the own Route', () => {
    const it = lab();
    it.register();
    const message = request('notify');
    const forward = forwarded(it.ask(message, SCSCF));
    expect(forward.request.uri).toBe('sip:[5555::aaa]');
    expect(lines(forward.request)).toEqual(lines(message).filter((line) => !line.startsWith('Route')));
    expect(forward.recordRoute).toBeUndefined();
  });

  test.each(['sip:[5555::AAA]:5060', 'sip:user1@[5555:0::aaa];x=y'])(
    'Request-URI %s is the registered contact too',
    (uri) => {
      const it = lab();
      it.register();
      expect(it.ask(request('notify', ['sip:[5555::aaa]', uri]), SCSCF).kind).toBe('forward');
    },
  );

  test.each([
    ['none', 2],
    ['id', 0],
    ['header; id', 0],
    ['user', 2],
  ])('RFC 3325 9.3: Privacy: %s leaves %i P-Asserted-Identity', (privacy, count) => {
    const it = lab();
    it.register();
    const { request: sent } = forwarded(
      it.ask(request('notify', ['Privacy: none', `Privacy: ${privacy}`]), SCSCF),
    );
    expect(valuesOf(sent, 'p-asserted-identity')).toHaveLength(count);
  });

  test("what a UE asserts in its response does not get in; step 23's 200 is the UE's own otherwise", () => {
    const it = lab();
    it.register();
    const message = request('notify');
    const { onResponse } = forwarded(it.ask(message, SCSCF));
    const clean = responseTo(message, 200);
    expect(onResponse?.(clean)).toBe(clean);
    const spoofed = responseTo(message, 200, 'OK', {
      headers: [
        header('P-Asserted-Identity', '<sip:victim@home1.net>'),
        header('P-Charging-Vector', 'icid-value=1'),
      ],
    });
    expect(lines(onResponse?.(spoofed) ?? { headers: [] })).toEqual(lines(clean));
  });

  test('5.2.6.4.3 and 5.2.6.4.4: an initial request is recorded, and its response asserts the identity that was called', () => {
    const it = lab();
    it.register();
    const message = request('message', ['MESSAGE sip', 'INVITE sip'], ['1 MESSAGE', '1 INVITE']);
    const forward = forwarded(it.ask(message, SCSCF));
    expect(forward.recordRoute).toBe('sip:pcscf1.home1.net;lr');
    expect(valuesOf(forward.request, 'p-charging-vector')).toEqual([]);
    expect(valuesOf(forward.request, 'p-called-party-id')).toEqual(['<sip:user1_public2@home1.net>']);
    const spoofed = responseTo(message, 200, 'OK', {
      headers: [header('P-Asserted-Identity', '<sip:victim@home1.net>')],
    });
    expect(valuesOf(forward.onResponse?.(spoofed) ?? { headers: [] }, 'p-asserted-identity')).toEqual([
      '<sip:user1_public2@home1.net>',
    ]);
  });

  test.each([
    ['SUBSCRIBE', 200, 1, 1],
    ['SUBSCRIBE', 489, 0, 0],
    ['INVITE', 183, 1, 1],
    ['INVITE', 486, 0, 0],
    ['MESSAGE', 200, 1, 1],
    ['MESSAGE', 415, 1, 0],
  ])(
    '5.2.6.4.4, 5.2.6.4.8: %s, answered %i by the UE, goes back with %i identity and %i charging vector',
    (method, status, identities, vectors) => {
      const it = lab('ts-24.141');
      it.register();
      const message = request('message', ['MESSAGE', method], ['1 MESSAGE', `1 ${method}`]);
      const forward = forwarded(it.ask(message, SCSCF));
      const back = forward.onResponse?.(
        responseTo(forward.request, status, undefined, {
          headers: [header('P-Asserted-Identity', '<sip:victim@home1.net>')],
        }),
      );
      expect(valuesOf(back ?? { headers: [] }, 'p-asserted-identity')).toEqual(
        identities === 0 ? [] : ['<sip:user1_public2@home1.net>'],
      );
      expect(valuesOf(back ?? { headers: [] }, 'p-charging-vector')).toHaveLength(vectors);
    },
  );

  test('5.2.6.4.4, 5.2.6.4.7: a standalone request is not recorded; who refuses it names no operator', () => {
    const it = lab('ts-24.141');
    it.register();
    const { recordRoute, request: sent, onResponse } = forwarded(it.ask(request('message'), SCSCF));
    expect(recordRoute).toBeUndefined();
    const vectors = (status: number) =>
      valuesOf(onResponse?.(responseTo(sent, status)) ?? {}, 'p-charging-vector');
    expect(vectors(200)).toHaveLength(1);
    expect(vectors(486)).toEqual([]);
  });

  test.each<[Profile, string, string | undefined]>([
    ['ts-24.141', 'UPDATE', 'sip:pcscf1.home1.net;lr'],
    ['ts-24.141', 'INVITE', 'sip:pcscf1.home1.net;lr'],
    ['ts-24.141', 'NOTIFY', undefined],
    ['ts-24.141', 'BYE', undefined],
    ['tr-24.841', 'UPDATE', undefined],
  ])('5.2.6.4.5: %s: a %s within a dialog is recorded: %s', (profile, method, recorded) => {
    const it = lab(profile);
    it.register();
    const within = request('notify', ['NOTIFY sip', `${method} sip`], [' NOTIFY\n', ` ${method}\n`]);
    expect(forwarded(it.ask(within, SCSCF)).recordRoute).toBe(recorded);
  });

  test("4.4: the network's own headers end here, both ways", () => {
    const it = lab('ts-24.141');
    it.register();
    const own = [
      'P-Access-Network-Info: 3GPP-GERAN;cgi-3gpp=1',
      'P-Charging-Function-Addresses: ccf=192.0.2.1',
      'P-Served-User: <sip:user1_public1@home1.net>',
      'P-Visited-Network-ID: home1.net',
    ];
    const message = request('message', ['Call-ID', `${own.join('\n')}\nCall-ID`]);
    const forward = forwarded(it.ask(message, SCSCF));
    const text = lines(forward.request).join('\n');
    for (const line of own) {
      expect(text).not.toContain(line.split(':')[0]);
    }
    const answer = responseTo(forward.request, 200, 'OK', {
      headers: [
        header('P-Access-Network-Info', '3GPP-GERAN;network-provided'),
        header('P-Access-Network-Info', '3GPP-GERAN;cgi-3gpp=2'),
        header('Feature-Caps', '*'),
      ],
    });
    const back = forward.onResponse?.(answer) ?? {};
    expect(valuesOf(back, 'p-access-network-info')).toEqual(['3GPP-GERAN;cgi-3gpp=2']);
    expect(valuesOf(back, 'feature-caps')).toEqual([]);
    expect(valuesOf(back, 'p-charging-vector')).toEqual(['icid-value=abc;term-ioi="Type 1home1.net"']);
  });

  test('404 where the contact is registered no more', async () => {
    const it = lab();
    it.register();
    await it.host.clock.advance(600_001);
    expect(it.ask(request('notify'), SCSCF)).toMatchObject({ kind: 'reply', status: 404 });
  });

  test('an attacker that registers the same contact does not make it unreachable when it leaves', () => {
    const it = lab();
    it.register();
    it.register(STRANGER);
    it.pcscf.registrations.unbind(STRANGER, 'sip:user1_public1@home1.net');
    expect(it.ask(request('notify'), SCSCF).kind).toBe('forward');
  });
});

describe('TS 24.229 4.4: strangers', () => {
  test('a stranger that forges the own Route and P-Asserted-Identity is refused where the trust domain is known', () => {
    const it = lab('tr-24.841', { trusted: ({ remote }) => remote.address === SCSCF.remote.address });
    it.register();
    for (const file of ['notify', 'message']) {
      const decision = it.ask(request(file), STRANGER);
      expect(decision).toMatchObject({ kind: 'reply', status: 403 });
      expect(textOf(decision)).toContain('trust domain');
      expect(it.ask(request(file), SCSCF).kind).toBe('forward');
    }
  });

  test('nobody reaches anything but registered contacts through the own Route', () => {
    const it = lab();
    it.register();
    const decision = it.ask(request('message', ['sip:[5555::aaa]', 'sip:anybody@elsewhere.net']), STRANGER);
    expect(decision).toMatchObject({ kind: 'reply', status: 404 });
  });

  test('a registered UE cannot pass for the core: its own Route and assertion are its own', () => {
    const it = lab();
    it.register();
    const decision = forwarded(it.ask(request('message'), UE));
    expect(valuesOf(decision.request, 'p-asserted-identity')).toEqual(['<sip:user1_public1@home1.net>']);
    expect(valuesOf(decision.request, 'route')).toEqual(['<sip:scscf1.home1.net;lr>']);
  });

  test('a table that is full takes no more, and makes room for what has expired', async () => {
    const it = lab();
    const small = lab('tr-24.841', {});
    expect(small.pcscf.registrations.size).toBe(0);
    const { Registrations } = await import('../src/index.js');
    const table = new Registrations(it.host.clock, { registrations: 2, perUe: 1 });
    it.register();
    const [one] = it.pcscf.registrations.at(UE)?.registrations ?? [];
    if (one === undefined) throw new Error('test');
    const at = (port: number) => ({ ...one, source: { ...UE, remote: { address: '5555::aaa', port } } });
    expect(table.bind(at(1))).toBe(true);
    expect(table.bind(at(2))).toBe(true);
    expect(table.bind(at(3))).toBe(false);
    await it.host.clock.advance(700_000);
    expect(table.bind({ ...at(3), expiresAtMs: it.host.clock.now() + 1000 })).toBe(true);
    expect(table.size).toBe(1);
  });

  test('OPTIONS to the element itself says that it is there; to others it is a request like any', () => {
    const it = lab();
    const ping = (uri: string) =>
      request(
        'subscribe',
        ['SUBSCRIBE tel:+1-212-555-2222', `OPTIONS ${uri}`],
        ['61 SUBSCRIBE', '61 OPTIONS'],
      );
    expect(it.ask(ping('sip:pcscf1.home1.net'), STRANGER)).toMatchObject({ status: 200 });
    expect(it.ask(ping('sip:user2@home2.net'), STRANGER)).toMatchObject({ status: 403 });
  });
});
