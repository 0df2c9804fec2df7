import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import {
  MemoryNetwork,
  nodeNet,
  prettyEndpoint,
  seededRandom,
  systemClock,
  type Net,
  type TcpConnection,
  type TcpReceiver,
} from '../src/index.js';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
const memoryNet = new MemoryNetwork({ clock: systemClock, random: seededRandom(1) }).host('127.0.0.1', '::1');

/** Both networks keep to the same rules, so a test of an element in memory says something about its process. */
describe.each<[string, Net]>([
  ['nodeNet', nodeNet],
  ['MemoryNetwork', memoryNet],
])('%s', (_name, net) => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });
  const kept = <T extends { close(): void }>(socket: T): T => {
    open.push(socket);
    return socket;
  };
  /** The clock's timers keep no process alive, and in memory there is nothing else. */
  const within = async <T>(promise: Promise<T>): Promise<T> => {
    const alive = setTimeout(() => undefined, 5000);
    return promise.finally(() => clearTimeout(alive));
  };

  describe.each([['127.0.0.1'], ...(hasIpv6 ? [['::1']] : [])])('%s', (address) => {
    const free = { address, port: 0 };

    test('UDP: a datagram there and back, ports chosen, addresses told', async () => {
      const echo = kept(
        await net.udp(free, {
          onDatagram: (datagram, from) => echo.send(Buffer.concat([datagram, Buffer.from('!')]), from),
        }),
      );
      const answer = new Promise<string>((resolve) => {
        void net
          .udp(free, {
            onDatagram: (datagram, from) => resolve(`${datagram.toString()} from ${prettyEndpoint(from)}`),
          })
          .then((socket) => kept(socket).send(Buffer.from('hello'), echo.local));
      });
      expect(echo.local.address).toBe(address);
      expect(echo.local.port).toBeGreaterThan(0);
      expect(await within(answer)).toBe(`hello! from ${prettyEndpoint(echo.local)}`);
    });

    test('UDP and TCP: a port that is taken is EADDRINUSE', async () => {
      const socket = kept(await net.udp(free, { onDatagram: () => undefined }));
      await expect(net.udp(socket.local, { onDatagram: () => undefined })).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
      const accept = () => ({ onData: () => undefined, onClose: () => undefined });
      const listener = kept(await net.listen(free, accept));
      await expect(net.listen(listener.local, accept)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      listener.close();
    });

    test('UDP: too long a datagram, a port of 0, the other family and no address go to onError, not to the caller', async () => {
      const errors: string[] = [];
      let done: () => void = () => undefined;
      const all = new Promise<void>((resolve) => (done = resolve));
      const socket = kept(
        await net.udp(free, {
          onDatagram: () => undefined,
          onError: (error, to) => {
            errors.push(`${(error as Error & { code?: string }).code ?? ''} ${to?.port}`);
            if (errors.length === 4) done();
          },
        }),
      );
      socket.send(Buffer.alloc(65_536), { address, port: 9 });
      socket.send(Buffer.from('x'), { address, port: 0 });
      socket.send(Buffer.from('x'), { address: address === '::1' ? '127.0.0.1' : '::1', port: 10 });
      socket.send(Buffer.from('x'), { address: 'pcscf1.home1.net', port: 11 });
      await within(all);
      expect(errors.sort()).toEqual(['EINVAL 0', 'EINVAL 10', 'EINVAL 11', 'EMSGSIZE 9']);
    });

    test('UDP: a closed socket is silent', async () => {
      const received: string[] = [];
      const socket = await net.udp(free, { onDatagram: (datagram) => received.push(datagram.toString()) });
      const other = kept(await net.udp(free, { onDatagram: () => undefined }));
      socket.close();
      socket.close();
      socket.send(Buffer.from('x'), other.local);
      other.send(Buffer.from('x'), socket.local);
      await within(new Promise((resolve) => systemClock.timer(20, () => resolve(undefined))));
      expect(received).toEqual([]);
    });

    test('TCP: bytes both ways in order, then FIN closes both ends, once', async () => {
      const log: string[] = [];
      let closed: () => void = () => undefined;
      const bothClosed = new Promise<void>((resolve) => (closed = resolve));
      const end = (name: string, onData: (bytes: Buffer) => void): TcpReceiver => ({
        onData,
        onClose: (error) => {
          log.push(`${name} closed ${error?.message ?? 'in order'}`);
          if (log.filter((line) => line.includes('closed')).length === 2) closed();
        },
      });
      const listener = kept(
        await net.listen(free, (connection) =>
          end('server', (bytes) => {
            connection.write(Buffer.concat([Buffer.from('re: '), bytes]));
            connection.end();
            connection.write(Buffer.from('too late'));
          }),
        ),
      );
      let answer = '';
      const connection = await within(
        net.connect(listener.local, 1000, () => end('client', (bytes) => (answer += bytes.toString()))),
      );
      expect(connection.remote).toEqual(listener.local);
      connection.write(Buffer.from('hello'));
      await within(bothClosed);
      expect(answer).toBe('re: hello');
      expect(log.sort()).toEqual(['client closed in order', 'server closed in order']);
      connection.write(Buffer.from('x'));
      connection.end();
      connection.destroy();
    });

    test('TCP: what is written right after accept arrives; destroy closes both ends', async () => {
      let accepted: TcpConnection | undefined;
      let serverClosed: () => void = () => undefined;
      const serverEnd = new Promise<void>((resolve) => (serverClosed = resolve));
      const listener = kept(
        await net.listen(free, (connection) => {
          accepted = connection;
          connection.write(Buffer.from('welcome'));
          return { onData: () => undefined, onClose: () => serverClosed() };
        }),
      );
      const greeting = new Promise<string>((resolve) => {
        void net.connect(listener.local, 1000, (connection) => ({
          onData: (bytes) => {
            connection.destroy();
            resolve(bytes.toString());
          },
          onClose: () => undefined,
        }));
      });
      expect(await within(greeting)).toBe('welcome');
      await within(serverEnd);
      expect(accepted?.bufferedBytes).toBe(0);
    });

    test('TCP: who has ended still gets what the peer answered before', async () => {
      const listener = kept(
        await net.listen(free, (connection) => ({
          onData: (bytes) => connection.write(Buffer.concat([Buffer.from('re: '), bytes])),
          onClose: () => undefined,
        })),
      );
      let answer = '';
      let closed: () => void = () => undefined;
      const end = new Promise<void>((resolve) => (closed = resolve));
      const connection = await within(
        net.connect(listener.local, 1000, () => ({
          onData: (bytes) => (answer += bytes.toString()),
          onClose: () => closed(),
        })),
      );
      connection.write(Buffer.from('last'));
      connection.end();
      await within(end);
      expect(answer).toBe('re: last');
    });

    test('TCP: nobody listens: ECONNREFUSED; no address: EINVAL', async () => {
      const listener = await net.listen(free, () => ({ onData: () => undefined, onClose: () => undefined }));
      listener.close();
      const receive = () => ({ onData: () => undefined, onClose: () => undefined });
      await expect(within(net.connect(listener.local, 1000, receive))).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
      await expect(net.connect({ address: 'home1.net', port: 1 }, 1000, receive)).rejects.toMatchObject({
        code: 'EINVAL',
      });
      await expect(net.connect({ address, port: 0 }, 1000, receive)).rejects.toMatchObject({
        code: 'EINVAL',
      });
    });
  });

  test('an address that is not ours is EADDRNOTAVAIL', async () => {
    const foreign = { address: '192.0.2.1', port: 0 };
    await expect(net.udp(foreign, { onDatagram: () => undefined })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    await expect(
      net.listen(foreign, () => ({ onData: () => undefined, onClose: () => undefined })),
    ).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  test.each(['0.0.0.0', ...(hasIpv6 ? ['::'] : [])])(
    'a socket at %s receives for every address and answers',
    async (address) => {
      const loopback = address === '::' ? '::1' : '127.0.0.1';
      const echo = kept(
        await net.udp({ address, port: 0 }, { onDatagram: (datagram, from) => echo.send(datagram, from) }),
      );
      expect(echo.local.address).toBe(address);
      const from = new Promise<string>((resolve) => {
        void net
          .udp(
            { address: loopback, port: 0 },
            { onDatagram: (_datagram, { address: source }) => resolve(source) },
          )
          .then((socket) =>
            kept(socket).send(Buffer.from('x'), { address: loopback, port: echo.local.port }),
          );
      });
      expect(await within(from)).toBe(loopback);
    },
  );
});

describe('nodeNet', () => {
  test('connect gives up with ETIMEDOUT on a listener whose backlog is full', async () => {
    const script = `
      const server = require('node:net').createServer();
      server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
        require('node:fs').writeSync(1, String(server.address().port));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000);
      });`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
    const attempts = Array.from({ length: 8 }, async () => {
      const connection = await nodeNet.connect({ address: '127.0.0.1', port }, 200, () => ({
        onData: () => undefined,
        onClose: () => undefined,
      }));
      connection.destroy();
    });
    const outcomes = await Promise.allSettled(attempts);
    child.kill('SIGKILL');
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'ETIMEDOUT' });
  });
});
