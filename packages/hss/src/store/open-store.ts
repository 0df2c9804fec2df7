import type { SubscriberStore } from '../store.js';

/** Where an HSS is to keep its subscriptions. */
export type StorePlace =
  | { readonly kind: 'memory' }
  | { readonly kind: 'lowdb'; readonly path: string }
  | { readonly kind: 'postgresql'; readonly url: string };

/**
 * Opens a store. What it needs is loaded only then: an HSS without a PostgreSQL database does not carry its driver. Rejects where
 * it cannot be used, saying what and where.
 */
export async function openStore(place: StorePlace): Promise<SubscriberStore> {
  switch (place.kind) {
    case 'memory':
      return (await import('./memory-store.js')).memoryStore();
    case 'lowdb':
      return (await import('./lowdb-store.js')).openLowdbStore(place.path);
    case 'postgresql':
      return (await import('./postgres-store.js')).openPostgresStore(place.url);
  }
}
