import { describe, expect, test } from '@jest/globals';
import {
  MemoryNetwork,
  seededRandom,
  testHost,
  VirtualClock,
  type DatagramFates,
  type Faults,
  type MemoryNetworkOptions,
} from '../src/index.js';

const A = '10.0.0.1';
const B = '10.0.0.2';

async function twoHosts(options: Partial<MemoryNetworkOptions> = {}) {
  const clock = new VirtualClock(0);
  const network = new MemoryNetwork({ clock, random: seededRandom(42), ...options });
  const [a, b] = [network.host(A, '5555::1'), network.host(B)];
  const received: string[] = [];
  const socket = await a.udp({ address: A, port: 5060 }, { onDatagram: () => undefined });
  await b.udp(
    { address: B, port: 5060 },
    { onDatagram: (bytes) => received.push(`${bytes.toString()}@${clock.now()}`) },
  );
  const send = (text: string) => socket.send(Buffer.from(text), { address: B, port: 5060 });
  return { clock, network, a, b, received, send, socket };
}

async function hundred(faults: Faults | DatagramFates): Promise<string[]> {
  const { clock, received, send } = await twoHosts({ faults });
  for (let n = 0; n < 100; n++) send(String(n));
  await clock.advance(1000);
  return received;
}

describe('MemoryNetwork', () => {
  test('delivers through the clock, in order, and copies what is sent', async () => {
    const { clock, received, socket, send } = await twoHosts();
    const bytes = Buffer.from('one');
    socket.send(bytes, { address: B, port: 5060 });
    bytes.fill('x');
    send('two');
    expect(received).toEqual([]);
    await clock.advance(0);
    expect(received).toEqual(['one@0', 'two@0']);
  });

  test('what nobody listens for is lost without a word', async () => {
    const { clock, a } = await twoHosts();
    const errors: unknown[] = [];
    const socket = await a.udp(
      { address: A, port: 0 },
      { onDatagram: () => undefined, onError: (error) => errors.push(error) },
    );
    socket.send(Buffer.from('x'), { address: B, port: 9 });
    socket.send(Buffer.from('x'), { address: '10.9.9.9', port: 9 });
    await clock.advance(1000);
    expect(errors).toEqual([]);
  });

  test('faults by chance: the same seed, the same losses', async () => {
    const lost = await hundred({ loss: 0.3 });
    expect(lost.length).toBeGreaterThan(50);
    expect(lost.length).toBeLessThan(90);
    expect(await hundred({ loss: 0.3 })).toEqual(lost);
    expect(await hundred({ loss: 1 })).toEqual([]);
    expect(await hundred({})).toHaveLength(100);
  });

  test('duplication', async () => {
    expect(await hundred({ duplication: 1 })).toHaveLength(200);
  });

  test('a delay keeps the order, reordering does not, and loses nothing', async () => {
    const numbers = (received: string[]) => received.map((text) => parseInt(text, 10));
    const delayed = await hundred({ delayMs: [5, 50] });
    expect(numbers(delayed)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(delayed[0]).not.toMatch(/@0$/);
    const reordered = numbers(await hundred({ delayMs: [5, 50], reorder: 0.2 }));
    expect(reordered).toHaveLength(100);
    expect(reordered).not.toEqual([...reordered].sort((a, b) => a - b));
  });

  test('a function decides for each datagram', async () => {
    const fates: DatagramFates = (datagram, from, to) => {
      expect([from.address, to.address]).toEqual([A, B]);
      switch (datagram.toString()) {
        case '1':
          return 'drop';
        case '2':
          return 'duplicate';
        case '3':
          return { delayMs: 30, overtakable: true };
        default:
          return 'deliver';
      }
    };
    expect((await hundred(fates)).slice(0, 3)).toEqual(['0@0', '2@0', '2@0']);
    expect((await hundred(fates)).at(-1)).toBe('3@30');
  });

  test('IPv6 addresses are the same however they are written', async () => {
    const { clock, network, a } = await twoHosts();
    const received: string[] = [];
    const socket = await a.udp(
      { address: '5555:0:0::1', port: 5060 },
      { onDatagram: (bytes) => received.push(bytes.toString()) },
    );
    expect(socket.local.address).toBe('5555::1');
    socket.send(Buffer.from('x'), { address: '5555:0:0:0:0:0:0:1', port: 5060 });
    await clock.advance(0);
    expect(received).toEqual(['x']);
    expect(() => network.host('5555:0::1')).toThrow('already belongs');
    expect(() => network.host('home1.net')).toThrow('not an IP address');
  });

  test('free ports are taken in turn and come back; TCP connections have one each', async () => {
    const { clock, a, b } = await twoHosts();
    const first = await a.udp({ address: A, port: 0 }, { onDatagram: () => undefined });
    const second = await a.udp({ address: A, port: 0 }, { onDatagram: () => undefined });
    expect([first.local.port, second.local.port]).toEqual([49_152, 49_153]);
    const receiver = { onData: () => undefined, onClose: () => undefined };
    await b.listen({ address: B, port: 3868 }, () => receiver);
    const connect = () => clock.until(a.connect({ address: B, port: 3868 }, 1000, () => receiver));
    expect((await connect()).local).toEqual({ address: A, port: 49_154 });
    expect((await connect()).local.port).toBe(49_155);
  });

  test('a wildcard socket and one at an address exclude each other', async () => {
    const { a } = await twoHosts();
    const receiver = { onDatagram: () => undefined };
    await expect(a.udp({ address: '0.0.0.0', port: 5060 }, receiver)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await a.udp({ address: '0.0.0.0', port: 5061 }, receiver);
    await expect(a.udp({ address: A, port: 5061 }, receiver)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await a.udp({ address: '::', port: 5061 }, receiver);
  });

  test('TCP: no host at the address is ETIMEDOUT at its time', async () => {
    const { clock, a } = await twoHosts();
    const receiver = { onData: () => undefined, onClose: () => undefined };
    await expect(
      clock.until(a.connect({ address: '10.9.9.9', port: 1 }, 3000, () => receiver)),
    ).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
    expect(clock.now()).toBe(3000);
  });

  test('TCP: bytes are cut into segments, keep their order under delay, and count as buffered until they arrive', async () => {
    const { clock, a, b } = await twoHosts({ maxSegmentBytes: 3, faults: { delayMs: [1, 20] } });
    const segments: string[] = [];
    let closed = 0;
    await b.listen({ address: B, port: 3868 }, () => ({
      onData: (bytes) => segments.push(bytes.toString()),
      onClose: () => closed++,
    }));
    const connection = await clock.until(
      a.connect({ address: B, port: 3868 }, 1000, () => ({
        onData: () => undefined,
        onClose: () => closed++,
      })),
    );
    connection.write(Buffer.from('abcdefgh'));
    expect(connection.bufferedBytes).toBe(8);
    connection.end();
    connection.end();
    await clock.advance(100);
    expect(segments).toEqual(['abc', 'def', 'gh']);
    expect(connection.bufferedBytes).toBe(0);
    expect(closed).toBe(2);
    connection.destroy();
    await clock.advance(100);
    expect(closed).toBe(2);
  });

  test('TCP: destroy drops what has not arrived', async () => {
    const { clock, a, b } = await twoHosts();
    const segments: string[] = [];
    let closed = 0;
    await b.listen({ address: B, port: 1 }, () => ({
      onData: (bytes) => segments.push(bytes.toString()),
      onClose: () => closed++,
    }));
    const connection = await clock.until(
      a.connect({ address: B, port: 1 }, 1000, () => ({ onData: () => undefined, onClose: () => closed++ })),
    );
    connection.write(Buffer.from('x'));
    connection.destroy();
    connection.destroy();
    await clock.advance(100);
    expect(segments).toEqual([]);
    expect(closed).toBe(2);
  });

  test('a host that crashes: its receivers hear nothing more, peers get a FIN, and its ports are free at once', async () => {
    const { clock, a, b, received, send, socket } = await twoHosts();
    const heard: string[] = [];
    const server = () => ({ onData: () => heard.push('b data'), onClose: () => heard.push('b closed') });
    await b.listen({ address: B, port: 1 }, server);
    const connection = await clock.until(
      a.connect({ address: B, port: 1 }, 1000, () => ({
        onData: () => heard.push('a data'),
        onClose: () => heard.push('a closed'),
      })),
    );
    connection.write(Buffer.from('x'));
    send('on its way');
    b.crash();
    await clock.advance(100);
    expect(heard).toEqual(['a closed']);
    expect(received).toEqual([]);
    await expect(clock.until(a.connect({ address: B, port: 1 }, 1000, server))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    const again: string[] = [];
    await b.udp({ address: B, port: 5060 }, { onDatagram: (bytes) => again.push(bytes.toString()) });
    await b.listen({ address: B, port: 1 }, server);
    socket.send(Buffer.from('y'), { address: B, port: 5060 });
    await clock.advance(1);
    expect(again).toEqual(['y']);
  });

  test('a client that crashes while it connects: nobody here is told', async () => {
    const { clock, a, b } = await twoHosts({ faults: { delayMs: [5, 5] } });
    const heard: string[] = [];
    await b.listen({ address: B, port: 1 }, () => ({
      onData: () => undefined,
      onClose: () => heard.push('b closed'),
    }));
    await clock.until(
      a.connect({ address: B, port: 1 }, 1000, () => ({
        onData: () => undefined,
        onClose: () => heard.push('a closed'),
      })),
    );
    a.crash();
    a.crash();
    await clock.advance(100);
    expect(heard).toEqual(['b closed']);
  });

  test('free ports of hosts are apart where that is asked for', async () => {
    const ports = async (portsApart: boolean): Promise<number[]> => {
      const { a, b } = await twoHosts({ portsApart });
      const free = (address: string) => ({ address, port: 0 });
      const onDatagram = () => undefined;
      return [
        (await a.udp(free(A), { onDatagram })).local.port,
        (await b.udp(free(B), { onDatagram })).local.port,
      ];
    };
    expect(await ports(false)).toEqual([49152, 49152]);
    const [ofA = 0, ofB = 0] = await ports(true);
    expect(ofB - ofA).toBeGreaterThan(100);
  });

  test('testHost: a host beside another shares its time and network; the trace keeps copies', async () => {
    const first = testHost({ name: 'a.home1.net' });
    const second = testHost({ name: 'b.home1.net', beside: first, addresses: [B] });
    const received: string[] = [];
    await second.net.udp(
      { address: B, port: 5060 },
      { onDatagram: (bytes) => received.push(bytes.toString()) },
    );
    const socket = await first.net.udp({ address: '127.0.0.1', port: 0 }, { onDatagram: () => undefined });
    socket.send(Buffer.from('x'), { address: B, port: 5060 });
    await second.clock.advance(0);
    expect(received).toEqual(['x']);
    const bytes = Buffer.from('INVITE');
    const local = socket.local;
    first.trace.message({
      protocol: 'sip',
      transport: 'udp',
      direction: 'sent',
      local,
      remote: local,
      bytes,
    });
    bytes.fill(0);
    expect(Buffer.from(first.trace.messages[0]?.bytes ?? []).toString()).toBe('INVITE');
  });
});
