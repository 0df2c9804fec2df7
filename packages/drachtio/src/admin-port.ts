import type { Endpoint as Address, TcpConnection, TcpListener, TcpReceiver } from '@ims-sim/host';
import { shows, type App } from './app.js';
import { dropApp } from './drop-app.js';
import { MAX_APPS, type Endpoint } from './endpoint.js';
import { execute } from './execute.js';
import { frame, FrameSplitter } from './frame.js';

/** A connection that has not given the secret by then is closed. */
const AUTHENTICATE_WITHIN_MS = 5_000;

/** Bytes waiting for an application that does not read; beyond, its connection is closed. */
const MAX_BUFFERED_BYTES = 64 * 2 ** 20;

/** Listens for applications in other processes (drachtio-srf's `srf.connect`). Rejects as `Net.listen`. */
export function openAdminPort(endpoint: Endpoint, local: Address): Promise<TcpListener> {
  return endpoint.host.net.listen(local, (connection) => appConnection(endpoint, connection));
}

/** Who has dialled an application, and waits for it. */
export interface Dialling {
  authenticated(app: App): void;
  closed(): void;
}

/** An application's connection, whoever dialled; one that was dialled chooses no methods. */
export function appConnection(
  endpoint: Endpoint,
  connection: TcpConnection,
  dialling?: Dialling,
): TcpReceiver {
  const splitter = new FrameSplitter();
  const app: App = {
    ...tcpApp(connection),
    ...(dialling && { handles: () => false, onAuthenticated: () => dialling.authenticated(app) }),
  };
  if (endpoint.apps.length >= MAX_APPS) connection.destroy();
  else endpoint.apps.push(app);
  const impatience = endpoint.host.clock.timer(AUTHENTICATE_WITHIN_MS, () => {
    if (!app.authenticated) connection.destroy();
  });
  return {
    onData(bytes) {
      for (const payload of splitter.push(bytes)) execute(endpoint, app, payload);
      if (!splitter.broken) return;
      endpoint.host.log.warn('An application sent what is no frame, or too long a one: disconnected');
      connection.destroy();
    },
    onClose() {
      impatience.cancel();
      dropApp(endpoint, app);
      dialling?.closed();
    },
  };
}

function tcpApp(connection: TcpConnection): App {
  const verbs = new Set<string>();
  /** Frames of one turn go out in one write. */
  let waiting = '';
  const flush = () => {
    const bytes = Buffer.from(waiting, 'latin1');
    waiting = '';
    if (connection.bufferedBytes > MAX_BUFFERED_BYTES) connection.destroy();
    else connection.write(bytes);
  };
  const send = (tokens: string, message?: string) => {
    if (waiting === '') queueMicrotask(flush);
    waiting += frame(tokens, message);
  };
  return {
    send,
    sendLater: send,
    authenticated: false,
    tags: [],
    handles: (verb) => verbs.has(verb),
    // drachtio-srf sends every verb again when it adds one.
    route: (verb) => void verbs.add(verb),
    removeRoute: (verb) => void verbs.delete(verb),
    ...shows({}),
    end() {
      if (waiting !== '') flush();
      connection.end();
    },
  };
}
