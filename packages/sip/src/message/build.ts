import { tagOf, to } from './access.js';
import { type Header, header } from './header.js';
import { replace, without } from './headers.js';
import type { Headers, SipMessage, SipRequest, SipResponse } from './message.js';
import { reasonPhrase } from './reason-phrase.js';

export interface ResponseOptions {
  /** Put into To unless the request's has one, or the status is 100. */
  readonly toTag?: string | undefined;
  /** After those that every response has. */
  readonly headers?: readonly Header[] | undefined;
  /** One character a byte (latin1); its Content-Type is among `headers`. */
  readonly body?: string | undefined;
  /** Copy Record-Route: to a 2xx or 101-199 that makes a dialog (RFC 3261 12.1.1). */
  readonly recordRoute?: boolean | undefined;
}

/** A response with what RFC 3261 8.2.6 copies from the request, line for line, and Content-Length. */
export function responseTo(
  request: SipRequest,
  status: number,
  reason: string = reasonPhrase(status),
  options: ResponseOptions = {},
): SipResponse {
  const headers: Header[] = [];
  for (const h of request.headers) {
    switch (h.key) {
      case 'to':
        headers.push(status === 100 || options.toTag === undefined ? h : tagged(request, h, options.toTag));
        break;
      case 'via':
      case 'from':
      case 'call-id':
      case 'cseq':
        headers.push(h);
        break;
      case 'record-route':
        if (options.recordRoute === true) {
          headers.push(h);
        }
        break;
      case 'timestamp':
        if (status === 100) {
          headers.push(h); // 8.2.6.1
        }
        break;
    }
  }
  const body = options.body ?? '';
  if (options.headers !== undefined) {
    headers.push(...options.headers);
  }
  headers.push(lengthOf(body));
  return { kind: 'response', status, reason, headers, body };
}

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly headers: Headers;
  /** One character a byte (latin1). */
  readonly body?: string | undefined;
}

/** A request with the Content-Length of its body, in place of any that `headers` has. */
export function createRequest({ method, uri, headers, body = '' }: RequestParts): SipRequest {
  return {
    kind: 'request',
    method,
    uri,
    headers: [...without(headers, 'content-length'), lengthOf(body)],
    body,
  };
}

/** The message with another body (latin1, one character a byte), and its Content-Type and Content-Length. */
export function withBody<M extends SipMessage>(message: M, contentType: string, body: string): M {
  const typed = replace(without(message.headers, 'content-length'), header('Content-Type', contentType));
  return { ...message, headers: [...typed, lengthOf(body)], body };
}

const NO_BODY = header('Content-Length', '0');

function lengthOf(body: string): Header {
  return body === '' ? NO_BODY : header('Content-Length', String(body.length));
}

function tagged(request: SipRequest, line: Header, tag: string): Header {
  return tagOf(to(request)) === undefined ? header('To', `${line.value};tag=${tag}`) : line;
}
