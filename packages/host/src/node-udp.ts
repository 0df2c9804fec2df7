import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { prettyEndpoint } from './endpoint.js';
import { netError } from './net-error.js';
import type { Endpoint, UdpReceiver, UdpSocket } from './net.js';

/** Asked of the kernel, which gives at most net.core.rmem_max: a burst waits there while the element is busy. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** `Net.udp` on the operating system. A datagram handed to `send` must not be changed afterwards: it may still be queued. */
export function nodeUdp(local: Endpoint, receiver: UdpReceiver): Promise<UdpSocket> {
  const socket = createSocket(
    isIPv6(local.address) ? { type: 'udp6', ipv6Only: true, lookup: asIs } : { type: 'udp4', lookup: asIs },
  );
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      socket.close();
      reject(error);
    };
    socket.once('error', failed);
    socket.bind({ port: local.port, address: local.address, exclusive: true }, () => {
      socket.off('error', failed);
      enlargeBuffers(socket);
      resolve(open(socket, receiver));
    });
  });
}

/** Endpoints are IP literals: Node's own lookup would queue for the thread pool's getaddrinfo. */
function asIs(
  address: string,
  family: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, address, family as number);
}

function enlargeBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  } catch {
    // Some systems refuse what Linux cuts to its maximum; the default size then stays.
  }
}

function open(socket: Socket, receiver: UdpReceiver): UdpSocket {
  let closed = false;
  const { address, port } = socket.address();
  socket.on('message', (datagram, from) => {
    receiver.onDatagram(datagram, { address: from.address, port: from.port });
  });
  socket.on('error', (error) => receiver.onError?.(error, undefined));
  /** One for all sends; Node puts the destination into the error. */
  const sent = (error: (Error & { address?: string; port?: number }) | null) => {
    if (error === null || closed) return;
    const known = error.address !== undefined && error.port !== undefined;
    receiver.onError?.(error, known ? ({ address: error.address, port: error.port } as Endpoint) : undefined);
  };
  return {
    local: { address, port },
    send(datagram, to) {
      if (closed) return;
      if (!(to.port > 0 && to.port <= 65535)) {
        // Node throws here; a port out of a stranger's Via must not.
        process.nextTick(sent, Object.assign(netError('EINVAL', `send ${prettyEndpoint(to)}`), to));
        return;
      }
      socket.send(datagram, to.port, to.address, sent);
    },
    close() {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}
