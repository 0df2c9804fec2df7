import type { Endpoint, Host, TcpConnection, TcpListener, TcpReceiver, Timer } from '@ims-sim/host';
import type { Message } from './decode.js';
import type { Identity } from './identity.js';
import { createIdentity } from './identity.js';
import { createLifecycle } from './lifecycle.js';
import type { LinkEvents } from './link.js';
import { Link } from './link.js';
import type { Counters, DiameterNodeOptions, OutgoingRequest, Settings } from './options.js';
import { settingsOf } from './options.js';
import { PeerTable } from './peer-table.js';
import { HANDSHAKE_MS, Peer } from './peer.js';
import type { PendingRequest, RequestOutcome } from './pending.js';
import type { ReceiverContext } from './receiver.js';
import { receiveFrom } from './receiver.js';
import { requestEncoder } from './request-encoder.js';
import { createRequestServer } from './requests.js';
import type { RouterContext } from './router.js';
import { Router, failure } from './router.js';

/** A Diameter node, running. */
export interface DiameterNode {
  /** Where it takes connections, if it does. */
  readonly listening: Endpoint | undefined;
  readonly counters: Readonly<Counters>;
  /** A Session-Id that no other session has (RFC 6733 8.8). */
  nextSessionId(): string;
  /** Sends a request and gives its answer, or why there is none; never rejects. */
  request(request: OutgoingRequest): Promise<RequestOutcome>;
  /** Once every configured peer has been open; rejects if the node is closed before. */
  ready(): Promise<void>;
  /** Requests that wait for their answers at present. */
  readonly pending: number;
  /** Takes leave of its peers (DPR), waits up to a second for them, and closes. Requests that wait fail as `closed`. */
  close(): Promise<void>;
}

/** How long peers have to answer DPR when the node closes. */
const CLOSE_MS = 1_000;

/** Starts a node of RFC 6733 over TCP. Rejects, as `Net.listen` does, where it cannot listen. */
export async function startDiameterNode(options: DiameterNodeOptions): Promise<DiameterNode> {
  const node = new Node(options);
  await node.start();
  return node;
}

class Node implements DiameterNode, RouterContext, ReceiverContext {
  readonly host: Host;
  readonly identity: Identity;
  readonly settings: Settings;
  readonly counters: Counters = {
    unmatchedAnswers: 0,
    malformed: 0,
    timeouts: 0,
    retransmissions: 0,
    refusedConnections: 0,
  };
  readonly answerRequest: (message: Message, peer: string, send: (bytes: Buffer) => void) => void;
  readonly nextSessionId: () => string;
  readonly #options: DiameterNodeOptions;
  readonly #encodeRequest: (request: OutgoingRequest, hopByHop: number) => Buffer;
  readonly peers = new PeerTable();
  readonly resolvePeer: DiameterNodeOptions['resolvePeer'];
  readonly #notYetUp = new Set<Peer>();
  /** The connections that peers opened, each with the timer that ends it if nothing comes. */
  readonly #accepted = new Map<Link, Timer>();
  readonly #lifecycle = createLifecycle();
  readonly #router: Router;
  #listener: TcpListener | undefined;

  constructor(options: DiameterNodeOptions) {
    const { host, applications, onRequest } = options;
    this.#options = options;
    this.host = host;
    this.settings = settingsOf(options);
    const identity = createIdentity(options);
    this.identity = identity;
    this.nextSessionId = identity.nextSessionId;
    this.#encodeRequest = requestEncoder(applications, identity);
    this.resolvePeer = options.resolvePeer;
    this.#router = new Router(this);
    const maxInFlight = this.settings.maxPending;
    this.answerRequest = createRequestServer({ host, identity, applications, onRequest, maxInFlight });
  }

  get listening(): Endpoint | undefined {
    return this.#listener?.local;
  }

  get pending(): number {
    let count = this.#router.held;
    for (const peer of this.peers) count += peer.requests.size;
    return count;
  }

