import { describe, expect, test } from '@jest/globals';
import type { TcpConnection, TestHost } from '@ims-sim/host';
import { serialize, topVia, type SendOptions } from '../../src/index.js';
import { MAX_UNSENT_BYTES } from '../../src/transport/flow.js';
import {
  ALICE,
  answer,
  asRequest,
  asResponse,
  BOB,
  hosts,
  listener,
  messageOf,
  peerAt,
  stackAt,
  tcp,
  text,
  toSend,
  udp,
} from '../transaction/kit.js';

const AT_BOB = { address: BOB, port: 5060 };
const TO_BOB: SendOptions = { targets: [tcp(BOB)] };
const VIA = `SIP/2.0/TCP ${ALICE};branch=z9hG4bK1`;

interface TcpPeer {
  /** All that came, as text. */
  heard: string;
  closed: boolean;
  readonly connection: TcpConnection;
  say(text: string): void;
}

async function dial(host: TestHost, to = AT_BOB): Promise<TcpPeer> {
  const peer = { heard: '', closed: false };
  const connection = await host.clock.until(
    host.net.connect(to, 1000, () => ({
      onData: (bytes) => void (peer.heard += bytes.toString('latin1')),
      onClose: () => void (peer.closed = true),
    })),
  );
  return Object.assign(peer, {
    connection,
    say: (said: string) => connection.write(Buffer.from(said, 'latin1')),
  });
}

interface TcpServer {
  readonly connections: TcpConnection[];
  heard: string;
}

async function serve(host: TestHost, local = AT_BOB): Promise<TcpServer> {
  const server: TcpServer = { connections: [], heard: '' };
  await host.net.listen(local, (connection) => {
    server.connections.push(connection);
    return { onData: (bytes) => void (server.heard += bytes.toString('latin1')), onClose: () => undefined };
  });
  return server;
}

const statusLines = (heard: string) => heard.match(/^SIP\/2\.0 \d+/gm) ?? [];

