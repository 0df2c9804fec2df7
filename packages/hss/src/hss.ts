import { cxApplication, cxPushClient } from '@ims-sim/cx';
import type { DiameterNode } from '@ims-sim/diameter';
import { startDiameterNode } from '@ims-sim/diameter';
import type { AskHttp, Endpoint, Host } from '@ims-sim/host';
import { SH_APPLICATION, shApplication, shNotifyClient } from '@ims-sim/sh';
import { loadXmlBuilder } from '@ims-sim/xml';
import { cxServer } from './cx-server.js';
import { putInitial } from './initial.js';
import type { StateChange } from './observed-store.js';
import { observedStore } from './observed-store.js';
import type { SubscriberChanges } from './provisioning/subscriber-changes.js';
import type { ProvisioningEvents } from './provisioning-events.js';
import { createPush } from './push.js';
import type { SharedFilterCriteria } from './service-profile.js';
import { pushNotifications } from './sh/push-notifications.js';
import { shServer } from './sh/sh-server.js';
import type { SubscriberStore } from './store.js';
import type { Subscription } from './subscription.js';
import { keyOf } from './subscription.js';

export interface HssOptions {
  readonly host: Host;
  /** Where CSCFs and ASs connect to; port 0: a free one. */
  readonly listen: Endpoint;
  /** The DiameterIdentity; the host's name unless told. */
  readonly originHost?: string;
  readonly originRealm: string;
  /** Closed with the HSS, and where that does not start. */
  readonly store: SubscriberStore;
  /**
   * The network file's subscribers. Each is put into the store once, and again where it is another than it was then: what
   * provisioning has changed or removed stays so over restarts until the file says something new about it. What the store has
   * under a private identity that no file ever gave it stays too.
   */
  readonly initial: readonly Subscription[];
  /** The network that nobody roams in, and the realm of SIP Digest. */
  readonly homeDomain: string;
  /** What a user of both is challenged with, where the S-CSCF leaves it open (scheme `Unknown`); `aka` unless told. */
  readonly preferred?: 'aka' | 'digest';
  /** Shared sets of filter criteria (TS 29.228 B.2.1A), for S-CSCFs that have them not. */
  readonly sharedFilterCriteria?: SharedFilterCriteria;
  /**
   * DiameterIdentities of the CSCFs and ASs, which alone may connect; absent: anybody may, and learn and change what it
   * likes.
   */
  readonly clients?: readonly string[];
  /** DiameterIdentities of the ASs that may use Sh; none unless told. */
  readonly applicationServers?: readonly string[];
  /** RFC 3539's Tw; 30,000 unless told. */
  readonly watchdogMs?: number;
  /** The HTTP interface for subscribers; absent: there is none. */
  readonly provisioning?: { readonly listen: Endpoint; readonly token?: string } | undefined;
}

export interface Hss {
  readonly listening: Endpoint;
  /** Where the provisioning interface is, if it is. */
  readonly http?: Endpoint;
  /** RTR and PPR, for whoever changes the store. */
  readonly events: ProvisioningEvents;
  /** The provisioning interface for who has no socket to it; open to whoever has this. */
  readonly ask: AskHttp;
  /** RTR, PPR and PNR that wait for their answers; what it keeps is its store's. */
  tables(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * Starts an HSS (TS 29.228, TS 29.328). What it answers as done is in the store; a question that changes nothing does not wait
 * for the disk. Rejects where the store or the subscriptions cannot be used, saying which and what to do, and as `Net.listen`
 * does.
 */
export async function startHss(options: HssOptions): Promise<Hss> {
  try {
    return await started(options);
  } catch (error) {
    const { store, host } = options;
    await store.close().catch((failure: unknown) => {
      host.log.error('a store that no HSS has could not be closed', { error: failure });
    });
    throw error;
  }
}

async function started(options: HssOptions): Promise<Hss> {
  loadXmlBuilder(); // for the user profiles
  const { host } = options;
  await putInitial(options.store, options.initial);
  // What is asked changes states, of which ASs are told over the node that asks.
  let notify: (change: StateChange, by?: string) => void = () => undefined;
  const store = observedStore(options.store, (change) => {
    notify(change);
  });
  const node = await startNode(options, store, (change, by) => {
    notify(change, by);
  });
  notify = pushNotifications({ host, client: shNotifyClient({ node }), store: options.store });
  const push = createPush({
    client: cxPushClient({ node }),
    store,
    trace: host.trace,
    homeDomain: options.homeDomain,
  });
  const events: ProvisioningEvents = {
    ...push,
    changed: (before, now) => {
      notify({ key: keyOf(now.subscription), before, ...now });
      return push.changed(before, now);
    },
  };
  const { listening } = node;
  if (listening === undefined) throw new Error('a Diameter node that was to listen does not');
  // Loaded where somebody changes subscribers: it costs memory.
  let changes: Promise<SubscriberChanges> | undefined;
  const changesOnce = (): Promise<SubscriberChanges> =>
    (changes ??= import('./provisioning/subscriber-changes.js').then(({ subscriberChanges }) =>
      subscriberChanges(store, events),
    ));
  let inMemory: Promise<AskHttp> | undefined;
  const http = await startHttp(options, store, events, changesOnce).catch(async (error: unknown) => {
    await node.close();
    throw error;
  });
  return {
    listening,
    ...(http !== undefined && { http: http.listening }),
    events,
    ask: async (request) => {
      const { provisioningInMemory } = await import('./provisioning/start-provisioning.js');
      const { address } = listening;
      const changes = await changesOnce();
      inMemory ??= provisioningInMemory({
        store,
        host,
        address,
        hssName: host.name,
        changed: events,
        changes,
      });
      return (await inMemory)(request);
    },
    tables: () => ({ pendingRequests: node.pending }),
    close: async () => {
      await http?.close();
      await node.close();
      await store.close();
    },
  };
}

function startNode(
  options: HssOptions,
  store: SubscriberStore,
  changedBy: (change: StateChange, applicationServer: string) => void,
): Promise<DiameterNode> {
  const { host, homeDomain, preferred = 'aka', sharedFilterCriteria = {}, applicationServers = [] } = options;
  const clients = options.clients && new Set(options.clients.map((name) => name.toLowerCase()));
  const cx = cxServer({ host, store, homeDomain, preferred, sharedFilterCriteria });
  const sh = shServer({
    host,
    storeFor: (applicationServer) =>
      observedStore(options.store, (change) => {
        changedBy(change, applicationServer);
      }),
    applicationServers,
  });
  return startDiameterNode({
    host,
    originHost: options.originHost ?? host.name,
    originRealm: options.originRealm,
    listen: options.listen,
    applications: [cxApplication, shApplication],
    ...(clients !== undefined && { accepts: (name) => clients.has(name.toLowerCase()) }),
    ...(options.watchdogMs !== undefined && { watchdogMs: options.watchdogMs }),
    onRequest: (request) => (request.message.application === SH_APPLICATION ? sh(request) : cx(request)),
  });
}

/** Loaded only where it is asked for: a web server costs time and memory. */
async function startHttp(
  { host, provisioning }: HssOptions,
  store: SubscriberStore,
  changed: ProvisioningEvents,
  changes: () => Promise<SubscriberChanges>,
): Promise<{ readonly listening: Endpoint; close(): Promise<void> } | undefined> {
  if (provisioning === undefined) return undefined;
  const { startProvisioning } = await import('./provisioning/start-provisioning.js');
  return startProvisioning({
    store,
    host,
    ...provisioning,
    hssName: host.name,
    changed,
    changes: await changes(),
  });
}
