import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SubscriberStore } from '../store.js';
import type { Subscription } from '../subscription.js';
import { keyOf } from '../subscription.js';
import { subscriptionFromXml, subscriptionXml } from './annex-e.js';
import { DEREGISTRATION, problems, SUBSCRIPTION, WRONG_BODY } from './openapi.js';
import { Problem, toldNotKept, wrongFields } from './problem.js';
import { shown } from './secrets.js';
import { named, type SubscriberChanges } from './subscriber-changes.js';
import { deregistrationSchema, readAs, readSubscription } from './subscription-schema.js';

const MAX_PAGE = 1000;
const XML = 'application/xml';

interface Named {
  readonly privateIdentity: string;
}

/** The routes of one subscription at a time: to look at, to change, and to take its registration back. A wrong request gets a `Problem`. */
export function addSubscribers(
  app: FastifyInstance,
  store: SubscriberStore,
  changes: SubscriberChanges,
): void {
  app.addContentTypeParser([XML, 'text/xml'], { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  addReading(app, store);
  addWriting(app, store, changes);
  addDeregistration(app, changes);
}

function addReading(app: FastifyInstance, store: SubscriberStore): void {
  app.get('/subscribers', { schema: descriptions.list }, async (request) => {
    const { after, limit } = pageOf(request);
    const [page, total] = await Promise.all([store.list(after, limit), store.count()]);
    const last = page.at(-1);
    return {
      total,
      subscribers: page.map((stored) => shown(stored, wantsSecrets(request))),
      ...(page.length === limit && last && { next: keyOf(last.subscription) }),
    };
  });
  app.get<{ Params: Named }>(
    '/subscribers/:privateIdentity',
    { schema: descriptions.show },
    async (request, reply) => {
      const stored = await named(store, request.params.privateIdentity);
      return wantsXml(request)
        ? reply.type(XML).send(subscriptionXml(stored.subscription))
        : shown(stored, wantsSecrets(request));
    },
  );
}

function addWriting(app: FastifyInstance, store: SubscriberStore, changes: SubscriberChanges): void {
  app.post('/subscribers', { schema: descriptions.add }, async (request, reply) => {
    const { subscription, notKept } = await subscriptionIn(request, store);
    await changes.add(subscription);
    return answerAdded(reply, keyOf(subscription), notKept);
  });
  app.put<{ Params: Named }>(
    '/subscribers/:privateIdentity',
    { schema: descriptions.change },
    async (request, reply) => {
      const { privateIdentity } = request.params;
      const { subscription, notKept } = await subscriptionIn(request, store);
      const changed = await changes.change(privateIdentity, subscription);
      return changed === undefined
        ? answerAdded(reply, keyOf(subscription), notKept)
        : { privateIdentity: changed.privateIdentity, result: 'changed', done: changed.done + notKept };
    },
  );
  app.delete<{ Params: Named }>(
    '/subscribers/:privateIdentity',
    { schema: descriptions.remove },
    async (request) => {
      const { privateIdentity, done } = await changes.remove(request.params.privateIdentity);
      return { privateIdentity, result: 'removed', done };
    },
  );
}

function addDeregistration(app: FastifyInstance, changes: SubscriberChanges): void {
  app.post<{ Params: Named }>(
    '/subscribers/:privateIdentity/deregister',
    { schema: descriptions.deregister },
    async (request) => {
      const reading = readAs(deregistrationSchema, request.body ?? {});
      if (reading.kind === 'wrong') throw wrongFields('The deregistration', reading.fields);
      const { privateIdentity, done } = await changes.deregister(
        request.params.privateIdentity,
        reading.value,
      );
      return { privateIdentity, result: 'deregistered', done };
    },
  );
}

function answerAdded(reply: FastifyReply, key: string, notKept: string): FastifyReply {
  return reply
    .code(201)
    .header('location', `/subscribers/${encodeURIComponent(key)}`)
    .send({
      privateIdentity: key,
      result: 'added',
      done: `nobody to tell: it was not registered${notKept}`,
    });
}

/** `notKept`: goes behind what was done. */
async function subscriptionIn(
  request: FastifyRequest,
  store: SubscriberStore,
): Promise<{ readonly subscription: Subscription; readonly notKept: string }> {
  const { body } = request;
  const reading =
    typeof body === 'string' && /^(?:application|text)\/xml/.test(request.headers['content-type'] ?? '')
      ? await subscriptionFromXml(body, (identity) => store.byPrivateIdentity(identity))
      : readSubscription(body);
  if (reading.kind === 'wrong') throw wrongFields('The subscription', reading.fields);
  const { value, notKept } = reading;
  return { subscription: value, notKept: notKept === undefined ? '' : `; ${toldNotKept(notKept)}` };
}

function pageOf({ query }: FastifyRequest): { after: string | undefined; limit: number } {
  const { after, limit = '100' } = query as { after?: unknown; limit?: unknown };
  const number = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (number < 1 || number > MAX_PAGE) {
    throw new Problem(400, `limit: expected a number from 1 to ${String(MAX_PAGE)}`);
  }
  if (after !== undefined && typeof after !== 'string') throw new Problem(400, 'after: expected one');
  return { after, limit: number };
}

/** Whether keys and passwords are asked for: `?secrets=true`. */
export function wantsSecrets({ query }: FastifyRequest): boolean {
  return (query as { secrets?: unknown }).secrets === 'true';
}

/** Whether the answer is to be the XML of TS 29.228 Annex E. */
export function wantsXml({ headers }: FastifyRequest): boolean {
  return /\b(?:application|text)\/xml\b/.test(headers.accept ?? '');
}

const params = {
  type: 'object',
  required: ['privateIdentity'],
  properties: { privateIdentity: { type: 'string', description: 'any of its private identities' } },
};
export const secretsQuery = {
  type: 'object',
  properties: { secrets: { type: 'boolean', description: 'show k, opc, password and ha1' } },
};
const outcome = {
  description: 'What was stored, and what was done towards the S-CSCF',
  type: 'object',
  properties: {
    privateIdentity: { type: 'string' },
    result: { enum: ['added', 'changed', 'removed', 'deregistered'] },
    done: { type: 'string' },
  },
};
const subscriptionBody = {
  content: { 'application/json': { schema: SUBSCRIPTION }, [XML]: { schema: { type: 'string' } } },
};
const descriptions = {
  list: {
    operationId: 'listSubscribers',
    summary: 'In the order of their private identities, a page at a time',
    querystring: {
      type: 'object',
      properties: {
        after: { type: 'string', description: '`next` of the page before' },
        limit: { type: 'integer', minimum: 1, maximum: MAX_PAGE, default: 100 },
        ...secretsQuery.properties,
      },
    },
    response: {
      200: {
        type: 'object',
        properties: {
          total: { type: 'integer' },
          subscribers: { type: 'array', items: SUBSCRIPTION },
          next: { type: 'string', description: 'absent where there are no more' },
        },
      },
      ...problems(400),
    },
  },
  show: {
    operationId: 'showSubscriber',
    summary: 'One, as JSON or as the XML of TS 29.228 Annex E',
    params,
    querystring: secretsQuery,
    response: {
      200: {
        description: 'The subscription, with its state',
        content: { 'application/json': { schema: SUBSCRIPTION }, [XML]: { schema: { type: 'string' } } },
      },
      ...problems(404),
    },
  },
  add: {
    operationId: 'addSubscriber',
    summary: 'Add one',
    body: subscriptionBody,
    response: { 201: outcome, ...problems(409, 503, ...WRONG_BODY) },
  },
  change: {
    operationId: 'changeSubscriber',
    summary: 'Change one, or add it; what is left out is gone, its registration stays',
    params,
    body: subscriptionBody,
    response: { 200: outcome, 201: outcome, ...problems(409, 503, ...WRONG_BODY) },
  },
  remove: {
    operationId: 'removeSubscriber',
    summary: 'Remove one',
    params,
    response: { 200: outcome, ...problems(404, 503, ...WRONG_BODY) },
  },
  deregister: {
    operationId: 'deregisterSubscriber',
    summary: 'Take its registration back (TS 29.228 6.1.3)',
    params,
    body: { content: { 'application/json': { schema: DEREGISTRATION } } },
    response: { 200: outcome, ...problems(404, 503, ...WRONG_BODY) },
  },
};
