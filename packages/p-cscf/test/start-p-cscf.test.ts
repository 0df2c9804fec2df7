import { describe, expect, test } from '@jest/globals';
import { createRequest, header, topVia } from '@ims-sim/sip';
import { valuesOf } from './harness.js';
import { message, network, OPEN, registering, responseOf, SECURED, subscribes, USER } from './network.js';

describe('TS 24.229 5.2.2.2 on the wire: a UE registers over a security association', () => {
  test('the network hears how, and from which network; the UE gets no keys; requests leave from and come to the protected ports', async () => {
    const net = await network();
    const { given, response } = await net.register();
    expect(response.status).toBe(200);
    expect(given).toMatch(/alg=hmac-sha-1-96; spi-c=\d+; spi-s=\d+; port-c=8642; port-s=7531$/);
    expect(valuesOf(response, 'p-charging-function-addresses')).toEqual([]);
    const registers = net.atHome.filter(({ request: { method } }) => method === 'REGISTER');
    expect(
      registers.map(
        ({ request }) => /integrity-protected="(\w+)"/.exec(valuesOf(request, 'authorization')[0] ?? '')?.[1],
      ),
    ).toEqual(['no', 'yes']);
    for (const { request } of registers) {
      expect(valuesOf(request, 'p-visited-network-id')).toEqual(['visited1.net']);
      expect(valuesOf(request, 'path')).toEqual(['<sip:term@pcscf1.visited1.net;lr>']);
      expect(valuesOf(request, 'p-charging-vector')[0]).toMatch(
        /^icid-value=.*orig-ioi="Type 1visited1.net"$/,
      );
      expect(valuesOf(request, 'security-client')).toEqual([]);
      expect(topVia(request)).toMatchObject({ host: 'pcscf1.visited1.net', port: undefined });
    }

    const charged = message([header('P-Charging-Vector', 'icid-value=1;orig-ioi=home1.net')], 'SUBSCRIBE');
    const answer = responseOf(await net.ask(net.home, charged));
    const [delivered] = net.atUe;
    expect(delivered?.source).toMatchObject({ remote: { port: 8642 }, local: { port: 1357 } });
    const atUe = delivered?.request;
    expect(atUe && topVia(atUe)).toMatchObject({ host: 'pcscf1.visited1.net', port: 7531 });
    expect(atUe && valuesOf(atUe, 'record-route')).toEqual(['<sip:pcscf1.visited1.net:7531;lr>']);
    expect(atUe && valuesOf(atUe, 'p-charging-vector')).toEqual([]);
    expect(valuesOf(answer, 'record-route')).toEqual(['<sip:pcscf1.visited1.net;lr>']);
    expect(valuesOf(answer, 'p-charging-vector')).toEqual([
      'icid-value=1;orig-ioi=home1.net;term-ioi="Type 1visited1.net"',
    ]);

    // Within the dialog the UE comes by the protected port that was recorded.
    const asking = createRequest({
      method: 'SUBSCRIBE',
      uri: 'sip:user2@home1.net',
      headers: [
        header('Route', '<sip:pcscf1.visited1.net:7531;lr>, <sip:orig@scscf1.home1.net;lr>'),
        header('From', `<${USER}>;tag=1`),
        header('To', '<sip:user2@home1.net>'),
        header('Call-ID', 's1'),
        header('CSeq', '1 SUBSCRIBE'),
        header('Event', 'presence'),
        header('P-Access-Network-Info', '3GPP-UTRAN-TDD; utran-cell-id-3gpp=234151D0FCE11'),
        header('Security-Verify', given),
      ],
    });
    const subscribed = responseOf(await net.ask(net.ue, asking, SECURED));
    expect(subscribed.status).toBe(200);
    const atHome = net.atHome.at(-1)?.request;
    expect(atHome && valuesOf(atHome, 'route')).toEqual(['<sip:orig@scscf1.home1.net;lr>']);
    expect(atHome && valuesOf(atHome, 'p-access-network-info')).toHaveLength(1);
    expect(valuesOf(subscribed, 'record-route')).toEqual(['<sip:pcscf1.visited1.net:7531;lr>']);
    await net.pcscf.close();
  });

  test.each<['tr-24.841' | 'ts-24.141', number]>([
    ['tr-24.841', 0],
    ['ts-24.141', 1],
  ])(
    'without auth there are no further sockets and no agreement; %s: %i subscriptions',
    async (profile, count) => {
      const net = await network({ auth: 'none', profile });
      expect(net.pcscf.protectedListening).toBeUndefined();
      const asked = registering(600, []);
      const plain = { ...asked, headers: asked.headers.filter(({ key }) => key !== 'proxy-require') };
      const answer = responseOf(await net.ask(net.ue, plain, OPEN));
      expect(answer.status).toBe(200);
      expect(valuesOf(answer, 'security-server')).toEqual([]);
      const [registered] = net.atHome;
      expect(registered && valuesOf(registered.request, 'authorization')).toEqual(
        valuesOf(asked, 'authorization'),
      );
      expect(registered && valuesOf(registered.request, 'security-client')).toEqual([]);
      expect(subscribes(net)).toHaveLength(count);
      const inVain = net.ask(net.ue, plain, { ...OPEN, port: 7531 });
      await net.advance(32_000);
      expect(await inVain).toMatch(/transport|timeout/);
      await net.pcscf.close();
    },
  );

  test('5.2.6.3.2A: the S-CSCF is gone: the UE is told while it still waits', async () => {
    const net = await network();
    const { given } = await net.register();
    await net.home.close();
    const asking = createRequest({
      method: 'MESSAGE',
      uri: 'sip:user2@home1.net',
      headers: [
        header('From', `<${USER}>;tag=1`),
        header('To', '<sip:user2@home1.net>'),
        header('Call-ID', 's1'),
        header('CSeq', '1 MESSAGE'),
        header('Security-Verify', given),
      ],
    });
    const answer = net.ask(net.ue, asking, SECURED);
    await net.advance(9_000);
    const response = responseOf(await answer);
    expect([response.status, response.body]).toEqual([504, expect.stringContaining('initial-registration')]);
    expect(valuesOf(response, 'content-type')).toEqual(['application/3gpp-ims+xml']);
    expect(net.traced()).toContain('the S-CSCF of the Service-Route does not answer: 504');
    await net.pcscf.close();
  });

  test('5.2.2.1: a home network that cannot be found: 504, and the trace says why', async () => {
    const net = await network();
    const register = { ...registering(600, []), uri: 'sip:nowhere.net' };
    expect(await net.ask(net.ue, register, OPEN)).toMatchObject({ status: 504 });
    expect(net.traced()).toContain('no entry point of nowhere.net can be found and reached: 504');
    await net.pcscf.close();
  });
});
