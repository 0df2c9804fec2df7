/** Who acts in a scenario. */
export type Actor = UeActor | ServerActor;

/** A test UE. */
export interface UeActor {
  readonly kind: 'ue';
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
  /** In place of what the network file has of its subscriber: to do wrong on purpose. Hexadecimal as there. */
  readonly credentials?:
    | {
        readonly aka?: { readonly k: string; readonly opc: string } | undefined;
        readonly digest?: { readonly password: string } | undefined;
      }
    | undefined;
  readonly on: ReadonlyMap<string, Reaction>;
}

/**
 * An application server or a network agent (a presence network agent, a gateway): it stands at the place of an element of the
 * network, which is then not started, or at a host name of its own under an operator's domain, which the DNS then has.
 */
export interface ServerActor {
  readonly kind: 'application-server' | 'network-agent';
  readonly name: string;
  /** Host name, e.g. `as1.home2.net`. */
  readonly host: string;
  readonly on: ReadonlyMap<string, Reaction>;
}

/**
 * What an actor does with an incoming request of a method when no action of the scenario waits for it. A status answers at once;
 * `silent` never answers. Without a reaction: NOTIFY of its subscriptions 200, OPTIONS 200, MESSAGE 200, INVITE 180 and then as
 * the actions say, BYE, CANCEL, PRACK, UPDATE as their dialogs want, else 405.
 */
export type Reaction =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly kind: 'silent' };
