import type { Host, Timer } from '@ims-sim/host';
import { encodeAnswer, encodeRefusal } from './answer.js';
import { avpOf } from './avp.js';
import { capabilityAvps, faultOfCapabilities, originOf } from './capabilities.js';
import type { CommandDefinition } from './command.js';
import { capabilitiesExchange, deviceWatchdog, disconnectPeer } from './command.js';
import type { Message } from './decode.js';
import { get } from './decode.js';
import { DISCONNECT_REBOOTING, base } from './dictionary-base.js';
import { encodeMessage } from './encode.js';
import { FLAG_REQUEST, FLAG_RETRANSMITTED } from './header.js';
import type { Identity } from './identity.js';
import { sameIdentity } from './identity.js';
import type { Link, LinkEvents } from './link.js';
import { openLink } from './open-link.js';
import type { PeerOptions, Settings } from './options.js';
import type { PeerAction, PeerInput, PeerState } from './peer-state.js';
import { isOpen, step } from './peer-state.js';
import type { PendingRequest } from './pending.js';
import { PendingRequests } from './pending.js';
import { ELECTION_LOST, SUCCESS, UNABLE_TO_COMPLY } from './result-code.js';
import type { WatchdogState } from './watchdog.js';
import { initialWatchdog, stepWatchdog, watchdogIntervalMs } from './watchdog.js';

/** How long a connection may take to come up, and a peer to answer CER or DPR. */
export const HANDSHAKE_MS = 5_000;
const FIRST_RETRY_MS = 100;
/** Shorter than the 30 s that RFC 6733 12 recommends for Tc: in a lab, the peer is on the same machine and somebody waits. */
const MAX_RETRY_MS = 5_000;
/** What a peer may leave untaken before nothing more is sent to it. */
const MAX_BUFFERED_BYTES = 4 << 20;

export interface PeerContext {
  readonly host: Host;
  readonly identity: Identity;
  readonly settings: Settings;
  /** What a connection to that peer reports to. */
  eventsFor(peer: Peer): LinkEvents;
  onUp(peer: Peer): void;
  /** Whether there is another peer that requests can be sent to. */
  canFailOver(peer: Peer): boolean;
  /** The peer is gone or suspect; `requests` waited on it and may be sent to another. */
  onDown(peer: Peer, requests: readonly PendingRequest[]): void;
  onTimeout(peer: Peer, request: PendingRequest): void;
  /** The peer has no connection and, unless configured, no future. */
  onClosed(peer: Peer): void;
}

/** One peer: its connections, the state machine of RFC 6733 5.6, its watchdog, and the requests that wait on it. */
export class Peer {
  readonly host: string;
  readonly realm: string;
  readonly configured: PeerOptions | undefined;
  readonly #context: PeerContext;
  readonly #pending: PendingRequests;
  #state: PeerState = 'closed';
  #initiator: Link | undefined;
  #responder: Link | undefined;
  /** The CER on the responder's connection, until it is answered. */
  #cer: Message | undefined;
  #hopByHop: number;
  #timer: Timer | undefined;
  #watchdogTimer: Timer | undefined;
  #watchdog: WatchdogState = initialWatchdog;
  #retryMs = FIRST_RETRY_MS;
  #attempt = 0;
  #stopped = false;

