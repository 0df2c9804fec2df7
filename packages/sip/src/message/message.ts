import type { Header } from './header.js';

/**
 * A SIP message (RFC 3261 7). Text is latin1, one character a byte, so that what nobody touched leaves as it came; UTF-8
 * is decoded where somebody reads it (`fromUtf8`) and encoded where somebody writes it (`toUtf8`).
 */
export type SipMessage = SipRequest | SipResponse;

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  /** Request-URI as it stands in the request line. */
  readonly uri: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: string;
}

/** In the order of the wire. Never changed in place: the functions of `headers.ts` give a new list. */
export type Headers = readonly Header[];
