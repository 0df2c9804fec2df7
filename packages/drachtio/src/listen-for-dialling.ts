import { Server } from 'node:net';
import type { Endpoint as Address, Net, TcpConnection, TcpListener, TcpReceiver } from '@ims-sim/host';
import type { View } from './app.js';
import { MemorySocket } from './memory-socket.js';
import type { Srf } from './srf.js';

/**
 * Has an unmodified drachtio-srf application of this process listen on `net`, as `srf.listen({ host, port })` has one listen that is a
 * process of its own: for endpoints that dial it (`requestHandlers`), each request outside of a dialog on a connection of its own. `local`
 * with port 0: any free one. `within` runs the application's code. Rejects as `Net.listen`.
 */
export async function listenForDialling(
  net: Net,
  local: Address,
  srf: Srf,
  { secret = 'cymru', within = (call) => call() }: Pick<View, 'within'> & { readonly secret?: string } = {},
): Promise<TcpListener> {
  const server = new Server();
  const listener = await net.listen(local, (connection) => {
    const { socket, receiver } = socketOver(connection, within);
    within(() => server.emit('connection', socket));
    return receiver;
  });
  srf.listen({ server, secret });
  return listener;
}

function socketOver(
  connection: TcpConnection,
  within: (call: () => void) => void,
): { readonly socket: MemorySocket; readonly receiver: TcpReceiver } {
  const socket = new MemorySocket({
    onWrite: (text) => connection.write(Buffer.from(text, 'utf8')),
    onEnd: () => connection.end(),
  });
  const receiver: TcpReceiver = {
    onData: (bytes) => within(() => socket.emit('data', bytes)),
    // Its 'close' tells drachtio-srf that the endpoint has hung up.
    onClose: () => void socket.end(),
  };
  return { socket, receiver };
}
