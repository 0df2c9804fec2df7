import type { Network } from '@ims-sim/element';
import type { FaultRule } from '@ims-sim/faults';
import type { Place, UeAction } from '@ims-sim/scenario';
import type { Resolver } from '@ims-sim/dns';
import type { Call, Peer, Server, Subscription, Ue, Watch } from '@ims-sim/ue';
import type { Ground } from './ground.js';

/** An action that went wrong, in a line. */
export interface ActionFailure {
  readonly at: Place;
  readonly text: string;
}

/** What an actor's actions have made, and later ones refer to. */
export type Made =
  | { readonly kind: 'subscription'; readonly name: string | undefined; readonly subscription: Subscription }
  | {
      readonly kind: 'publication';
      readonly name: string | undefined;
      readonly event: string;
      etag: string | undefined;
    }
  | {
      readonly kind: 'call';
      readonly name: string | undefined;
      readonly call: Call;
      /** The INVITE that no action has waited for yet: what comes of it is looked at when the flow is over. */
      unawaited?: (UeAction & { readonly kind: 'invite'; readonly at: Place }) | undefined;
    };

/** An actor, up. */
export interface RunningActor {
  readonly name: string;
  readonly peer: Peer;
  /** Of a UE. */
  readonly ue: Ue | undefined;
  /** Of an application server or a network agent. */
  readonly server: Server | undefined;
  readonly resolver: Resolver;
  readonly made: Made[];
  /** How many actions that have begun mean to answer a request of a method. */
  readonly claims: Map<string, number>;
  close(): Promise<void>;
}

/** Who and what actions act on. */
export interface Stage {
  readonly ground: Ground;
  readonly network: Network;
  readonly actors: ReadonlyMap<string, RunningActor>;
  readonly variables: Map<string, string>;
  /** Of the repetition that is under way, from 1. */
  readonly round?: number | undefined;
  /** Ends with the run: all waiting that no actor's own watch does. */
  readonly watch: Watch;
  readonly abort: AbortSignal;
  /** In force now. */
  faults: readonly FaultRule[];
  readonly seed: number;
  readonly failures: ActionFailure[];
  /** Actions that have begun and are not over, in words. */
  readonly underWay: Set<ActionFailure>;
  readonly onAction: (done: string) => void;
}

/** RFC 3261 17.1.1.2, 17.1.2.2: timers B and F, 64*T1. */
export const ANSWER_WITHIN_S = 32;
/** A call that rings is answered, or given up. */
export const CALL_WITHIN_S = 60;

/** RFC 6665 4.1.2.4: Timer N, 64*T1; on one machine, where nothing is lost, a network is faster. */
export function notifyWithinS({ virtualTime }: Ground): number {
  return virtualTime ? ANSWER_WITHIN_S : 5;
}
