import type { Endpoint } from '@ims-sim/host';
import type { TcpTransport } from './tcp.js';
import type { UdpTransport } from './udp.js';

/** Ports tried where any will do: one that UDP has free may be taken for TCP. */
const TRIES = 20;

/** Binds UDP and TCP at the same address and port. Rejects with the operating system's code. */
export async function bindBoth(local: Endpoint, udp: UdpTransport, tcp: TcpTransport): Promise<Endpoint> {
  for (let tried = 1; ; tried++) {
    const bound = await udp.listen(local);
    try {
      await tcp.listen(bound);
      return bound;
    } catch (error) {
      udp.close();
      if (local.port !== 0 || tried === TRIES || !isTaken(error)) {
        throw error;
      }
    }
  }
}

/** By its code alone: an error of the operating system need not be an `Error` of this realm (jest has one a file). */
function isTaken(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === 'EADDRINUSE';
}
