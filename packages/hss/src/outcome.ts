import type { SubscriptionState } from './subscription.js';

/** What a procedure comes to. */
export interface Outcome<Answer> {
  readonly answer: Answer;
  /** Why, in one line for a reader. */
  readonly reason: string;
  /** What the subscription's state is from now on; absent: as it was. */
  readonly state?: SubscriptionState | undefined;
}

/** The S-CSCF that asks, as its Diameter message has it, and what it supports (TS 29.229 7.1.1). */
export interface Requester {
  /** Origin-Host and Origin-Realm: where RTR and PPR go. */
  readonly host?: string | undefined;
  readonly realm?: string | undefined;
  /** IMSRestorationInd. */
  readonly restores: boolean;
  /** SiFC: it has the shared sets of filter criteria. */
  readonly sharesFilterCriteria: boolean;
}
