import type { Endpoint as Address, Host, TcpListener } from '@ims-sim/host';
import { Actor, proxyCore, startSipStack, type SipStack, type StackOptions } from '@ims-sim/sip';
import { openAdminPort } from './admin-port.js';
import type { View } from './app.js';
import { attach } from './attach.js';
import { dialogTable } from './dialog-table.js';
import type { Endpoint } from './endpoint.js';
import { timeTokens, uuids } from './identifiers.js';
import { incomingInvites } from './incoming-invite.js';
import { lapsed } from './lapsed.js';
import { outgoingInvites } from './outgoing-invite.js';
import { pendingRequests } from './pending-requests.js';
import { receiveRequest } from './receive-request.js';
import type { RequestHandler } from './request-handler.js';
import { stopSession } from './session.js';
import type { Srf } from './srf.js';

export interface DrachtioOptions {
  readonly host: Host;
  readonly sip: Omit<StackOptions, 'host' | 'onRequest'>;
  /** Where applications of other processes connect (`srf.connect`), by TCP; none: only those of this process (`attach`). */
  readonly listen?: Address | undefined;
  /** What they must know. drachtio-server's default, `cymru`, if not given. */
  readonly secret?: string | undefined;
  /** CSeq of the first request in a dialog; random below 2^31 if not given (RFC 3261 8.1.1.5). */
  readonly initialCSeq?: number | undefined;
  /** Dialogs of applications at most, 200,000 if not given; a request that would make one more gets 503. */
  readonly maxDialogs?: number | undefined;
  /** Applications that are dialled (`srf.listen`), asked in this order for requests that no connected one takes. */
  readonly requestHandlers?: readonly RequestHandler[] | undefined;
  /** Call data records for applications that ask for them (`srf.on('cdr:start', …)`): drachtio-server's `<cdrs>`, none if not given as there. */
  readonly cdrs?: boolean | undefined;
}

export interface Drachtio {
  readonly stack: SipStack;
  /** Where it listens for applications of other processes. */
  readonly listening: Address | undefined;
  /** Dialogs that applications have at present. */
  readonly dialogs: number;
  /** How many entries its tables have. */
  tables(): Readonly<Record<string, number>>;
  /** INVITEs that wait for a final response, either way. */
  readonly invites: number;
  /**
   * Runs an application of this process, over memory: instead of the application's `connect` or `listen`. Its handlers
   * (`srf.subscribe(…)`) say which methods it gets; they may be added later.
   */
  attach(srf: Srf, view?: View): void;
  close(): Promise<void>;
}

/**
 * A drachtio server built in: unmodified drachtio-srf applications send and answer requests through a SIP stack of this
 * process, and proxy. Rejects where it cannot listen.
 */
export async function startDrachtio(options: DrachtioOptions): Promise<Drachtio> {
  const { host, sip } = options;
  const stack = await startSipStack({
    ...sip,
    host,
    onRequest: (transaction) => receiveRequest(endpoint, transaction),
  });
  const endpoint = newEndpoint(options, stack);
  const adminPort = options.listen === undefined ? undefined : await openAdminPort(endpoint, options.listen);
  return running(endpoint, adminPort);
}

/** The endpoint as it begins: no application, and nothing under way. */
function newEndpoint(options: DrachtioOptions, stack: SipStack): Endpoint {
  const { host, sip, secret = 'cymru', initialCSeq, maxDialogs = 200_000 } = options;
  const timeToken = timeTokens();
  const core = proxyCore(stack, sip.timers);
  const endpoint: Endpoint = {
    host,
    stack,
    timers: core.timers,
    actor: new Actor(core, false),
    own: {
      names: new Set([hostOf(stack.sentBy)]),
      listening: stack.listening,
      further: stack.furtherListening,
    },
    passes: core.passes,
    resolver: sip.resolver,
    secret,
    initialCSeq,
    apps: [],
    dialogs: dialogTable(host.clock, maxDialogs, (dialog) => lapsed(endpoint, dialog)),
    pendingRequests: pendingRequests(host.clock),
    incomingInvites: incomingInvites(),
    outgoingInvites: outgoingInvites(),
    requestHandlers: options.requestHandlers ?? [],
    pendingSubscribes: new Map(),
    writesCdrs: options.cdrs ?? false,
    cdrs: 0,
    closed: false,
    newId: uuids(host.random),
    timeToken: () => timeToken(host.clock.now()),
  };
  return endpoint;
}

function running(endpoint: Endpoint, adminPort: TcpListener | undefined): Drachtio {
  const { stack } = endpoint;
  return {
    stack,
    listening: adminPort?.local,
    get dialogs() {
      return endpoint.dialogs.size;
    },
    tables: () => ({
      ...stack.tables(),
      applications: endpoint.apps.length,
      dialogs: endpoint.dialogs.size,
      pendingRequests: endpoint.pendingRequests.awaited,
      pendingSubscribes: endpoint.pendingSubscribes.size,
      incomingInvites: endpoint.incomingInvites.size,
      outgoingInvites: endpoint.outgoingInvites.size,
    }),
    get invites() {
      return endpoint.incomingInvites.size + endpoint.outgoingInvites.size;
    },
    attach: (srf, view = {}) => attach(endpoint, srf, view),
    async close() {
      endpoint.closed = true;
      adminPort?.close();
      endpoint.dialogs.close();
      for (const { session } of endpoint.dialogs.all()) if (session !== undefined) stopSession(session);
      for (const app of [...endpoint.apps]) app.end();
      await stack.close();
    },
  };
}

/** Without a port, lower case. */
function hostOf(sentBy: string): string {
  return sentBy.replace(/:\d+$/, '').toLowerCase();
}
