import type { Endpoint, Host } from '@ims-sim/host';
import type { Avp } from './avp.js';
import type { ApplicationDefinition, CommandDefinition } from './command.js';
import type { Message } from './decode.js';

export interface DiameterNodeOptions {
  readonly host: Host;
  /** This node's DiameterIdentity, e.g. `hss1.home1.net`. */
  readonly originHost: string;
  readonly originRealm: string;
  /** Where it takes connections; absent: nowhere. Port 0: a free one. */
  readonly listen?: Endpoint;
  readonly applications: readonly ApplicationDefinition[];
  /** The peers that it connects to, and connects to again whenever the connection is lost. */
  readonly peers?: readonly PeerOptions[];
  /**
   * Where a host is that a redirect agent names (RFC 6733 6.1.8), as `PeerOptions.connect`; absent: redirects lead to peers
   * that are connected already, and nowhere else.
   */
  readonly resolvePeer?: (host: string, port: number) => readonly Endpoint[] | Promise<readonly Endpoint[]>;
  /**
   * Whether a node of this DiameterIdentity may connect; absent: any may. One that may not is told so (3010, RFC 6733
   * 5.3).
   */
  readonly accepts?: (originHost: string) => boolean;
  /**
   * Answers a request that is in order; absent: every request is refused (3001). A throw or rejection is answered
   * with 5012.
   */
  readonly onRequest?: (request: IncomingRequest) => OutgoingAnswer | Promise<OutgoingAnswer>;
  /** How long a request waits for its answer; 5,000 unless told. */
  readonly timeoutMs?: number;
  /** Tw of RFC 3539, at least 6,000; 30,000 unless told. */
  readonly watchdogMs?: number;
  /** The largest message taken; 1 MiB unless told. */
  readonly maxMessageBytes?: number;
  /** The most AVPs in a message, those within groups not counted; 1,024 unless told. */
  readonly maxAvps?: number;
  /** The most requests that wait on one peer, either way; 20,000 unless told. */
  readonly maxPending?: number;
  /** The most connections taken at a time; 256 unless told. */
  readonly maxConnections?: number;
}

export interface PeerOptions {
  /** Its DiameterIdentity: the Origin-Host that it must give. */
  readonly host: string;
  readonly realm: string;
  /** Where to find it now, in order of preference. Asked before each attempt. */
  readonly connect: () => readonly Endpoint[] | Promise<readonly Endpoint[]>;
}

/** A request that is in order by its grammar. */
export interface IncomingRequest {
  readonly command: CommandDefinition;
  readonly message: Message;
  /** The peer that it came from, which need not be its origin. */
  readonly peer: string;
}

/** What an application answers: all but Session-Id, the application's common AVPs, origin and Proxy-Info. */
export interface OutgoingAnswer {
  readonly avps: readonly Avp[];
  /** Its Result-Code is a protocol error (RFC 6733 7.1.3): the E bit, and nothing that the application has in common. */
  readonly error?: boolean;
}

/** A request to be sent: all but origin and what is common to its application. */
export interface OutgoingRequest {
  readonly command: CommandDefinition;
  readonly sessionId: string;
  readonly destinationRealm: string;
  /** Absent: whichever server of the realm. */
  readonly destinationHost?: string | undefined;
  readonly avps: readonly Avp[];
}

/** What was dropped or failed since the start. */
export interface Counters {
  /** Answers that no request was waiting for. */
  unmatchedAnswers: number;
  /** Messages that are none, and answers that cannot be read. */
  malformed: number;
  timeouts: number;
  /** Requests sent to another peer than first (T flag). */
  retransmissions: number;
  refusedConnections: number;
}

/** The options with their defaults, and what is derived from them once. */
export type Settings = Required<
  Pick<
    DiameterNodeOptions,
    'accepts' | 'timeoutMs' | 'watchdogMs' | 'maxMessageBytes' | 'maxAvps' | 'maxPending' | 'maxConnections'
  >
>;

/** The options with defaults. A watchdog interval below 6 s becomes 6 s. */
export function settingsOf(options: DiameterNodeOptions): Settings {
  return {
    accepts: options.accepts ?? (() => true),
    timeoutMs: options.timeoutMs ?? 5_000,
    watchdogMs: Math.max(6_000, options.watchdogMs ?? 30_000), // RFC 3539 3.4.1: not below 6 s
    maxMessageBytes: options.maxMessageBytes ?? 1 << 20,
    maxAvps: options.maxAvps ?? 1_024,
    maxPending: options.maxPending ?? 20_000,
    maxConnections: options.maxConnections ?? 256,
  };
}
