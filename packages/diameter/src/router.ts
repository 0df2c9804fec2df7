import type { Endpoint } from '@ims-sim/host';
import type { Message } from './decode.js';
import { get } from './decode.js';
import { base } from './dictionary-base.js';
import { FLAG_ERROR } from './header.js';
import type { OutgoingRequest } from './options.js';
import type { PeerContext } from './peer-context.js';
import { Peer } from './peer.js';
import type { PeerTable } from './peer-table.js';
import type { PendingRequest, RequestFailure } from './pending.js';
import type { RedirectHost } from './redirect.js';
import { RedirectCache } from './redirect.js';
import { REDIRECT_INDICATION, TOO_BUSY, UNABLE_TO_DELIVER } from './result-code.js';

/** How often one request is sent on, by redirects or because an agent could not deliver it. */
const MAX_ATTEMPTS = 4;
/** Connections that are only there because of a redirect. */
const MAX_REDIRECTED_PEERS = 16;

export interface RouterContext extends PeerContext {
  readonly peers: PeerTable;
  readonly resolvePeer:
    ((host: string, port: number) => readonly Endpoint[] | Promise<readonly Endpoint[]>) | undefined;
}

/** Where requests go: to a peer, to where a redirect agent sends them (RFC 6733 6.1.5 to 6.1.8), or to an alternate. */
export class Router {
  readonly #context: RouterContext;
  readonly #cache: RedirectCache;
  /** Peers that a redirect named, each with the requests that wait until it is up. */
  readonly #redirected = new Map<Peer, PendingRequest[]>();

  constructor(context: RouterContext) {
    this.#context = context;
    this.#cache = new RedirectCache(context.host.clock);
  }

  /** The peer that a new request goes to; it may still be on its way up, see `isComingUp`. */
  peerFor(request: OutgoingRequest): Peer | undefined {
    const hosts = this.#cache.hostsFor(request);
    const redirected = hosts && this.#peerAmong(hosts, request);
    return redirected ?? this.#context.peers.choose(request);
  }

  /** Requests that wait until a peer is up. */
  get held(): number {
    let count = 0;
    for (const waiting of this.#redirected.values()) count += waiting.length;
    return count;
  }

  isComingUp(peer: Peer): boolean {
    return this.#redirected.has(peer) && !peer.isOpen;
  }

  /** Keeps a request until its peer is up. */
  hold(peer: Peer, request: PendingRequest): void {
    const waiting = this.#redirected.get(peer);
    if (waiting === undefined || waiting.length >= this.#context.settings.maxPending) {
      request.settle(failure('busy', `too many requests wait on ${peer.host}`));
    } else waiting.push(request);
  }

  /** An answer has come: it is given to who asked, unless it says that the request is to go elsewhere. */
  onAnswer(pending: PendingRequest, message: Message, from: Peer): void {
    const code = message.flags & FLAG_ERROR ? get(message, base.resultCode) : undefined;
    if (code === REDIRECT_INDICATION) return this.#redirect(pending, message, from);
    if ((code === UNABLE_TO_DELIVER || code === TOO_BUSY) && pending.attempts < MAX_ATTEMPTS) {
      // 7.1.3: another peer may be able to.
      const other = this.#context.peers.choose(pending.request, from);
      if (other?.isUsable === true && !other.isBusy) {
        return other.requests.resend({ ...pending, attempts: pending.attempts + 1 }, false);
      }
    }
    pending.settle({ kind: 'answer', message });
  }

  onUp(peer: Peer): void {
    const waiting = this.#redirected.get(peer)?.splice(0) ?? [];
    for (const request of waiting) peer.requests.resend(request, false);
  }

  /** A peer that a redirect named is gone: it is not connected to again until a request wants it. */
  onClosed(peer: Peer): void {
    const waiting = this.#redirected.get(peer);
    if (waiting === undefined) return;
    this.#redirected.delete(peer);
    peer.stop();
    this.#context.peers.remove(peer);
    for (const { request, settle } of waiting) {
      this.#cache.forget(request);
      settle(failure('no-peer', `a redirect names ${peer.host}, which cannot be reached`));
    }
  }

  /** 6.1.8: the request goes to the host that the agent names. */
  #redirect(pending: PendingRequest, message: Message, from: Peer): void {
    const hosts = this.#cache.learn(pending.request, message);
    const to = pending.attempts < MAX_ATTEMPTS ? this.#peerAmong(hosts, pending.request) : undefined;
    if (to === undefined || to === from || to.isBusy) {
      this.#cache.forget(pending.request);
      const names = hosts.map(({ host }) => host).join(', ');
      return pending.settle(
        failure('no-peer', `${from.host} redirects to ${names || 'nobody'}, which is of no use`),
      );
    }
    const request = { ...pending, attempts: pending.attempts + 1 };
    if (this.isComingUp(to)) this.hold(to, request);
    else to.requests.resend(request, false);
  }

  /** One of the hosts that is connected, or else the first that can be. */
  #peerAmong(hosts: readonly RedirectHost[], { destinationRealm }: OutgoingRequest): Peer | undefined {
    const { peers } = this.#context;
    for (const { host } of hosts) {
      const known = peers.find(host);
      if (known?.isUsable === true) return known;
    }
    for (const { host, port } of hosts) {
      const known = peers.find(host);
      if (known !== undefined && this.#redirected.has(known)) return known;
      if (known === undefined) {
        const peer = this.#connect(host, port, destinationRealm);
        if (peer !== undefined) return peer;
      }
    }
    return undefined;
  }

  #connect(host: string, port: number, realm: string): Peer | undefined {
    const { resolvePeer, peers } = this.#context;
    if (resolvePeer === undefined || this.#redirected.size >= MAX_REDIRECTED_PEERS) return undefined;
    const peer = new Peer(this.#context, host, realm, {
      host,
      realm,
      connect: () => resolvePeer(host, port),
    });
    peers.add(peer);
    this.#redirected.set(peer, []);
    peer.start();
    return peer;
  }
}

/** The outcome of a request that nobody answers; `text` says why, for the log and the trace. */
export function failure(reason: RequestFailure['reason'], text: string): RequestFailure {
  return { kind: 'failed', reason, text };
}
