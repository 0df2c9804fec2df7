import type { FastifyInstance } from 'fastify';
import { deregistrationSchema, jsonSchemaOf, subscriptionSchema } from './subscription-schema.js';

export const SUBSCRIPTION = { $ref: 'Subscription#' };
export const DEREGISTRATION = { $ref: 'Deregistration#' };
const PROBLEM = { $ref: 'Problem#' };

/** What a status means, whatever the route. */
const MEANINGS: Readonly<Record<number, string>> = {
  400: 'What was sent is wrong: where, and what would be right',
  401: 'Without the token of the network file',
  403: 'Not from this machine, where there is no token: by the name of another host, or from a page of one',
  404: 'No subscriber has that private identity',
  409: 'It is there already, one of its identities is another’s, or another import is under way',
  413: 'Too large',
  415: 'Of a type that is not taken',
  500: 'The store cannot be used; nothing has changed, but for what an import has stored before',
  503: 'Too many changes wait: try again after as many seconds as Retry-After says',
};

/** The answers of a route that are not its own: those given, and those of all. */
export const problems = (...statuses: readonly number[]): Record<number, object> =>
  Object.fromEntries(
    [...statuses, 401, 403, 500].map((status) => [
      status,
      {
        description: MEANINGS[status] ?? 'Problem details',
        content: { 'application/problem+json': { schema: PROBLEM } },
      },
    ]),
  );
/** What whoever sends a body may have wrong. */
export const WRONG_BODY = [400, 413, 415] as const;

/** Makes `/openapi.json` of the routes that are added after this. */
export async function describe(app: FastifyInstance, hssName: string): Promise<void> {
  const { default: swagger } = await import('@fastify/swagger');
  app.addSchema({ $id: 'Subscription', title: 'Subscription', ...jsonSchemaOf(subscriptionSchema) });
  app.addSchema({ $id: 'Deregistration', title: 'Deregistration', ...jsonSchemaOf(deregistrationSchema) });
  app.addSchema({
    $id: 'Problem',
    title: 'RFC 9457 problem details',
    type: 'object',
    properties: {
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What is wrong, and what would be right' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            pointer: { type: 'string', description: 'JSON Pointer of a field, as a URI fragment' },
            detail: { type: 'string' },
          },
        },
      },
    },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `Subscribers of ${hssName}`,
        version: '1',
        description:
          'Adds, shows, changes and removes IMS subscriptions while the HSS runs. Their services go as application/json or, as TS 29.228 Annex E has them, as application/xml.',
      },
      servers: [{ url: '/', description: 'where this description is' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'Where the network file names a token' },
        },
      },
      security: [{}, { token: [] }],
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, i) =>
        typeof schema['$id'] === 'string' ? schema['$id'] : `schema${String(i)}`,
    },
  });
  const description = {
    operationId: 'describe',
    summary: 'This description',
    response: { 200: { description: 'OpenAPI', type: 'object' }, ...problems() },
  };
  app.get('/openapi.json', { schema: description }, () => app.swagger());
}
