import { isIP } from 'node:net';
import type { Endpoint as Address } from '@ims-sim/host';
import { callId, header, responseTo, type ServerTransaction } from '@ims-sim/sip';
import { appConnection, type Dialling } from './admin-port.js';
import type { App } from './app.js';
import type { ProxyPlan } from './command.js';
import { MAX_APPS, type Endpoint } from './endpoint.js';
import { askHandler, type HandlerAnswer } from './handler-answer.js';

/**
 * Where an application listens (`srf.listen`) that is dialled for each request outside of dialogs which no connected application
 * takes: drachtio-server's request handlers.
 */
export interface RequestHandler {
  /** Methods that it is for, in upper case; all if not given. */
  readonly methods?: readonly string[] | undefined;
  /**
   * `tcp://host:port` of the application itself, or an `http://` URL that is asked, with what the request is in its query, and answers
   * in JSON where to: `{"action":"route","data":{"uri":"host:port"}}` or with the `tag` of an application that is connected, `proxy`,
   * `reject` or `redirect`.
   */
  readonly uri: string;
}

/** How long an application may take to accept the connection and to authenticate. */
const DIAL_MS = 5_000;

export interface Dialled {
  connected(app: App): void;
  /** To a connected application that has this tag. */
  tagged(tag: string): void;
  proxied(plan: ProxyPlan): void;
  refused(status: number, reason?: string): void;
}

/** The first handler for this method. */
export function handlerFor({ requestHandlers }: Endpoint, method: string): RequestHandler | undefined {
  return requestHandlers.find(({ methods }) => methods === undefined || methods.includes(method));
}

/** Connects to the application that `handler` leads to; one of `dialled` is called, once, and nothing where it was cancelled. */
export function dialApp(
  endpoint: Endpoint,
  handler: RequestHandler,
  transaction: ServerTransaction,
  dialled: Dialled,
): void {
  let over = false;
  const once = (end: () => void) => {
    if (over) return;
    over = true;
    end();
  };
  const refused = (status: number, reason?: string) => once(() => dialled.refused(status, reason));
  if (transaction.request.method === 'INVITE') transaction.onCancel = () => refused(487);
  const to = (at: string) => {
    endpoint.host.trace.decision({
      callId: callId(transaction.request),
      clause: 'drachtio-server, outbound connections',
      text: `${transaction.request.method}: an application is dialled for it`,
    });
    dial(endpoint, at, {
      authenticated: (app) => once(() => dialled.connected(app)),
      closed: () => refused(503),
    }).catch((error: unknown) => {
      endpoint.host.log.warn('An application cannot be dialled', { at, error: String(error) });
      refused(503);
    });
  };
  if (handler.uri.startsWith('tcp://')) {
    to(handler.uri.slice('tcp://'.length));
    return;
  }
  askHandler(endpoint, handler.uri, transaction, (at) => addressOf(endpoint, at)).then(
    (answer) => act(answer, transaction, { to, refused, once, dialled }),
    (error: unknown) => {
      endpoint.host.log.warn('A request handler gave no answer', { uri: handler.uri, error: String(error) });
      refused(503);
    },
  );
}

interface Acting {
  to(at: string): void;
  refused(status: number, reason?: string): void;
  once(end: () => void): void;
  readonly dialled: Dialled;
}

function act(
  answer: HandlerAnswer,
  transaction: ServerTransaction,
  { to, refused, once, dialled }: Acting,
): void {
  switch (answer.kind) {
    case 'route':
      to(answer.at);
      return;
    case 'reject':
      refused(answer.status, answer.reason);
      return;
    case 'tag':
      once(() => dialled.tagged(answer.tag));
      return;
    case 'proxy':
      once(() => dialled.proxied(answer.plan));
      return;
    case 'redirect':
      once(() => {
        const headers = [header('Contact', answer.contacts.map((uri) => `<${uri}>`).join(', '))];
        transaction.respond(responseTo(transaction.request, 302, undefined, { toTag: 'redirect', headers }));
      });
  }
}

async function dial(endpoint: Endpoint, at: string, dialling: Dialling): Promise<void> {
  if (endpoint.apps.length >= MAX_APPS) throw new Error(`${MAX_APPS} applications are connected`);
  const remote = await addressOf(endpoint, at);
  await endpoint.host.net.connect(remote, DIAL_MS, (connection) =>
    appConnection(endpoint, connection, dialling),
  );
}

/** `host:port`, perhaps with parameters behind. */
async function addressOf({ resolver }: Endpoint, at: string): Promise<Address> {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)(?:;.*)?$/.exec(at) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new Error(`${at} is no host:port`);
  if (isIP(host) !== 0) return { address: host, port: Number(port) };
  const answer = await resolver.resolve(host, 'A');
  const address = answer.kind === 'records' ? answer.records[0]?.address : undefined;
  if (address === undefined) throw new Error(`${host} has no address`);
  return { address, port: Number(port) };
}
