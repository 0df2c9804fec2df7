import { describe, expect, test } from '@jest/globals';
import { responseTo } from '@ims-sim/sip';
import {
  backFromAs,
  criterion,
  forwarded,
  lab,
  method,
  profileOf,
  request,
  texts,
  valuesOf,
} from './harness.js';

describe('TS 24.229 5.4.3.2: application servers', () => {
  const user = profileOf(
    criterion(2, 'third.home1.net'),
    criterion(0, 'first.home1.net'),
    criterion(1, 'never.home1.net', {
      triggerPoint: { cnf: false, servicePointTriggers: [method('INVITE')] },
    }),
  );

  test('the criterion of the highest priority first; then the next when the AS sends on, also as a B2BUA', async () => {
    const it = lab({ user });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating')));
    const [route] = valuesOf(first.request, 'route');
    expect(route).toMatch(/^<sip:first\.home1\.net;lr>, <sip:scscf1\.home1\.net;lr;tag=z9hG4bK[\w-]{11}>$/);
    expect(first.recordRoute).toBe('sip:scscf1.home1.net;lr');
    expect(first.timeoutMs).toBe(4000);
    expect(texts(first)).toEqual([
      'criterion with priority 0 matches: Method = SUBSCRIBE AND Event = presence -> first.home1.net',
    ]);

    const back = backFromAs(
      first.request,
      ['Call-ID', 'Call-ID: another'],
      ['From', 'From: <sip:as@home1.net>;tag=x'],
    );
    const second = forwarded(it.askAtOnce(back));
    expect(valuesOf(second.request, 'route')[0]).toMatch(/^<sip:third\.home1\.net;lr>, /);
    const last = forwarded(it.askAtOnce(backFromAs(second.request)));
    expect(last.request.uri).toBe('sip:user2_public1@home2.net');
    expect(texts(last)[1]).toBe(
      'no further initial filter criterion of sip:user1_public1@home1.net matches SUBSCRIBE, presence: no AS',
    );
  });

  test('what was recorded on the way to the AS is not recorded twice', async () => {
    const it = lab({ user });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating')));
    const recorded = backFromAs(first.request, [
      'Record-Route',
      'Record-Route: <sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net;lr>',
    ]);
    expect(forwarded(it.askAtOnce(recorded)).recordRoute).toBeUndefined();
  });

  test('ts-24.141: the token is the user part', async () => {
    const it = lab({ user, profile: 'ts-24.141' });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating', ['<sip:scscf1', '<sip:orig@scscf1'])));
    expect(valuesOf(first.request, 'route')[0]).toMatch(/, <sip:z9hG4bK[\w-]{11}@scscf1\.home1\.net;lr>$/);
    expect(valuesOf(forwarded(it.askAtOnce(backFromAs(first.request))).request, 'route')[0]).toMatch(
      /^<sip:third/,
    );
  });

  test('an unknown token is refused, and so is one that has aged', async () => {
    const it = lab({ user });
    await it.register();
    const forged = request('originating', [
      '<sip:scscf1.home1.net;lr>',
      '<sip:scscf1.home1.net;lr;tag=z9hG4bKforged>',
    ]);
    expect(it.askAtOnce(forged)).toMatchObject({ kind: 'reply', status: 403 });
    const first = forwarded(it.askAtOnce(request('originating')));
    await it.host.clock.advance(31_000);
    expect(it.askAtOnce(backFromAs(first.request)).kind).toBe('forward');
    await it.host.clock.advance(64_000);
    expect(it.askAtOnce(backFromAs(first.request))).toMatchObject({ kind: 'reply', status: 403 });
  });

  test.each([
    ['does not answer', { kind: 'timeout' } as const],
    ['cannot be reached', { kind: 'transport' } as const],
    ['answers 408', 408],
    ['answers 503', 503],
  ])('SESSION_CONTINUED: an AS that %s is passed by, and its token ends', async (_what, failed) => {
    const it = lab({ user });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating')));
    const failure =
      typeof failed === 'number'
        ? { kind: 'response' as const, response: responseTo(first.request, failed) }
        : failed;
    const second = forwarded(await first.onFailure?.(failure));
    expect(valuesOf(second.request, 'route')[0]).toMatch(/^<sip:third/);
    expect(texts(second)[0]).toContain('session-continued');
    expect(it.askAtOnce(backFromAs(first.request))).toMatchObject({ status: 403 });
  });

  test.each([302, 403, 486, 603])('an answer of %i is the own of the AS', async (status) => {
    const it = lab({ user });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating')));
    expect(
      await first.onFailure?.({ kind: 'response', response: responseTo(first.request, status) }),
    ).toBeUndefined();
  });

  test('SESSION_TERMINATED: 504 where the AS is silent (408 to an INVITE, RFC 4320 4.2), its own 5xx otherwise', async () => {
    const terminated = criterion(0, 'ps.home1.net', {
      applicationServer: {
        serverName: 'sip:ps.home1.net:5070;transport=tcp',
        defaultHandling: 'session-terminated',
      },
    });
    const it = lab({ user: profileOf(terminated) });
    await it.register();
    const first = forwarded(it.askAtOnce(request('originating')));
    expect(valuesOf(first.request, 'route')[0]).toMatch(/^<sip:ps\.home1\.net:5070;transport=tcp;lr>, /);
    expect(await first.onFailure?.({ kind: 'timeout' })).toMatchObject({ kind: 'reply', status: 504 });
    expect(
      await first.onFailure?.({ kind: 'response', response: responseTo(first.request, 500) }),
    ).toBeUndefined();
  });

  test('a PUBLISH of the presentity reaches its presence server', async () => {
    const publish = criterion(0, 'ps.home1.net', {
      triggerPoint: {
        cnf: false,
        servicePointTriggers: [
          method('PUBLISH'),
          { kind: 'sip-header', header: 'Event', content: 'presence', negated: false, groups: [0] },
          { kind: 'session-case', sessionCase: 'originating', negated: false, groups: [0] },
        ],
      },
    });
    const it = lab({ user: profileOf(publish) });
    await it.register();
    const message = request(
      'originating',
      ['SUBSCRIBE tel:+1-212-555-2222', 'PUBLISH sip:user1_public1@home1.net'],
      ['61 SUBSCRIBE', '61 PUBLISH'],
    );
    expect(texts(forwarded(it.askAtOnce(message)))).toEqual([
      'criterion with priority 0 matches: Method = PUBLISH AND Event = presence AND Session case = originating -> ps.home1.net',
    ]);
  });

  test('orig: an AS on behalf of a user who is not registered', async () => {
    const it = lab({
      user: profileOf(
        criterion(0, 'registered.home1.net', { profilePartIndicator: 'registered' }),
        criterion(1, 'unregistered.home1.net', { profilePartIndicator: 'unregistered' }),
      ),
    });
    const decision = await it.ask(
      request('originating', ['scscf1.home1.net;lr>', 'scscf1.home1.net;lr;orig>']),
    );
    expect(it.asked).toMatchObject([
      { type: 'unregistered-user', publicIdentities: ['sip:user1_public1@home1.net'] },
    ]);
    expect(valuesOf(forwarded(decision).request, 'route')[0]).toMatch(/^<sip:unregistered/);
  });
});
