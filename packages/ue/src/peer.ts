import { header, tagOf, to, type ServerTransaction, type SipRequest, type SipResponse } from '@ims-sim/sip';
import type { LegContext } from './call/call-leg.js';
import { Calls } from './call/calls.js';
import type { IncomingCall } from './call/incoming-call.js';
import type { InviteOptions, OutgoingCall } from './call/outgoing-call.js';
import { ALLOW, answerTo, initialRequest, type AnswerParts, type InitialParts } from './compose.js';
import { Inbox } from './inbox.js';
import { Notifier } from './notifier.js';
import type { ExtraHeaders, Party } from './party.js';
import type { Outcome } from './ue.js';
import { Watch } from './watch.js';

/** What is done with requests of a method by itself. */
export type PeerReaction =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: ExtraHeaders }
  | { readonly kind: 'silent' };

export interface PeerOptions {
  reaction?(method: string): PeerReaction | undefined;
  /**
   * How many requests of that method (`re-INVITE`: within a dialog) somebody means to answer by `takeHeld`, an INVITE by its call: they are
   * kept for that.
   */
  claimed?(method: string): number;
  /** A NOTIFY of a subscription of its own: true where it was answered. */
  serveNotify?(transaction: ServerTransaction): boolean;
}

/** What a UE and a server do alike: calls, requests out of dialogs, subscriptions that they serve, and what they receive. */
export class Peer {
  readonly party: Party;
  readonly inbox = new Inbox();
  readonly watch: Watch;
  readonly calls: Calls;
  readonly notifier: Notifier;
  readonly #options: PeerOptions;

  constructor(party: Party, options: PeerOptions = {}) {
    const changed = () => {
      this.watch.changed();
    };
    const context: LegContext = {
      party,
      changed,
      responded: (response) => {
        this.inbox.add(response);
        changed();
      },
    };
    this.party = party;
    this.#options = options;
    this.watch = new Watch(party.host.clock);
    this.calls = new Calls(context);
    this.notifier = new Notifier(party, changed);
  }

  /** RFC 3261 13.2. */
  invite(options: InviteOptions): OutgoingCall {
    return this.calls.invite(options);
  }

  /** A request out of a dialog and its final response. */
  request(parts: InitialParts): Promise<Outcome> {
    const request = initialRequest(this.party, parts);
    return new Promise((resolve) => {
      this.party.send(request, {
        onResponse: (response) => {
          if (response.status >= 200) {
            resolve({ kind: 'response', response });
          } else {
            this.responded(response);
          }
        },
        onFailure: (failure) => {
          resolve({ kind: 'failure', failure });
        },
      });
    });
  }

  /** A response that no action waits for by itself. */
  responded(response: SipResponse): void {
    this.inbox.add(response);
    this.watch.changed();
  }

  /** The INVITE that came last and has no final response, and none that waits. */
  get ringingCall(): IncomingCall | undefined {
    return this.calls.last((call): call is IncomingCall => call.role === 'callee' && !call.isDecided);
  }

  /** A new request (`StackOptions.onRequest`). */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    this.inbox.add(request);
    if (request.method === 'ACK') {
      this.calls.acknowledged(request);
    } else if (request.method === 'INVITE' && tagOf(to(request)) === undefined) {
      this.#invited(transaction);
    } else if (!this.#isClaimed(request.method) || !this.inbox.hold(transaction)) {
      this.#react(transaction);
    }
    this.watch.changed();
  }

  /** Answers a request that was held (`inbox.takeHeld`), in its dialog where it is of one. */
  answer(transaction: ServerTransaction, parts: AnswerParts): void {
    this.#serve(transaction, parts);
    this.watch.changed();
  }

  /** Cancels what rings elsewhere; nothing more is sent then, and nobody waits any longer. */
  close(): void {
    this.watch.close();
    this.calls.close();
    this.notifier.close();
    this.inbox.close();
  }

  #isClaimed(method: string): boolean {
    const what = method === 'INVITE' ? 're-INVITE' : method;
    return (this.#options.claimed?.(what) ?? 0) > this.inbox.heldOf(method);
  }

  #invited(transaction: ServerTransaction): void {
    const call = this.calls.incoming(transaction);
    if (call === undefined || (this.#options.claimed?.('INVITE') ?? 0) > 0) {
      return;
    }
    const reaction = this.#options.reaction?.('INVITE');
    if (reaction === undefined) {
      call.ring({ status: 180 });
    } else if (reaction.kind === 'answer') {
      const { status, headers: extra } = reaction;
      if (status < 200) {
        call.ring({ status, extra });
      } else {
        call.answer(status, { extra });
      }
    }
  }

  #react(transaction: ServerTransaction): void {
    const reaction = this.#options.reaction?.(transaction.request.method);
    if (reaction === undefined) {
      this.#serve(transaction, undefined);
    } else if (reaction.kind === 'answer') {
      this.#serve(transaction, { status: reaction.status, extra: reaction.headers });
    }
  }

  /** As told, or as the method wants it. */
  #serve(transaction: ServerTransaction, told: AnswerParts | undefined): void {
    const { request } = transaction;
    const found = this.calls.find(request);
    if (found !== undefined) {
      this.calls.serve(found, transaction, told);
      return;
    }
    if (request.method === 'SUBSCRIBE') {
      this.#subscribed(transaction, told);
      return;
    }
    if (
      request.method === 'NOTIFY' &&
      told === undefined &&
      this.#options.serveNotify?.(transaction) === true
    ) {
      return;
    }
    this.#respond(transaction, told ?? byDefault(request));
  }

  #subscribed(transaction: ServerTransaction, told: AnswerParts | undefined): void {
    const { request } = transaction;
    const served = this.notifier.find(request);
    if (served !== undefined) {
      this.notifier.refresh(served, transaction, told);
    } else if (tagOf(to(request)) === undefined && told !== undefined) {
      this.notifier.answer(transaction, told);
    } else {
      this.#respond(transaction, told ?? byDefault(request));
    }
  }

  #respond(transaction: ServerTransaction, parts: AnswerParts): void {
    transaction.respond(answerTo(this.party, transaction.request, parts));
  }
}

/** RFC 3261 12.2.2: a dialog that is none gets 481; 11.2, RFC 3428 7; and 405 with Allow for what it does not do (8.2.1). */
function byDefault(request: SipRequest): AnswerParts {
  const isInDialog = tagOf(to(request)) !== undefined;
  switch (request.method) {
    case 'OPTIONS':
      return isInDialog ? { status: 481 } : { status: 200, rest: [ALLOW, ACCEPT] };
    case 'MESSAGE':
      return { status: isInDialog ? 481 : 200 };
    case 'NOTIFY':
      return { status: 481, reason: 'Subscription does not exist' };
    case 'BYE':
    case 'PRACK':
    case 'UPDATE':
    case 'CANCEL':
    case 'INVITE':
      return { status: 481 };
    default:
      return isInDialog && request.method === 'SUBSCRIBE' ? { status: 481 } : { status: 405, rest: [ALLOW] };
  }
}

const ACCEPT = header('Accept', 'application/sdp');
