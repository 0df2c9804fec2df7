import type { ResponseRoute } from '../transport/response-route.js';

/**
 * What is left of a non-INVITE server transaction in its Completed state, 32 s long for each: the final response, to be sent
 * again for each retransmission (RFC 3261 17.2.2). `Lingering` is its timer J. Made for UDP: by TCP nothing is left.
 */
export class DoneResponse {
  readonly route: ResponseRoute;
  readonly #slab: ArrayBufferLike;
  readonly #from: number;
  readonly #length: number;

  constructor(bytes: Buffer, route: ResponseRoute) {
    this.route = route;
    // Without the Buffer, which is larger than all of this.
    this.#slab = bytes.buffer;
    this.#from = bytes.byteOffset;
    this.#length = bytes.length;
  }

  get bytes(): Buffer {
    return Buffer.from(this.#slab, this.#from, this.#length);
  }
}
