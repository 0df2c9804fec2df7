import { describe, expect, test } from '@jest/globals';
import { addresses, createRequest, header, responseTo, values, vias, type SipRequest } from '@ims-sim/sip';
import { notify, publish, subscribe } from './messages.js';
import { network, PLACES, requestAt, uris, type Place } from './network.js';

describe('TR 24.841 6.1.1 through P-, S-, I- and S-CSCF', () => {
  test('SUBSCRIBE and NOTIFY, hop by hop', async () => {
    const net = await network();
    expect(await net.register(net.ue1, '1')).toMatchObject({ status: 200 });
    expect(await net.register(net.ue2, '2')).toMatchObject({ status: 200 });
    const answer = await net.ue1.send(subscribe());
    expect(answer).toMatchObject({ status: 200 });

    const step2 = requestAt(net, 'scscf1.home1.net', 'SUBSCRIBE');
    expect(step2.uri).toBe('tel:+1-212-555-2222');
    expect(uris(step2, 'route')).toEqual(['sip:scscf1.home1.net;lr']);
    const step5 = requestAt(net, 'icscf2.home2.net', 'SUBSCRIBE');
    expect(step5.uri).toBe('sip:user2_public1@home2.net');
    expect(uris(step5, 'route')).toEqual(['sip:icscf2.home2.net;lr']);
    const step8 = requestAt(net, 'scscf2.home2.net', 'SUBSCRIBE');
    expect(uris(step8, 'route')).toEqual(['sip:scscf2.home2.net;lr']);
    expect(vias(step8)[0]?.host).toBe('icscf2_s.home2.net');
    const step11 = requestAt(net, 'ps.home2.net', 'SUBSCRIBE');
    expect(uris(step11, 'route')).toEqual([
      'sip:ps.home2.net;lr',
      expect.stringMatching(/^sip:scscf2\.home2\.net;lr;tag=z9hG4bK[\w-]{11}$/),
    ]);
    expect(uris(step11, 'record-route')).toEqual([
      'sip:scscf2.home2.net;lr',
      'sip:scscf1.home1.net;lr',
      'sip:pcscf1.home1.net;lr',
    ]);
    expect(vias(step11).map(({ host }) => host)).toEqual([
      'scscf2.home2.net',
      'icscf2_s.home2.net',
      'scscf1.home1.net',
      'pcscf1.home1.net',
      PLACES.ue1,
    ]);
    expect(values(step11, 'max-forwards')).toEqual(['66']);
    expect(uris(step11, 'p-asserted-identity')).toEqual(['sip:user1_public1@home1.net']);

    const notified = await net.ps.send(notify(step11));
    expect(notified).toMatchObject({ status: 200 });
    const step21 = net.ue1.requests.find((it) => it.method === 'NOTIFY') as SipRequest;
    expect(uris(step21, 'p-asserted-identity')).toEqual([
      'sip:user2_public1@home2.net',
      'tel:+1-212-555-2222',
    ]);
    expect(uris(step21, 'p-called-party-id')).toEqual(['sip:user2_public1@home2.net']);
    expect(uris(step21, 'route')).toEqual([]);
    expect(uris(step21, 'record-route')).toEqual([]);
    expect(values(step21, 'max-forwards')).toEqual(['67']);
    expect(vias(step21).map(({ host }) => host)).toEqual([
      'pcscf1.home1.net',
      'scscf1.home1.net',
      'scscf2.home2.net',
      'ps.home2.net',
    ]);
    await net.close();
  });

  test('ts-24.141: orig in the Service-Route, two asserted identities, S-CSCF#2 not in the dialog', async () => {
    const net = await network('ts-24.141');
    const registered = await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    expect(
      typeof registered === 'string' ? [] : addresses(registered, 'service-route').map(({ text }) => text),
    ).toEqual(['<sip:orig@scscf1.home1.net;lr>']);
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 200 });
    const sent = requestAt(net, 'ps.home2.net', 'SUBSCRIBE');
    expect(uris(sent, 'p-asserted-identity')).toEqual(['sip:user1_public1@home1.net', 'tel:+1-212-555-1111']);
    expect(uris(sent, 'record-route')).toEqual(['sip:scscf1.home1.net;lr', 'sip:pcscf1.home1.net;lr']);
    expect(uris(sent, 'route')[1]).toMatch(/^sip:z9hG4bK[\w-]{11}@scscf2\.home2\.net;lr$/);
    expect(await net.ps.send(notify(sent))).toMatchObject({ status: 200 });
    const notified = net.ue1.requests.find((it) => it.method === 'NOTIFY') as SipRequest;
    expect(uris(notified, 'p-asserted-identity')).toEqual(['sip:user2_public1@home2.net']);
    expect(uris(notified, 'p-called-party-id')).toEqual([]);
    await net.close();
  });

  test('the trace has steps 4, 7 and 10, each with its reason', async () => {
    const net = await network();
    await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    await net.ue1.send(subscribe());
    const traced = (place: Place) => net.hosts.get(place)?.trace.decisions.map(({ text }) => text);
    expect(traced('scscf1.home1.net')).toContain(
      'no initial filter criterion of sip:user1_public1@home1.net matches SUBSCRIBE, presence: no AS',
    );
    expect(traced('icscf2.home2.net')).toContain(
      'the HSS has sip:user2_public1@home2.net at sip:scscf2.home2.net',
    );
    expect(traced('scscf2.home2.net')).toContain(
      'criterion with priority 0 matches: Method = SUBSCRIBE AND Event = presence -> ps.home2.net',
    );
    await net.close();
  });

  test('a PUBLISH of user2 reaches the presence server through its own network', async () => {
    const net = await network();
    await net.register(net.ue2, '2');
    const answer = await net.ue2.send(publish());
    expect(answer).toMatchObject({ status: 200 });
    expect(uris(requestAt(net, 'ps.home2.net', 'PUBLISH'), 'p-asserted-identity')).toEqual([
      'sip:user2_public1@home2.net',
    ]);
    await net.close();
  });

  test('an AS that sends the request on as a B2BUA: it goes on to the user, in a dialog of its own', async () => {
    const net = await network();
    await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    net.ps.answer = (received) => {
      const onward = createRequest({
        ...received,
        headers: received.headers
          .filter(
            ({ key }) => key !== 'via' && key !== 'route' && key !== 'record-route' && key !== 'call-id',
          )
          .concat(header('Route', addresses(received, 'route')[1]?.text ?? ''), header('Call-ID', 'b2bua')),
      });
      net.ps.stack.send(onward, { onResponse: () => undefined, onFailure: () => undefined });
      return responseTo(received, 202, 'Accepted', { toTag: 'b' });
    };
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 202 });
    await net.clock.advance(1000);
    const [arrived] = net.ue2.requests;
    expect(arrived?.uri).toBe(`sip:${PLACES.ue2}`);
    expect(arrived && values(arrived, 'call-id')).toEqual(['b2bua']);
    expect(arrived && uris(arrived, 'p-called-party-id')).toEqual(['sip:user2_public1@home2.net']);
    await net.close();
  });

  test('an AS that is silent is passed by after its time (SESSION_CONTINUED)', async () => {
    const net = await network();
    await net.register(net.ue1, '1');
    await net.register(net.ue2, '2');
    net.ps.answer = () => undefined;
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 200 });
    expect(net.ue2.requests).toHaveLength(1);
    await net.close();
  });

  test('an unregistered UE, an unknown number, an unknown user', async () => {
    const net = await network();
    expect(await net.ue1.send(subscribe())).toMatchObject({ status: 403 });
    await net.register(net.ue1, '1');
    const to = (uri: string, callId: string) => {
      const it = subscribe();
      return {
        ...it,
        uri,
        headers: it.headers.map((h) => (h.key === 'call-id' ? header('Call-ID', callId) : h)),
      };
    };
    expect(await net.ue1.send(to('tel:+1-999', 'a'))).toMatchObject({ status: 404 });
    expect(await net.ue1.send(to('sip:nobody@home2.net', 'b'))).toMatchObject({ status: 404 });
    await net.close();
  });
});
