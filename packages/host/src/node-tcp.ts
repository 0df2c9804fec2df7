import { connect as connectSocket, createServer, isIP, type Socket } from 'node:net';
import { prettyEndpoint } from './endpoint.js';
import { netError } from './net-error.js';
import type { Endpoint, TcpConnection, TcpListener, TcpReceiver } from './net.js';

/** A peer that does not answer our FIN keeps the connection no longer than this. */
const LINGER_MS = 10_000;

type Receive = (connection: TcpConnection) => TcpReceiver;

/** `Net.listen` on the operating system. `close` stops accepting; connections that stand stay. */
export function nodeListen(local: Endpoint, accept: Receive): Promise<TcpListener> {
  const server = createServer({ noDelay: true }, (socket) => {
    if (socket.remoteAddress === undefined)
      socket.destroy(); // Gone again before its turn came.
    else wire(socket, accept);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: local.address, port: local.port, ipv6Only: true, exclusive: true }, () => {
      server.off('error', reject);
      // Out of descriptors, or a connection reset in the backlog: the next one may go well.
      server.on('error', () => undefined);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') {
        reject(netError('EINVAL', `listen ${prettyEndpoint(local)}`));
        return;
      }
      resolve({ local: { address: bound.address, port: bound.port }, close: () => server.close() });
    });
  });
}

/** `Net.connect` on the operating system; `receive` is called before the promise resolves, so that no byte is missed. */
export function nodeConnect(remote: Endpoint, timeoutMs: number, receive: Receive): Promise<TcpConnection> {
  if (isIP(remote.address) === 0 || !(remote.port > 0 && remote.port <= 65535)) {
    return Promise.reject(netError('EINVAL', `connect ${prettyEndpoint(remote)}`));
  }
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: remote.address, port: remote.port, noDelay: true });
    const failed = (error: Error) => {
      clearTimeout(timeout);
      socket.destroy();
      reject(error);
    };
    const timeout = setTimeout(failed, timeoutMs, netError('ETIMEDOUT', `connect ${prettyEndpoint(remote)}`));
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timeout);
      socket.off('error', failed);
      resolve(wire(socket, receive));
    });
  });
}

function wire(socket: Socket, receive: Receive): TcpConnection {
  let failure: Error | undefined;
  let linger: NodeJS.Timeout | undefined;
  const connection: TcpConnection = {
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    get bufferedBytes() {
      return socket.writableLength;
    },
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    end() {
      if (!socket.writable) return;
      socket.end();
      linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    },
    destroy: () => socket.destroy(),
  };
  const receiver = receive(connection);
  socket.on('data', (bytes) => {
    receiver.onData(bytes);
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.once('close', () => {
    clearTimeout(linger);
    receiver.onClose(failure);
  });
  return connection;
}
