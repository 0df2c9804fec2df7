import type { ProvisioningEvents } from '../provisioning-events.js';
import type { IdentityTaken, SubscriberStore } from '../store.js';
import type { StoredSubscription, Subscription } from '../subscription.js';
import { keyOf } from '../subscription.js';
import { subscriptionFromXml } from './annex-e.js';
import type { Document } from './documents.js';
import { takenBy, toldNotKept } from './problem.js';
import type { Reading, WrongField } from './subscription-schema.js';
import { NOT_JSON, readSubscription } from './subscription-schema.js';

/** Subscriptions that go to the store together. */
const CHUNK = 2000;
/** Lookups at a time. */
const SIDE_BY_SIDE = 10;
/** Of what an answer tells of single lines. */
const TOLD = 100;

/** What came of an import. Lines that are refused are left out, the others are stored. */
export interface ImportReport {
  readonly stored: number;
  readonly refused: number;
  /** Of the refused, the first 100. */
  readonly problems: readonly ({ readonly line: number } & WrongField)[];
  /** What was done towards S-CSCFs, and what of a document has no place in a subscription; the first 100. */
  readonly done: readonly string[];
}

interface Item {
  readonly line: number;
  readonly subscription: Subscription;
}

/** Stores the documents as they come; the S-CSCFs hear of those that are in use. Rejects as the store does. */
export async function importDocuments(
  store: SubscriberStore,
  events: ProvisioningEvents,
  documents: AsyncIterable<Document>,
  format: 'json' | 'xml',
): Promise<ImportReport> {
  const report = {
    stored: 0,
    refused: 0,
    problems: [] as ImportReport['problems'][number][],
    done: [] as string[],
  };
  const refuse = (line: number, fields: readonly WrongField[]): void => {
    report.refused++;
    for (const field of fields) if (report.problems.length < TOLD) report.problems.push({ line, ...field });
  };
  const isNew = (await store.count()) === 0;
  let chunk: Item[] = [];
  const storeChunk = async (): Promise<void> => {
    const items = chunk;
    chunk = [];
    const before = isNew ? new Map<string, StoredSubscription>() : await inUse(store, items);
    const taken = await store.load(items.map(({ subscription }) => subscription));
    for (const { line, field } of refusals(items, taken)) refuse(line, [field]);
    report.stored += items.length - taken.length;
    for (const line of await tell(store, events, before))
      if (report.done.length < TOLD) report.done.push(line);
  };
  for await (const { line, text } of documents) {
    const reading = await readDocument(text, format, store);
    if (reading.kind === 'wrong') refuse(line, reading.fields);
    else {
      const { value, notKept } = reading;
      if (notKept && report.done.length < TOLD) report.done.push(`${keyOf(value)}: ${toldNotKept(notKept)}`);
      if (chunk.push({ line, subscription: value }) === CHUNK) await storeChunk();
    }
  }
  if (chunk.length > 0) await storeChunk();
  return report;
}

function readDocument(
  text: string,
  format: 'json' | 'xml',
  store: SubscriberStore,
): Reading<Subscription> | Promise<Reading<Subscription>> {
  if (format === 'xml') return subscriptionFromXml(text, (identity) => store.byPrivateIdentity(identity));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it cannot be read';
    return {
      kind: 'wrong',
      fields: [{ pointer: '#', detail: `${NOT_JSON}: ${why}` }],
    };
  }
  return readSubscription(document);
}

/** Those of the chunk that are in the store and in use, by key. */
async function inUse(
  store: SubscriberStore,
  items: readonly Item[],
): Promise<Map<string, StoredSubscription>> {
  const found = new Map<string, StoredSubscription>();
  for (let at = 0; at < items.length; at += SIDE_BY_SIDE) {
    const some = items.slice(at, at + SIDE_BY_SIDE);
    for (const stored of await Promise.all(
      some.map(({ subscription }) => store.byPrivateIdentity(keyOf(subscription))),
    )) {
      if (stored?.state.server !== undefined) found.set(keyOf(stored.subscription), stored);
    }
  }
  return found;
}

/** The lines that want what another one has. */
function refusals(
  items: readonly Item[],
  taken: readonly IdentityTaken[],
): { line: number; field: WrongField }[] {
  return taken.map((one) => ({
    line: items.find(({ subscription }) => keyOf(subscription) === one.wantedBy)?.line ?? 0,
    field: { pointer: '#', detail: takenBy(one) },
  }));
}

async function tell(
  store: SubscriberStore,
  events: ProvisioningEvents,
  before: ReadonlyMap<string, StoredSubscription>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const [key, stored] of before) {
    const now = await store.byPrivateIdentity(key);
    if (now !== undefined) lines.push(`${key}: ${await events.changed(stored, now)}`);
  }
  return lines;
}
