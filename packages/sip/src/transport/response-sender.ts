import { locate, type LocateContext } from '../resolve/locate.js';
import type { Flow } from './flow.js';
import type { ResponseRoute } from './response-route.js';
import type { TcpTransport } from './tcp.js';
import type { Target } from './types.js';
import type { UdpTransport } from './udp.js';

/** Sends responses (RFC 3261 18.2.2), with what RFC 3263 5 says for a connection that is gone. */
export class ResponseSender {
  readonly #udp: UdpTransport;
  readonly #tcp: TcpTransport;
  readonly #locating: LocateContext;

  constructor(udp: UdpTransport, tcp: TcpTransport, locating: LocateContext) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#locating = locating;
  }

  /**
   * By TCP: on the connection of the request, else on one to the address it came from and the port of its sent-by, else
   * where the DNS finds the sent-by. `undelivered` in a later turn if none of them can be had.
   */
  send(bytes: Buffer, route: ResponseRoute, undelivered: (() => void) | undefined): void {
    const { flow } = route;
    if (flow === undefined) {
      this.#udp.send(bytes, route.to);
      return;
    }
    if (flow.isOpen && this.#tcp.send(flow, bytes)) {
      return;
    }
    this.#try(bytes, this.#tcp.flowTo(route.to), () => {
      void this.#toSentBy(bytes, route, undelivered);
    });
  }

  #try(bytes: Buffer, flow: Flow | undefined, otherwise: () => void): void {
    if (flow === undefined || !this.#tcp.send(flow, bytes, otherwise)) {
      otherwise();
    }
  }

  async #toSentBy(
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
      this.#try(bytes, this.#tcp.flowTo(target), () => {
        next(index + 1);
      });
    };
    next(0);
  }
}
