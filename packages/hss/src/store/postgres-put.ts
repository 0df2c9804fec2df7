import { normalizeIdentity } from '../public-identity.js';
import type { IdentityTaken, PutOutcome } from '../store.js';
import type { StoredSubscription, Subscription } from '../subscription.js';
import { keyOf, noState } from '../subscription.js';
import { compileWildcard } from '../wildcard.js';
import { carriedOver } from './carried-over.js';
import { publicIdentitiesOf } from './memory-index.js';
import type { Client } from './postgres-connection.js';

/**
 * Puts subscriptions into the tables, each as if alone and in their order, with as many statements as for one. Within a
 * transaction, which fails with a unique violation where another one takes one of the identities meanwhile.
 */
export async function putAll(
  client: Client,
  subscriptions: readonly Subscription[],
): Promise<readonly PutOutcome[]> {
  const there = await alreadyThere(client, subscriptions);
  const { outcomes, replaced, written } = decide(subscriptions, there);
  await deleteIdentities(client, replaced);
  if (written.length > 0) await insert(client, written);
  return outcomes;
}

/** Takes the identities of subscriptions away, that others may have them. */
export async function deleteIdentities(client: Client, gone: readonly Subscription[]): Promise<void> {
  if (gone.length === 0) return;
  const publics = gone.flatMap(publicsOf);
  await client.query({
    name: 'delete-private',
    text: 'DELETE FROM ims_hss.private_identity WHERE identity = ANY($1::text[])',
    values: [gone.flatMap(privatesOf)],
  });
  await client.query({
    name: 'delete-public',
    text: 'DELETE FROM ims_hss.public_identity WHERE identity = ANY($1::text[])',
    values: [publics],
  });
  const wildcards = publics.filter((identity) => compileWildcard(identity) !== undefined);
  if (wildcards.length === 0) return;
  await client.query({
    name: 'delete-wildcards',
    text: 'DELETE FROM ims_hss.wildcarded_identity WHERE identity = ANY($1::text[])',
    values: [wildcards],
  });
}

interface Row {
  readonly key: string;
  readonly stored: StoredSubscription;
}

interface There {
  readonly rows: Map<string, StoredSubscription>;
  /** Keys by identity. */
  readonly privates: Map<string, string>;
  readonly publics: Map<string, string>;
}

async function alreadyThere(client: Client, subscriptions: readonly Subscription[]): Promise<There> {
  const rows = await client.query<{ key: string } & StoredSubscription>({
    name: 'rows',
    text: `SELECT key, subscription, state FROM ims_hss.subscription WHERE key = ANY($1::text[])
           ORDER BY key FOR UPDATE`,
    values: [subscriptions.map(keyOf)],
  });
  const owners = await client.query<{ identity: string; key: string; isPublic: boolean }>({
    name: 'owners',
    text: `SELECT identity, key, false AS "isPublic" FROM ims_hss.private_identity WHERE identity = ANY($1::text[])
           UNION ALL
           SELECT identity, key, true FROM ims_hss.public_identity WHERE identity = ANY($2::text[])`,
    values: [subscriptions.flatMap(privatesOf), subscriptions.flatMap(publicsOf)],
  });
  const there: There = {
    rows: new Map(rows.rows.map(({ key, subscription, state }) => [key, { subscription, state }])),
    privates: new Map(),
    publics: new Map(),
  };
  for (const { identity, key, isPublic } of owners.rows) {
    (isPublic ? there.publics : there.privates).set(identity, key);
  }
  return there;
}

