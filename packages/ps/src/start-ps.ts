import { connectToServer, disconnect, Srf, startDrachtio, type DrachtioOptions } from '@ims-sim/drachtio';
import type { Endpoint, Host } from '@ims-sim/host';
import { canonicalIdentity, type WatcherRules } from '@ims-sim/presence';
import type { Profile, StackOptions } from '@ims-sim/sip';
import { loadXmlBuilder } from '@ims-sim/xml';
import type { Sh, ShNotifications } from '@ims-sim/sh';
import { publicationExpired, subscriptionExpired, tellAll } from './act.js';
import { handleRequests, READS } from './application.js';
import { assertedIdentities } from './identity.js';
import { memo } from './memo.js';
import { expiryQueue } from './expiry-queue.js';
import { imsStatePushed } from './ims-state.js';
import { presentity, type Presentity, type Publication } from './presentity.js';
import { DEFAULT_LIMITS, type Ps, type PsCounters, type PsLimits, type RemoteSource } from './ps.js';
import type { Subscription } from './subscription.js';

export interface PsOptions {
  readonly host: Host;
  readonly profile: Profile;
  /** Of the operator, as charging names it; what the host's name is in if not given. */
  readonly domain?: string | undefined;
  /** sip and tel URIs of each, the first SIP one asserted in its NOTIFYs; and who may watch it. */
  readonly presentities: readonly { readonly identities: readonly string[]; readonly rules: WatcherRules }[];
  /** The built-in drachtio endpoint, or a real drachtio-server's admin port. */
  readonly endpoint: BuiltIn | DrachtioServer;
  /** Shortest and longest subscription and publication: 60 and 7200 seconds if not given. */
  readonly minExpiresS?: number | undefined;
  readonly maxExpiresS?: number | undefined;
  readonly limits?: Partial<PsLimits> | undefined;
  /**
   * Which sources are elements of the trust domain (TS 24.229 4.4); any, where not given. The P-Asserted-Identity of
   * others is passed over, so that they may neither watch nor publish.
   */
  readonly trusted?: ((source: RemoteSource) => boolean) | undefined;
  /** The HSS over Sh: what it says of users that publish nothing. */
  readonly sh?: Sh | undefined;
}

export interface BuiltIn {
  readonly kind: 'built-in';
  readonly listen: Endpoint;
  readonly resolver: StackOptions['resolver'];
  readonly timers?: StackOptions['timers'];
  readonly tcpAboveBytes?: StackOptions['tcpAboveBytes'];
  /** In Via and Contact; the host's name if not given. */
  readonly sentBy?: string | undefined;
  /** CSeq of a dialog's first NOTIFY (TR 24.841: 42); random if not given. */
  readonly initialCSeq?: number | undefined;
  /** Other applications, for what the presence server does not take. */
  readonly requestHandlers?: DrachtioOptions['requestHandlers'];
}

