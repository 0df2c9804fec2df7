import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ProvisioningEvents } from '../provisioning-events.js';
import type { SubscriberStore } from '../store.js';
import { linesOf, xmlDocumentsOf } from './documents.js';
import { exportLines, exportXml } from './export.js';
import { importDocuments } from './import.js';
import { problems, SUBSCRIPTION, WRONG_BODY } from './openapi.js';
import { Problem } from './problem.js';
import { secretsQuery, wantsSecrets, wantsXml } from './subscriber-routes.js';

export const LINES_TYPE = 'application/jsonl';
const LINES_TYPES = [LINES_TYPE, 'application/x-ndjson'];

/** Import and export of many, as streams: neither is ever whole in memory here. */
export function addBulk(app: FastifyInstance, store: SubscriberStore, events: ProvisioningEvents): void {
  for (const type of [...LINES_TYPES, 'application/xml', 'text/xml']) {
    app.addContentTypeParser(type, (_request, payload, done) => {
      done(null, payload);
    });
  }
  let isImporting = false;
  app.post('/import', { schema: importDescription }, async (request) => {
    // One at a time: two would store in turn, and each wait for the other's lines.
    if (isImporting) throw new Problem(409, 'another import is under way: try again when it is done');
    const body = request.body;
    if (!(body instanceof Readable)) {
      throw new Problem(415, `expected ${LINES_TYPE} (a subscription a line) or application/xml`);
    }
    isImporting = true;
    try {
      // Not destroyed where a document is refused: the answer is to come through, and the connection to serve what follows.
      const pieces = body.iterator({ destroyOnReturn: false });
      const isXml = /^(?:application|text)\/xml/.test(request.headers['content-type'] ?? '');
      return isXml
        ? await importDocuments(store, events, xmlDocumentsOf(pieces), 'xml')
        : await importDocuments(store, events, linesOf(pieces), 'json');
    } finally {
      body.resume();
      isImporting = false;
    }
  });
  app.get('/export', { schema: exportDescription }, (request, reply) =>
    wantsXml(request)
      ? reply.type('application/xml').send(Readable.from(exportXml(store)))
      : reply.type(LINES_TYPE).send(Readable.from(exportLines(store, wantsSecrets(request)))),
  );
}

const importDescription = {
  operationId: 'importSubscribers',
  summary: 'Add or replace many; lines that are refused are left out, the others are stored',
  body: {
    content: {
      [LINES_TYPE]: { schema: SUBSCRIPTION },
      'application/xml': {
        schema: { type: 'string', description: 'IMSSubscription elements of TS 29.228 Annex E' },
      },
    },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        stored: { type: 'integer' },
        refused: { type: 'integer' },
        problems: {
          type: 'array',
          description: 'Of the refused, the first 100',
          items: {
            type: 'object',
            properties: {
              line: { type: 'integer' },
              pointer: { type: 'string' },
              detail: { type: 'string' },
            },
          },
        },
        done: {
          type: 'array',
          items: { type: 'string' },
          description: 'Towards S-CSCFs, and what was not kept: the first 100',
        },
      },
    },
    ...problems(409, ...WRONG_BODY),
  },
};
const exportDescription = {
  operationId: 'exportSubscribers',
  summary: 'All, one JSON document a line, or as XML',
  querystring: secretsQuery,
  response: {
    200: {
      description: 'The subscriptions; as XML, which has no secrets, where that is accepted',
      content: {
        [LINES_TYPE]: { schema: SUBSCRIPTION },
        'application/xml': {
          schema: { type: 'string', description: 'IMSSubscription elements of TS 29.228 Annex E within one' },
        },
      },
    },
    ...problems(),
  },
};
