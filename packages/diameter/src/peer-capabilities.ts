import type { Log } from '@ims-sim/host';
import { offeredApplications } from './capabilities.js';
import type { Message } from './decode.js';
import { get } from './decode.js';
import { APPLICATION_RELAY, base } from './dictionary-base.js';

/** What one peer said of itself in its last CER or CEA. */
export class PeerCapabilities {
  #offered: ReadonlySet<number> = new Set();
  #originStateId: number | undefined;

  /** RFC 6733 2.4: an agent that takes requests of every application, whomever they are for. */
  get isRelay(): boolean {
    return this.#offered.has(APPLICATION_RELAY);
  }

  offers(application: number): boolean {
    return this.isRelay || this.#offered.has(application);
  }

  /** Takes in a CER or CEA of `peer`. */
  note(exchange: Message, peer: string, log: Log): void {
    this.#offered = offeredApplications(exchange);
    const stateId = get(exchange, base.originStateId);
    // RFC 6733 8.16: another one than before is another start.
    if (stateId !== undefined && this.#originStateId !== undefined && stateId !== this.#originStateId) {
      log.info(`Diameter peer ${peer} has been started anew`);
    }
    this.#originStateId = stateId;
  }
}
