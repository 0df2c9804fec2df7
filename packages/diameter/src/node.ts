import type { Endpoint, TcpConnection, TcpReceiver, Timer } from '@ims-sim/host';
import type { Avp } from './avp.js';
import { avpOf } from './avp.js';
import type { ApplicationDefinition } from './command.js';
import { base } from './dictionary-base.js';
import { encodeMessage } from './encode.js';
import { FLAG_PROXIABLE, FLAG_REQUEST } from './header.js';
import type { Identity } from './identity.js';
import { createIdentity } from './identity.js';
import { Link } from './link.js';
import type { Counters, DiameterNodeOptions, OutgoingRequest } from './options.js';
import { settingsOf } from './options.js';
import { PeerTable } from './peer-table.js';
import type { PeerContext } from './peer.js';
import { HANDSHAKE_MS, Peer } from './peer.js';
import type { PendingRequest, RequestFailure, RequestOutcome } from './pending.js';
import type { ReceiverContext } from './receiver.js';
import { receiveFrom } from './receiver.js';
import { createRequestServer } from './requests.js';

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
  /** Takes leave of its peers (DPR), waits up to a second for them, and closes. Requests that wait fail as `closed`. */
  close(): Promise<void>;
}

/** How long peers have to answer DPR when the node closes. */
const CLOSE_MS = 1_000;

/** Starts a node of RFC 6733 over TCP. Rejects, as `Net.listen` does, where it cannot listen. */
export async function startDiameterNode(options: DiameterNodeOptions): Promise<DiameterNode> {
  const { host } = options;
  const settings = settingsOf(options);
  const identity = createIdentity(options);
  const counters = { unmatchedAnswers: 0, malformed: 0, timeouts: 0, retransmissions: 0, refusedConnections: 0 };
  const peers = new PeerTable();
  const accepted = new Map<Link, Timer>();
  const notYetUp = new Set<Peer>();
  const lifecycle = createLifecycle();
  const encodeRequest = requestEncoder(options, identity);

  const receiver: ReceiverContext = {
    host,
    identity,
    settings,
    counters,
    answerRequest: createRequestServer({
      host,
      identity,
      applications: options.applications,
      onRequest: options.onRequest,
      maxInFlight: settings.maxPending,
    }),
    peerOf: (name, realm) => {
      const known = peers.find(name);
      if (known !== undefined || lifecycle.closing) return known;
      const peer = new Peer(peerContext, name, realm);
      peers.add(peer);
      return peer;
    },
    onClose: (link) => {
      accepted.get(link)?.cancel();
      accepted.delete(link);
    },
  };

  const peerContext: PeerContext = {
    host,
    identity,
    settings,
    eventsFor: (peer) => receiveFrom(receiver, peer),
    canFailOver: (peer) => peers.choose({ destinationRealm: peer.realm }, peer) !== undefined,
    onUp: (peer) => {
      notYetUp.delete(peer);
      if (notYetUp.size === 0) lifecycle.ready();
    },
    onDown: (peer, requests) => {
      for (const request of requests) failOver(request, peer);
    },
    onTimeout: (peer, request) => {
      counters.timeouts++;
      const text = `${peer.host} did not answer within ${String(settings.timeoutMs)} ms`;
      request.settle(failure('timeout', text));
    },
    onClosed: (peer) => {
      if (peer.configured === undefined) peers.remove(peer);
      if (lifecycle.closing && ![...peers].some((other) => other.isConnected)) lifecycle.closed();
    },
  };

  /** RFC 6733 5.5.4: what a lost peer has not answered is sent to another, or fails at once. */
  const failOver = (request: PendingRequest, from: Peer): void => {
    const other = lifecycle.closing ? undefined : peers.choose(request, from);
    if (other === undefined || other.isBusy) {
      const reason = lifecycle.closing ? 'closed' : 'connection-lost';
      return request.settle(failure(reason, `the connection to ${from.host} was lost`));
    }
    counters.retransmissions++;
    other.resend(request);
  };

  const accept = (connection: TcpConnection): TcpReceiver => {
    const link = new Link(connection, host, settings.maxMessageBytes, receiveFrom(receiver));
    if (accepted.size >= settings.maxConnections) {
      counters.refusedConnections++;
      link.destroy();
      return link.receiver;
    }
    // 5.6: who does not send a CER is not waited for.
    const timer = host.clock.timer(HANDSHAKE_MS, () => {
      if (!link.hasReceived) link.destroy();
    });
    accepted.set(link, timer);
    return link.receiver;
  };

  const listener = options.listen && (await host.net.listen(options.listen, accept));
  for (const peer of options.peers ?? []) {
    const configured = new Peer(peerContext, peer.host, peer.realm, peer);
    peers.add(configured);
    notYetUp.add(configured);
  }
  if (notYetUp.size === 0) lifecycle.ready();
  for (const peer of notYetUp) peer.start();

  return {
    listening: listener?.local,
    counters,
    nextSessionId: identity.nextSessionId,
    ready: () => lifecycle.whenReady,
    request: (request) => {
      if (lifecycle.closing) return Promise.resolve(failure('closed', 'this node is closed'));
      const peer = peers.choose(request);
      if (peer === undefined) {
        return Promise.resolve(failure('no-peer', `no peer of ${request.destinationRealm} is connected`));
      }
      if (peer.isBusy) return Promise.resolve(failure('busy', `too many requests wait on ${peer.host}`));
      return new Promise((settle) => {
        const hopByHop = peer.nextHopByHop();
        peer.send(hopByHop, {
          bytes: encodeRequest(request, hopByHop),
          destinationHost: request.destinationHost,
          destinationRealm: request.destinationRealm,
          deadlineMs: host.clock.now() + settings.timeoutMs,
          settle,
        });
      });
    },
    close: async () => {
      if (lifecycle.closing) return lifecycle.whenClosed;
      lifecycle.close();
      listener?.close();
      for (const peer of [...peers]) peer.stop();
      if (![...peers].some((peer) => peer.isConnected)) lifecycle.closed();
      const timer = host.clock.timer(CLOSE_MS, () => {
        for (const peer of [...peers]) peer.destroy();
        lifecycle.closed();
      });
      await lifecycle.whenClosed;
      timer.cancel();
      for (const link of [...accepted.keys()]) link.destroy();
    },
  };
}

