import type { Endpoint } from './net.js';

export type TraceProtocol = 'sip' | 'diameter' | 'dns' | 'http';

/** A message as it went over the wire, whole (framing by Content-Length or Diameter length is done). */
export interface TracedMessage {
  readonly protocol: TraceProtocol;
  readonly transport: 'udp' | 'tcp';
  readonly direction: 'sent' | 'received';
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly bytes: Uint8Array;
}

/** A decision that an element took and why: which filter criterion matched, which NAPTR was used, which clause refused. */
export interface TracedDecision {
  /** The call it belongs to, where there is one. */
  readonly callId?: string | undefined;
  /** Where the text asks for it, e.g. `TS 24.229 5.4.3.3`. */
  readonly clause: string;
  /** One line, for a reader. */
  readonly text: string;
}

/** Where an element's messages and decisions go. With `enabled` false nothing is built for it and nothing is called. */
export interface Trace {
  readonly enabled: boolean;
  message(message: TracedMessage): void;
  decision(decision: TracedDecision): void;
}

export const noTrace: Trace = { enabled: false, message: () => undefined, decision: () => undefined };
