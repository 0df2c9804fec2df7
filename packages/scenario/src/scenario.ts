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
  /** How long nothing must have come for the flow to be over; undefined: what is enough where each action waits for what it brings about. */
  readonly quietMs?: number | undefined;
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
  /** Whether it agrees on security with its P-CSCF (RFC 3329). */
  readonly securityAgreement: boolean;
  /** P-Access-Network-Info of its requests. */
  readonly accessNetworkInfo?: string | undefined;
}

/** What a test UE does. */
export type UeAction =
  /** Registers, or registers again; `expiresS` 0 takes its contact back, with `all` every contact of the user. */
  | { readonly kind: 'register'; readonly actor: string; readonly expiresS: number; readonly all: boolean }
  /** Subscribes to its own registration state (RFC 3680) and follows it. */
  | { readonly kind: 'registrationState'; readonly actor: string }
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
    }
  /** Waits until the UE knows that it is registered, or that it is no more. */
  | {
      readonly kind: 'until';
      readonly actor: string;
      readonly registered: boolean;
      readonly withinS: number;
    };

/** What an operator does. */
export type OperatorAction =
  /** The HSS takes registrations back (RTR). */
  | {
      readonly kind: 'terminate';
      readonly hss: string;
      readonly privateIdentity: string;
      readonly reason: 'permanent-termination' | 'new-server-assigned' | 'server-change' | 'remove-s-cscf';
    }
  /** The S-CSCF takes a registration back (TS 24.229 5.4.1.5). */
  | { readonly kind: 'deregister'; readonly sCscf: string; readonly publicIdentity: string }
  /** The S-CSCF has the UE authenticate again (TS 24.229 5.4.1.6). */
  | {
      readonly kind: 'reauthenticate';
      readonly sCscf: string;
      readonly publicIdentity: string;
      readonly expiresS: number;
    }
  /** `kill -9`, and the start of what was killed. */
  | { readonly kind: 'kill'; readonly element: string }
  | { readonly kind: 'restart'; readonly element: string };

export type Action = UeAction | OperatorAction;

/** For a reader: `UE1 subscribes to tel:+1-212-555-2222`. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'register':
      if (action.expiresS > 0) {
        return `${action.actor} registers`;
      }
      return `${action.actor} deregisters${action.all ? ', with every contact' : ''}`;
    case 'registrationState':
      return `${action.actor} subscribes to its registration state`;
    case 'subscribe':
      return `${action.actor} subscribes to ${action.to} for ${action.event}, ${action.expiresS} s`;
    case 'publish':
      return `${action.actor} publishes ${action.event}`;
    case 'until':
      return `${action.actor} is ${action.registered ? '' : 'no longer '}registered`;
    case 'terminate':
      return `${action.hss} takes ${action.privateIdentity} back (${action.reason})`;
    case 'deregister':
      return `${action.sCscf} takes the registration of ${action.publicIdentity} back`;
    case 'reauthenticate':
      return `${action.sCscf} has ${action.publicIdentity} authenticate within ${action.expiresS} s`;
    case 'kill':
      return `kill -9 ${action.element}`;
    case 'restart':
      return `${action.element} starts again`;
  }
}

/** Whether an action is one of a UE's. */
export function isUeAction(action: Action): action is UeAction {
  return 'actor' in action;
}
