import type { Host } from '@ims-sim/host';
import type { Srf } from '@ims-sim/drachtio';
import type { Sh } from '@ims-sim/sh';
import type { Profile, Source } from '@ims-sim/sip';
import type { ExpiryQueue } from './expiry-queue.js';
import type { Intervals } from './interval.js';
import type { Presentity, Publication } from './presentity.js';
import type { Subscription } from './subscription.js';

/** What the presence server holds at most. */
export interface PsLimits {
  readonly subscriptions: number;
  /** For each presentity. */
  readonly publications: number;
  /** Bytes of a published document. */
  readonly bodyBytes: number;
}

export const DEFAULT_LIMITS: PsLimits = { subscriptions: 100_000, publications: 16, bodyBytes: 32_768 };

/** What it has done since the start. */
export interface PsCounters {
  renderings: number;
  notifies: number;
}

/** Where a request came from: what drachtio tells of it. */
export type RemoteSource = Pick<Source, 'transport' | 'remote'>;

/** The presence server's state: what its procedures look at. */
export interface Ps extends Intervals {
  readonly host: Host;
  readonly srf: Srf;
  readonly profile: Profile;
  /** Of the operator, e.g. `home2.net`. */
  readonly domain: string;
  readonly limits: PsLimits;
  /** Whose presence a Request-URI means. */
  readonly presentityFor: (uri: string) => Presentity | undefined;
  /** Whom a P-Asserted-Identity names (`identity.ts`). */
  readonly assertedIdentities: (field: string) => readonly string[];
  /** Whether a source is of the trust domain, and what it asserts counts. */
  readonly trusted: (source: RemoteSource) => boolean;
  /** By `subscriptionKey`. */
  readonly subscriptions: Map<string, Subscription>;
  readonly subscriptionExpiry: ExpiryQueue<Subscription>;
  readonly publicationExpiry: ExpiryQueue<Publication>;
  readonly counters: PsCounters;
  /** The HSS; undefined: it is not asked. */
  readonly sh: Sh | undefined;
}

/** Several subscriptions may share a dialog, by the id of their Event (RFC 6665 4.5.2). */
export function subscriptionKey(dialogId: string, eventId: string | undefined): string {
  return eventId === undefined ? dialogId : `${dialogId} ${eventId}`;
}
