import type { Host } from '@ims-sim/host';
import { responseTo } from '../message/build.js';
import type { Via } from '../message/fields.js';
import { header, type Header } from '../message/header.js';
import type { SipRequest, SipResponse } from '../message/message.js';
import { serialize } from '../message/serialize.js';
import type { ServerTransaction } from '../stack.js';
import type { Flow } from '../transport/flow.js';
import { withReceived } from '../transport/received.js';
import { responseRoute } from '../transport/response-route.js';
import type { Source, TransportCounters } from '../transport/types.js';
import { DoneResponse } from './done-response.js';
import { Lingering } from './lingering.js';
import { isRfc3261, legacyAckKey, serverKey, toTag } from './matching.js';
import { joined } from '../message/own-text.js';
import { ServerEntry, type ServerSide } from './server-transaction.js';

export interface ServerTableOptions {
  readonly host: Host;
  readonly counters: TransportCounters;
  /** Transactions at a time, at most, those included that only wait for retransmissions. */
  readonly max: number;
  readonly side: Pick<ServerSide, 'timers' | 'trying' | 'encoder' | 'sendResponse'>;
  onRequest(transaction: ServerTransaction): void;
}

/** What a refused client is to wait, in seconds. */
const RETRY_AFTER_S = 10;

/** All server transactions of a stack (RFC 3261 17.2.3), and what comes before one: absorption, ACK, CANCEL, refusal. */
export class ServerTable {
  readonly #counters: TransportCounters;
  readonly #max: number;
  readonly #side: ServerSide;
  readonly #onRequest: (transaction: ServerTransaction) => void;
  readonly #entries = new Map<string, ServerEntry | DoneResponse>();
  /** Timer J. */
  readonly #lingering: Lingering;
  /** INVITEs of RFC 2543 peers, by what their ACK can be known by. */
  readonly #legacy = new Map<string, ServerEntry>();
  readonly #salt: number;

