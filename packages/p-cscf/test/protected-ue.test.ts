import { describe, expect, test } from '@jest/globals';
import { header, responseTo, type SipRequest } from '@ims-sim/sip';
import { forwarded, request, SCSCF, source, UE, valuesOf } from './harness.js';
import {
  agreed,
  challenge,
  granted,
  headersOf,
  initial,
  OFFER,
  PORTS,
  PROTECTED,
  response,
  secured,
  verified,
} from './security-kit.js';

describe('TS 24.229 5.2.6: a UE that has a security association', () => {
  test('is known by it alone: what it sends beside it is refused', () => {
    const it = secured();
    const given = agreed(it);
    expect(it.ask(verified(given), PROTECTED).kind).toBe('forward');
    for (const from of [
      source('5555::aaa', 2468),
      source('5555::aaa', 2468, 'UDP', 8642),
      source('5555::bad', 2468, 'UDP', 7531),
      UE,
    ]) {
      expect(it.ask(verified(given), from)).toMatchObject({ kind: 'reply', status: 403 });
      // Nor is it taken for the network, whose Route it may copy.
      if (from !== UE) {
        expect(it.ask(request('message'), from)).toMatchObject({ kind: 'reply', status: 403 });
      }
    }
  });

  test.each([
    ['UDP', PROTECTED],
    ['TCP', source('5555::aaa', 40_000, 'TCP', 7531)],
  ])('by %s: whoever does not know what was agreed is somebody else: 494', (transport, from) => {
    const it = secured();
    const given = agreed(it);
    const via = ['SIP/2.0/UDP [5555::aaa]', `SIP/2.0/${transport} [5555::aaa]:1357`] as const;
    const decisions = [
      it.ask(request('subscribe', via), from),
      it.ask(verified(given.replace('7531', '7532'), via), from),
      it.ask(verified(given.replace(/spi-c=\d+/, 'spi-c=300'), via), from),
    ];
    for (const decision of decisions) {
      expect(decision).toMatchObject({ kind: 'reply', status: 494 });
      expect(headersOf(decision).map(({ line }) => line).join()).not.toMatch(/spi-[cs]/); // prettier-ignore
    }
    expect(it.ask(verified(given, via), from).kind).toBe('forward');
    // RFC 3329 2.6: an ACK has none.
    const ack = [['SUBSCRIBE tel', 'ACK tel'], ['61 SUBSCRIBE', '61 ACK']] as const; // prettier-ignore
    expect(it.ask(request('subscribe', ...ack, via), from).kind).toBe('forward');
  });

  test('by TCP it is known by the protected port that its Via names, as no connection can leave from a port that listens', () => {
    const it = secured();
    const given = agreed(it);
    const from = source('5555::aaa', 40_000, 'TCP', 7531);
    const via = (sentBy: string) => verified(given, ['SIP/2.0/UDP [5555::aaa]', `SIP/2.0/TCP ${sentBy}`]);
    expect(it.ask(via('[5555::aaa]:1357'), from).kind).toBe('forward');
    expect(it.ask(via('[5555::aaa]:2468'), from).kind).toBe('forward');
    expect(it.ask(via('[5555::aaa]:1358'), from)).toMatchObject({ kind: 'reply', status: 403 });
    expect(it.ask(via('[5555::aaa]'), from)).toMatchObject({ kind: 'reply', status: 403 });
    const elsewhere = source('5555::bad', 40_000, 'TCP', 7531);
    expect(it.ask(via('[5555::aaa]:1357'), elsewhere)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('of two users who agree on the same address and port, each speaks for itself', () => {
    const it = secured();
    const mine = agreed(it);
    const other = (message: SipRequest) => ({
      ...message,
      headers: message.headers.map((h) =>
        ['authorization', 'to', 'from'].includes(h.key)
          ? header(h.line.split(':')[0] ?? '', h.value.replace('user1_', 'user2_'))
          : h,
      ),
    });
    const first = other(initial());
    const answer = forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
    const theirs = valuesOf(answer ?? {}, 'security-server')[0] ?? '';
    const second = other(response(theirs));
    const given = granted(second);
    forwarded(it.ask(second, PROTECTED)).onResponse?.({
      ...given,
      headers: given.headers.map((h) =>
        h.key === 'p-associated-uri' ? header('P-Associated-URI', '<sip:user2_public1@home1.net>') : h,
      ),
    });
    const assertedBy = (verify: string) =>
      valuesOf(forwarded(it.ask(verified(verify), PROTECTED)).request, 'p-asserted-identity');
    expect(assertedBy(theirs)).toEqual(['<sip:user2_public1@home1.net>']);
    expect(assertedBy(mine)).toEqual(['<sip:user1_public1@home1.net>']);
  });

  test('nobody is taken for it before it has answered the challenge', () => {
    const it = secured();
    const first = initial();
    const answer = forwarded(it.ask(first, UE)).onResponse?.(challenge(first));
    const given = valuesOf(answer ?? {}, 'security-server')[0] ?? '';
    expect(it.ask(verified(given), PROTECTED)).toMatchObject({ kind: 'reply', status: 403 });
  });

  test('its Security-Verify ends here', () => {
    const it = secured();
    const given = agreed(it);
    const asking = (verify: string) =>
      request('subscribe', ['Call-ID', `Security-Verify: ${verify}\nRequire: sec-agree\nCall-ID`]);
    const { request: sent } = forwarded(it.ask(asking(given), PROTECTED));
    expect(valuesOf(sent, 'security-verify')).toEqual([]);
    expect(valuesOf(sent, 'require')).toEqual([]);
  });

  test('5.2.6.3.4: towards it, the own Record-Route leads to the protected server port', () => {
    const it = secured();
    const forward = forwarded(it.ask(verified(agreed(it)), PROTECTED));
    expect(forward.recordRoute).toBe('sip:pcscf1.home1.net;lr');
    const routes = '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net;lr>';
    const answer = responseTo(forward.request, 200, 'OK', { headers: [header('Record-Route', routes)] });
    expect(valuesOf(forward.onResponse?.(answer) ?? {}, 'record-route')).toEqual([
      '<sip:scscf1.home1.net;lr>, <sip:pcscf1.home1.net:7531;lr>',
    ]);
  });

  test('5.2.6.4.3: to it a request leaves from the protected client port, and its response leads back to the open one', () => {
    const it = secured();
    agreed(it);
    const invite = request(
      'message',
      ['MESSAGE sip:[5555::aaa]', 'INVITE sip:[5555::aaa]:1357'],
      ['1 MESSAGE', '1 INVITE'],
    );
    const forward = forwarded(it.ask(invite, SCSCF));
    expect(forward.targets).toEqual([
      { transport: 'UDP', address: '5555::aaa', port: 1357, from: PORTS.client },
    ]);
    expect(forward.recordRoute).toBe('sip:pcscf1.home1.net:7531;lr');
    const answer = responseTo(forward.request, 200, 'OK', {
      headers: [header('Record-Route', '<sip:pcscf1.home1.net:7531;lr>, <sip:scscf1.home1.net;lr>')],
    });
    expect(valuesOf(forward.onResponse?.(answer) ?? {}, 'record-route')).toEqual([
      '<sip:pcscf1.home1.net;lr>, <sip:scscf1.home1.net;lr>',
    ]);
    const notify = forwarded(it.ask(request('notify', ['sip:[5555::aaa]', 'sip:[5555::aaa]:1357']), SCSCF));
    expect(notify.targets).toEqual(forward.targets);
    expect(notify.recordRoute).toBeUndefined();
  });

  test('another UE that registers its contact does not get what is for it', () => {
    const it = secured();
    agreed(it);
    const thief = OFFER.replaceAll('2468', '3000').replaceAll('1357', '3001');
    const from = source('5555::bad', 3000, 'UDP', 7531);
    const first = initial(thief);
    const answer = forwarded(it.ask(first, source('5555::bad', 5060))).onResponse?.(challenge(first));
    const second = response(valuesOf(answer ?? {}, 'security-server')[0] ?? '', thief);
    forwarded(it.ask(second, from)).onResponse?.(granted(second));
    expect(it.pcscf.registrations.size).toBe(2);
    const notify = forwarded(it.ask(request('notify', ['sip:[5555::aaa]', 'sip:[5555::aaa]:1357']), SCSCF));
    expect(notify.targets?.[0]?.address).toBe('5555::aaa');
  });
});