/** What encodes the requests of a node: its origin and what its applications have in common are the same in each. */
function requestEncoder(
  options: DiameterNodeOptions,
  identity: Identity,
): (request: OutgoingRequest, hopByHop: number) => Buffer {
  const common = new Map<number, readonly Avp[]>(
    options.applications.map(({ id, commonAvps }: ApplicationDefinition) => [id, commonAvps]),
  );
  return ({ command, sessionId, destinationRealm, destinationHost, avps }, hopByHop) => {
    const all = [avpOf(base.sessionId, sessionId)];
    all.push(...(common.get(command.application) ?? []), ...identity.origin);
    all.push(avpOf(base.destinationRealm, destinationRealm));
    if (destinationHost !== undefined) all.push(avpOf(base.destinationHost, destinationHost));
    all.push(...avps);
    return encodeMessage({
      flags: FLAG_REQUEST | (command.proxiable ? FLAG_PROXIABLE : 0),
      command: command.code,
      application: command.application,
      hopByHop,
      endToEnd: identity.nextEndToEnd(),
      avps: all,
    });
  };
}

interface Lifecycle {
  readonly closing: boolean;
  readonly whenReady: Promise<void>;
  readonly whenClosed: Promise<void>;
  ready(): void;
  close(): void;
  closed(): void;
}

function createLifecycle(): Lifecycle {
  let closing = false;
  let ready!: () => void;
  let notReady!: (error: Error) => void;
  let closed!: () => void;
  const whenReady = new Promise<void>((resolve, reject) => ([ready, notReady] = [resolve, reject]));
  const whenClosed = new Promise<void>((resolve) => (closed = resolve));
  whenReady.catch(() => undefined); // nobody need ask
  return {
    get closing() {
      return closing;
    },
    whenReady,
    whenClosed,
    ready,
    close: () => {
      closing = true;
      notReady(new Error('the Diameter node was closed before its peers were open'));
    },
    closed,
  };
}

function failure(reason: RequestFailure['reason'], text: string): RequestFailure {
  return { kind: 'failed', reason, text };
}
