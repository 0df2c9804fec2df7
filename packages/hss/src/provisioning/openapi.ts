import type { FastifyInstance } from 'fastify';
import { deregistrationSchema, jsonSchemaOf, subscriptionSchema } from './subscription-schema.js';

export const SUBSCRIPTION = { $ref: 'Subscription#' };
export const DEREGISTRATION = { $ref: 'Deregistration#' };
const PROBLEM = { $ref: 'Problem#' };

/** Every route's answers that are none of its own. */
export const problems = (...statuses: readonly number[]): Record<number, object> =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'Problem details', content: { 'application/problem+json': { schema: PROBLEM } } },
    ]),
  );

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
  app.get('/openapi.json', { schema: { summary: 'This description' } }, () => app.swagger());
}
