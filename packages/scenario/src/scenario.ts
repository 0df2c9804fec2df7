import type { Network } from '@ims-sim/element';
import type { FaultRule } from '@ims-sim/faults';
import type { Actor } from './actor.js';
import type { Action, Place } from './action.js';
import type { Flow } from './flow.js';

/** A scenario, checked: who takes part, what happens before and then, what goes wrong on purpose, and the flow that must come of it. */
export interface Scenario {
  readonly file: string;
  readonly title: string;
  readonly profile: 'tr-24.841' | 'ts-24.141';
  /** The network file, resolved, or the network that stands in the scenario itself. */
  readonly network: NetworkSource;
  /** Who plays an element, by its host name, or all of an operator, by its domain, where that is not what the network says: `networkOf` has it. */
  readonly elements: ReadonlyMap<string, ElementRole>;
  /** Where the file says that an element is external, by its host name. */
  readonly externalAt?: ReadonlyMap<string, Place> | undefined;
  readonly actors: readonly Actor[];
  /** Host name or actor, and its name in the ladder, from left to right. */
  readonly participants: readonly (readonly [name: string, label: string])[];
  /** How long nothing must have come for the flow to be over; undefined: what is enough where each action waits for what it brings about. */
  readonly quietMs?: number | undefined;
  readonly before: readonly Action[];
  readonly play: readonly Action[];
  /** In force from the first action of `play` on. */
  readonly faults: readonly ScenarioFault[];
  /** What `${name}` stands for in the actions until one of them takes another value out of a message. */
  readonly variables: ReadonlyMap<string, string>;
  readonly flow: Flow;
}

/** A fault of the file. One that has a `label` (all of a file have) and no `may` must take place, or the run has failed. */
export interface ScenarioFault extends FaultRule {
  readonly at?: Place | undefined;
  /** It need not happen. */
  readonly may?: boolean | undefined;
}

export type NetworkSource =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** As the scenario names it, and where; undefined: no file names it. */
      readonly named?: { readonly file: string; readonly at: Place } | undefined;
    }
  | { readonly kind: 'inline'; readonly network: Network };

/** `play`: ours, as the network file has it. `nothing`: nobody is there, and the DNS leads to a port that nobody listens on. */
export type ElementRole =
  | {
      readonly kind: 'external';
      readonly transport: 'udp' | 'tcp';
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'play' }
  | { readonly kind: 'nothing' };
