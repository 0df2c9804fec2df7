import { locate, type LocateContext } from '../resolve/locate.js';
import type { Flow } from './flow.js';
import type { ResponseRoute } from './response-route.js';
import type { Sockets } from './sockets.js';
import type { TcpTransport } from './tcp.js';
import type { Target } from './types.js';

/** Sends responses (RFC 3261 18.2.2), with what RFC 3263 5 says for a connection that is gone. */
export class ResponseSender {
  readonly #sockets: Sockets;
  readonly #locating: LocateContext;

  constructor(sockets: Sockets, locating: LocateContext) {
    this.#sockets = sockets;
    this.#locating = locating;
  }

  /**
   * By TCP: on the connection of the request, else on one to the address it came from and the port of its sent-by, else
   * where the DNS finds the sent-by. `undelivered` in a later turn if none of them can be had.
   */
  send(bytes: Buffer, route: ResponseRoute, undelivered: (() => void) | undefined): void {
    const { flow } = route;
    const { udp, tcp } = this.#sockets.at(route.from);
    if (flow === undefined) {
      udp.send(bytes, route.to);
      return;
    }
    if (flow.isOpen && tcp.send(flow, bytes)) {
      return;
    }
    tryFlow(tcp, bytes, tcp.flowTo(route.to), () => {
      void this.#toSentBy(tcp, bytes, route, undelivered);
    });
  }

  async #toSentBy(
    tcp: TcpTransport,
    bytes: Buffer,
    { sentBy, to }: ResponseRoute,
    undelivered: (() => void) | undefined,
  ): Promise<void> {
    let targets: readonly Target[] = [];
    try {
      targets = sentBy === undefined ? [] : await locate(sentBy, this.#locating);
    } catch {
      // A resolver that fails has found nothing.
    }
    const others = targets.filter(({ address, port }) => address !== to.address || port !== to.port);
    const next = (index: number): void => {
      const target = others[index];
      if (target === undefined) {
        undelivered?.();
        return;
      }
      tryFlow(tcp, bytes, tcp.flowTo(target), () => {
        next(index + 1);
      });
    };
    next(0);
  }
}

function tryFlow(tcp: TcpTransport, bytes: Buffer, flow: Flow | undefined, otherwise: () => void): void {
  if (flow === undefined || !tcp.send(flow, bytes, otherwise)) {
    otherwise();
  }
}
