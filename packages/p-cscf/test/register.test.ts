import { describe, expect, test } from '@jest/globals';
import { parseMessage, responseTo, serialize, type Source } from '@ims-sim/sip';
import { Registrations } from '../src/index.js';
import {
  forwarded,
  lab,
  lines,
  registered,
  request,
  SCSCF,
  source,
  textOf,
  UE,
  valuesOf,
} from './harness.js';

describe('TS 24.229 5.2.2.1: REGISTER towards the home network', () => {
  test('adds Path, Require and P-Visited-Network-ID, and goes by the Request-URI', () => {
    const forward = forwarded(lab().ask(request('register'), UE));
    expect(forward.request.uri).toBe('sip:home1.net');
    expect(lines(forward.request).slice(2, 6)).toEqual([
      'Path: <sip:pcscf1.home1.net;lr>',
      'Require: path',
      'P-Visited-Network-ID: home1.net',
      'From: <sip:user1_public1@home1.net>;tag=4fa3',
    ]);
    expect(forward.recordRoute).toBeUndefined();
    expect(forward.targets).toBeUndefined();
    expect(textOf(forward)).toContain('5.2.2.1');
  });

  test("a UE's own Path, Service-Route, P-Associated-URI, Route and integrity-protected do not get in", () => {
    const message = request(
      'register',
      [
        'Supported: path',
        'Supported: path\nPath: <sip:evil.net;lr>\nService-Route: <sip:evil.net;lr>\nRequire: sec-agree, foo',
      ],
      [
        'Call-ID',
        'P-Associated-URI: <sip:victim@home1.net>\nRoute: <sip:evil.net;lr>\nP-Asserted-Identity: <sip:victim@home1.net>\nCall-ID',
      ],
      ['nonce=""', 'nonce="a, integrity-protected=yes", integrity-protected="yes"'],
      ['Max-Forwards', 'P-Visited-Network-ID: evil.net\nMax-Forwards'],
    );
    const headers = forwarded(lab().ask(message, UE)).request;
    expect(valuesOf(headers, 'path')).toEqual(['<sip:pcscf1.home1.net;lr>']);
    expect(valuesOf(headers, 'require')).toEqual(['path, foo']);
    expect(valuesOf(headers, 'p-visited-network-id')).toEqual(['home1.net']);
    expect(valuesOf(headers, 'authorization')[0]).toMatch(/nonce="a, integrity-protected=yes", uri=/);
    for (const key of ['service-route', 'p-associated-uri', 'route', 'p-asserted-identity']) {
      expect(valuesOf(headers, key)).toEqual([]);
    }
  });

  test('keeps the contact, the identities and the Service-Route of the 200 for the time that was granted', async () => {
    const it = lab();
    it.register();
    const [registration] = it.pcscf.registrations.at(UE)?.registrations ?? [];
    expect(registration?.identities.map(({ text }) => text)).toEqual([
      'sip:user1_public1@home1.net',
      'sip:user1_public2@home1.net',
      'tel:+1-212-555-1111',
    ]);
    expect(registration?.route?.line).toBe('Route: <sip:scscf1.home1.net;lr>');
    expect(it.pcscf.registrations.at(source('5555::aaa', 5061))).toBeUndefined();
    expect(it.pcscf.registrations.at(source('5555::aaa', 5060, 'TCP'))).toBeUndefined();
    await it.host.clock.advance(599_999);
    expect(it.pcscf.registrations.at(UE)).toBeDefined();
    await it.host.clock.advance(1);
    expect(it.pcscf.registrations.at(UE)).toBeUndefined();
    expect(it.pcscf.registrations.size).toBe(0);
  });

  test.each([
    ['Contact: <sip:[5555::aaa]>;expires=600000', 'Contact: <sip:[5555::aaa]>;expires=0'],
    ['Contact: <sip:[5555::aaa]>;expires=600000', 'Contact: *\nExpires: 0'],
  ])(
    '%s -> %s: a 200 to a de-registration ends what was kept; what tells the UE still gets there',
    async (from, to) => {
      const it = lab();
      it.register();
      const message = request('register', [from, to]);
      forwarded(it.ask(message, UE)).onResponse?.(registered(message, 'tr-24.841', '0'));
      expect(it.pcscf.registrations.at(UE)).toBeUndefined();
      expect(it.ask(request('subscribe'), UE)).toMatchObject({ kind: 'reply', status: 403 });
      expect(it.ask(request('notify'), SCSCF).kind).toBe('forward');
      await it.host.clock.advance(32_000);
      expect(it.pcscf.registrations.ofContact('sip:[5555::aaa]')).toEqual([]);
    },
  );

  test.each([401, 403, 480, 500])('a %i changes nothing', (status) => {
    const it = lab();
    it.register();
    const message = request('register', ['expires=600000', 'expires=0']);
    forwarded(it.ask(message, UE)).onResponse?.(responseTo(message, status));
    expect(it.pcscf.registrations.size).toBe(1);
    const first = lab();
    forwarded(first.ask(request('register'), UE)).onResponse?.(responseTo(message, status));
    expect(first.pcscf.registrations.size).toBe(0);
  });

  test('a 200 without P-Associated-URI registers the identity of To alone', () => {
    const it = lab();
    const message = request('register');
    const text = serialize(responseTo(message, 200, 'OK', { toTag: 'x' })).replace(
      'Content-Length',
      'Contact: <sip:[5555::AAA]:5060>;expires=60, <sip:[5555::aaa]>;expires=60\r\nContent-Length',
    );
    const parsed = parseMessage(text);
    if (parsed.kind !== 'message' || parsed.message.kind !== 'response') throw new Error('test');
    forwarded(it.ask(message, UE)).onResponse?.(parsed.message);
    expect(it.pcscf.registrations.at(UE)?.registrations[0]?.identities.map(({ text }) => text)).toEqual([
      'sip:user1_public1@home1.net',
    ]);
  });

  test('a second REGISTER of the same contact replaces the first', () => {
    const it = lab();
    it.register();
    it.register();
    expect(it.pcscf.registrations.size).toBe(1);
  });

  test('a table that is full: 503 in place of a 200 that nothing would come of', () => {
    const host = lab().host;
    const it = lab('ts-24.141', { registrations: new Registrations(host.clock, { registrations: 1 }) });
    const ask = (from: Source, user: string) => {
      const message = request('register', ['[5555::aaa]>', `[5555::${user}]>`]);
      return forwarded(it.ask(message, from)).onResponse?.(registered(message, 'ts-24.141'));
    };
    expect(ask(UE, 'aaa')).toMatchObject({ status: 200 });
    const refused = ask(source('5555::bbb', 5060), 'bbb');
    expect(refused).toMatchObject({ status: 503 });
    expect(valuesOf(refused ?? {}, 'retry-after')).toEqual(['60']);
    for (const key of ['contact', 'service-route', 'p-associated-uri']) {
      expect(valuesOf(refused ?? {}, key)).toEqual([]);
    }
    expect(ask(UE, 'aaa')).toMatchObject({ status: 200 });
  });

  test.each([
    'sip:home3.net',
    'sip:127.0.0.1:5090',
    'sip:scscf1.home1.net',
    'sip:home1.net:5090',
    'sip:home1.net;maddr=127.0.0.1',
    'sip:home1.net.home3.net',
  ])('%s is no home domain that there is a roaming agreement with: 403', (uri) => {
    const it = lab('tr-24.841', { homeDomains: new Set(['home1.net', 'home2.net']) });
    const decision = it.ask(request('register', ['REGISTER sip:home1.net', `REGISTER ${uri}`]), UE);
    expect(decision).toMatchObject({ kind: 'reply', status: 403 });
    expect(it.ask(request('register'), UE).kind).toBe('forward');
  });

  test.each(['tel:+1', 'urn:x:y'])('a Request-URI that is no home domain (%s) gets 400', (uri) => {
    expect(lab().ask(request('register', ['REGISTER sip:home1.net', `REGISTER ${uri}`]), UE)).toMatchObject({
      status: 400,
    });
  });
});
