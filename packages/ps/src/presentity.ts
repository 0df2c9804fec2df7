import {
  authorise,
  compose,
  politeBlockPresence,
  renderPresence,
  type Authorisation,
  type PidfMediaType,
  type Presence,
  type WatcherRules,
} from '@ims-sim/presence';
import type { ImsUserState } from '@ims-sim/sh';
import { memo } from './memo.js';
import type { Expiring } from './expiry-queue.js';
import type { Subscription } from './subscription.js';

/** One user's presence: what is published, who watches. */
export interface Presentity {
  /** In canonical spelling. */
  readonly identities: readonly string[];
  /** P-Asserted-Identity of its NOTIFYs: its first SIP identity. */
  readonly asserted: string;
  /** What its rules say to a watcher, known by these identities, comma-separated (RFC 5025 3.2.1). */
  readonly mayWatch: (identities: string) => Authorisation;
  readonly publications: Map<string, Publication>;
  readonly watchers: Set<Subscription>;
  /** Counts the states that watchers were to be told of. */
  version: number;
  /** The composed state, and what is rendered of it; undefined until asked for. */
  current: Presence | undefined;
  readonly rendered: Map<PidfMediaType, string>;
  /** What those get who are told nothing. */
  readonly renderedUnavailable: Map<PidfMediaType, string>;
  /** What the HSS says of its registration; undefined: nothing yet, or it is not asked. */
  imsState: ImsUserState | undefined;
  /** Somebody watches, and nothing is published. */
  imsStateWanted: boolean;
  /** Whether the HSS tells (TS 29.328 6.1.3). */
  shSubscription: 'none' | 'subscribing' | 'subscribed' | 'unsubscribing';
  /** A round of NOTIFYs is under way. */
  notifying: boolean;
}

/** What one presence user agent published (RFC 3903 4), by its entity-tag. */
export interface Publication extends Expiring {
  readonly presentity: Presentity;
  eTag: string;
  document: Presence;
  /** The presentity's version that it made: the newest has the highest. */
  version: number;
}

/** One without publications and watchers. What its rules say is remembered of 1,000 watchers. */
export function presentity(identities: readonly string[], rules: WatcherRules): Presentity {
  const asserted = identities.find((identity) => identity.startsWith('sip:')) ?? identities[0] ?? '';
  return {
    identities,
    asserted,
    mayWatch: memo(1000, (watcher) => authorise(rules, watcher.split(','))),
    publications: new Map(),
    watchers: new Set(),
    version: 0,
    current: undefined,
    rendered: new Map(),
    renderedUnavailable: new Map(),
    imsState: undefined,
    imsStateWanted: false,
    shSubscription: 'none',
    notifying: false,
  };
}

/** `pres:user@domain` (RFC 3859), the entity of its documents. */
function entityOf({ asserted }: Presentity): string {
  return asserted.startsWith('sip:') ? `pres:${asserted.slice(4)}` : asserted;
}

/** What is published has changed: what was made of it holds no more. */
export function changed(presentity: Presentity): void {
  presentity.version++;
  presentity.current = undefined;
  presentity.rendered.clear();
}

/**
 * The document for a watcher that may see everything: rendered once a state and type, and shared. Where nothing is published, a
 * user that the HSS has as registered can be reached; another one is `unavailable`, so that a politely blocked watcher sees
 * what everybody sees of a user that is away (RFC 5025 3.2.1).
 */
export function fullDocument(presentity: Presentity, type: PidfMediaType, onRendered: () => void): string {
  if (presentity.publications.size === 0 && presentity.imsState !== 'registered') {
    return unavailableDocument(presentity, type, onRendered);
  }
  return cached(presentity.rendered, type, onRendered, () => {
    presentity.current ??=
      presentity.publications.size === 0
        ? reachable(entityOf(presentity))
        : compose(entityOf(presentity), newestFirst(presentity));
    return renderPresence(presentity.current, type);
  });
}

/** What a registered user's presence is who publishes none: it can be reached, and nothing more is known. */
function reachable(entity: string): Presence {
  return {
    entity,
    tuples: [{ id: 'ims', basic: 'open', statusExtensions: [], extensions: [], notes: [] }],
    notes: [],
    extensions: [],
  };
}

/**
 * The document for a watcher that is to believe the user away (RFC 5025 3.2.1): rendered once a type, and shared.
 */
export function unavailableDocument(
  presentity: Presentity,
  type: PidfMediaType,
  onRendered: () => void,
): string {
  return cached(presentity.renderedUnavailable, type, onRendered, () =>
    renderPresence(politeBlockPresence(entityOf(presentity)), type),
  );
}

function newestFirst({ publications }: Presentity): Presence[] {
  const sorted = [...publications.values()].sort((a, b) => b.version - a.version);
  return sorted.map(({ document }) => document);
}

function cached(
  rendered: Map<PidfMediaType, string>,
  type: PidfMediaType,
  onRendered: () => void,
  make: () => string,
): string {
  let text = rendered.get(type);
  if (text === undefined) {
    onRendered();
    text = make();
    rendered.set(type, text);
  }
  return text;
}
