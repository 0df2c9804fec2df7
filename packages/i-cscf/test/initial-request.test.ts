import { describe, expect, test } from '@jest/globals';
import { header, responseTo, valueOf } from '@ims-sim/sip';
import { ANYTHING, ask, forwarded, icscf, lines, request, ScriptedHss, valuesOf } from './harness.js';

const SERVED = { kind: 'served', serverName: 'sip:scscf2.home2.net' } as const;

describe('TS 24.229 5.3.2.1: an initial request enters the home network', () => {
  test('TR 24.841 steps 7 and 8: the HSS names the S-CSCF; only Route changes', async () => {
    const hss = new ScriptedHss([SERVED]);
    const message = request('subscribe');
    const forward = forwarded(await ask(message, icscf(hss)));
    expect(hss.asked).toEqual([{ publicIdentity: 'sip:user2_public1@home2.net' }]);
    expect(lines(forward.request)).toEqual(
      lines(message).map((line) => line.replace('icscf2.home2.net', 'scscf2.home2.net')),
    );
    expect(forward.sentBy).toBe('icscf2_s.home2.net');
    expect(forward.recordRoute).toBeUndefined();
    expect(forward.because?.[0]).toEqual({
      clause: 'TS 24.229 5.3.2.1',
      text: 'the HSS has sip:user2_public1@home2.net at sip:scscf2.home2.net',
    });
  });

  test.each([
    ['scscf1.home1.net', undefined],
    ['scscf2.home2.net', 'ccf=1'],
  ])('P-Charging-Function-Addresses of a response to %s: %s', async (asker, left) => {
    const message = request('subscribe', ['UDP scscf1.home1.net', `UDP ${asker}`]);
    const { request: sent, onResponse } = forwarded(
      await ask(message, icscf(new ScriptedHss([SERVED]), { profile: 'ts-24.141' })),
    );
    const headers = [
      header('P-Charging-Function-Addresses', 'ccf=1'),
      header('P-Charging-Vector', 'icid-value=1'),
    ];
    const response = responseTo(sent, 183, undefined, { headers });
    const shown = (onResponse?.(response) ?? response).headers;
    expect(valueOf(shown, 'p-charging-function-addresses')).toBe(left);
    expect(valueOf(shown, 'p-charging-vector')).toBe('icid-value=1');
  });

  test('an answer is never kept: each request asks the HSS', async () => {
    const hss = new ScriptedHss([SERVED, { kind: 'served', serverName: 'sip:scscf3.home2.net' }]);
    const element = icscf(hss);
    await ask(request('subscribe'), element);
    const second = forwarded(await ask(request('subscribe'), element));
    expect(valuesOf(second.request, 'route')).toEqual(['<sip:scscf3.home2.net;lr>']);
  });

  test('a request without Route gets one above Record-Route', async () => {
    const message = request('subscribe', ['Route: <sip:icscf2.home2.net;lr>\n', '']);
    const forward = forwarded(await ask(message, icscf(new ScriptedHss([SERVED]))));
    expect(lines(forward.request).indexOf('Route: <sip:scscf2.home2.net;lr>')).toBe(5);
  });

  test.each([
    ['sip:user2_public1@HOME2.NET:5060;transport=udp?a=b', 'sip:user2_public1@home2.net', undefined],
    ['tel:+1-212-555-2222', 'tel:+12125552222', undefined],
    ['sip:+1-212-555-2222@home2.net;user=phone', 'tel:+12125552222', 'tel:+1-212-555-2222'],
    ['pres:user2_public1@home2.net', 'sip:user2_public1@home2.net', 'sip:user2_public1@home2.net'],
    ['sip:list1@rls.home2.net', 'sip:list1@rls.home2.net', undefined],
  ])('Request-URI %s asks for %s', async (uri, impu, sent) => {
    const hss = new ScriptedHss([SERVED]);
    const forward = forwarded(
      await ask(request('subscribe', ['sip:user2_public1@home2.net', uri]), icscf(hss)),
    );
    expect(hss.asked).toEqual([{ publicIdentity: impu }]);
    expect(forward.request.uri).toBe(sent ?? uri);
  });

  test.each([
    [{ kind: 'unknown-user' } as const, 404],
    [{ kind: 'identity-not-registered' } as const, 480],
    [{ kind: 'roaming-not-allowed' } as const, 404],
    [{ kind: 'identities-dont-match' } as const, 404],
    [{ kind: 'identity-already-registered' } as const, 404],
    [{ kind: 'in-assignment-type' } as const, 404],
    [{ kind: 'too-much-data' } as const, 404],
    [{ kind: 'failed', resultCode: 5012 } as const, 480],
    [{ kind: 'unreachable', reason: 'no peer' } as const, 480],
  ])('the HSS says %j: %i', async (answer, status) => {
    const decision = await ask(request('subscribe'), icscf(new ScriptedHss([answer])));
    expect(decision).toMatchObject({ kind: 'reply', status });
    expect(decision.because?.[0]?.clause).toBe(
      answer.kind === 'identity-not-registered' ? 'TS 24.229 5.3.2.1' : 'TS 24.229 5.3.2.2',
    );
    expect(decision.because?.[0]?.text).toContain(String(status));
  });

  test.each(['sip:user@elsewhere.net', 'sip:user@nothome2.net', 'sip:home2.net.evil.org'])(
    'another domain is refused, and the HSS not bothered: %s',
    async (uri) => {
      const hss = new ScriptedHss([]);
      const decision = await ask(request('subscribe', ['sip:user2_public1@home2.net', uri]), icscf(hss));
      expect(decision).toMatchObject({ kind: 'reply', status: 403 });
      expect(hss.asked).toEqual([]);
    },
  );

  test('416 to a URI that is no public identity', async () => {
    const decision = await ask(
      request('subscribe', ['sip:user2_public1@home2.net', 'http://x/']),
      icscf(new ScriptedHss([])),
    );
    expect(decision).toMatchObject({ kind: 'reply', status: 416 });
  });

  test('from outside of the trust domain nothing is believed', async () => {
    const element = icscf(new ScriptedHss([SERVED]), { trusted: () => false });
    const { request: sent } = forwarded(await ask(request('subscribe'), element));
    expect(valuesOf(sent, 'p-asserted-identity')).toEqual([]);
    expect(lines(sent)).toHaveLength(lines(request('subscribe')).length - 1);
  });

  test('4.4: a stranger is led nowhere by the Route that he gives', async () => {
    const tagged: [string, string] = ['To: <tel:+1-212-555-2222>', 'To: <tel:+1-212-555-2222>;tag=1'];
    const more: [string, string] = [
      'icscf2.home2.net;lr>',
      'icscf2.home2.net;lr>, <sip:pcscf2.home2.net;lr>',
    ];
    const element = icscf(new ScriptedHss([SERVED]), { trusted: () => false });
    const reply = await ask(request('subscribe', tagged, more), element);
    expect(reply).toMatchObject({ kind: 'reply', status: 403 });
    const { request: sent } = forwarded(await ask(request('subscribe', more), element));
    expect(valuesOf(sent, 'route')).toEqual(['<sip:scscf2.home2.net;lr>']);
  });

  test('services of an unregistered user: an S-CSCF is chosen, and another where it is silent (5.3.2.2)', async () => {
    const hss = new ScriptedHss([
      { kind: 'unregistered-service', capabilities: { mandatory: [1], optional: [2], serverNames: [] } },
    ]);
    const sCscfs = [
      { name: 'a.home2.net', capabilities: [2] },
      { name: 'b.home2.net', capabilities: [1] },
      { name: 'c.home2.net', capabilities: [1, 2] },
    ];
    const first = forwarded(await ask(request('subscribe'), icscf(hss, { sCscfs })));
    expect(valuesOf(first.request, 'route')).toEqual(['<sip:c.home2.net;lr>']);
    const second = forwarded(await first.onFailure?.({ kind: 'timeout' }));
    expect(valuesOf(second.request, 'route')).toEqual(['<sip:b.home2.net;lr>']);
    expect(await second.onFailure?.({ kind: 'timeout' })).toBeUndefined();
  });

  test('600 where no S-CSCF can', async () => {
    const hss = new ScriptedHss([
      { kind: 'unregistered-service', capabilities: { ...ANYTHING, mandatory: [9] } },
    ]);
    expect(await ask(request('subscribe'), icscf(hss))).toMatchObject({ kind: 'reply', status: 600 });
  });

  test('5.3.2.1A: orig: the served user is asked for, and the S-CSCF told', async () => {
    const hss = new ScriptedHss([SERVED]);
    const message = request(
      'subscribe',
      ['icscf2.home2.net;lr', 'icscf2.home2.net;lr;orig'],
      ['user1_public1@home1.net', 'user2_public1@home2.net'],
    );
    const forward = forwarded(await ask(message, icscf(hss)));
    expect(hss.asked).toEqual([{ publicIdentity: 'sip:user2_public1@home2.net', originating: true }]);
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:scscf2.home2.net;orig;lr>']);
    expect(await ask(message, icscf(hss, { trusted: () => false }))).toMatchObject({ status: 403 });
  });

  test('within a dialog: along the rest of the Route, or 481', async () => {
    const tagged: [string, string] = ['To: <tel:+1-212-555-2222>', 'To: <tel:+1-212-555-2222>;tag=1'];
    const hss = new ScriptedHss([]);
    expect(await ask(request('subscribe', tagged), icscf(hss))).toMatchObject({ kind: 'reply', status: 481 });
    const more: [string, string] = [
      'icscf2.home2.net;lr>',
      'icscf2.home2.net;lr>, <sip:scscf2.home2.net;lr>',
    ];
    const forward = forwarded(await ask(request('subscribe', tagged, more), icscf(hss)));
    expect(valuesOf(forward.request, 'route')).toEqual(['<sip:scscf2.home2.net;lr>']);
  });
});
