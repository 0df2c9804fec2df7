import { describe, expect, test } from '@jest/globals';
import { serialize, topVia, valueOf } from '../../src/index.js';
import { LINGER_STEP_MS } from '../../src/transaction/lingering.js';
import { ALICE, BOB, asResponse, hosts, peerAt, stackAt, text } from './kit.js';
import { AT_BOB, answering, setting } from './server-setting.js';

describe('A peer of RFC 2543, without the magic cookie (RFC 3261 17.2.3)', () => {
  const via = 'SIP/2.0/UDP 10.0.0.1';

  test('is known by Request-URI, tags, Call-ID, CSeq and Via', async () => {
    const { clock, peer, stack } = await setting(answering(200));
    peer.say(text({ via }), AT_BOB);
    peer.say(text({ via }), AT_BOB);
    peer.say(text({ via, cseq: 2 }), AT_BOB);
    peer.say(text({ via, toTag: 'x' }), AT_BOB);
    peer.say(text({ via: `${via};branch=1` }), AT_BOB);
    await clock.advance(1);
    expect(stack.requests).toHaveLength(4);
    expect(peer.heard).toHaveLength(5);
  });

  test('its ACK finds the INVITE by the To tag of the response; another tag does not', async () => {
    const { clock, peer, stack } = await setting(answering(486));
    peer.say(text({ via, method: 'INVITE' }), AT_BOB);
    await clock.advance(1);
    peer.say(text({ via, method: 'ACK', toTag: 'other' }), AT_BOB);
    await clock.advance(600);
    expect(peer.heard).toHaveLength(2);
    peer.say(text({ via, method: 'ACK', toTag: 'b1' }), AT_BOB);
    await clock.advance(30_000);
    expect(peer.heard).toHaveLength(2);
    expect(stack.requests.map(({ request }) => request.method)).toEqual(['INVITE', 'ACK']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('its CANCEL finds the INVITE', async () => {
    const { clock, peer, statuses } = await setting(answering(180));
    peer.say(text({ via, method: 'INVITE' }), AT_BOB);
    await clock.advance(1);
    peer.say(text({ via, method: 'CANCEL' }), AT_BOB);
    await clock.advance(1);
    expect(statuses()).toEqual([180, 200]);
  });
});

describe('What is wrong', () => {
  test('gets 400 with what is wrong with it, without a transaction', async () => {
    const { clock, peer, stack } = await setting();
    const wrong = text().replace('CSeq: 1 OPTIONS', 'CSeq: 1 MESSAGE');
    peer.say(wrong, AT_BOB);
    peer.say(wrong, AT_BOB);
    await clock.advance(1);
    expect(peer.heard).toHaveLength(2);
    expect(peer.heard[0]?.text).toMatch(/^SIP\/2\.0 400 .*CSeq/);
    expect(peer.heard[0]?.text).toBe(peer.heard[1]?.text);
    expect(topVia(peer.last())?.params.get('received')).toBe(ALICE);
    expect(stack.requests).toHaveLength(0);
    expect(stack.counters.invalid).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([
    ['an ACK', text({ method: 'ACK' }).replace('CSeq: 1 ACK', 'CSeq: 1 INVITE')],
    [
      'a response',
      text()
        .replace(/^.*\r\n/, 'SIP/2.0 200 OK\r\n')
        .replace('CSeq: 1 OPTIONS', 'CSeq: x'),
    ],
    ['a request without Via', text().replace(/Via: .*\r\n/, '')],
    ['no SIP', 'GET / HTTP/1.1\r\n\r\n'],
    ['nothing', ''],
    ['a keep-alive', '\r\n\r\n'],
  ])('is not answered where it is %s', async (_, datagram) => {
    const { clock, peer, stack } = await setting();
    peer.say(datagram, AT_BOB);
    await clock.advance(1000);
    expect(peer.heard).toHaveLength(0);
    expect(stack.requests).toHaveLength(0);
  });

  test('gets 503 with Retry-After where the table is full, and retransmissions of what is in it are still absorbed', async () => {
    const { clock, peer, stack } = await setting({ limits: { serverTransactions: 2 }, ...answering(200) });
    for (const branch of ['z9hG4bK1', 'z9hG4bK2', 'z9hG4bK3', 'z9hG4bK1']) {
      peer.say(text({ branch }), AT_BOB);
    }
    await clock.advance(1);
    expect(peer.heard.map(({ message }) => asResponse(message).status)).toEqual([200, 200, 503, 200]);
    expect(valueOf(peer.heard[2]?.message.headers ?? [], 'retry-after')).toBe('10');
    expect(stack.counters.refused).toBe(1);
    await clock.advance(32_000 + LINGER_STEP_MS);
    peer.say(text({ branch: 'z9hG4bK4' }), AT_BOB);
    await clock.advance(1);
    expect(asResponse(peer.last()).status).toBe(200);
  });
});

describe('Where responses go (RFC 3261 18.2, RFC 3581)', () => {
  const PORT = 40_000;

  test.each([
    ['rport', 'SIP/2.0/UDP ue.home1.net;branch=z9hG4bK1;rport', PORT, `rport=${PORT};received=${ALICE}`],
    [
      'rport in front',
      'SIP/2.0/UDP ue.home1.net;rport;branch=z9hG4bK1',
      PORT,
      `rport=${PORT};branch=z9hG4bK1;received=${ALICE}`,
    ],
    [
      'rport and its own address',
      `SIP/2.0/UDP ${ALICE}:${PORT};branch=z9hG4bK1;rport`,
      PORT,
      `rport=${PORT};received=${ALICE}`,
    ],
    ['a name, no rport', 'SIP/2.0/UDP ue.home1.net;branch=z9hG4bK1', 5060, `received=${ALICE}`],
    ['a port, no rport', 'SIP/2.0/UDP ue.home1.net:5070;branch=z9hG4bK1', 5070, `received=${ALICE}`],
    ['another address', 'SIP/2.0/UDP 10.9.9.9;branch=z9hG4bK1', 5060, `received=${ALICE}`],
    ['its own address', `SIP/2.0/UDP ${ALICE};branch=z9hG4bK1`, 5060, 'branch=z9hG4bK1'],
    [
      'a received of its own making',
      'SIP/2.0/UDP ue;branch=z9hG4bK1;received=10.6.6.6',
      5060,
      `received=${ALICE}`,
    ],
    [
      'an rport of its own making',
      'SIP/2.0/UDP ue;branch=z9hG4bK1;rport=1',
      PORT,
      `rport=${PORT};received=${ALICE}`,
    ],
    ['maddr', `SIP/2.0/UDP ue;branch=z9hG4bK1;maddr=${ALICE}`, 5060, `received=${ALICE}`],
  ])('%s', async (_, via, port, end) => {
    const { alice, bob } = hosts();
    await stackAt(bob, BOB, answering(200));
    const ports = [PORT, 5060, 5070];
    const peers = await Promise.all(ports.map((at) => peerAt(alice, ALICE, at)));
    peers[0]?.say(text({ via }), AT_BOB);
    await alice.clock.advance(1);
    const heardAt = ports.filter((_port, index) => peers[index]?.heard.length === 1);
    expect(heardAt).toEqual([port]);
    const heard = peers[ports.indexOf(port)]?.heard[0]?.text ?? '';
    expect(/^Via: (.*)$/m.exec(heard)?.[1]).toMatch(new RegExp(`${end.replaceAll('.', '\\.')}$`));
  });

  test('other Vias, below and in the same line, stay as they are', async () => {
    const { clock, peer } = await setting(answering(200));
    const via =
      'SIP/2.0/UDP p.home1.net;branch=z9hG4bK1;rport , SIP / 2.0 / UDP ue;branch=z9hG4bK0\r\nv: SIP/2.0/UDP x';
    peer.say(text({ via }), AT_BOB);
    await clock.advance(1);
    expect(serialize(peer.last())).toContain(
      `Via: SIP/2.0/UDP p.home1.net;branch=z9hG4bK1;rport=5060;received=${ALICE}`,
    );
    expect(serialize(peer.last())).toContain('SIP / 2.0 / UDP ue;branch=z9hG4bK0\r\nv: SIP/2.0/UDP x\r\n');
  });
});
