import { decode, encode } from 'dns-packet';
import { describe, expect, test } from '@jest/globals';
import { testHost, type Endpoint, type Net, type TcpConnection, type TestHost } from '@ims-sim/host';
import { startDnsServer, zonesFor } from '../src/index.js';
import { framed } from '../src/framing.js';
import { LAB, LAB_ZONES } from './lab.js';

const SERVER = '10.0.0.53';
const CLIENT = '10.0.0.1';

async function lab(listen: Endpoint = { address: SERVER, port: 53 }) {
  const host = testHost({ name: 'dns.home1.net', addresses: [SERVER, '5555::53'] });
  const client = testHost({ beside: host, addresses: [CLIENT, '5555::1'] });
  const server = await startDnsServer({ host, listen, zones: LAB_ZONES });
  return { host, client, server, clock: host.clock };
}

const query = (name: string, id = 1) => encode({ type: 'query', id, questions: [{ name, type: 'A' }] });

async function ask(client: TestHost, server: Endpoint, name: string) {
  const answers: Buffer[] = [];
  const socket = await client.net.udp(
    { address: CLIENT, port: 0 },
    { onDatagram: (bytes) => answers.push(bytes) },
  );
  socket.send(query(name), server);
  await client.clock.advance(1);
  socket.close();
  return answers.map((bytes) => decode(bytes) as ReturnType<typeof decode> & { rcode: string });
}

async function connect(client: TestHost, server: Endpoint) {
  const received: Buffer[] = [];
  const state = { closed: false };
  const connection = await client.clock.until(
    client.net.connect(server, 1000, () => ({
      onData: (bytes) => received.push(bytes),
      onClose: () => (state.closed = true),
    })),
  );
  const ids = () => {
    let bytes = Buffer.concat(received);
    const found: number[] = [];
    for (; bytes.length > 0; bytes = bytes.subarray(2 + bytes.readUInt16BE(0)))
      found.push(bytes.readUInt16BE(2));
    return found;
  };
  return { connection, state, ids };
}