  constructor(context: PeerContext, host: string, realm: string, configured?: PeerOptions) {
    this.#context = context;
    this.host = host;
    this.realm = realm;
    this.configured = configured;
    this.#hopByHop = context.host.random.uint32();
    this.#pending = new PendingRequests(context.host.clock, context.settings.maxPending, (request) => {
      context.onTimeout(this, request);
    });
  }

  get isOpen(): boolean {
    return isOpen(this.#state);
  }

  get isConnected(): boolean {
    return this.#state !== 'closed';
  }

  /** Open, and its watchdog content. */
  get isUsable(): boolean {
    return this.isOpen && this.#watchdog.kind === 'okay';
  }

  get isBusy(): boolean {
    return this.#pending.full || (this.#openLink?.bufferedBytes ?? 0) > MAX_BUFFERED_BYTES;
  }

  get #openLink(): Link | undefined {
    return this.#state === 'r-open' ? this.#responder : this.#initiator;
  }

  /** Connects, now and whenever the connection is lost, until `stop`. */
  start(): void {
    if (!this.#stopped && this.#state === 'closed') this.input('start');
  }

  /** Sends a DPR and closes; nothing is tried again. */
  stop(): void {
    this.#stopped = true;
    if (this.#state === 'closed') this.#timer?.cancel();
    else this.input('stop');
  }

  /** Drops its connections at once. */
  destroy(): void {
    this.stop();
    this.#initiator?.destroy();
    this.#responder?.destroy();
    this.input('timeout');
  }

  /** A message has come from the peer: a suspect one is trusted again at once (RFC 3539 3.4.1). */
  noteReceived(): void {
    if (this.#watchdog.kind === 'suspect') this.#watchdog = stepWatchdog(this.#watchdog, 'received').state;
  }

  nextHopByHop(): number {
    return (this.#hopByHop = (this.#hopByHop + 1) >>> 0);
  }

  /** Sends a request that was encoded with `nextHopByHop`. */
  send(hopByHop: number, request: PendingRequest): void {
    this.#pending.add(hopByHop, request);
    this.#openLink?.send(request.bytes);
  }

  /** Sends a request that another peer did not answer, with the T flag and a hop-by-hop identifier of this connection (5.5.4). */
  resend(request: PendingRequest): void {
    const bytes = Buffer.from(request.bytes);
    bytes[4] = (bytes[4] ?? 0) | FLAG_RETRANSMITTED;
    const hopByHop = this.nextHopByHop();
    bytes.writeUInt32BE(hopByHop, 12);
    // A deadline of its own: the oldest request of the connection stays the first to time out.
    const deadlineMs = this.#context.host.clock.now() + this.#context.settings.timeoutMs;
    this.send(hopByHop, { ...request, bytes, deadlineMs });
  }

  /** The request that an answer on `link` is for. */
  takePending(hopByHop: number): PendingRequest | undefined {
    return this.#pending.take(hopByHop);
  }

  /** A CER that is in order, on a connection that the peer opened. */
  acceptCer(link: Link, cer: Message): boolean {
    const before = this.#responder;
    if (before === undefined) {
      this.#responder = link;
      this.#cer = cer;
    }
    const { state, actions } = step(this.#state, 'r-conn-cer');
    if (actions.includes('r-reject') || before !== undefined) {
      this.#rejectCer(link, cer);
      if (before === undefined) this.#responder = this.#cer = undefined;
      return false;
    }
    this.#go(state, actions);
    return true;
  }

  /** A base protocol message on a connection of this peer: a request that is in order, or an answer. */
  onBase(link: Link, message: Message, command: CommandDefinition): void {
    const isRequest = (message.flags & FLAG_REQUEST) !== 0;
    if (command === deviceWatchdog) {
      // That a DWA came at all is what counts (RFC 3539 3.4.1); activity is seen by the watchdog.
      if (isRequest) link.send(this.#success(message));
    } else if (command === disconnectPeer) {
      this.#onDisconnect(link, message, isRequest);
    } else if (!isRequest && link === this.#initiator) {
      this.#onCea(message);
    } else if (isRequest) {
      const text = 'capabilities have been exchanged';
      const fault = { resultCode: UNABLE_TO_COMPLY, failedAvps: [], text };
      link.send(encodeRefusal(message, this.#context.identity.origin, fault));
    }
  }

  onLinkClosed(link: Link): void {
    if (link === this.#initiator) this.input('i-peer-disc');
    else if (link === this.#responder) this.input('r-peer-disc');
    if (link === this.#initiator) this.#initiator = undefined;
    if (link === this.#responder) this.#responder = undefined;
  }

  input(input: PeerInput): void {
    const { state, actions } = step(this.#state, input);
    this.#go(state, actions);
  }

  #go(state: PeerState, actions: readonly PeerAction[]): void {
    const before = this.#state;
    this.#state = state;
    for (const action of actions) this.#do(action);
    if (state === before || this.#state !== state) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (state === 'closed') this.#onClosed();
    else if (!isOpen(state)) this.#arm(HANDSHAKE_MS, () => this.input('timeout'));
  }

  #do(action: PeerAction): void {
    switch (action) {
      case 'i-snd-conn-req':
        return void this.#connect();
      case 'i-snd-cer':
        return this.#sendCer();
      case 'r-snd-cea':
        return this.#sendCea();
      case 'i-disc':
        this.#attempt++;
        this.#initiator?.end();
        return void (this.#initiator = undefined);
      case 'r-disc':
        this.#responder?.end();
        return void (this.#responder = undefined);
      case 'elect':
        // RFC 6733 5.6.4: the node with the higher identity keeps the connection that its peer opened.
        if (this.#context.identity.host.toLowerCase() > this.host.toLowerCase()) this.input('win-election');
        return;
      case 'snd-dpr':
        return this.#openRequest(disconnectPeer, avpOf(base.disconnectCause, DISCONNECT_REBOOTING));
      case 'up':
        return this.#up();
      case 'down':
        return this.#down();
      case 'r-accept':
      case 'r-reject':
      case 'snd-dpa':
        return; // done where the message is at hand
    }
  }

  async #connect(): Promise<void> {
    const { configured } = this;
    const attempt = ++this.#attempt;
    if (configured === undefined) return;
    const { host, settings } = this.#context;
    const events = this.#context.eventsFor(this);
    const link = await openLink(host, configured, HANDSHAKE_MS, settings.maxMessageBytes, events);
    if (attempt !== this.#attempt) return link?.destroy();
    this.#initiator = link;
    this.input(link === undefined ? 'i-conn-nack' : 'i-conn-ack');
  }

  #sendCer(): void {
    const link = this.#initiator;
    if (link === undefined) return;
    const { identity } = this.#context;
    link.send(
      this.#baseRequest(capabilitiesExchange, capabilityAvps(identity.capabilities, link.local.address)),
    );
  }

  #sendCea(): void {
    const link = this.#responder;
    const cer = this.#cer;
    this.#cer = undefined;
    if (link === undefined || cer === undefined) return;
    const { identity } = this.#context;
    const avps = [
      avpOf(base.resultCode, SUCCESS),
      ...capabilityAvps(identity.capabilities, link.local.address),
    ];
    link.send(encodeAnswer(cer, identity.origin, avps));
  }

  #rejectCer(link: Link, cer: Message): void {
    const text = 'there is a connection with this peer already';
    link.send(
      encodeRefusal(cer, this.#context.identity.origin, { resultCode: ELECTION_LOST, failedAvps: [], text }),
    );
    link.end();
  }

  #onCea(cea: Message): void {
    const { host, identity } = this.#context;
    const resultCode = get(cea, base.resultCode);
    const origin = originOf(cea).host;
    const fault = faultOfCapabilities(identity.capabilities, cea);
    if (resultCode === SUCCESS && fault === undefined && sameIdentity(origin, this.host)) {
      return this.input('i-cea');
    }
    host.log.warn(`Diameter peer ${this.host} cannot be used`, {
      resultCode,
      origin,
      error: get(cea, base.errorMessage) ?? fault?.text,
    });
    this.input('i-non-cea');
  }

  #onDisconnect(link: Link, message: Message, isRequest: boolean): void {
    if (!isRequest) return this.input('dpa');
    link.send(this.#success(message));
    // 5.4: the peer closes the connection when it has the DPA, and is not called again at once.
    this.#retryMs = FIRST_RETRY_MS * 4;
    this.input('dpr');
  }

  #success(request: Message): Buffer {
    const { origin, capabilities } = this.#context.identity;
    const stateId = avpOf(base.originStateId, capabilities.originStateId);
    const avps = [avpOf(base.resultCode, SUCCESS)];
    if (request.command === deviceWatchdog.code) avps.push(stateId);
    return encodeAnswer(request, origin, avps);
  }

  #openRequest(command: CommandDefinition, ...avps: ReturnType<typeof avpOf>[]): void {
    const bytes = this.#baseRequest(command, avps);
    for (const link of [this.#responder, this.#initiator]) link?.send(bytes);
  }

  #baseRequest(command: CommandDefinition, avps: readonly ReturnType<typeof avpOf>[]): Buffer {
    const { identity } = this.#context;
    return encodeMessage({
      flags: FLAG_REQUEST,
      command: command.code,
      application: 0,
      hopByHop: this.nextHopByHop(),
      endToEnd: identity.nextEndToEnd(),
      avps: [...identity.origin, ...avps],
    });
  }

  #up(): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#watchdog = initialWatchdog;
    this.#armWatchdog();
    this.#context.host.log.info(`Diameter peer ${this.host} is up`);
    this.#context.onUp(this);
  }

  #down(): void {
    this.#watchdogTimer?.cancel();
    this.#context.host.log.info(`Diameter peer ${this.host} is down`);
    this.#context.onDown(this, this.#pending.takeAll());
  }

  #armWatchdog(): void {
    const { host, settings } = this.#context;
    const delayMs = watchdogIntervalMs(settings.watchdogMs, host.random.uint32());
    this.#watchdogTimer = host.clock.timer(delayMs, () => {
      this.#onWatchdog();
    });
  }

  /** The timer runs on through traffic and asks afterwards whether there was any: nothing to set for each message. */
  #onWatchdog(): void {
    const received = this.#openLink?.takeActivity() ?? false;
    const { state, action } = stepWatchdog(this.#watchdog, received ? 'received' : 'timer');
    this.#watchdog = state;
    if (action === 'close') return this.input('timeout');
    if (action === 'send-dwr') {
      this.#openRequest(
        deviceWatchdog,
        avpOf(base.originStateId, this.#context.identity.capabilities.originStateId),
      );
    } else if (action === 'failover' && this.#context.canFailOver(this)) {
      this.#context.onDown(this, this.#pending.takeAll());
    }
    this.#armWatchdog();
  }

  #onClosed(): void {
    if (this.configured !== undefined && !this.#stopped) {
      const chance = this.#context.host.random.uint32() / 0xffffffff;
      const delayMs = this.#retryMs * (0.75 + chance / 2);
      this.#retryMs = Math.min(MAX_RETRY_MS, 2 * this.#retryMs);
      this.#arm(delayMs, () => this.start());
    }
    this.#context.onClosed(this);
  }

  #arm(delayMs: number, callback: () => void): void {
    this.#timer = this.#context.host.clock.timer(delayMs, callback);
  }
}