/** What to take out and to write, from what is there. `there` follows what is decided, one subscription after the other. */
function decide(subscriptions: readonly Subscription[], there: There) {
  const before = new Map(there.rows);
  const written = new Map<string, Row>();
  const outcomes = subscriptions.map((subscription): PutOutcome => {
    const key = keyOf(subscription);
    const taken = takenOf(key, subscription, there);
    if (taken !== undefined) return taken;
    const old = there.rows.get(key);
    if (old !== undefined) {
      for (const identity of privatesOf(old.subscription)) there.privates.delete(identity);
      for (const identity of publicsOf(old.subscription)) there.publics.delete(identity);
    }
    const stored = { subscription, state: old === undefined ? noState : carriedOver(old, subscription) };
    there.rows.set(key, stored);
    for (const identity of privatesOf(subscription)) there.privates.set(identity, key);
    for (const identity of publicsOf(subscription)) there.publics.set(identity, key);
    written.set(key, { key, stored });
    return { kind: 'stored', before: old };
  });
  const replaced = [...written.keys()].flatMap((key) => before.get(key)?.subscription ?? []);
  return { outcomes, replaced, written: [...written.values()] };
}

/** The first identity that another subscription has, or that this one has twice. */
function takenOf(key: string, subscription: Subscription, there: There): IdentityTaken | undefined {
  const taken = (identity: string, of: string): IdentityTaken => ({
    kind: 'identity-taken',
    identity,
    wantedBy: key,
    of,
  });
  const own = new Set<string>();
  for (const { identity } of subscription.privateIdentities) {
    const of = there.privates.get(identity) ?? key;
    if (of !== key || own.has(identity)) return taken(identity, of);
    own.add(identity);
  }
  own.clear();
  for (const { identity } of publicIdentitiesOf(subscription)) {
    const normal = normalizeIdentity(identity);
    const of = there.publics.get(normal) ?? key;
    if (of !== key || own.has(normal)) return taken(identity, of);
    own.add(normal);
  }
  return undefined;
}

async function insert(client: Client, rows: readonly Row[]): Promise<void> {
  await client.query({
    name: 'insert-subscriptions',
    text: `INSERT INTO ims_hss.subscription
           SELECT key, subscription::json, state::json FROM unnest($1::text[], $2::text[], $3::text[])
             AS new (key, subscription, state)
           ON CONFLICT (key) DO UPDATE SET subscription = excluded.subscription, state = excluded.state`,
    values: [
      rows.map(({ key }) => key),
      rows.map(({ stored }) => JSON.stringify(stored.subscription)),
      rows.map(({ stored }) => JSON.stringify(stored.state)),
    ],
  });
  const privates = rows.flatMap(({ key, stored }) =>
    privatesOf(stored.subscription).map((identity) => ({ identity, key })),
  );
  await client.query({
    name: 'insert-private',
    text: 'INSERT INTO ims_hss.private_identity SELECT * FROM unnest($1::text[], $2::text[])',
    values: [privates.map(({ identity }) => identity), privates.map(({ key }) => key)],
  });
  const publics = rows.flatMap(({ key, stored }) =>
    [...publicIdentitiesOf(stored.subscription)].map(({ identity, set }) => ({
      identity: normalizeIdentity(identity),
      written: identity,
      key,
      set,
    })),
  );
  await client.query({
    name: 'insert-public',
    text: 'INSERT INTO ims_hss.public_identity SELECT * FROM unnest($1::text[], $2::text[], $3::integer[])',
    values: [
      publics.map(({ identity }) => identity),
      publics.map(({ key }) => key),
      publics.map(({ set }) => set),
    ],
  });
  const wildcards = publics.flatMap((row) => {
    const wildcard = compileWildcard(row.written);
    return wildcard === undefined ? [] : [{ ...row, prefix: wildcard.prefix }];
  });
  if (wildcards.length === 0) return;
  await client.query({
    name: 'insert-wildcards',
    text: `INSERT INTO ims_hss.wildcarded_identity
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[])`,
    values: [
      wildcards.map(({ identity }) => identity),
      wildcards.map(({ prefix }) => prefix),
      wildcards.map(({ written }) => written),
      wildcards.map(({ key }) => key),
      wildcards.map(({ set }) => set),
    ],
  });
}

function privatesOf({ privateIdentities }: Subscription): string[] {
  return privateIdentities.map(({ identity }) => identity);
}

function publicsOf(subscription: Subscription): string[] {
  return Array.from(publicIdentitiesOf(subscription), ({ identity }) => normalizeIdentity(identity));
}
