import {
  event,
  expires,
  header,
  inDialogRequest,
  isOfDialog,
  receive,
  toUtf8,
  uasDialog,
  valueOf,
  type Dialog,
  type ServerTransaction,
  type SipRequest,
} from '@ims-sim/sip';
import { answerTo, contentHeaders, type AnswerParts } from './compose.js';
import { withExtra } from './extra-headers.js';
import type { MessageExtras, Party } from './party.js';
import type { Outcome } from './ue.js';

/** A subscription that this party serves. */
export interface Served {
  readonly callId: string;
  dialog: Dialog;
  readonly event: string;
  /** Of the clock; what was granted last ends then. */
  endsMs: number;
  isTerminated: boolean;
}

export interface NotifyOptions extends MessageExtras {
  /** Of Subscription-State; `active` and `pending` get the seconds that are left where they say none. */
  readonly state: string;
}

const MAX_SERVED = 10_000;
/** RFC 3856 6.4, where a SUBSCRIBE says nothing. */
const DEFAULT_EXPIRES_S = 3600;

/** The notifier's side of RFC 6665 4.2: SUBSCRIBEs that were accepted, and the NOTIFYs in their dialogs. */
export class Notifier {
  readonly #party: Party;
  readonly #changed: () => void;
  readonly #served = new Set<Served>();

  constructor(party: Party, changed: () => void) {
    this.#party = party;
    this.#changed = changed;
  }

  /** Those that are not terminated, the newest first. */
  get open(): Served[] {
    return [...this.#served].filter(({ isTerminated }) => !isTerminated).reverse();
  }

  find(request: SipRequest): Served | undefined {
    return [...this.#served].find(({ dialog }) => isOfDialog(dialog, request));
  }

  /** Answers a SUBSCRIBE without a To tag; a 2xx makes the dialog, and has Expires unless told otherwise. */
  answer(transaction: ServerTransaction, parts: AnswerParts): void {
    const { request } = transaction;
    const response = this.#respond(transaction, parts);
    const dialog = parts.status < 300 ? uasDialog(request, response) : undefined;
    if (dialog === undefined) {
      return;
    }
    if (this.#served.size >= MAX_SERVED) {
      this.#served.delete([...this.#served][0] as Served);
    }
    this.#served.add({
      callId: dialog.callId,
      dialog,
      event: valueOf(request.headers, 'event') ?? event(request)?.package ?? 'presence',
      endsMs: this.#endOf(expires(response) ?? expires(request)),
      isTerminated: false,
    });
    this.#changed();
  }

  /** A SUBSCRIBE within a dialog of its own (RFC 6665 4.2.1.3): as told, or granted as asked. */
  refresh(served: Served, transaction: ServerTransaction, told: AnswerParts = { status: 200 }): void {
    const received = receive(served.dialog, transaction.request);
    if (received.kind === 'reply' || served.isTerminated) {
      const parts = received.kind === 'reply' ? received : { status: 481 };
      this.#respond(transaction, { status: parts.status });
      return;
    }
    served.dialog = received.dialog;
    const response = this.#respond(transaction, told);
    if (told.status < 300) {
      served.endsMs = this.#endOf(expires(response) ?? expires(transaction.request));
    }
    this.#changed();
  }

  /** RFC 6665 4.2.2. `terminated` ends the subscription. */
  notify(served: Served, { state, ...extras }: NotifyOptions): Promise<Outcome> {
    const party = this.#party;
    const leftS = Math.max(0, Math.round((served.endsMs - party.host.clock.now()) / 1000));
    const stateText = /^(active|pending)$/i.test(state) ? `${state};expires=${leftS}` : state;
    const { request, dialog } = inDialogRequest(served.dialog, 'NOTIFY', {
      headers: [
        ...party.within(),
        header('Event', served.event),
        header('Subscription-State', stateText),
        header('Contact', `<${party.contact()}>`),
        ...contentHeaders(extras),
      ],
      body: toUtf8(extras.body ?? ''),
    });
    served.dialog = dialog;
    served.isTerminated ||= /^terminated/i.test(state);
    return new Promise((resolve) => {
      party.send(withExtra(request, extras.extra), {
        onResponse: (response) => {
          if (response.status >= 200) {
            served.isTerminated ||= response.status === 481; // RFC 6665 4.2.2
            resolve({ kind: 'response', response });
          }
        },
        onFailure: (failure) => {
          resolve({ kind: 'failure', failure });
        },
      });
    });
  }

  close(): void {
    this.#served.clear();
  }

  #respond(transaction: ServerTransaction, parts: AnswerParts) {
    const { request } = transaction;
    const grantedS = expires(request) ?? DEFAULT_EXPIRES_S;
    const rest =
      parts.status < 300 ? [header('Expires', String(grantedS)), ...(parts.rest ?? [])] : parts.rest;
    const response = answerTo(this.#party, request, { ...parts, rest });
    transaction.respond(response);
    return response;
  }

  #endOf(expiresS = DEFAULT_EXPIRES_S): number {
    return this.#party.host.clock.now() + expiresS * 1000;
  }
}
