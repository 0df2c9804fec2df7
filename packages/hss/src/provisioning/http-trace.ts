import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Endpoint, parseEndpoint, type Trace } from '@ims-sim/host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { holdsSecret, withoutSecretsIn } from './secrets.js';
import { HIDDEN } from './subscription-schema.js';

/** Of a body that is no JSON. */
const MAX_HEAD_CHARACTERS = 2000;
/** Of a JSON body, which is whole in the trace or not at all: a record is to fit into a packet of HEP's 65,535 bytes. */
const MAX_JSON_CHARACTERS = 16_000;

/** Between whom a request goes, taken when it comes: a socket that has gone no longer knows. */
interface Exchange {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  isRequestTraced: boolean;
}

/**
 * Traces each request and its answer, refused ones too, but for `/health`, which is polled. To be added before any hook that
 * refuses. No secret is in what is traced, and nothing that is streamed is read for it.
 * Deviation: not byte for byte what went over the wire. Secrets are hidden, long bodies cut, few header fields named;
 * Content-Length is that of the body as traced, so that what reads the trace finds its end (RFC 9112 6.3).
 * `here`: where requests come to that come by no socket, whose `remoteAddress` then has the port too.
 */
export function traceHttp(app: FastifyInstance, trace: Trace, here?: Endpoint): void {
  const exchanges = new WeakMap<FastifyRequest, Exchange>();
  const traceRequest = (request: FastifyRequest, exchange: Exchange): void => {
    if (exchange.isRequestTraced) return;
    exchange.isRequestTraced = true;
    const { local, remote } = exchange;
    const bytes = requestBytes(request);
    trace.message({ protocol: 'http', transport: 'tcp', direction: 'received', local, remote, bytes });
  };
  app.addHook('onRequest', (request, _reply, done) => {
    if (trace.enabled && request.routeOptions.url !== '/health') {
      const exchange =
        here === undefined ? exchangeOf(request.raw.socket) : exchangeAt(here, request.raw.socket);
      if (exchange !== undefined) exchanges.set(request, exchange);
    }
    done();
  });
  // Its body is there, and nothing has been done for it yet: it stands before the PPR that it leads to.
  app.addHook('preHandler', (request, _reply, done) => {
    const exchange = trace.enabled ? exchanges.get(request) : undefined;
    if (exchange !== undefined) traceRequest(request, exchange);
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const exchange = trace.enabled ? exchanges.get(request) : undefined;
    if (exchange !== undefined) {
      // One that was refused, or that cannot be read, has not come as far as a handler.
      traceRequest(request, exchange);
      const { local, remote } = exchange;
      const bytes = answerBytes(request, reply, payload);
      trace.message({ protocol: 'http', transport: 'tcp', direction: 'sent', local, remote, bytes });
    }
    done(null, payload);
  });
}

function exchangeOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): Exchange | undefined {
  if (localAddress === undefined || localPort === undefined) return undefined;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return {
    local: { address: unmapped(localAddress), port: localPort },
    remote: { address: unmapped(remoteAddress), port: remotePort },
    isRequestTraced: false,
  };
}

function exchangeAt(local: Endpoint, { remoteAddress = '' }: Socket): Exchange | undefined {
  const remote = parseEndpoint(remoteAddress);
  return remote && { local, remote, isRequestTraced: false };
}

/** What comes by IPv4 to a socket that listens at `::` (RFC 4291 2.5.5.2). */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function requestBytes({ method, url, headers, body }: FastifyRequest): Buffer {
  const lines = [`${method} ${url} HTTP/1.1`];
  if (headers.host !== undefined) lines.push(`Host: ${headers.host}`);
  if (headers.authorization !== undefined) lines.push(`Authorization: ${HIDDEN}`);
  const type = headers['content-type'];
  if (type !== undefined) lines.push(`Content-Type: ${type}`);
  const length = headers['content-length'];
  const size = length === undefined ? 'streamed' : `${length} bytes`;
  if (typeof body === 'string') return message(lines, textBody(body));
  if (isStream(body)) return message(lines, `(${size})`);
  if (typeof body === 'object' && body !== null) return message(lines, jsonBody(body) ?? `(${size})`);
  // None, or one that was not read.
  const isThere = (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
  return message(lines, isThere ? `(${size})` : '');
}

function answerBytes({ method }: FastifyRequest, reply: FastifyReply, payload: unknown): Buffer {
  const status = reply.statusCode;
  const lines = [`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`];
  const type = String(reply.getHeader('content-type') ?? '');
  if (type !== '') lines.push(`Content-Type: ${type}`);
  if (method === 'HEAD') return message(lines, '');
  if (isStream(payload)) return message(lines, '(streamed)');
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return message(lines, '');
  const isJson = type.startsWith('application/') && type.includes('json');
  return message(lines, isJson ? jsonTextBody(payload) : textBody(payload.toString()));
}

function message(lines: readonly string[], body: string): Buffer {
  const length = Buffer.byteLength(body);
  const end = length > 0 ? `\r\nContent-Length: ${String(length)}` : '';
  return Buffer.from(`${lines.join('\r\n')}${end}\r\n\r\n${body}`);
}

/** Undefined where it is too long. */
function jsonBody(body: unknown): string | undefined {
  const text = JSON.stringify(withoutSecretsIn(body));
  return text.length > MAX_JSON_CHARACTERS ? undefined : text;
}

function jsonTextBody(payload: string | Buffer): string {
  const size = `(${String(Buffer.byteLength(payload))} bytes)`;
  if (payload.length > MAX_JSON_CHARACTERS) return size;
  try {
    return jsonBody(JSON.parse(payload.toString())) ?? size;
  } catch {
    return size; // It calls itself JSON and is none: what is secret in it cannot be told.
  }
}

function textBody(text: string): string {
  return holdsSecret(text)
    ? `(${String(Buffer.byteLength(text))} bytes)`
    : text.slice(0, MAX_HEAD_CHARACTERS);
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function';
}
