import type { Flow } from './flow.js';

/** A scenario, checked: who takes part, what happens before and then, and the flow that must come of it. */
export interface Scenario {
  readonly file: string;
  readonly title: string;
  readonly profile: 'tr-24.841' | 'ts-24.141';
  /** The network file, resolved. */
  readonly network: string;
  readonly actors: readonly Actor[];
  /** Host name or actor, and its name in the ladder, from left to right. */
  readonly participants: readonly (readonly [name: string, label: string])[];
  readonly before: readonly Action[];
  readonly play: readonly Action[];
  readonly flow: Flow;
}

/** A test UE. */
export interface Actor {
  readonly name: string;
  readonly publicIdentity: string;
  readonly privateIdentity: string;
  /** Host name of its P-CSCF. */
  readonly proxy: string;
  /** The IP address that it takes where the machine has it; undefined: any. */
  readonly address?: string | undefined;
}

export type Action =
  | { readonly kind: 'register'; readonly actor: string; readonly expiresS: number }
  | {
      readonly kind: 'subscribe';
      readonly actor: string;
      readonly to: string;
      readonly event: string;
      readonly accept: string;
      readonly expiresS: number;
      readonly cseq?: number | undefined;
    }
  | {
      readonly kind: 'publish';
      readonly actor: string;
      readonly event: string;
      readonly contentType: string;
      readonly body: string;
      readonly expiresS: number;
    };

/** For a reader: `UE1 subscribes to tel:+1-212-555-2222`. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'register':
      return `${action.actor} registers`;
    case 'subscribe':
      return `${action.actor} subscribes to ${action.to} for ${action.event}, ${action.expiresS} s`;
    case 'publish':
      return `${action.actor} publishes ${action.event}`;
  }
}
