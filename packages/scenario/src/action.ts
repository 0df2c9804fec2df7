/** Where something stands in the scenario file; lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One step of a scenario: what is done, by whom, and what must come of it. */
export type Action = (UeAction | ServerAction | OperatorAction | Control) & { readonly at: Place };

/** What every action of an actor has. */
interface Acting {
  readonly actor: string;
  /** Put into the request in addition, or in place of the one of the same name; a value of '' takes a header away. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  /** What must come of it; undefined: a 2xx, and with `subscribe` the first NOTIFY. */
  readonly expect?: Expectation | undefined;
  /** Values for variables, out of the final response (or, for `receive`, out of what came). */
  readonly take?: readonly Take[] | undefined;
}

/** A final status such as 403, all of a class (`4xx`), or that no final response comes. */
export type Expectation =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'class'; readonly hundreds: 2 | 3 | 4 | 5 | 6 }
  | { readonly kind: 'no-answer' };

/** `variable` becomes the first group that `pattern` (a regular expression) has in the header, or the whole match; a `body` is searched whole. */
export interface Take {
  readonly variable: string;
  readonly from: { readonly header: string } | 'body' | 'start-line';
  readonly pattern: string;
}

/** Refers to a subscription, publication or call by the name that the action that made it was given (`as`); undefined: the actor's last. */
interface OfEarlier {
  readonly of?: string | undefined;
}

interface Content {
  readonly contentType?: string | undefined;
  /** The body itself, read from its file where the scenario names one. */
  readonly body?: string | undefined;
  /** The file as the scenario names it. */
  readonly bodyFile?: string | undefined;
}

export type UeAction = Acting &
  (
    | /** Registers, or registers again; `expiresS` 0 takes its contact back, with `all` every contact of the user. */ {
        readonly kind: 'register';
        readonly expiresS: number;
        readonly all: boolean;
      }
    | /** Subscribes to its own registration state (RFC 3680) and follows it. */ {
        readonly kind: 'registrationState';
      }
    | {
        readonly kind: 'subscribe';
        readonly to: string;
        readonly event: string;
        readonly accept?: string | undefined;
        readonly expiresS: number;
        readonly cseq?: number | undefined;
        readonly as?: string | undefined;
      }
    | /** RFC 6665 4.1.2.2 of a subscription, RFC 3903 4.1 of a publication. */ ({
        readonly kind: 'refresh';
        readonly expiresS: number;
      } & OfEarlier)
    | /** With Expires 0; waits for the last NOTIFY. */ ({ readonly kind: 'unsubscribe' } & OfEarlier)
    | ({
        readonly kind: 'publish';
        readonly event: string;
        readonly expiresS: number;
        readonly as?: string | undefined;
      } & Content)
    | /** RFC 3903 4.1: Expires 0. */ ({ readonly kind: 'unpublish' } & OfEarlier)
    | ({ readonly kind: 'message'; readonly to: string } & Content)
    | { readonly kind: 'options'; readonly to: string }
    | /** RFC 3261 13.2; waits for `until`, a provisional response or the final one. `reliable`: Supported: 100rel (RFC 3262), PRACKs by itself. */ ({
        readonly kind: 'invite';
        readonly to: string;
        readonly reliable: boolean;
        readonly until: 'ringing' | 'answered' | 'sent';
        readonly as?: string | undefined;
      } & Content)
    | ({ readonly kind: 'cancel' } & OfEarlier)
    | /** RFC 3311, within the dialog of the call, early or not. */ ({ readonly kind: 'update' } & OfEarlier &
        Content)
    | /** RFC 3261 14. */ ({ readonly kind: 'reinvite' } & OfEarlier & Content)
    | ({ readonly kind: 'bye' } & OfEarlier)
    | /** Waits until the UE knows that it is registered, or that it is no more. */ {
        readonly kind: 'until';
        readonly registered: boolean;
        readonly withinS: number;
      }
    | ActorAction
  );

/** What an application server or a network agent does; of a UE's actions it has those that need no registration. */
export type ServerAction = Acting & ActorAction;

/** What UEs and servers both do. */
type ActorAction =
  /** A provisional response to the INVITE that came last; `reliable`: with Require: 100rel and RSeq (RFC 3262), and waits for the PRACK. */
  | ({ readonly kind: 'ring'; readonly status: number; readonly reliable: boolean } & Content)
  /** 200 to that INVITE, and waits for the ACK. */
  | ({ readonly kind: 'answer' } & Content)
  /** Waits for a request of that method (or takes one that is waiting), and answers it. */
  | ({
      readonly kind: 'respond';
      readonly method: string;
      readonly status: number;
      readonly withinS: number;
    } & Content)
  /** Waits for a request of that method, or for a response of that status, not yet received by an action. */
  | { readonly kind: 'receive'; readonly what: string; readonly withinS: number }
  /** NOTIFY in the dialog of a SUBSCRIBE that it has answered with 2xx. */
  | ({ readonly kind: 'notify'; readonly state: string } & Content)
  /** Sends these bytes (lines end with CRLF, Content-Length is right unless it stands there); `to`: host name or `udp:address:port`, undefined: the P-CSCF, an AS's S-CSCF. */
  | { readonly kind: 'send'; readonly message: string; readonly to?: string | undefined };

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
  /** A change of one subscriber in a running HSS: `subscriber` as the network file writes one, undefined: takes it out. */
  | {
      readonly kind: 'provision';
      readonly hss: string;
      readonly privateIdentity: string;
      /** As `ims subscribers add` takes it, in JSON. */
      readonly subscriber?: unknown;
      /** The file with it, as the scenario names it. */
      readonly from?: string | undefined;
    }
  /** `kill -9`, and the start of what was killed. */
  | { readonly kind: 'kill'; readonly element: string }
  | { readonly kind: 'restart'; readonly element: string };

export type Control =
  /** Lets time pass: real seconds, or virtual ones. */
  | { readonly kind: 'wait'; readonly forS: number }
  /** Moves the virtual clock; with real processes a complaint before anything starts. */
  | { readonly kind: 'advance'; readonly byS: number }
  /** All branches begin at once; over when all are. */
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly Action[])[] }
  /** `${round}` counts from 1. */
  | { readonly kind: 'repeat'; readonly times: number; readonly actions: readonly Action[] };

/** Whether an action is an actor's. */
export function isActorAction(action: Action): action is (UeAction | ServerAction) & { readonly at: Place } {
  return 'actor' in action;
}
