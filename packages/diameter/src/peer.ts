import type { Timer } from '@ims-sim/host';
import { BackOff } from './back-off.js';
import {
  encodeCea,
  encodeCer,
  encodeDpa,
  encodeDpr,
  encodeDwa,
  encodeDwr,
  encodeElectionLost,
  encodeNoSecondCer,
} from './base-messages.js';
import { faultOfCea } from './capabilities.js';
import type { CommandDefinition } from './command.js';
import { deviceWatchdog, disconnectPeer } from './command.js';
import type { Message } from './decode.js';
import { FLAG_REQUEST } from './header.js';
import type { Link } from './link.js';
import { MAX_BUFFERED_BYTES } from './link.js';
import { openLink } from './open-link.js';
import type { PeerOptions } from './options.js';
import type { PeerContext } from './peer-context.js';
import { PeerCapabilities } from './peer-capabilities.js';
import { PeerRequests } from './peer-requests.js';
import type { PeerAction, PeerInput, PeerState } from './peer-state.js';
import { isOpen, step } from './peer-state.js';
import { Watchdog } from './watchdog.js';

/** How long a connection may take to come up, and a peer to answer CER or DPR. */
export const HANDSHAKE_MS = 5_000;

/** Unreachable for so long, a peer is warned of: the elements of a network start together. */
const MISSED_AFTER_MS = HANDSHAKE_MS;

/** One peer: its connections, the state machine of RFC 6733 5.6, its watchdog, and the requests that wait on it. */
export class Peer {
  readonly host: string;
  readonly realm: string;
  readonly configured: PeerOptions | undefined;
  readonly requests: PeerRequests;
  readonly capabilities = new PeerCapabilities();
  readonly #context: PeerContext;
  #state: PeerState = 'closed';
  #initiator: Link | undefined;
  #responder: Link | undefined;
  /** The CER on the responder's connection, until it is answered. */
  #cer: Message | undefined;
  #timer: Timer | undefined;
  #watchdog: Watchdog | undefined;
  readonly #backOff = new BackOff();
  #attempt = 0;
  /** Since when it cannot be reached, and whether that was said. */
  #missing: { readonly sinceMs: number; isSaid: boolean } | undefined;
  #stopped = false;

  constructor(context: PeerContext, host: string, realm: string, configured?: PeerOptions) {
    this.#context = context;
    this.host = host;
    this.realm = realm;
    this.configured = configured;
    this.requests = new PeerRequests(
      context.host,
      context.settings,
      (bytes) => this.#openLink?.send(bytes),
      (request) => context.onTimeout(this, request),
    );
  }

