import type { AskHttp, Endpoint, Host } from '@ims-sim/host';
import { prettyEndpoint } from '@ims-sim/host';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { ProvisioningEvents } from '../provisioning-events.js';
import type { SubscriberStore } from '../store.js';
import { accessTo } from './access.js';
import { addBulk } from './bulk-routes.js';
import { MAX_DOCUMENT_BYTES } from './documents.js';
import { traceHttp } from './http-trace.js';
import { describe } from './openapi.js';
import { Problem, PROBLEM_TYPE, problemDetails } from './problem.js';
import { type SubscriberChanges, subscriberChanges } from './subscriber-changes.js';
import { addSubscribers } from './subscriber-routes.js';

/** Connections at a time. */
const MAX_CONNECTIONS = 100;
/** For the header fields of a request; a body may take its time. */
const HEADERS_WITHIN_MS = 10_000;
/** What the trace has where there is no socket. */
const HTTP_PORT = 80;

interface CommonOptions {
  readonly store: SubscriberStore;
  readonly host: Host;
  readonly hssName: string;
  readonly changed: ProvisioningEvents;
  /** Shared with who else changes subscribers; its own unless given. */
  readonly changes?: SubscriberChanges | undefined;
}

export interface ProvisioningOptions extends CommonOptions {
  /** Port 0: a free one. */
  readonly listen: Endpoint;
  /** Who has it may use the interface; without one it is open to this machine only. */
  readonly token?: string | undefined;
}

export interface Provisioning {
  readonly listening: Endpoint;
  /** Ends requests that are under way after a moment. The store stays open. */
  close(): Promise<void>;
}

/**
 * Starts the HTTP interface by which subscriptions are added, shown, changed and removed while the HSS runs; OpenAPI at
 * `/openapi.json`.
 * @throws Error for the user, where it would be open to the network without a token, or cannot listen.
 */
export async function startProvisioning(options: ProvisioningOptions): Promise<Provisioning> {
  const { listen, hssName } = options;
  const app = await appOf(options, accessTo(hssName, listen, options.token));
  await describe(app, hssName);
  await addRoutes(app, options);
  return { listening: await listenAt(app, listen, hssName), close: () => app.close() };
}

/**
 * The same interface for who asks without a socket, as a simulation does: what comes in is read, checked, traced and answered by the same
 * routes. `address`: the HSS's, for the trace.
 */
export async function provisioningInMemory(
  options: CommonOptions & { readonly address: string },
): Promise<AskHttp> {
  const app = await appOf(options, () => undefined, { address: options.address, port: HTTP_PORT });
  await addRoutes(app, options);
  await app.ready();
  return async ({ method, path, headers, body, from }) => {
    const { statusCode, payload } = await app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url: path,
      headers,
      remoteAddress: prettyEndpoint(from),
      ...(body !== undefined && { payload: body }),
    });
    return new Response(payload, { status: statusCode });
  };
}

/** `local`: where it is, where no socket says so. */
async function appOf(
  { host, hssName }: CommonOptions,
  refusalOf: ReturnType<typeof accessTo>,
  local?: Endpoint,
): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify'); // by its default: a bundle of CommonJS has no names
  const app = fastify({
    bodyLimit: MAX_DOCUMENT_BYTES,
    routerOptions: { maxParamLength: 1024 },
    forceCloseConnections: true,
    http: { headersTimeout: HEADERS_WITHIN_MS },
    return503OnClosing: false,
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // The schemas of the routes are for the description only: what comes in is checked against zod's, for its messages.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  addErrors(app, host);
  traceHttp(app, host.trace, local);
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/health') return;
    const { authorization, host: name, origin } = request.headers;
    const refusal = refusalOf({ authorization, host: name, origin });
    if (refusal === undefined) return;
    if (refusal.status === 401) void reply.header('www-authenticate', `Bearer realm="${hssName}"`);
    throw refusal;
  });
  return app;
}

async function addRoutes(
  app: FastifyInstance,
  { store, hssName, changed, changes = subscriberChanges(store, changed) }: CommonOptions,
): Promise<void> {
  app.get('/health', { schema: health }, () => ({ status: 'ok', hss: hssName, store: store.kind }));
  await app.register((scope) => addSubscribers(scope, store, changes));
  await app.register((scope) => addBulk(scope, store, changed));
}

const health = {
  operationId: 'health',
  summary: 'Whether the HSS is there; for whoever asks',
  security: [],
  response: {
    200: {
      description: 'It is',
      type: 'object',
      properties: {
        status: { const: 'ok' },
        hss: { type: 'string' },
        store: { enum: ['memory', 'lowdb', 'postgresql'] },
      },
    },
  },
};

async function listenAt(app: FastifyInstance, { address, port }: Endpoint, name: string): Promise<Endpoint> {
  try {
    await app.listen({ host: address, port });
  } catch (cause) {
    const why =
      typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
    const where = prettyEndpoint({ address, port });
    throw new Error(
      `${name}: its provisioning interface cannot listen at ${where} (${why}): stop what listens there, or give it another place (provisioning: { listen: ... })`,
      { cause },
    );
  }
  const bound = app.server.address();
  return typeof bound === 'object' && bound !== null
    ? { address: bound.address, port: bound.port }
    : { address, port };
}

function addErrors(app: FastifyInstance, host: Host): void {
  app.setNotFoundHandler((request) => {
    throw new Problem(
      404,
      `nothing is at ${request.method} ${request.url}; /openapi.json says what there is`,
    );
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    // Fastify's own (a body that is no JSON, too large, of a type that is not taken) have their status with them.
    const status = error instanceof Problem ? error.status : (error.statusCode ?? 500);
    const problem = error instanceof Problem ? error : new Problem(status, error.message);
    const { retryAfterS } = problem;
    if (retryAfterS !== undefined) {
      void reply.header('retry-after', String(retryAfterS)); // too much at a time: nothing has failed
    } else if (status >= 500) {
      host.log.error('provisioning failed', {
        method: request.method,
        url: request.url,
        error: error.message,
      });
    }
    return reply
      .code(status)
      .header('content-type', PROBLEM_TYPE)
      .send(Buffer.from(JSON.stringify(problemDetails(problem))));
  });
}
