import { isDeepStrictEqual } from 'node:util';
import { cxApplication } from '@ims-sim/cx';
import { startDiameterNode } from '@ims-sim/diameter';
import type { Endpoint, Host } from '@ims-sim/host';
import { loadXmlBuilder } from '@ims-sim/xml';
import { cxServer } from './cx-server.js';
import type { SharedFilterCriteria } from './service-profile.js';
import type { SubscriberStore } from './store.js';
import type { Subscription } from './subscription.js';
import { keyOf } from './subscription.js';

export interface HssOptions {
  readonly host: Host;
  /** Where CSCFs connect to; port 0: a free one. */
  readonly listen: Endpoint;
  /** The DiameterIdentity; the host's name unless told. */
  readonly originHost?: string;
  readonly originRealm: string;
  /** Closed with the HSS. */
  readonly store: SubscriberStore;
  /** Put into the store at the start, where its content differs; what else is there stays. */
  readonly initial: readonly Subscription[];
  /** The network that nobody roams in, and the realm of SIP Digest. */
  readonly homeDomain: string;
  /** Shared sets of filter criteria (TS 29.228 B.2.1A), for S-CSCFs that have them not. */
  readonly sharedFilterCriteria?: SharedFilterCriteria;
  /** DiameterIdentities of the CSCFs and ASs, which alone may connect; absent: anybody may, and learn and change what it likes. */
  readonly clients?: readonly string[];
  /** RFC 3539's Tw; 30,000 unless told. */
  readonly watchdogMs?: number;
}

export interface Hss {
  readonly listening: Endpoint;
  close(): Promise<void>;
}

/**
 * Starts an HSS (TS 29.228). What it answers as done is in the store; a question that changes nothing does not wait for the
 * disk. Rejects where the store or the subscriptions cannot be used, saying which and what to do, and as `Net.listen` does.
 */
export async function startHss(options: HssOptions): Promise<Hss> {
  loadXmlBuilder(); // for the user profiles
  const { host, store, homeDomain, sharedFilterCriteria = {} } = options;
  const clients = options.clients && new Set(options.clients.map((name) => name.toLowerCase()));
  await putInitial(store, options.initial);
  const node = await startDiameterNode({
    host,
    originHost: options.originHost ?? host.name,
    originRealm: options.originRealm,
    listen: options.listen,
    applications: [cxApplication],
    ...(clients !== undefined && { accepts: (name) => clients.has(name.toLowerCase()) }),
    ...(options.watchdogMs !== undefined && { watchdogMs: options.watchdogMs }),
    onRequest: cxServer({ host, store, homeDomain, sharedFilterCriteria }),
  });
  const { listening } = node;
  if (listening === undefined) throw new Error('a Diameter node that was to listen does not');
  return {
    listening,
    close: async () => {
      await node.close();
      await store.close();
    },
  };
}

/** @throws Error that names the identity which two subscriptions have. */
async function putInitial(store: SubscriberStore, initial: readonly Subscription[]): Promise<void> {
  const different: Subscription[] = [];
  for (const subscription of initial) {
    const plain = JSON.parse(JSON.stringify(subscription)) as Subscription; // as a store has it, without what is undefined
    const there = await store.byPrivateIdentity(keyOf(plain));
    if (!isDeepStrictEqual(there?.subscription, plain)) different.push(plain);
  }
  const [taken] = different.length === 0 ? [] : await store.load(different);
  if (taken === undefined) return;
  throw new Error(
    `${taken.identity} is an identity of ${taken.of} and of ${taken.wantedBy}: give each its own`,
  );
}