  async start(): Promise<void> {
    const { listen, peers = [] } = this.#options;
    if (listen !== undefined) {
      this.#listener = await this.host.net.listen(listen, (connection) => this.#accept(connection));
    }
    for (const options of peers) {
      const peer = new Peer(this, options.host, options.realm, options);
      this.peers.add(peer);
      this.#notYetUp.add(peer);
    }
    if (this.#notYetUp.size === 0) this.#lifecycle.ready();
    for (const peer of this.#notYetUp) peer.start();
  }

  request(request: OutgoingRequest): Promise<RequestOutcome> {
    if (this.#lifecycle.closing) return Promise.resolve(failure('closed', 'this node is closed'));
    const peer = this.#router.peerFor(request);
    if (peer === undefined) {
      return Promise.resolve(failure('no-peer', `no peer of ${request.destinationRealm} is connected`));
    }
    if (peer.isBusy) return Promise.resolve(failure('busy', `too many requests wait on ${peer.host}`));
    return new Promise((settle) => {
      const hopByHop = peer.requests.nextHopByHop();
      const bytes = this.#encodeRequest(request, hopByHop);
      const deadlineMs = this.host.clock.now() + this.settings.timeoutMs;
      const pending = { bytes, request, attempts: 1, deadlineMs, settle };
      if (this.#router.isComingUp(peer)) this.#router.hold(peer, pending);
      else peer.requests.send(hopByHop, pending);
    });
  }

  ready(): Promise<void> {
    return this.#lifecycle.whenReady;
  }

  async close(): Promise<void> {
    const lifecycle = this.#lifecycle;
    if (lifecycle.closing) return lifecycle.whenClosed;
    lifecycle.close();
    this.#listener?.close();
    for (const peer of [...this.peers]) peer.stop();
    if (!this.#anyConnected()) lifecycle.closed();
    const timer = this.host.clock.timer(CLOSE_MS, () => {
      for (const peer of [...this.peers]) peer.destroy();
      lifecycle.closed();
    });
    await lifecycle.whenClosed;
    timer.cancel();
    for (const link of [...this.#accepted.keys()]) link.end();
  }

  eventsFor(peer: Peer): LinkEvents {
    return receiveFrom(this, peer);
  }

  peerOf(host: string, realm: string): Peer | undefined {
    const known = this.peers.find(host);
    if (known !== undefined || this.#lifecycle.closing) return known;
    const peer = new Peer(this, host, realm);
    this.peers.add(peer);
    return peer;
  }

  canFailOver(peer: Peer): boolean {
    return this.peers.choose({ destinationRealm: peer.realm }, peer) !== undefined;
  }

  onUp(peer: Peer): void {
    this.#notYetUp.delete(peer);
    if (this.#notYetUp.size === 0) this.#lifecycle.ready();
    this.#router.onUp(peer);
  }

  onAnswer(request: PendingRequest, answer: Message, from: Peer): void {
    this.#router.onAnswer(request, answer, from);
  }

  onDown(peer: Peer, requests: readonly PendingRequest[]): void {
    for (const request of requests) this.#failOver(request, peer);
  }

  onTimeout(peer: Peer, request: PendingRequest): void {
    this.counters.timeouts++;
    request.settle(
      failure('timeout', `${peer.host} did not answer within ${String(this.settings.timeoutMs)} ms`),
    );
  }

  onClosed(peer: Peer): void {
    if (peer.configured === undefined) this.peers.remove(peer);
    this.#router.onClosed(peer);
    if (this.#lifecycle.closing && !this.#anyConnected()) this.#lifecycle.closed();
  }

  onClose(link: Link): void {
    this.#accepted.get(link)?.cancel();
    this.#accepted.delete(link);
  }

  #anyConnected(): boolean {
    for (const peer of this.peers) if (peer.isConnected) return true;
    return false;
  }

  /** RFC 6733 5.5.4: what a lost peer has not answered is sent to another, or fails at once. */
  #failOver(request: PendingRequest, from: Peer): void {
    const { closing } = this.#lifecycle;
    const other = closing ? undefined : this.peers.choose(request.request, from);
    if (other === undefined || other.isBusy) {
      const reason = closing ? 'closed' : 'connection-lost';
      return request.settle(failure(reason, `the connection to ${from.host} was lost`));
    }
    this.counters.retransmissions++;
    other.requests.resend(request, true);
  }

  #accept(connection: TcpConnection): TcpReceiver {
    const { clock } = this.host;
    const link = new Link(connection, this.host, this.settings.maxMessageBytes, receiveFrom(this));
    if (this.#accepted.size >= this.settings.maxConnections) {
      this.counters.refusedConnections++;
      link.destroy();
      return link.receiver;
    }
    // 5.6: who does not send a CER is not waited for.
    const timer = clock.timer(HANDSHAKE_MS, () => {
      if (!link.hasReceived) link.destroy();
    });
    this.#accepted.set(link, timer);
    return link.receiver;
  }
}
