import { describe, expect, test } from '@jest/globals';
import { responseTo } from '@ims-sim/sip';
import { ANYTHING, ask, forwarded, icscf, lines, request, ScriptedHss, valuesOf } from './harness.js';

const SERVED = { kind: 'served', serverName: 'sip:scscf2.home2.net' } as const;
const SCSCFS = [
  { name: 'scscf2.home2.net', capabilities: [1, 2] },
  { name: 'scscf3.home2.net', capabilities: [1] },
  { name: 'scscf4.home2.net', capabilities: [2] },
];
const CAPABLE = { mandatory: [1], optional: [], serverNames: [] };
const IMPU = 'sip:user2_public1@home2.net';

describe('TS 24.229 5.3.2.2, TS 23.380 4.4: the S-CSCF that the HSS named is silent', () => {
  test.each([
    [{ kind: 'unregistered-service', capabilities: CAPABLE } as const],
    [{ ...SERVED, capabilities: CAPABLE } as const],
  ])('another is chosen by what the HSS then says: %j', async (answer) => {
    const hss = new ScriptedHss([SERVED, answer]);
    const first = forwarded(await ask(request('subscribe'), icscf(hss, { sCscfs: SCSCFS })));
    expect(valuesOf(first.request, 'route')).toEqual(['<sip:scscf2.home2.net;lr>']);
    // Soon enough for the other one's answer to reach a caller who gives up after 32 s.
    expect(first.silenceMs).toBeLessThan(16_000);
    const second = forwarded(await first.onFailure?.({ kind: 'timeout' }));
    expect(hss.asked).toEqual([{ publicIdentity: IMPU }, { publicIdentity: IMPU, wantsCapabilities: true }]);
    expect(valuesOf(second.request, 'route')).toEqual(['<sip:scscf3.home2.net;lr>']);
    expect(await second.onFailure?.({ kind: 'transport' })).toBeUndefined(); // no third has capability 1
  });

  test('another that the HSS has assigned since', async () => {
    const hss = new ScriptedHss([SERVED, { kind: 'served', serverName: 'sip:scscf9.home2.net' }]);
    const first = forwarded(await ask(request('subscribe'), icscf(hss)));
    const second = forwarded(await first.onFailure?.({ kind: 'transport' }));
    expect(valuesOf(second.request, 'route')).toEqual(['<sip:scscf9.home2.net;lr>']);
  });

  test.each([[SERVED], [{ kind: 'unreachable', reason: 'x' } as const], [{ kind: 'unknown-user' } as const]])(
    'nothing better to be had (%j): the failure goes back',
    async (answer) => {
      const first = forwarded(await ask(request('subscribe'), icscf(new ScriptedHss([SERVED, answer]))));
      expect(await first.onFailure?.({ kind: 'timeout' })).toBeUndefined();
    },
  );

  test.each([480, 404, 408, 503, 600])('its %i is an answer: nobody else is asked', async (status) => {
    const hss = new ScriptedHss([SERVED]);
    const first = forwarded(await ask(request('subscribe'), icscf(hss)));
    const response = responseTo(first.request, status);
    expect(await first.onFailure?.({ kind: 'response', response })).toBeUndefined();
    expect(hss.asked).toHaveLength(1);
  });

  test('5.3.2.1A: on behalf of a user, too', async () => {
    const hss = new ScriptedHss([SERVED, { kind: 'unregistered-service', capabilities: CAPABLE }]);
    const message = request(
      'subscribe',
      ['icscf2.home2.net;lr', 'icscf2.home2.net;lr;orig'],
      ['user1_public1@home1.net', 'user2_public1@home2.net'],
    );
    const first = forwarded(await ask(message, icscf(hss, { sCscfs: SCSCFS })));
    const second = forwarded(await first.onFailure?.({ kind: 'timeout' }));
    expect(hss.asked[1]).toEqual({ publicIdentity: IMPU, originating: true, wantsCapabilities: true });
    expect(valuesOf(second.request, 'route')).toEqual(['<sip:scscf3.home2.net;orig;lr>']);
  });
});

