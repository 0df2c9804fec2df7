import { event, from, type SipMessage, to } from '@ims-sim/sip';
import type { DiameterExchange } from './diameter-steps.js';
import { toldBefore } from './network-acts.js';
import { isSameTransaction, type SipSeen } from './select.js';

/** A message of the flow, or a Diameter request, and its step. */
export interface Placed {
  readonly step: number;
  readonly seen: SipSeen;
}

interface PlacedPush {
  readonly step: number;
  readonly exchange: DiameterExchange;
}

/** TS 29.229 6.1.9, 6.1.11, TS 29.329 6.1.7: what an HSS begins. */
const PUSHES: ReadonlySet<string> = new Set(['RTR', 'PPR', 'PNR']);
/** What changes that of a user which an HSS tells of (TS 29.328 6.1.4). */
const CHANGES: ReadonlySet<string> = new Set(['SAR', 'RTR', 'PUR']);

/** Of a server that an actor is, nobody knows what it does by itself: it is taken for an element. */
export interface OrderOptions {
  /** Actors that do what the play says, one action after the other. */
  readonly ues: ReadonlySet<string>;
}

/**
 * Why the elements of a flow did what they did, as far as that can be told from outside: of two messages that a capture has one after
 * the other, often neither brought the other about, and another run has them the other way round.
 */
export class Causes {
  readonly #ues: ReadonlySet<string>;
  /** What each heard and began, in the order of time. */
  readonly #heard = new Map<string, Placed[]>();
  readonly #begun = new Map<string, Placed[]>();
  readonly #pushed = new Map<string, PlacedPush[]>();
  /** What HSSs were told, or told themselves. */
  readonly #changed = new Map<string, PlacedPush[]>();

  constructor({ ues }: OrderOptions) {
    this.#ues = ues;
  }