describe('A server over TCP (RFC 3261 18.2)', () => {
  test('answers on the connection of the request, in pieces or several at once', async () => {
    const { alice, bob } = hosts();
    const stack = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const peer = await dial(alice);
    const one = text({ via: VIA, body: 'hello' });
    peer.say(one.slice(0, 30));
    await alice.clock.advance(1);
    peer.say(one.slice(30, -2));
    await alice.clock.advance(1);
    expect(stack.requests).toHaveLength(0);
    peer.say(one.slice(-2) + one.replace('z9hG4bK1', 'z9hG4bK2') + one.replace('z9hG4bK1', 'z9hG4bK3'));
    await alice.clock.advance(1);
    expect(stack.requests).toHaveLength(3);
    expect(stack.requests[0]?.request.body).toBe('hello');
    expect(stack.requests[0]?.source).toEqual({
      transport: 'TCP',
      remote: peer.connection.local,
      local: { address: BOB, port: 5060 },
    });
    expect(statusLines(peer.heard)).toEqual(['SIP/2.0 200', 'SIP/2.0 200', 'SIP/2.0 200']);
  });

  test('keeps no finished transaction (J is zero), and repeats no refusal of an INVITE (G is off)', async () => {
    const { alice, bob } = hosts();
    await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 486)),
    });
    const peer = await dial(alice);
    const idle = alice.clock.pendingTimers;
    peer.say(text({ via: VIA }));
    await alice.clock.advance(1);
    expect(alice.clock.pendingTimers).toBe(idle);
    peer.say(text({ via: VIA, method: 'INVITE' }));
    await alice.clock.advance(10_000);
    expect(statusLines(peer.heard)).toHaveLength(2);
    peer.say(text({ via: VIA, method: 'ACK', toTag: 'b1' }));
    await alice.clock.advance(1);
    expect(alice.clock.pendingTimers).toBe(idle);
  });

  test('sends no 100 to a request that is not INVITE by RFC 4320', async () => {
    const { alice, bob } = hosts();
    await stackAt(bob, BOB, { trying: 'rfc4320', onRequest: (transaction) => transaction.trying() });
    const peer = await dial(alice);
    peer.say(text({ via: VIA }));
    await alice.clock.advance(31_000);
    expect(peer.heard).toBe('');
  });

  test('opens a connection to the address it came from and the port of its sent-by where the first is gone', async () => {
    const { alice, bob } = hosts();
    const stack = await stackAt(bob, BOB);
    const server = await serve(alice, { address: ALICE, port: 5070 });
    const peer = await dial(alice);
    peer.say(text({ via: 'SIP/2.0/TCP alice.home1.net:5070;branch=z9hG4bK1' }));
    await alice.clock.advance(1);
    peer.connection.destroy();
    await alice.clock.advance(1);
    const [transaction] = stack.requests;
    transaction?.respond(answer(transaction.request, 200));
    await alice.clock.advance(1);
    expect(statusLines(server.heard)).toEqual(['SIP/2.0 200']);
  });

  test('then asks the DNS for the sent-by, and tells the user where that is in vain (RFC 3263 5)', async () => {
    const { alice, bob } = hosts();
    const asked: string[] = [];
    const stack = await stackAt(bob, BOB, {
      resolver: {
        resolve: (name, type) => {
          asked.push(`${type} ${name}`);
          return { kind: 'empty' };
        },
      },
    });
    const peer = await dial(alice);
    peer.say(text({ via: 'SIP/2.0/TCP alice.home1.net;branch=z9hG4bK1' }));
    await alice.clock.advance(1);
    peer.connection.destroy();
    await alice.clock.advance(1);
    const [transaction] = stack.requests;
    const failures: string[] = [];
    if (transaction === undefined) throw new Error('No request');
    transaction.onFailure = (failure) => failures.push(failure);
    transaction.respond(answer(transaction.request, 200));
    await alice.clock.advance(5000);
    expect(asked).toContain('SRV _sip._tcp.alice.home1.net');
    expect(failures).toEqual(['transport']);
  });

  test('answers a double CRLF with one (RFC 5626 4.4.1)', async () => {
    const { alice, bob } = hosts();
    await stackAt(bob, BOB);
    const peer = await dial(alice);
    peer.say('\r\n\r\n');
    await alice.clock.advance(1);
    expect(peer.heard).toBe('\r\n');
  });

  test('closes a stream that is no SIP, and one that is idle, but not one that is used', async () => {
    const { alice, bob } = hosts();
    const stack = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const [wrong, idle, used] = [await dial(alice), await dial(alice), await dial(alice)];
    wrong.say(`${'x'.repeat(100)}\r\n`.repeat(10) + '\r\n');
    for (let i = 0; i < 8; i++) {
      used.say(text({ via: `SIP/2.0/TCP ${ALICE};branch=z9hG4bK${i}` }));
      await alice.clock.advance(60_000);
    }
    expect([wrong.closed, idle.closed, used.closed]).toEqual([true, true, false]);
    expect(stack.counters.notSip).toBe(1);
    expect(statusLines(used.heard)).toHaveLength(8);
  });

  test.each([
    ['Content-Length: x', '400 Bad Content-Length: not a number'],
    ['Content-Length: 1\r\nContent-Length: 2', '400 Bad Content-Length: two that differ'],
    ['X: y', '400 Missing Content-Length'],
    ['Content-Length: 99999999', '513 Message too large'],
  ])('%s: says what is wrong, then closes', async (line, answered) => {
    const { alice, bob } = hosts();
    const stack = await stackAt(bob, BOB);
    const peer = await dial(alice);
    peer.say(text({ via: VIA }).replace(/Content-Length: \d+/, line));
    await alice.clock.advance(20);
    expect(peer.heard.split('\r\n', 1)).toEqual([`SIP/2.0 ${answered}`]);
    expect(peer.closed).toBe(true);
    expect(stack.counters.invalid).toBe(1);
  });

  test('takes no more connections than it may, and those that are new for those that are idle', async () => {
    const { alice, bob } = hosts();
    await stackAt(bob, BOB, { limits: { connections: 2 } });
    const first = [await dial(alice), await dial(alice)];
    const third = await dial(alice);
    await alice.clock.advance(1);
    expect([first[0]?.closed, first[1]?.closed, third.closed]).toEqual([false, false, true]);
    await alice.clock.advance(180_000);
    const fourth = await dial(alice);
    await alice.clock.advance(1);
    expect([first[0]?.closed, first[1]?.closed, fourth.closed]).toEqual([true, false, false]);
  });
});

