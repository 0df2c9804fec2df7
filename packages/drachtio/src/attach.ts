import { Server } from 'node:net';
import { toUtf8 } from '@ims-sim/sip';
import { shows, type App, type View } from './app.js';
import { dropApp } from './drop-app.js';
import type { Endpoint } from './endpoint.js';
import { execute } from './execute.js';
import { frame } from './frame.js';
import { frameQueue } from './frame-queue.js';
import { MemorySocket } from './memory-socket.js';
import type { Srf } from './srf.js';

/**
 * Runs an unmodified drachtio-srf application of this process on the endpoint, over a connection in memory. drachtio-srf
 * sees a server that dialled it (`srf.listen`), and one connection that carries everything, as if it had dialled itself.
 */
export function attach(endpoint: Endpoint, srf: Srf, view: View): void {
  const server = new Server();
  srf.listen({ server, secret: endpoint.secret });
  // Where a server dials for each call, drachtio-srf hangs up after a request that no handler took. This is the only one.
  if (srf.app.client !== undefined) Object.defineProperty(srf.app.client, 'isListening', { value: false });
  open(endpoint, srf, view, server);
}

function open(endpoint: Endpoint, srf: Srf, view: View, server: Server): void {
  const { within = (call: () => void) => call() } = view;
  let delivering = false;
  const queue = frameQueue((bytes) => {
    delivering = true;
    within(() => socket.emit('data', bytes));
    delivering = false;
  });
  const app: App = { ...memoryApp(srf, view), send, sendLater, end: () => socket.end() };
  const socket: MemorySocket = new MemorySocket({
    onWrite: (text) => queue.during(() => execute(endpoint, app, payloadOf(text))),
    onEnd() {
      queue.close();
      dropApp(endpoint, app);
      if (!delivering || endpoint.closed) return;
      // What drachtio-srf does where a callback of the application threw. Its dialogs are lost, later requests are not.
      endpoint.host.log.error('The application failed within drachtio-srf: its connection is opened again');
      setImmediate(() => open(endpoint, srf, view, server));
    },
  });
  function send(tokens: string, message?: string) {
    queue.push(Buffer.from(frame(tokens, message), 'latin1'));
  }
  function sendLater(tokens: string, message?: string) {
    queue.pushLater(Buffer.from(frame(tokens, message), 'latin1'));
  }
  endpoint.apps.push(app);
  server.emit('connection', socket);
}

/** The methods that it handles are those of its handlers: in this mode drachtio-srf sends no `route` when it connects. */
function memoryApp(srf: Srf, view: View): Omit<App, 'send' | 'sendLater' | 'end'> {
  const verbs = new Set<string>();
  const removed = new Set<string>();
  return {
    authenticated: false,
    tags: [],
    handles: (verb) =>
      verbs.has(verb) ||
      (!removed.has(verb) && (srf.app.routedMethods[verb] === true || takesCdrs(srf, verb))),
    route(verb) {
      verbs.add(verb);
      removed.delete(verb);
    },
    removeRoute(verb) {
      verbs.delete(verb);
      removed.add(verb);
    },
    ...shows(view),
  };
}

function takesCdrs({ app }: Srf, verb: string): boolean {
  return verb.startsWith('cdr:') && app.client?.cdrHandlers.has(verb.slice('cdr:'.length)) === true;
}

/** drachtio-srf writes one frame at a time; it counted bytes, so equal lengths say that every character is one. */
function payloadOf(text: string): string {
  const hash = text.indexOf('#');
  const payload = text.slice(hash + 1);
  return Number(text.slice(0, hash)) === payload.length ? payload : toUtf8(payload);
}