  get isOpen(): boolean {
    return isOpen(this.#state);
  }

  get isConnected(): boolean {
    return this.#state !== 'closed';
  }

  /** Open, and its watchdog content. */
  get isUsable(): boolean {
    return this.isOpen && this.#watchdog?.isSuspicious !== true;
  }

  get isBusy(): boolean {
    return this.requests.full || (this.#openLink?.bufferedBytes ?? 0) > MAX_BUFFERED_BYTES;
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
    this.#watchdog?.noteReceived();
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
      link.send(encodeElectionLost(this.#context.identity, cer));
      link.end();
      if (before === undefined) this.#responder = this.#cer = undefined;
      return false;
    }
    this.capabilities.note(cer, this.host, this.#context.host.log);
    this.#go(state, actions);
    return true;
  }

  /** A base protocol message on a connection of this peer: a request that is in order, or an answer. */
  onBase(link: Link, message: Message, command: CommandDefinition): void {
    const isRequest = (message.flags & FLAG_REQUEST) !== 0;
    if (command === deviceWatchdog) {
      // A DWA is activity, which the watchdog sees.
      if (isRequest) link.send(encodeDwa(this.#context.identity, message));
    } else if (command === disconnectPeer) {
      this.#onDisconnect(link, message, isRequest);
    } else if (!isRequest && link === this.#initiator) {
      this.#onCea(message);
    } else if (isRequest) {
      link.send(encodeNoSecondCer(this.#context.identity, message));
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
        return this.#sendDpr();
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
    if (configured === undefined) return;
    const attempt = ++this.#attempt;
    const { host, settings } = this.#context;
    const events = this.#context.eventsFor(this);
    const link = await openLink(host, configured, HANDSHAKE_MS, settings.maxMessageBytes, events, (reason) =>
      this.#missed(reason),
    );
    if (attempt !== this.#attempt) return link?.destroy();
    this.#initiator = link;
    this.input(link === undefined ? 'i-conn-nack' : 'i-conn-ack');
  }

  /** One warning, not one for each time that it is tried again. */
  #missed(reason: string): void {
    const { clock, log } = this.#context.host;
    this.#missing ??= { sinceMs: clock.now(), isSaid: false };
    const isLate = clock.now() - this.#missing.sinceMs >= MISSED_AFTER_MS;
    const level = isLate && !this.#missing.isSaid ? 'warn' : 'debug';
    if (isLate) this.#missing.isSaid = true;
    log[level](`Diameter peer ${this.host} cannot be reached; it is tried again until it can`, { reason });
  }

  /** The state is `closing` by now; the connection that was open is the one that is there. */
  #sendDpr(): void {
    const link = this.#responder ?? this.#initiator;
    link?.send(encodeDpr(this.#context.identity, this.requests.nextHopByHop()));
  }

  #sendCer(): void {
    const link = this.#initiator;
    link?.send(encodeCer(this.#context.identity, this.requests.nextHopByHop(), link.local.address));
  }

  #sendCea(): void {
    const link = this.#responder;
    const cer = this.#cer;
    this.#cer = undefined;
    if (cer !== undefined) link?.send(encodeCea(this.#context.identity, cer, link.local.address));
  }

  #onCea(cea: Message): void {
    const { host, identity } = this.#context;
    const why = faultOfCea(identity.capabilities, cea, this.host);
    if (why === undefined) {
      this.capabilities.note(cea, this.host, host.log);
      return this.input('i-cea');
    }
    host.log.warn(`Diameter peer ${this.host} cannot be used`, { why });
    this.input('i-non-cea');
  }

  #onDisconnect(link: Link, message: Message, isRequest: boolean): void {
    if (!isRequest) return this.input('dpa');
    link.send(encodeDpa(this.#context.identity, message)); // 5.4: the peer then closes the connection
    this.input('dpr');
  }

  #up(): void {
    const { host, settings } = this.#context;
    this.#backOff.reset();
    this.#watchdog = new Watchdog(host, settings.watchdogMs, {
      takeActivity: () => this.#openLink?.takeActivity() ?? false,
      on: (action) => {
        if (action === 'close') this.input('timeout');
        else if (action === 'send-dwr')
          this.#openLink?.send(encodeDwr(this.#context.identity, this.requests.nextHopByHop()));
        // A suspect's requests go to another peer, or wait on where there is none.
        else if (this.#context.canFailOver(this)) this.#context.onDown(this, this.requests.takeAll());
      },
    });
    if (this.#missing?.isSaid === true) host.log.warn(`Diameter peer ${this.host} is up again`);
    else host.log.info(`Diameter peer ${this.host} is up`);
    this.#missing = undefined;
    this.#context.onUp(this);
  }

  #down(): void {
    this.#watchdog?.stop();
    this.#context.host.log.info(`Diameter peer ${this.host} is down`);
    this.#context.onDown(this, this.requests.takeAll());
  }

  #onClosed(): void {
    if (this.configured !== undefined && !this.#stopped) {
      this.#arm(this.#backOff.nextMs(this.#context.host.random.uint32()), () => this.start());
    }
    this.#context.onClosed(this);
  }

  #arm(delayMs: number, callback: () => void): void {
    this.#timer = this.#context.host.clock.timer(delayMs, callback);
  }
}
