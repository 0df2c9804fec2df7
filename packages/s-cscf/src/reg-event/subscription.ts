import type { Dialog } from '@ims-sim/sip';
import type { Neighbour } from '../charging-vector.js';
import type { Due } from '../due-queue.js';
import type { RegistrationEvent } from '../registration-event.js';
import type { ImplicitSet, KeptSubscriptions } from '../served-user.js';

export interface KeptFor {
  readonly privateIdentity: string;
  readonly by: keyof KeptSubscriptions;
}

export type ContactChange = RegistrationEvent['changes'][number];

/** A subscription to the registration state of one implicit set, at its notifier. */
export interface Subscription extends Due {
  /** Call-ID and the notifier's tag. */
  readonly key: string;
  readonly set: ImplicitSet;
  /** Of the UE whose own subscription it is, or its P-CSCF's: the HSS keeps it (TS 23.380 4.2). */
  readonly kept: KeptFor | undefined;
  /** By whom the subscriber is reached. */
  readonly neighbour: Neighbour;
  dialog: Dialog;
  /** The Event of the SUBSCRIBE, whose `id` each NOTIFY repeats (RFC 6665 8.2.1). */
  readonly event: string;
  readonly contact: string;
  /** The ICID of the last SUBSCRIBE, which each NOTIFY has; undefined where that had none. */
  icid: string | undefined;
  expiresAtMs: number;
  /** Of the next document. */
  version: number;
  /** What the next NOTIFY tells. */
  owes: 'nothing' | 'partial' | 'full';
  /** By the binding's identifier: what happened since the last NOTIFY; the last that did to each. */
  readonly changes: Map<string, ContactChange>;
  /** Identities that the HSS has taken out of the set since the last NOTIFY. */
  readonly removed: Set<string>;
  /** A NOTIFY has no final response yet. */
  isNotifying: boolean;
  /** It has refused a NOTIFY: the next one must not build on it. */
  isBehind: boolean;
  /** Why the next NOTIFY is the last (RFC 6665 4.1.3). */
  ends: 'timeout' | 'noresource' | undefined;
}