describe('startDnsServer', () => {
  test('answers over UDP, and writes both messages into the trace', async () => {
    const { host, client, server } = await lab();
    expect(server.listening).toEqual({ address: SERVER, port: 53 });
    expect(await ask(client, server.listening, 'pcscf1.home1.net')).toMatchObject([
      { rcode: 'NOERROR', answers: [{ data: '127.0.0.1' }] },
    ]);
    expect(host.trace.messages).toMatchObject([
      {
        protocol: 'dns',
        transport: 'udp',
        direction: 'received',
        local: server.listening,
        remote: { address: CLIENT },
      },
      {
        protocol: 'dns',
        transport: 'udp',
        direction: 'sent',
        local: server.listening,
        remote: { address: CLIENT },
      },
    ]);
    server.close();
    expect(await ask(client, server.listening, 'pcscf1.home1.net')).toEqual([]);
  });

  test('over IPv6 too', async () => {
    const { client, server, clock } = await lab({ address: '5555::53', port: 0 });
    let answered = 0;
    const socket = await client.net.udp({ address: '5555::1', port: 0 }, { onDatagram: () => answered++ });
    socket.send(query('pcscf1.home1.net'), server.listening);
    await clock.advance(1);
    expect(answered).toBe(1);
  });

  test('RFC 7766: several queries on a connection, in pieces of any size', async () => {
    const { client, server, clock } = await lab();
    const { connection, ids, state } = await connect(client, server.listeningTcp);
    const bytes = Buffer.concat([1, 2, 3].map((id) => framed(query('pcscf1.home1.net', id))));
    for (const byte of bytes) connection.write(Buffer.from([byte]));
    await clock.advance(1);
    connection.write(bytes);
    await clock.advance(1);
    expect(ids()).toEqual([1, 2, 3, 1, 2, 3]);
    expect(state.closed).toBe(false);
  });

  test('RFC 1035 4.2.2: a segment may end within a message, and within its length', async () => {
    const { client, server, clock } = await lab();
    const { connection, ids, state } = await connect(client, server.listeningTcp);
    const message = framed(query('pcscf1.home1.net', 1));
    const bytes = Buffer.concat([message, framed(query('pcscf1.home1.net', 2)), framed(query('x.net', 3))]);
    const within = message.length + 20;
    const inLength = 2 * message.length + 1;
    for (const [from, to, answered] of [
      [0, within, [1]],
      [within, inLength, [1, 2]],
      [inLength, bytes.length, [1, 2, 3]],
    ] as const) {
      connection.write(bytes.subarray(from, to));
      await clock.advance(1);
      expect(ids()).toEqual(answered);
    }
    expect(state.closed).toBe(false);
  });

  test('half a question and an end leaves nothing behind, and has no answer', async () => {
    const { client, server, clock } = await lab();
    const { connection, ids, state } = await connect(client, server.listeningTcp);
    connection.write(framed(query('pcscf1.home1.net', 1)).subarray(0, 9));
    connection.end();
    await clock.advance(1);
    expect([ids(), state.closed, clock.pendingTimers]).toEqual([[], true, 0]);
  });

  test('a length of 0 closes the connection: what comes behind it has no answer', async () => {
    const { client, server, clock } = await lab();
    const { connection, ids, state } = await connect(client, server.listeningTcp);
    connection.write(
      Buffer.concat([
        framed(query('pcscf1.home1.net', 1)),
        framed(Buffer.alloc(0)),
        framed(query('x.net', 2)),
      ]),
    );
    await clock.advance(1);
    expect(state.closed).toBe(true);
    expect(ids()).not.toContain(2);
  });

  test('a connection without a question is closed after 10 s; one byte now and then does not keep it', async () => {
    const { client, server, clock } = await lab();
    const { connection, state, ids } = await connect(client, server.listeningTcp);
    await clock.advance(9000);
    connection.write(framed(query('pcscf1.home1.net', 7)));
    await clock.advance(9000);
    expect(state.closed).toBe(false);
    connection.write(Buffer.from([0]));
    await clock.advance(1001);
    expect(state.closed).toBe(true);
    expect(ids()).toEqual([7]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('what is no query closes the connection', async () => {
    const { client, server, clock } = await lab();
    const { connection, state } = await connect(client, server.listeningTcp);
    connection.write(Buffer.alloc(2));
    await clock.advance(1);
    expect(state.closed).toBe(true);
  });

  test('64 connections, and no more until one closes', async () => {
    const { client, server, clock } = await lab();
    const all: { connection: TcpConnection; state: { closed: boolean } }[] = [];
    for (let n = 0; n < 65; n++) all.push(await connect(client, server.listeningTcp));
    await clock.advance(1);
    expect(all.map(({ state }) => state.closed).indexOf(true)).toBe(64);
    all[0]?.connection.end();
    await clock.advance(1);
    const another = await connect(client, server.listeningTcp);
    await clock.advance(1);
    expect(another.state.closed).toBe(false);
    server.close();
    await clock.advance(1);
    expect(another.state.closed).toBe(true);
  });

  test('update takes effect at once, keeps other zones and raises the serial', async () => {
    const { client, server } = await lab();
    expect(await ask(client, server.listening, 'new.home1.net')).toMatchObject([{ rcode: 'NXDOMAIN' }]);
    const [home1] = LAB.domains;
    const hosts = [...(home1?.hosts ?? []), { name: 'new.home1.net', addresses: ['10.0.0.9'] }];
    server.update(zonesFor({ ...LAB, enum: undefined, domains: [{ name: 'Home1.net', hosts }] }));
    expect(await ask(client, server.listening, 'new.home1.net')).toMatchObject([
      { answers: [{ data: '10.0.0.9' }] },
    ]);
    expect(await ask(client, server.listening, 'icscf2.home2.net')).toMatchObject([{ rcode: 'NOERROR' }]);
    const [negative] = await ask(client, server.listening, 'other.home1.net');
    expect(negative?.authorities).toMatchObject([{ data: { serial: 2 } }]);
    server.update(zonesFor({ domains: [{ name: 'home3.net' }] }));
    expect(await ask(client, server.listening, 'home3.net')).toMatchObject([{ rcode: 'NOERROR' }]);
    expect(() => server.update([{ origin: 'home1.net', records: [] }])).toThrow('needs one SOA');
    expect(await ask(client, server.listening, 'new.home1.net')).toMatchObject([{ rcode: 'NOERROR' }]);
  });

  test('port 0 finds a port that is free for both', async () => {
    const host = testHost({ addresses: [SERVER] });
    const accept = () => ({ onData: () => undefined, onClose: () => undefined });
    for (const port of [49_152, 49_153]) await host.net.listen({ address: SERVER, port }, accept);
    const server = await startDnsServer({ host, listen: { address: SERVER, port: 0 }, zones: LAB_ZONES });
    expect(server.listening.port).toBe(server.listeningTcp.port);
  });

  test('UDP and TCP may be apart; a port that is taken is said', async () => {
    const { host } = await lab();
    const [udp, tcp] = [5301, 5302].map((port) => ({ address: SERVER, port })) as [Endpoint, Endpoint];
    const server = await startDnsServer({ host, listen: { udp, tcp }, zones: [] });
    expect([server.listening, server.listeningTcp]).toEqual([udp, tcp]);
    const again = startDnsServer({ host, listen: { address: SERVER, port: 5302 }, zones: [] });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const released = await (host.net as Net).udp(
      { address: SERVER, port: 5302 },
      { onDatagram: () => undefined },
    );
    released.close();
  });
});
