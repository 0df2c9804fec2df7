import {
  cseq,
  header,
  rseqOf,
  tagOf,
  to,
  uacDialog,
  valueOf,
  type Header,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { ALLOW, initialRequest } from '../compose.js';
import type { MessageExtras, Sending } from '../party.js';
import type { Outcome } from '../ue.js';
import { CallLeg, type LegContext } from './call-leg.js';

export interface InviteOptions extends MessageExtras {
  readonly uri: string;
  /** Supported: 100rel (RFC 3262). */
  readonly reliable?: boolean | undefined;
}

/** Early dialogs that one INVITE may fork into, at most. */
const MAX_LEGS = 32;

/** A call that this party makes (RFC 3261 13.2, 9.1; RFC 3262 4), with all dialogs that its INVITE forks into. */
export class OutgoingCall {
  readonly role = 'caller';
  readonly callId: string;
  /** By To tag. */
  readonly legs = new Map<string, CallLeg>();
  /** The one that is spoken in: of the last provisional response, then of the first 2xx. */
  leg: CallLeg | undefined;
  /** How the INVITE ended. */
  outcome: Outcome | undefined;
  /** The provisional responses so far, 100 left out, each once. */
  readonly provisional: SipResponse[] = [];
  /** PRACKs that wait for their response. */
  openPracks = 0;
  /** How PRACKs went wrong. */
  readonly failedPracks: Outcome[] = [];
  readonly #context: LegContext;
  readonly #content: MessageExtras;
  #request: SipRequest;
  readonly #sending: Sending;
  /** The last RSeq of each early dialog. */
  readonly #rseqs = new Map<string, number>();
  #isCancelled = false;

  constructor(context: LegContext, { uri, reliable = false, ...extras }: InviteOptions) {
    const { party } = context;
    this.#context = context;
    this.#request = initialRequest(party, {
      method: 'INVITE',
      uri,
      ...extras,
      rest: [
        header('Contact', `<${party.contact()}>`),
        ALLOW,
        ...(reliable ? [header('Supported', '100rel')] : []),
      ],
    });
    this.callId = valueOf(this.#request.headers, 'call-id') ?? '';
    this.#content = extras;
    this.#sending = party.send(this.#request, {
      onResponse: (response) => {
        this.#responded(response);
      },
      onResent: (again) => {
        this.#request = again;
      },
      onFailure: (failure) => {
        this.#ended({ kind: 'failure', failure });
      },
    });
  }

  get isOver(): boolean {
    return this.outcome !== undefined && (this.leg === undefined || this.leg.phase === 'ended');
  }

  /**
   * RFC 3261 9.1: the CANCEL goes out once a provisional response has come, with `headers` beside those of its INVITE (Reason, RFC 3326). A 2xx
   * that crosses it is ended by a BYE.
   */
  cancel(headers: readonly Header[] = []): void {
    this.#isCancelled = true;
    this.#sending.cancel(headers);
  }

  #responded(response: SipResponse): void {
    const { status } = response;
    if (status >= 300) {
      this.#ended({ kind: 'response', response });
    } else if (status >= 200) {
      this.#accepted(response);
    } else if (status > 100) {
      this.#progress(response);
    }
  }

  #progress(response: SipResponse): void {
    const leg = this.#legOf(response);
    const rseq = rseqOf(response);
    if (leg !== undefined && rseq !== undefined && !this.#acknowledgeProvisional(leg, rseq)) {
      return;
    }
    this.leg = leg ?? this.leg;
    this.provisional.push(response);
    if (this.provisional.length > MAX_PROVISIONAL) {
      this.provisional.shift();
    }
    this.#context.responded(response);
    this.#context.changed();
  }

  /** RFC 3262 4: in order, each once; false where it came before, or before its turn, and is not to be looked at. */
  #acknowledgeProvisional(leg: CallLeg, rseq: number): boolean {
    const tag = leg.dialog.remoteTag;
    const last = this.#rseqs.get(tag);
    if (last !== undefined && rseq !== last + 1) {
      return false;
    }
    this.#rseqs.set(tag, rseq);
    const rack = header('RAck', `${rseq} ${cseq(this.#request)?.number ?? 0} INVITE`);
    this.openPracks++;
    void leg.request('PRACK', {}, [rack]).then((outcome) => {
      this.openPracks--;
      if (outcome.kind === 'failure' || outcome.response.status >= 300) {
        this.failedPracks.push(outcome);
      }
      this.#context.changed();
    });
    return true;
  }

  #accepted(response: SipResponse): void {
    const leg = this.#legOf(response);
    if (leg === undefined) {
      this.#ended({ kind: 'response', response }); // no Contact, no tag: there is nobody to send an ACK to
      return;
    }
    const isAgain = leg.phase !== 'early';
    if (!isAgain) {
      // RFC 3261 13.2.2.4: the route set is that of the 2xx.
      const confirmed = uacDialog(this.#request, response) ?? leg.dialog;
      leg.dialog = { ...leg.dialog, routeSet: confirmed.routeSet, remoteTarget: confirmed.remoteTarget };
      leg.phase = 'confirmed';
    }
    leg.acknowledge2xx(this.#request);
    if (isAgain) {
      // Of a dialog that this side has ended before (RFC 3261 15): the BYE has crossed it, and ends it there, too.
      this.#ended({ kind: 'response', response });
      return;
    }
    if (this.outcome?.kind === 'response' && this.outcome.response.status < 300) {
      void leg.request('BYE'); // another branch of a fork has answered first
      return;
    }
    this.leg = leg;
    this.#ended({ kind: 'response', response });
    if (this.#isCancelled) {
      void leg.request('BYE');
    }
  }

  #ended(outcome: Outcome): void {
    if (this.outcome !== undefined) {
      return;
    }
    this.outcome = outcome;
    if (outcome.kind === 'failure' || outcome.response.status >= 300) {
      for (const leg of this.legs.values()) {
        leg.end(); // RFC 3261 12.3; after a 2xx the other branches of a fork may still answer
      }
    }
    if (outcome.kind === 'response') {
      this.#context.responded(outcome.response);
    }
    this.#context.changed();
  }

  /** The dialog that a response is of: one for each To tag (RFC 3261 12.1.2). */
  #legOf(response: SipResponse): CallLeg | undefined {
    const tag = tagOf(to(response));
    if (tag === undefined) {
      return undefined;
    }
    const known = this.legs.get(tag);
    if (known !== undefined) {
      return known;
    }
    const dialog = this.legs.size < MAX_LEGS ? uacDialog(this.#request, response) : undefined;
    if (dialog === undefined) {
      return undefined;
    }
    const leg = new CallLeg(this.#context, dialog);
    leg.content = this.#content;
    this.legs.set(tag, leg);
    return leg;
  }
}

const MAX_PROVISIONAL = 100;
