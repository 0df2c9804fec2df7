import { token } from '@ims-sim/host';
import {
  header,
  isRackOf,
  reliabilityOf,
  repeat,
  uasDialog,
  valueOf,
  type Header,
  type Repetition,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
} from '@ims-sim/sip';
import { answerTo, ALLOW } from '../compose.js';
import type { MessageExtras } from '../party.js';
import { CallLeg, type LegContext } from './call-leg.js';

export interface RingOptions extends MessageExtras {
  /** 101 to 199. */
  readonly status: number;
  /** With Require: 100rel and RSeq, sent again until the PRACK comes (RFC 3262 3). */
  readonly reliable?: boolean | undefined;
}

/** `over`: the INVITE has its final response, or the caller has cancelled it. */
export type RingOutcome = 'sent' | 'not-supported' | 'unacknowledged' | 'no-contact' | 'over';

/** A call that comes in (RFC 3261 13.3, 9.2; RFC 3262 3). */
export class IncomingCall {
  readonly role = 'callee';
  readonly callId: string;
  /** What came; the ACK and the rest are its leg's. */
  readonly request: SipRequest;
  /** Once it was answered with more than 100. */
  leg: CallLeg | undefined;
  /** The final status that it got; undefined: none yet, be it that one waits for a PRACK. */
  status: number | undefined;
  isCancelled = false;
  /** Whether it was answered at all, be it with 1xx. */
  isTouched = false;
  readonly #context: LegContext;
  readonly #transaction: ServerTransaction;
  readonly #tag: string;
  #rseq: number;
  /** Not yet acknowledged, be it that they are not sent again any more. */
  readonly #outstanding = new Set<number>();
  #pending: { readonly rseq: number; readonly says: boolean; readonly repetition: Repetition } | undefined;
  /** A 2xx that waits for the PRACK. */
  #held: { readonly status: number; readonly extras: MessageExtras } | undefined;

  constructor(context: LegContext, transaction: ServerTransaction) {
    const { random } = context.party.host;
    this.#context = context;
    this.#transaction = transaction;
    this.request = transaction.request;
    this.callId = valueOf(this.request.headers, 'call-id') ?? '';
    this.#tag = token(random, 11);
    this.#rseq = 1 + (random.uint32() % 0x7fff_0000); // RFC 3262 3: between 1 and 2^31 - 1, with room to go on
    transaction.onCancel = () => {
      if (this.status === undefined) {
        this.isCancelled = true;
        this.#final(487, {});
      }
    };
    transaction.onFailure = () => {
      this.leg?.end();
      context.changed();
    };
  }

  get isOver(): boolean {
    return (
      this.status !== undefined &&
      (this.status >= 300 || this.leg === undefined || this.leg.phase === 'ended')
    );
  }

  /** Whether its final response is chosen, be it that this waits for a PRACK. */
  get isDecided(): boolean {
    return this.status !== undefined || this.#held !== undefined;
  }

  /** Whether a reliable response waits for its PRACK. */
  get isUnacknowledged(): boolean {
    return this.#pending !== undefined;
  }

  /** A provisional response. One that is reliable is over with its PRACK (`isUnacknowledged`); without any, the call with 504. */
  ring({ status, reliable = false, ...extras }: RingOptions): RingOutcome {
    if (this.isDecided) {
      return 'over';
    }
    if (reliable && this.#pending !== undefined) {
      return 'unacknowledged'; // RFC 3262 3: the first one must be acknowledged before the next
    }
    if (reliable && reliabilityOf(this.request) === 'none') {
      return 'not-supported';
    }
    const rseq = reliable ? this.#rseq++ : undefined;
    const rest: Header[] =
      rseq === undefined ? [] : [header('Require', '100rel'), header('RSeq', String(rseq))];
    const response = this.#answer(status, extras, [ALLOW, ...rest]);
    if (!this.#makeLeg(response)) {
      return 'no-contact';
    }
    this.#remember(extras);
    if (rseq !== undefined) {
      this.#repeat(rseq, response);
    }
    return 'sent';
  }

