import type { Maybe } from '../maybe.js';
import type { Header } from '../message/header.js';
import type { NameAddr } from '../message/fields.js';
import type { SipRequest, SipResponse } from '../message/message.js';
import type { Source, Target } from '../transport/types.js';
import type { ServerTransaction } from '../stack.js';

/** A request as a procedure sees it: valid (RFC 3261 16.3), its own Routes taken off (16.4). */
export interface Incoming {
  readonly request: SipRequest;
  readonly source: Source;
  /** The element's own Route entries that were on top, in order: one, or two where transports change; or none. */
  readonly ownRoutes: readonly NameAddr[];
  /** Has a tag in To: sent within a dialog. */
  readonly inDialog: boolean;
  readonly transaction: ServerTransaction;
}

/** What an element does with a request; a procedure of TS 24.229 returns it and the proxy core does it. */
export type Decision = Reply | Forward | Fork | Taken;

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly reason: string;
  /** Beside those that every response has (Via, From, To with a tag, Call-ID, CSeq, Content-Length). */
  readonly headers?: readonly Header[] | undefined;
  /** One character a byte (latin1); its Content-Type is among `headers`. */
  readonly body?: string | undefined;
  readonly because?: Because | undefined;
}

export interface Forward {
  readonly kind: 'forward';
  /**
   * As it is to leave, but for what the proxy core does: Max-Forwards less one, Via, Record-Route, a strict router's
   * swap (RFC 3261 16.6).
   */
  readonly request: SipRequest;
  /** The URI to record, without angle brackets, e.g. `sip:scscf1.home1.net;lr`; undefined: stay out of the dialog. */
  readonly recordRoute?: string | undefined;
  readonly sentBy?: string | undefined;
  /** Where to, against Route and Request-URI. */
  readonly targets?: readonly Target[] | undefined;
  /** As in `SendOptions`. */
  readonly bySize?: false | undefined;
  /** What the element changes in each response on its way back (and learns from it); 100 never gets here. */
  readonly onResponse?: ((response: SipResponse) => SipResponse) | undefined;
  /**
   * Asked once where nothing good came: no answer in time, no transport, or a final response of 300 and above (also a
   * 408 by Timer C). A decision takes the failure's place (next AS, other S-CSCF); undefined lets it go back.
   */
  readonly onFailure?: ((failure: ForwardFailure) => Maybe<Decision | undefined>) | undefined;
  /** How long to wait for a final response to this request before `onFailure` is asked, where shorter than Timer F. */
  readonly timeoutMs?: number | undefined;
  /**
   * The same for any response, a 100 included, where it went by UDP: who is slow says so (RFC 4320 4.1), who is gone does not. By TCP
   * the connection tells.
   */
  readonly silenceMs?: number | undefined;
  /** `silenceMs` holds by TCP, too: an application asked for it. */
  readonly silenceByTcp?: true | undefined;
  /** Of the first decision for a request. */
  readonly observer?: ProxyObserver | undefined;
  readonly because?: Because | undefined;
}

/** Who wants to know what becomes of a request that is passed on, without a say in it. */
export interface ProxyObserver {
  /** Each final response of a next hop, without this element's Via; further 2xx of one branch are not told. */
  onFinal(response: SipResponse, from: Target | undefined): void;
  /** Once: nothing more comes of it but further 2xx. */
  onEnd(): void;
}

/**
 * RFC 3261 16.6, 16.7: a request with several targets. The groups are tried one after the other, the next once no 2xx or 6xx came
 * of the last (RFC 3261 16.7 step 5: by q value); the branches of a group at once. What is best of all goes back.
 */
export interface Fork {
  readonly kind: 'fork';
  readonly groups: readonly (readonly ForkBranch[])[];
  /** Asked once, when all groups have failed; as `Forward.onFailure`. */
  readonly onFailure?: Forward['onFailure'];
  readonly observer?: ProxyObserver | undefined;
  readonly because?: Because | undefined;
}

/** Its `onFailure` may put a forward in the branch's place, and no fork. */
export type ForkBranch = Omit<Forward, 'kind' | 'observer' | 'because'>;

/** The procedure has answered, or will, by `incoming.transaction` itself. */
export interface Taken {
  readonly kind: 'taken';
  readonly because?: Because | undefined;
}

export type ForwardFailure =
  /** `rang`: a provisional response other than 100 came, so somebody is there. */
  | { readonly kind: 'timeout'; readonly rang?: true }
  | { readonly kind: 'transport' }
  | { readonly kind: 'response'; readonly response: SipResponse };

/** Why: for the trace, one entry a decision taken on the way. */
export type Because = readonly { readonly clause: string; readonly text: string }[];

export type Decide = (incoming: Incoming) => Maybe<Decision>;