describe('TS 24.229 5.3.2.1: public service identities', () => {
  test.each([
    ['sip:as1.home2.net', '<sip:as1.home2.net;lr>'],
    ['sip:as1.home2.net:5090;transport=tcp', '<sip:as1.home2.net:5090;transport=tcp;lr>'],
  ])('the AS that the HSS names, %s, is routed to directly', async (serverName, route) => {
    const hss = new ScriptedHss([{ kind: 'served', serverName }]);
    const message = request('subscribe', ['sip:user2_public1@home2.net', 'sip:chat@conf.home2.net']);
    const forward = forwarded(await ask(message, icscf(hss)));
    expect(hss.asked).toEqual([{ publicIdentity: 'sip:chat@conf.home2.net' }]);
    expect(valuesOf(forward.request, 'route')).toEqual([route]);
    expect(forward.request.uri).toBe('sip:chat@conf.home2.net');
  });

  test.each([
    ['sip:chat!.*!@home2.net', '<sip:chat!.*!@home2.net>'],
    ['tel:+1212555!.*!', '<tel:+1212555!.*!>'],
    ['sip:chat![0-9]{2}^"!@home2.net', '<sip:chat!%5B0-9%5D%7B2%7D%5E%22!@home2.net>'],
  ])('RFC 5002: the wildcard %s goes to the S-CSCF in P-Profile-Key', async (wildcardedIdentity, value) => {
    for (const answer of [
      { ...SERVED, wildcardedIdentity },
      { kind: 'unregistered-service', capabilities: ANYTHING, wildcardedIdentity } as const,
    ]) {
      const message = request('subscribe', ['Privacy: none', 'P-Profile-Key: <sip:mine@home2.net>']);
      const { request: sent } = forwarded(await ask(message, icscf(new ScriptedHss([answer]))));
      expect(valuesOf(sent, 'p-profile-key')).toEqual([value]);
    }
  });

  test('no wildcard, no P-Profile-Key', async () => {
    const forward = forwarded(await ask(request('subscribe'), icscf(new ScriptedHss([SERVED]))));
    expect(valuesOf(forward.request, 'p-profile-key')).toEqual([]);
  });
});

describe('RFC 7315 4.6: P-Charging-Vector', () => {
  const vector = 'icid-value=1234bc9876e;icid-generated-at=1.2.3.4;orig-ioi=home1.net';
  const charged: [string, string] = ['Privacy: none', `Privacy: none\nP-Charging-Vector: ${vector}`];

  test('one that came is kept as it is, orig-ioi included', async () => {
    const element = icscf(new ScriptedHss([SERVED]), { profile: 'ts-24.141' });
    const forward = forwarded(await ask(request('subscribe', charged), element));
    expect(valuesOf(forward.request, 'p-charging-vector')).toEqual([vector]);
  });

  test('a request without gets an icid-value, another each time; not in the profile of 2002', async () => {
    const element = icscf(new ScriptedHss([SERVED, SERVED]), { profile: 'ts-24.141' });
    const made = [];
    for (let i = 0; i < 2; i++) {
      const forward = forwarded(await ask(request('subscribe'), element));
      made.push(...valuesOf(forward.request, 'p-charging-vector'));
    }
    expect(made).toEqual([
      expect.stringMatching(/^icid-value=\w{22}$/),
      expect.stringMatching(/^icid-value=\w{22}$/),
    ]);
    expect(made[0]).not.toBe(made[1]);
    const old = forwarded(await ask(request('subscribe'), icscf(new ScriptedHss([SERVED]))));
    expect(lines(old.request).join()).not.toContain('P-Charging-Vector');
  });

  test('a stranger’s is not believed', async () => {
    const element = icscf(new ScriptedHss([SERVED]), { profile: 'ts-24.141', trusted: () => false });
    const forward = forwarded(await ask(request('subscribe', charged), element));
    expect(valuesOf(forward.request, 'p-charging-vector')).toEqual([expect.not.stringContaining('orig-ioi')]);
  });
});