  /**
   * A final response. A 2xx waits for the PRACK of a session description that was given reliably; it is sent again until the ACK comes,
   * and ended by a BYE where none does. False: there was one already.
   */
  answer(status: number, extras: MessageExtras = {}): boolean {
    if (this.isDecided) {
      return false;
    }
    if (status < 300 && this.#pending?.says === true) {
      this.#held = { status, extras }; // RFC 3262 3: no 2xx before that PRACK
      return true;
    }
    this.#final(status, extras);
    return true;
  }

  /** The PRACK of what was sent last: true where it is that (RFC 3262 3), so that a 2xx may be given (`proceed`). */
  acknowledgedBy(prack: SipRequest): boolean {
    const rseq = [...this.#outstanding].find((one) => isRackOf(prack, this.request, one));
    if (rseq === undefined) {
      return false;
    }
    this.#outstanding.delete(rseq);
    if (this.#pending?.rseq === rseq) {
      this.#pending.repetition.stop();
      this.#pending = undefined;
    }
    this.#context.changed();
    return true;
  }

  /** The PRACK is answered: a 2xx that has waited for it goes out behind that. */
  proceed(): void {
    if (this.#held !== undefined && this.#pending === undefined) {
      this.#final(this.#held.status, this.#held.extras);
    }
  }

  /** RFC 3261 15.1.2: a BYE before the answer has come. */
  byed(): void {
    if (this.status === undefined) {
      this.#final(487, {});
    }
  }

  /** Nothing more is sent by itself. */
  close(): void {
    this.#pending?.repetition.stop();
    this.leg?.end();
  }

  #repeat(rseq: number, response: SipResponse): void {
    const { host, timers } = this.#context.party;
    // RFC 3262 3: T1, doubled each time, without the bound of T2; after 64*T1 the INVITE is refused with a 5xx.
    const repetition = repeat(
      host.clock,
      { firstMs: timers.t1Ms, maxMs: Infinity, endMs: timers.longMs },
      () => this.#transaction.respond(response),
      () => {
        if (this.status === undefined) {
          this.#final(504, {});
        }
      },
    );
    this.#pending = { rseq, says: response.body !== '', repetition };
    this.#outstanding.add(rseq);
  }

  #final(status: number, extras: MessageExtras): void {
    this.status = status;
    this.#held = undefined;
    this.#pending?.repetition.stop();
    this.#pending = undefined;
    const isSuccess = status < 300;
    const response = this.#answer(status, extras, isSuccess ? [ALLOW] : []);
    if (!isSuccess) {
      this.leg?.end();
    } else if (this.#makeLeg(response) && this.leg !== undefined) {
      this.#remember(extras);
      this.leg.phase = 'confirmed';
      this.leg.awaitAck(this.#transaction, response);
    }
    this.#context.changed();
  }

  #answer(status: number, extras: MessageExtras, rest: readonly Header[]): SipResponse {
    this.isTouched = true;
    const response = answerTo(this.#context.party, this.request, {
      status,
      toTag: this.#tag,
      rest,
      ...extras,
    });
    this.#transaction.respond(response);
    return response;
  }

  #remember({ contentType, body }: MessageExtras): void {
    if (this.leg !== undefined && body !== undefined) {
      this.leg.content = { contentType, body };
    }
  }

  /** RFC 3261 12.2.1.2, 15: the caller does not answer; before the 2xx the callee has no BYE, but a refusal. */
  #lost(): void {
    if (this.status === undefined) {
      this.#final(480, {});
    } else {
      void this.leg?.request('BYE');
    }
  }

  #makeLeg(response: SipResponse): boolean {
    if (this.leg === undefined) {
      const dialog = uasDialog(this.request, response);
      this.leg = dialog && new CallLeg(this.#context, dialog, () => this.#lost());
    }
    return this.leg !== undefined;
  }
}
