import type { Endpoint } from './net.js';

/** An HTTP request that comes by no socket: HTTP has none on a network in memory. */
export interface HttpRequest {
  readonly method: string;
  /** Of the request target (RFC 9112 3.2.1). */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Who asks, as the trace says it. */
  readonly from: Endpoint;
}

/** Answers it as the server behind a socket would. */
export type AskHttp = (request: HttpRequest) => Promise<Response>;
