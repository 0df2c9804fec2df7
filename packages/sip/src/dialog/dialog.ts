import type { NameAddr } from '../message/fields.js';

/** The state of a dialog at one of its ends (RFC 3261 12). */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From of the requests that this end sends, tag included. */
  readonly local: NameAddr;
  readonly remote: NameAddr;
  /** Request-URI of the requests that this end sends: the peer's Contact. */
  readonly remoteTarget: string;
  /** In the order in which this end puts it into Route (12.1.1, 12.1.2). */
  readonly routeSet: readonly NameAddr[];
  readonly localCSeq: number;
  readonly remoteCSeq: number | undefined;
}