describe('A client over TCP', () => {
  test('uses a connection again, both ways, and sends nothing twice', async () => {
    const { alice, bob } = hosts();
    const server = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const client = await stackAt(alice, ALICE, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 202)),
    });
    const user = listener();
    for (let i = 0; i < 3; i++) {
      client.send(toSend(), user, TO_BOB);
      await alice.clock.advance(1);
    }
    expect(user.told).toEqual([200, 200, 200]);
    const ports = new Set(server.requests.map(({ source }) => source.remote.port));
    expect(ports.size).toBe(1);
    const [port] = ports;
    server.send(toSend(), user, { targets: [tcp(ALICE, port)] });
    await alice.clock.advance(1);
    expect(user.told.at(-1)).toBe(202);
    expect(topVia(asRequest(server.requests[0]?.request ?? toSend()))?.transport).toBe('TCP');
    await alice.clock.advance(10_000);
    expect(server.counters.retransmissionsReceived).toBe(0);
  });

  test('fails by timer F where no answer comes', async () => {
    const { alice, bob } = hosts();
    const server = await serve(bob);
    const client = await stackAt(alice, ALICE);
    const user = listener();
    client.send(toSend(), user, TO_BOB);
    await alice.clock.advance(31_999);
    expect(user.told).toEqual([]);
    expect(server.heard.match(/^OPTIONS /gm)).toHaveLength(1);
    await alice.clock.advance(2);
    expect(user.told).toEqual(['timeout']);
  });

  test('fails at once where the connection is refused or lost; what else waited on it fails too', async () => {
    const { alice, bob } = hosts();
    const client = await stackAt(alice, ALICE);
    const refused = listener();
    client.send(toSend(), refused, { targets: [tcp(BOB, 5999)] });
    await alice.clock.advance(1);
    expect(refused.told).toEqual(['transport']);
    const server = await serve(bob);
    const users = [listener(), listener()];
    client.send(toSend(), users[0] ?? refused, TO_BOB);
    client.send(toSend('INVITE'), users[1] ?? refused, TO_BOB);
    await alice.clock.advance(1);
    expect(server.connections).toHaveLength(1);
    server.connections[0]?.destroy();
    await alice.clock.advance(1);
    expect(users.map(({ told }) => told)).toEqual([['transport'], ['transport']]);
  });

  test('fails where the peer takes nothing and the bound is reached', async () => {
    const { alice, bob } = hosts();
    await serve(bob);
    const client = await stackAt(alice, ALICE);
    const big = 'x'.repeat(MAX_UNSENT_BYTES / 4);
    const users = Array.from({ length: 5 }, () => listener());
    for (const user of users) client.send(toSend('MESSAGE', 'sip:bob@home2.net', big), user, TO_BOB);
    await alice.clock.advance(1);
    expect(users.map(({ told }) => told)).toEqual([[], [], [], ['transport'], ['transport']]);
  });
});

describe('A request above tcpAboveBytes (RFC 3261 18.1.1)', () => {
  const BIG = toSend('MESSAGE', `sip:bob@${BOB}`, 'x'.repeat(1500));

  test('goes by TCP, with TCP in its Via', async () => {
    const { alice, bob } = hosts();
    const server = await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const client = await stackAt(alice, ALICE, { tcpAboveBytes: 1300 });
    const user = listener();
    const sent = client.send(BIG, user);
    client.send(toSend('MESSAGE', `sip:bob@${BOB}`), user);
    await alice.clock.advance(1);
    expect(user.told).toEqual([200, 200]);
    const transports = server.requests.map(({ source, request }) => [
      source.transport,
      topVia(request)?.transport,
    ]);
    expect(transports).toContainEqual(['TCP', 'TCP']);
    expect(transports).toContainEqual(['UDP', 'UDP']);
    expect(sent.target?.transport).toBe('TCP');
  });

  test('goes by UDP where TCP is refused, where UDP was asked for, and where there is no such setting', async () => {
    const { alice, bob } = hosts();
    const peer = await peerAt(bob, BOB);
    const client = await stackAt(alice, ALICE, { tcpAboveBytes: 1300 });
    const user = listener();
    client.send(BIG, user);
    client.send({ ...BIG, uri: `sip:bob@${BOB};transport=udp` }, user);
    client.send(BIG, user, { targets: [udp(BOB)] });
    await alice.clock.advance(1);
    expect(peer.heard).toHaveLength(3);
    expect(peer.heard.map(({ message }) => topVia(message)?.transport)).toEqual(['UDP', 'UDP', 'UDP']);
    expect(user.told).toEqual([]);
  });
});

describe('The trace', () => {
  test('has each message with its bytes, sent and received, by both transports', async () => {
    const { alice, bob } = hosts();
    await stackAt(bob, BOB, {
      onRequest: (transaction) => void transaction.respond(answer(transaction.request, 200)),
    });
    const client = await stackAt(alice, ALICE);
    client.send(toSend(), listener(), TO_BOB);
    client.send(toSend(), listener(), { targets: [udp(BOB)] });
    await alice.clock.advance(1);
    const seen = bob.trace.messages.map(({ protocol, transport, direction, local, remote, bytes }) => {
      const message = messageOf(Buffer.from(bytes).toString('latin1'));
      const what = message.kind === 'request' ? message.method : asResponse(message).status;
      return [protocol, transport, direction, local, remote.address, what];
    });
    expect(seen).toHaveLength(4);
    for (const transport of ['tcp', 'udp']) {
      expect(seen).toContainEqual(['sip', transport, 'received', AT_BOB, ALICE, 'OPTIONS']);
      expect(seen).toContainEqual(['sip', transport, 'sent', AT_BOB, ALICE, 200]);
    }
    expect(alice.trace.messages).toHaveLength(4);
    expect(
      serialize(messageOf(Buffer.from(alice.trace.messages[0]?.bytes ?? []).toString('latin1'))),
    ).toMatch(/^OPTIONS /);
  });
});