  constructor({ host, counters, max, side, onRequest }: ServerTableOptions) {
    this.#counters = counters;
    this.#max = max;
    this.#onRequest = onRequest;
    this.#salt = host.random.uint32();
    this.#lingering = new Lingering(host.clock, side.timers.longMs, (key) => {
      this.#entries.delete(key);
    });
    this.#side = {
      clock: host.clock,
      ...side,
      retransmitted: () => {
        counters.retransmissionsSent++;
      },
      onCompleted: ({ key }, response, route) => {
        this.#entries.set(key, new DoneResponse(response, route));
        this.#lingering.add(key);
      },
      onEnded: (entry) => {
        this.#remove(entry);
      },
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A request that is valid; `via` is its top Via as it came. */
  receive(request: SipRequest, via: Via, source: Source, flow: Flow | undefined): void {
    const isAck = request.method === 'ACK';
    const key = serverKey(request, via, isAck ? 'INVITE' : request.method);
    const entry = this.#entries.get(key);
    if (isAck) {
      this.#acknowledge(request, via, source, entry);
    } else if (entry !== undefined) {
      this.#again(entry);
    } else if (request.method === 'CANCEL') {
      this.#cancel(request, via, source, flow, key);
    } else if (this.#entries.size >= this.#max) {
      this.#counters.refused++;
      const retryAfter = header('Retry-After', String(RETRY_AFTER_S));
      this.refuse(request, via, source, flow, 503, 'Service Unavailable', [retryAfter]);
    } else {
      const created = this.#create(withReceived(request, via, source), via, source, flow, key);
      if (created.user !== undefined) {
        this.#onRequest(created.user);
      }
      created.begin();
    }
  }

  /** Answers without a transaction (RFC 3261 8.2.7): the same To tag for the same request, whenever it comes again. */
  refuse(
    request: SipRequest,
    via: Via,
    source: Source,
    flow: Flow | undefined,
    status: number,
    reason: string,
    headers: readonly Header[] = [],
  ): void {
    const response = responseTo(withReceived(request, via, source), status, reason, {
      toTag: this.#statelessTag(via),
      headers,
    });
    this.#sendStateless(response, via, source, flow);
  }

  close(): void {
    for (const entry of this.#entries.values()) {
      if (entry instanceof ServerEntry) {
        entry.close();
      }
    }
    this.#lingering.close();
    this.#entries.clear();
    this.#legacy.clear();
  }

  #again(entry: ServerEntry | DoneResponse): void {
    this.#counters.retransmissionsReceived++;
    if (entry instanceof ServerEntry) {
      entry.again();
    } else {
      this.#counters.retransmissionsSent++;
      this.#side.sendResponse(entry.bytes, entry.route, undefined);
    }
  }

  #create(request: SipRequest, via: Via, source: Source, flow: Flow | undefined, found: string): ServerEntry {
    const key = joined(found);
    const ackKey = request.method === 'INVITE' && !isRfc3261(via) ? legacyAckKey(request, via) : undefined;
    const route = responseRoute(via, source, flow);
    const entry = new ServerEntry(this.#side, request, source, key, ackKey, route);
    this.#entries.set(key, entry);
    if (ackKey !== undefined) {
      this.#legacy.set(ackKey, entry);
    }
    return entry;
  }

  #remove(entry: ServerEntry): void {
    this.#entries.delete(entry.key);
    if (entry.ackKey !== undefined && this.#legacy.get(entry.ackKey) === entry) {
      this.#legacy.delete(entry.ackKey);
    }
  }

  /** An ACK ends its INVITE's retransmissions, or it acknowledges a 2xx: then it is the user's. */
  #acknowledge(
    request: SipRequest,
    via: Via,
    source: Source,
    known: ServerEntry | DoneResponse | undefined,
  ): void {
    const entry = known instanceof ServerEntry ? known : this.#legacyInvite(request, via);
    if (entry !== undefined && !entry.acknowledged()) {
      return;
    }
    this.#onRequest(
      acknowledgement(withReceived(request, via, source), source, serverKey(request, via, 'ACK')),
    );
  }

  #legacyInvite(request: SipRequest, via: Via): ServerEntry | undefined {
    if (isRfc3261(via)) {
      return undefined;
    }
    const entry = this.#legacy.get(legacyAckKey(request, via));
    return entry !== undefined && (entry.toTag ?? '') === toTag(request) ? entry : undefined;
  }

  /** RFC 3261 9.2. */
  #cancel(request: SipRequest, via: Via, source: Source, flow: Flow | undefined, key: string): void {
    const found = this.#entries.get(serverKey(request, via, 'INVITE'));
    const invite = found instanceof ServerEntry ? found : undefined;
    const stamped = withReceived(request, via, source);
    const tag = invite?.toTag ?? this.#statelessTag(via);
    const answer =
      invite === undefined
        ? responseTo(stamped, 481, undefined, { toTag: tag })
        : responseTo(stamped, 200, undefined, { toTag: tag });
    if (this.#entries.size >= this.#max) {
      this.#sendStateless(answer, via, source, flow);
    } else {
      this.#create(stamped, via, source, flow, key).respond(answer);
    }
    if (invite !== undefined && !invite.done) {
      invite.user?.onCancel?.(stamped);
    }
  }

  #sendStateless(response: SipResponse, via: Via, source: Source, flow: Flow | undefined): void {
    const bytes = Buffer.from(serialize(response), 'latin1');
    this.#side.sendResponse(bytes, responseRoute(via, source, flow), undefined);
  }

  #statelessTag(via: Via): string {
    let hash = this.#salt;
    const text = via.branch ?? via.text;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    }
    return (hash >>> 0).toString(36);
  }
}

/** An ACK to a 2xx: it has no transaction, and nothing answers it. */
function acknowledgement(request: SipRequest, source: Source, key: string): ServerTransaction {
  return {
    request,
    source,
    key,
    done: true,
    respond: () => false,
    trying: () => undefined,
    onCancel: undefined,
    onFailure: undefined,
  };
}
