import {
  callId,
  cseq,
  header,
  inDialogRequest,
  isOfDialog,
  receive,
  receiveResponse,
  repeat,
  toUtf8,
  type Dialog,
  type Header,
  type Repetition,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { credentialsOf, withCSeqOf } from '../challenges.js';
import { answerTo, contentHeaders, type AnswerParts } from '../compose.js';
import { withExtra } from '../extra-headers.js';
import type { Content, MessageExtras, Party } from '../party.js';
import type { Outcome } from '../ue.js';

export interface LegContext {
  readonly party: Party;
  /** Something about it has changed. */
  changed(): void;
  /** A response has come to a request that it sent. */
  responded(response: SipResponse): void;
}

/** 2xx to INVITEs of one dialog that wait for their ACK, at most. */
const MAX_UNACKNOWLEDGED = 16;

/** One dialog of a call at one of its ends, early or confirmed (RFC 3261 12 to 15, RFC 3311). */
export class CallLeg {
  dialog: Dialog;
  phase: 'early' | 'confirmed' | 'ended' = 'early';
  /** What it says of its media when it is asked and nothing else is given. */
  content: Content = {};
  /** Whether the last 2xx that it gave to an INVITE was acknowledged. */
  wasAcknowledged = false;
  readonly #context: LegContext;
  /** By CSeq number: what is sent again until the ACK comes. */
  readonly #unacknowledged = new Map<number, Repetition>();
  #isInviting = false;
  readonly #lost: (() => void) | undefined;
  /** Since when it is ended by a BYE of its own. */
  #byeSentMs: number | undefined;

  /** `lost`: the other side does not answer; a BYE if not given. */
  constructor(context: LegContext, dialog: Dialog, lost?: () => void) {
    this.#context = context;
    this.dialog = dialog;
    this.#lost = lost;
  }

  get callId(): string {
    return this.dialog.callId;
  }

  isOf(request: SipRequest): boolean {
    return callId(request) === this.dialog.callId && isOfDialog(this.dialog, request);
  }

  /** Whether a 2xx that it gave is not yet acknowledged. */
  get isUnacknowledged(): boolean {
    return this.#unacknowledged.size > 0;
  }

  /** RFC 5407 3.2.1, 3.2.2: for 64*T1 after its own BYE one of the other side that crosses it gets 200. */
  get isMortal(): boolean {
    const { host, timers } = this.#context.party;
    return this.#byeSentMs !== undefined && host.clock.now() - this.#byeSentMs < timers.longMs;
  }

  /** A request within the dialog; of a 2xx to a target refresh the Contact is its new target. */
  request(method: string, extras: MessageExtras = {}, rest: readonly Header[] = []): Promise<Outcome> {
    if (this.phase === 'ended') {
      return Promise.resolve({ kind: 'failure', failure: 'no-dialog' });
    }
    let request = this.#compose(method, extras, rest);
    if (method === 'BYE') {
      this.#byeSentMs = this.#context.party.host.clock.now();
      this.end(); // RFC 3261 15.1.1: it ends when the BYE is sent
    }
    const isInvite = method === 'INVITE';
    this.#isInviting ||= isInvite;
    return new Promise((resolve) => {
      let isOver = false;
      const done = (outcome: Outcome) => {
        isOver = true;
        this.#isInviting &&= !isInvite;
        resolve(outcome);
        this.#context.changed();
      };
      this.#context.party.send(request, {
        onResponse: (response) => {
          if (response.status < 200) {
            this.#context.responded(response);
            return;
          }
          if (isOver) {
            // a 2xx that came again: only to be acknowledged again, the dialog may be further by now
            if (isInvite && response.status < 300) {
              this.acknowledge2xx(request);
            }
            return;
          }
          this.dialog = receiveResponse(this.dialog, response);
          if (isInvite && response.status < 300) {
            this.acknowledge2xx(request);
          }
          if (response.status === 481) {
            this.end(); // RFC 3261 12.2.1.2; Deviation: no BYE, nobody is there who knows the dialog (RFC 5057 5.1)
          } else if (response.status === 408) {
            this.#lose();
          }
          done({ kind: 'response', response });
        },
        onResent: (again) => {
          request = again;
          this.dialog = withCSeqOf(this.dialog, again);
        },
        onFailure: (failure) => {
          if (failure === 'timeout') {
            this.#lose();
          }
          done({ kind: 'failure', failure });
        },
      });
    });
  }

  /** RFC 3261 13.2.2.4: the ACK of a 2xx has its INVITE's CSeq number, and goes out again for each 2xx that comes again. */
  acknowledge2xx(invite: SipRequest): void {
    const { request } = inDialogRequest(this.dialog, 'ACK', {
      cseq: cseq(invite)?.number ?? 0,
      headers: credentialsOf(invite),
    });
    this.#context.party.acknowledge(request);
  }

  /** RFC 3261 12.2.2; undefined where the request is in its place, else it is answered already. */
  admit(transaction: ServerTransaction): 'refused' | undefined {
    const { request } = transaction;
    const received = receive(this.dialog, request);
    if (received.kind === 'reply') {
      this.#answer(transaction, { status: received.status, reason: received.reason });
      return 'refused';
    }
    if (request.method === 'INVITE' && (this.#isInviting || this.isUnacknowledged)) {
      // RFC 3261 14.2: 491 while an own one is under way, 500 with Retry-After while its answer is not acknowledged.
      const parts = this.#isInviting ? { status: 491 } : { status: 500, rest: [header('Retry-After', '1')] };
      this.#answer(transaction, parts);
      return 'refused';
    }
    this.dialog = received.dialog;
    return undefined;
  }

  /** Answers a request within the dialog; a 2xx to an INVITE is sent again until its ACK comes. */
  respond(transaction: ServerTransaction, parts: AnswerParts): void {
    const { request } = transaction;
    const isSuccess = parts.status >= 200 && parts.status < 300;
    // An offer gets what was said last, unless there is something to say (RFC 3264 8: the same description once more).
    const says = parts.body !== undefined || request.body === '' || !OFFERED_IN.has(request.method);
    const response = this.#answer(transaction, isSuccess && !says ? { ...this.content, ...parts } : parts);
    if (isSuccess && request.method === 'BYE') {
      this.end();
    } else if (isSuccess && request.method === 'INVITE') {
      this.awaitAck(transaction, response);
    }
    this.#context.changed();
  }

  /** RFC 3261 13.3.1.4: from T1 on, T2 apart at most; no ACK within 64*T1, and the dialog is ended by a BYE. */
  awaitAck(transaction: ServerTransaction, response: SipResponse): void {
    if (this.#unacknowledged.size >= MAX_UNACKNOWLEDGED) {
      return;
    }
    this.wasAcknowledged = false;
    const number = cseq(transaction.request)?.number ?? 0;
    const { host, timers } = this.#context.party;
    const repetition = repeat(
      host.clock,
      { firstMs: timers.t1Ms, maxMs: timers.t2Ms, endMs: timers.longMs },
      () => {
        transaction.respond(response);
      },
      () => {
        this.#unacknowledged.delete(number);
        void this.request('BYE');
      },
    );
    this.#unacknowledged.set(number, repetition);
  }

  /** An ACK of this dialog has come. */
  acknowledged(ack: SipRequest): void {
    const number = cseq(ack)?.number ?? 0;
    this.#unacknowledged.get(number)?.stop();
    if (this.#unacknowledged.delete(number)) {
      this.wasAcknowledged = true;
      this.#context.changed();
    }
  }

  end(): void {
    this.phase = 'ended';
    for (const repetition of this.#unacknowledged.values()) {
      repetition.stop();
    }
    this.#unacknowledged.clear();
    this.#context.changed();
  }

  /** RFC 3261 12.2.1.2: no answer, or 408, ends the dialog, by a BYE. */
  #lose(): void {
    if (this.phase === 'ended') {
      return;
    }
    if (this.#lost === undefined) {
      void this.request('BYE');
    } else {
      this.#lost();
    }
  }

  #answer(transaction: ServerTransaction, parts: AnswerParts): SipResponse {
    const response = answerTo(this.#context.party, transaction.request, parts);
    transaction.respond(response);
    return response;
  }

  #compose(method: string, extras: MessageExtras, rest: readonly Header[]): SipRequest {
    const { party } = this.#context;
    const headers = [
      ...party.within(),
      ...rest,
      ...(REFRESHES.has(method) ? [header('Contact', `<${party.contact()}>`)] : []),
      ...contentHeaders(extras),
    ];
    const body = toUtf8(extras.body ?? '');
    const { request, dialog } = inDialogRequest(this.dialog, method, { headers, body });
    this.dialog = dialog;
    return withExtra(request, extras.extra);
  }
}

const REFRESHES: ReadonlySet<string> = new Set(['INVITE', 'UPDATE']);
const OFFERED_IN: ReadonlySet<string> = new Set(['INVITE', 'UPDATE']);
