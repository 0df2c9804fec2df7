import type { SubscriberStore } from '../store.js';
import { keyOf } from '../subscription.js';
import { subscriptionXml } from './annex-e.js';
import { shown } from './secrets.js';

const PAGE = 500;

/** All subscriptions in the order of their keys, one JSON document a line. Ends with an error where the store does. */
export async function* exportLines(store: SubscriberStore, secrets: boolean): AsyncGenerator<string> {
  for await (const page of pagesOf(store)) {
    yield page.map((stored) => `${JSON.stringify(shown(stored, secrets))}\n`).join('');
  }
}

/**
 * The same as XML: an `IMSSubscription` of TS 29.228 Annex E each. Deviation: within an element of our own, as the schema has
 * no place for several in one document.
 */
export async function* exportXml(store: SubscriberStore): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<IMSSubscriptions>\n';
  for await (const page of pagesOf(store)) {
    yield page.map(({ subscription }) => `${bare(subscriptionXml(subscription))}\n`).join('');
  }
  yield '</IMSSubscriptions>\n';
}

async function* pagesOf(store: SubscriberStore) {
  let after: string | undefined;
  for (;;) {
    const page = await store.list(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = keyOf(last.subscription);
  }
}

/** Without the XML declaration, which stands at the beginning of a file only. */
function bare(xml: string): string {
  return xml.startsWith('<?xml') ? xml.slice(xml.indexOf('?>') + 2).trim() : xml;
}