  /** `isBegun`: it is neither forwarded nor an answer. */
  add(placed: Placed, isBegun: boolean): void {
    const { from: sender, to: receiver } = placed.seen.record;
    append(this.#heard, receiver, placed);
    if (isBegun) {
      append(this.#begun, sender, placed);
    }
  }

  push(step: number, exchange: DiameterExchange): void {
    const { request, asked } = exchange;
    if (PUSHES.has(asked.command)) {
      append(this.#pushed, request.to, { step, exchange });
    }
    if (CHANGES.has(asked.command)) {
      append(this.#changed, asked.command === 'RTR' ? request.from : request.to, { step, exchange });
    }
  }

  /**
   * The step that a request comes after that begins at its sender; undefined where nothing seen brought it about. An ACK
   * or PRACK after the response; a UE's after what it began before, a REGISTER after the NOTIFY that had it register; an element's after the request of its call that it
   * has not reacted to, else after what else it has heard of the same user since, else after what it heard last of the call.
   */
  ofRequest(seen: SipSeen): number | undefined {
    const { from: sender } = seen.record;
    const heard = this.#heard.get(sender) ?? [];
    const ofCall = heard.filter((one) => one.seen.callId === seen.callId);
    if (seen.cseq.method === 'ACK' || seen.cseq.method === 'PRACK') {
      return ofCall.findLast((one) => isAcknowledged(one.seen, seen))?.step;
    }
    const begun = this.#begun.get(sender) ?? [];
    const since = begun.findLast((one) => one.seen.callId === seen.callId)?.step ?? 0;
    const asked = ofCall.findLast(
      ({ step, seen: { message } }) => step > since && message.kind === 'request',
    );
    const isUe = this.#ues.has(sender);
    if (asked !== undefined && !(isUe && asked.seen.cseq.method === 'NOTIFY')) {
      return asked.step; // what it does after a NOTIFY it does because the play says so
    }
    if (isUe) {
      return this.#toldBefore(seen) ?? this.#ownBefore(sender);
    }
    return this.#ofUser(seen, since) ?? ofCall.at(-1)?.step;
  }

  /**
   * The step that a Diameter exchange comes after: the request about its user that the asker heard last; of what an HSS tells an
   * application server, what it was told itself of that user.
   */
  ofExchange({ request, asked }: DiameterExchange): number | undefined {
    const user = asked.publicIdentity;
    if (asked.command === 'PNR') {
      return this.#changed
        .get(request.from)
        ?.findLast(({ exchange }) => exchange.asked.publicIdentity === user)?.step;
    }
    return this.#heard
      .get(request.from)
      ?.findLast(({ seen: { message } }) => message.kind === 'request' && usersOf(message).has(String(user)))
      ?.step;
  }

  /** TS 24.229 5.1.1.5A, 5.1.1.7: no action stands for that REGISTER, the test UE sends it when it is told. */
  #toldBefore(seen: SipSeen): number | undefined {
    const heard = this.#heard.get(seen.record.from) ?? [];
    const began = this.#begun.get(seen.record.from) ?? [];
    if (seen.cseq.method !== 'REGISTER') {
      return undefined;
    }
    const told = toldBefore(
      seen,
      [...heard, ...began].sort((a, b) => a.step - b.step).map((one) => one.seen),
    );
    return told && heard.find((one) => one.seen === told)?.step;
  }

  /** The last that a UE began, or the end of that: actions come one after the other. */
  #ownBefore(sender: string): number | undefined {
    const last = this.#begun.get(sender)?.at(-1);
    if (last === undefined) {
      return undefined;
    }
    const end = this.#heard
      .get(sender)
      ?.findLast(
        ({ seen }) =>
          isSameTransaction(seen, last.seen) &&
          seen.message.kind === 'response' &&
          seen.message.status >= 200,
      );
    return end?.step ?? last.step;
  }

  /** Of another call, after the step `since`: what an element registers or asks because of a registration comes after that. */
  #ofUser(seen: SipSeen, since: number): number | undefined {
    const { from: sender } = seen.record;
    const begun = this.#begun.get(sender) ?? [];
    const users = usersOf(seen.message);
    const ofRegistration = isOfRegistration(seen);
    const cause = this.#heard.get(sender)?.findLast(
      (one) =>
        one.step > since &&
        one.seen.callId !== seen.callId &&
        (!ofRegistration || one.seen.cseq.method === 'REGISTER') &&
        // the answer to what it began by itself is the end of that
        (one.seen.message.kind === 'request' ||
          !begun.some((its) => isSameTransaction(its.seen, one.seen))) &&
        shares(users, usersOf(one.seen.message)),
    );
    const push = this.#pushed
      .get(sender)
      ?.findLast(({ step, exchange: { asked } }) => step > since && users.has(String(asked.publicIdentity)));
    return cause === undefined || push === undefined
      ? (cause?.step ?? push?.step)
      : Math.max(cause.step, push.step);
  }
}

function append<T>(lists: Map<string, T[]>, name: string, one: T): void {
  const list = lists.get(name);
  if (list === undefined) {
    lists.set(name, [one]);
  } else {
    list.push(one);
  }
}

/** RFC 3261 13.2.2.4, RFC 3262 4. */
function isAcknowledged({ cseq, message }: SipSeen, by: SipSeen): boolean {
  if (message.kind !== 'response' || cseq.method !== 'INVITE') {
    return false;
  }
  return by.cseq.method === 'ACK'
    ? message.status >= 200 && cseq.number === by.cseq.number
    : message.status > 100 && message.status < 200;
}

/** TS 24.229 5.2.3, 5.4.1.7: the P-CSCF's subscription to the registration state, a third-party REGISTER. */
function isOfRegistration({ cseq, message }: SipSeen): boolean {
  return (
    cseq.method === 'REGISTER' ||
    (cseq.method === 'SUBSCRIBE' && message.kind === 'request' && event(message)?.package === 'reg')
  );
}

/** Whom a message is of or about. */
function usersOf(message: SipMessage): ReadonlySet<string> {
  const users = new Set<string>();
  for (const address of [from(message), to(message)]) {
    if (address !== undefined) {
      users.add(address.uriText);
    }
  }
  if (message.kind === 'request') {
    users.add(message.uri);
  }
  return users;
}

function shares(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const one of some) {
    if (others.has(one)) {
      return true;
    }
  }
  return false;
}