export interface DrachtioServer {
  readonly kind: 'drachtio-server';
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface RunningPs {
  /** Where it answers SIP; undefined on a real drachtio-server, which knows. */
  readonly listening: Endpoint | undefined;
  readonly counters: Readonly<PsCounters>;
  /** At present. */
  readonly subscriptions: number;
  /** What the HSS sends of itself. */
  readonly shNotifications: ShNotifications;
  /** How many entries its tables have. */
  tables(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Starts a presence server: resolves once requests come to it. Rejects where it cannot listen or connect, and where an identity is no sip or tel URI. */
export async function startPs(options: PsOptions): Promise<RunningPs> {
  loadXmlBuilder(); // for the presence documents
  const { endpoint } = options;
  const ps = psOf(options);
  const handlers = endpoint.kind === 'built-in' ? (endpoint.requestHandlers ?? []) : [];
  handleRequests(ps, (method) => handlers.some(({ methods }) => methods?.includes(method) ?? true));
  const running = endpoint.kind === 'built-in' ? await onBuiltIn(ps, endpoint) : await onServer(ps, endpoint);
  return {
    listening: running.listening,
    counters: ps.counters,
    get subscriptions() {
      return ps.subscriptions.size;
    },
    shNotifications: {
      pushNotification: (notification) =>
        imsStatePushed(ps, notification, (presentity) => tellAll(ps, presentity)),
    },
    tables: () => ({
      ...running.tables(),
      subscriptions: ps.subscriptions.size,
      publications: ps.publicationExpiry.size,
    }),
    async close() {
      ps.subscriptionExpiry.close();
      ps.publicationExpiry.close();
      await running.close();
    },
  };
}

interface Running {
  readonly listening: Endpoint | undefined;
  /** Of a drachtio-server: none, it does not say. */
  tables(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

async function onBuiltIn(ps: Ps, endpoint: BuiltIn): Promise<Running> {
  const {
    listen,
    resolver,
    timers,
    tcpAboveBytes,
    sentBy = ps.host.name,
    initialCSeq,
    requestHandlers,
  } = endpoint;
  // TR 24.841 has no 100 from the PS, RFC 4320 none where the answer comes at once.
  const sip: DrachtioOptions['sip'] = {
    listen,
    resolver,
    sentBy,
    tcpAboveBytes,
    trying: 'never',
    ...(timers && { timers }),
  };
  const drachtio = await startDrachtio({
    host: ps.host,
    sip,
    initialCSeq,
    requestHandlers,
    maxDialogs: 2 * ps.limits.subscriptions,
  });
  drachtio.attach(ps.srf, { reads: READS, echo: 'start-line' });
  return {
    listening: drachtio.stack.listening,
    tables: () => drachtio.tables(),
    close: () => drachtio.close(),
  };
}

const CONNECT_WITHIN_MS = 10_000;

async function onServer(
  { srf, host: { log, clock } }: Ps,
  { host, port, secret }: DrachtioServer,
): Promise<Running> {
  srf.on('error', (error) => log.warn('The connection to drachtio-server failed', { error: String(error) }));
  await connectToServer(srf, { host, port, secret }, { clock, withinMs: CONNECT_WITHIN_MS });
  return { listening: undefined, tables: () => ({}), close: async () => disconnect(srf) };
}

function psOf(options: PsOptions): Ps {
  const { host, profile, minExpiresS = 60, maxExpiresS = 7200 } = options;
  const presentities = byIdentity(options.presentities);
  const ps: Ps = {
    host,
    srf: new Srf(),
    profile,
    domain: options.domain ?? host.name.slice(host.name.indexOf('.') + 1),
    minExpiresS,
    maxExpiresS,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    presentityFor: memo(10_000, (uri) => presentities.get(canonicalIdentity(uri) ?? '')),
    assertedIdentities: memo(1000, assertedIdentities),
    trusted: options.trusted ?? (() => true),
    subscriptions: new Map(),
    subscriptionExpiry: expiryQueue<Subscription>(host.clock, (subscription) =>
      subscriptionExpired(ps, subscription),
    ),
    publicationExpiry: expiryQueue<Publication>(host.clock, (publication) =>
      publicationExpired(ps, publication),
    ),
    counters: { renderings: 0, notifies: 0 },
    sh: options.sh,
  };
  return ps;
}

function byIdentity(presentities: PsOptions['presentities']): Map<string, Presentity> {
  const byIdentity = new Map<string, Presentity>();
  for (const { identities, rules } of presentities) {
    const spelled = identities.map((text) => {
      const identity = canonicalIdentity(text);
      if (identity === undefined)
        throw new Error(`The presentity's identity ${text} is neither a sip nor a tel URI`);
      return identity;
    });
    const one = presentity(spelled, rules);
    for (const identity of spelled) {
      if (byIdentity.has(identity)) throw new Error(`${identity} belongs to two presentities`);
      byIdentity.set(identity, one);
    }
  }
  return byIdentity;
}
