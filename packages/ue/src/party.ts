import type { Host } from '@ims-sim/host';
import type { Header, SipRequest, SipResponse, Source } from '@ims-sim/sip';
import type { Failed } from './ue.js';

/** Milliseconds. */
export interface PartyTimers {
  readonly t1Ms: number;
  readonly t2Ms: number;
  /** 64*T1. */
  readonly longMs: number;
}

export interface RequestUser {
  /** Every response, 100 too; to an INVITE also each further 2xx. */
  onResponse(response: SipResponse, source: Source): void;
  onFailure(failure: Failed['failure']): void;
  /** It was challenged, and goes out again as this: with credentials and the next CSeq. */
  onResent?(request: SipRequest): void;
}

export interface Sending {
  /** RFC 3261 9.1; of an INVITE. */
  cancel(headers?: readonly Header[]): void;
}

/** Who speaks: a UE, by its P-CSCF and as it is registered, or a server, by RFC 3263 and as itself. */
export interface Party {
  readonly host: Host;
  readonly timers: PartyTimers;
  /** The URI in From, and the only one that it says it is. */
  readonly identity: string;
  /** The URI in Contact. */
  contact(): string;
  /** What begins a request out of a dialog: Max-Forwards, Route, and who asks (TS 24.229 5.1.2A.1). */
  opening(): Header[];
  /** What a request in a dialog has beside what the dialog gives it; ACK and CANCEL have none of it. */
  within(): Header[];
  /** What every response but 100 has. */
  answering(): Header[];
  send(request: SipRequest, user: RequestUser): Sending;
  /** Sends an ACK to a 2xx: without a transaction. */
  acknowledge(ack: SipRequest): void;
}

/** A body and its type; nothing of it where there is none. */
export interface Content {
  readonly contentType?: string | undefined;
  /** A reader's text. */
  readonly body?: string | undefined;
}

/** Headers put in, replaced (the same name) or, by an empty value, taken away. */
export type ExtraHeaders = readonly (readonly [name: string, value: string])[];

export interface MessageExtras extends Content {
  readonly extra?: ExtraHeaders | undefined;
}
