import {
  addresses,
  contactExpires,
  event,
  expires,
  fromUtf8,
  type Profile,
  type SipMessage,
  type SipRequest,
  tagOf,
  to,
  values,
} from '@ims-sim/sip';
import type { MessageRecord, TraceRecord } from '@ims-sim/trace';
import type { RecordedActor, RecordedEntry, RecordedPlay } from './recorded.js';
import { isSameTransaction, sipMessages, type SipSeen } from './select.js';
import { ownHeaders } from './own-headers.js';
import { pauseBetween } from './pause.js';
import { actorFrom } from './recorded-actor.js';
import { contentOf, isReliable } from './said-of-calls.js';

/** What a UE answers by itself. */
const BY_ITSELF = 200;
/** A test UE's first SUBSCRIBE has that number (table 6.1.1-1 of TR 24.841). */
const FIRST_CSEQ = 61;
const REQUEST_TERMINATED = 487;
const OF_SESSIONS = new Set(['ACK', 'PRACK', 'CANCEL', 'BYE', 'UPDATE', 'INVITE']);

/**
 * What the actors did, as sentences of a scenario file: what they began, how a callee answered, how long they waited. Registrations
 * and publications before anything else come before the flow (`firstId`: its first record). What cannot be said is a complaint.
 */
export function playFrom(
  records: readonly TraceRecord[],
  actorNames: readonly string[],
  profile: Profile,
): RecordedPlay {
  return new Play(sipMessages(records), actorNames, profile).result();
}

interface Done {
  readonly entry: RecordedEntry;
  readonly seen: SipSeen;
  readonly preparatory: boolean;
}

class Play {
  readonly #sip: readonly SipSeen[];
  readonly #actors: ReadonlyMap<string, RecordedActor>;
  readonly #done: Done[] = [];
  readonly #files = new Map<string, string>();
  readonly #complaints: string[] = [];
  readonly #names: ReadonlySet<string>;
  readonly #profile: Profile;

  constructor(sip: readonly SipSeen[], names: readonly string[], profile: Profile) {
    this.#sip = sip;
    this.#profile = profile;
    this.#names = new Set(names);
    this.#actors = new Map(names.map((name) => [name, actorFrom(name, sip)]));
  }

  result(): RecordedPlay {
    for (const seen of this.#sip.filter(({ record }) => this.#names.has(record.from))) {
      const entry = seen.message.kind === 'request' ? this.#began(seen, seen.message) : this.#answered(seen);
      if (entry !== undefined) {
        const { method } = seen.cseq;
        this.#done.push({ entry, seen, preparatory: method === 'REGISTER' || method === 'PUBLISH' });
      }
    }
    const begins = this.#done.findIndex(({ preparatory }) => !preparatory);
    const cut = begins < 0 ? 0 : begins;
    return {
      actors: [...this.#actors.values()],
      before: this.#done.slice(0, cut).map(({ entry }) => entry),
      play: this.#withPauses(cut),
      firstId: this.#done[cut]?.seen.record.id ?? 0,
      files: this.#files,
      complaints: this.#complaints,
    };
  }

  /** The action that a request of an actor is; none for what follows from an earlier one. */
  #began(seen: SipSeen, request: SipRequest): RecordedEntry | undefined {
    const actor = seen.record.from;
    const target = request.uri;
    const inDialog = tagOf(to(request)) !== undefined;
    switch (request.method) {
      case 'ACK':
      case 'PRACK':
        return undefined;
      case 'REGISTER':
        return this.#register(seen, request);
      case 'SUBSCRIBE':
        return this.#subscribe(seen, request, inDialog);
      case 'PUBLISH':
        return this.#publish(seen, request);
      case 'MESSAGE':
        return inDialog
          ? this.#cannot(seen, 'a MESSAGE within a dialog')
          : this.#entry(seen, `${actor} sends a message to ${target} with ${this.#file(seen)}`, {
              contentType: values(request, 'content-type')[0],
            });
      case 'OPTIONS':
        return this.#entry(seen, `${actor} asks ${target} for its options`);
      case 'INVITE':
        return inDialog
          ? this.#entry(seen, `${actor} re-invites${this.#withBody(seen)}`)
          : this.#entry(
              seen,
              `${actor} invites ${target}${isReliable(request) ? ' reliably' : ''}${this.#withBody(seen)}`,
              { contentType: values(request, 'content-type')[0] },
              false,
            );
      case 'CANCEL':
        return { sentence: `${actor} cancels`, options: {} };
      case 'UPDATE':
        return this.#entry(seen, `${actor} updates${this.#withBody(seen)}`);
      case 'BYE':
        return this.#entry(seen, `${actor} hangs up`);
      case 'NOTIFY':
        return this.#notify(seen, request);
      default:
        return this.#cannot(seen, request.method);
    }
  }

  /** The action that a response of an actor is: a callee's; what every UE answers by itself is none. */
  #answered({ record, message, cseq, callId }: SipSeen): RecordedEntry | undefined {
    if (message.kind === 'request' || message.status === 100) {
      return undefined;
    }
    const { status } = message;
    const actor = record.from;
    if (cseq.method !== 'INVITE') {
      if (status !== BY_ITSELF && !OF_SESSIONS.has(cseq.method)) {
        this.#actors.get(actor)?.on.set(cseq.method, status);
      }
      return undefined;
    }
    if (status === REQUEST_TERMINATED && this.#isCancelled(record, callId)) {
      return undefined; // a UE says it by itself (RFC 3261 9.2)
    }
    const body = message.body === '' ? '' : ` with ${this.#bodyFile(message, record.id)}`;
    if (status < 200) {
      const reliably = values(message, 'require').join(',').includes('100rel') ? ' reliably' : '';
      const options = message.body === '' ? {} : contentOf(message, this.#bodyFile(message, record.id));
      return { sentence: `${actor} rings${status === 180 ? '' : ` with ${status}`}${reliably}`, options };
    }
    return status < 300
      ? { sentence: `${actor} answers${body}`, options: {} }
      : { sentence: `${actor} rejects with ${status}`, options: {} };
  }

  #isCancelled({ from: actor, id }: MessageRecord, callId: string): boolean {
    return this.#sip.some(
      ({ record, message, callId: other }) =>
        message.kind === 'request' &&
        message.method === 'CANCEL' &&
        other === callId &&
        record.to === actor &&
        record.id < id,
    );
  }

  #register(seen: SipSeen, request: SipRequest): RecordedEntry | undefined {
    const earlier = this.#sip.filter(
      ({ callId, record, message }) =>
        callId === seen.callId &&
        record.id < seen.record.id &&
        message.kind === 'response' &&
        record.to === seen.record.from,
    );
    const last = earlier.at(-1)?.message;
    if (last?.kind === 'response' && (last.status === 401 || last.status === 407)) {
      return undefined; // the answer to a challenge
    }
    const [contact] = addresses(request, 'contact');
    const expiresS = contact === undefined ? expires(request) : contactExpires(contact, request);
    const actor = seen.record.from;
    if (values(request, 'contact')[0] === '*') {
      return this.#entry(seen, `${actor} deregisters all contacts`);
    }
    return expiresS === 0
      ? this.#entry(seen, `${actor} deregisters`)
      : this.#entry(seen, `${actor} registers${expiresS === undefined ? '' : `, ${expiresS} s`}`);
  }

  #subscribe(seen: SipSeen, request: SipRequest, inDialog: boolean): RecordedEntry {
    const actor = seen.record.from;
    const expiresS = expires(request);
    if (inDialog) {
      return expiresS === 0
        ? this.#entry(seen, `${actor} unsubscribes`)
        : this.#entry(seen, `${actor} refreshes, ${expiresS ?? 3600} s`);
    }
    const name = event(request)?.package ?? 'presence';
    if (name === 'reg') {
      return this.#entry(seen, `${actor} subscribes to its registration state`);
    }
    return this.#entry(seen, `${actor} subscribes to ${request.uri} for ${name}, ${expiresS ?? 3600} s`, {
      accept: values(request, 'accept').join(', ') || undefined,
      cseq: seen.cseq.number === FIRST_CSEQ ? undefined : seen.cseq.number,
    });
  }

  #publish(seen: SipSeen, request: SipRequest): RecordedEntry {
    const actor = seen.record.from;
    const expiresS = expires(request) ?? 3600;
    if (values(request, 'sip-if-match').length > 0) {
      return expiresS === 0
        ? this.#entry(seen, `${actor} unpublishes`)
        : this.#entry(seen, `${actor} refreshes, ${expiresS} s`);
    }
    const name = event(request)?.package ?? 'presence';
    return this.#entry(seen, `${actor} publishes ${name} from ${this.#file(seen)}, ${expiresS} s`, {
      contentType: values(request, 'content-type')[0],
    });
  }

  #notify(seen: SipSeen, request: SipRequest): RecordedEntry {
    const state = (values(request, 'subscription-state')[0] ?? 'active').split(/[;\s]/)[0] ?? 'active';
    return this.#entry(seen, `${seen.record.from} notifies ${state}${this.#withBody(seen)}`, {
      contentType: values(request, 'content-type')[0],
    });
  }

  /** With what the request has beyond what a test UE writes, and what came of it where that is not a success. */
  #entry(
    seen: SipSeen,
    sentence: string,
    options: Readonly<Record<string, string | number | undefined>> = {},
    waits = true,
  ): RecordedEntry {
    const status = this.#final(seen);
    const refused = waits && status !== undefined && status >= 300;
    const headers = ownHeaders(seen.message, this.#profile);
    const known = Object.entries(options).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    );
    return {
      sentence: `${sentence}${refused ? ` and gets ${status}` : ''}`,
      options: { ...Object.fromEntries(known), ...(Object.keys(headers).length > 0 && { headers }) },
    };
  }

  #final(seen: SipSeen): number | undefined {
    const answers = this.#sip.filter(
      (other) =>
        (seen.cseq.method === 'REGISTER' ? other.callId === seen.callId : isSameTransaction(other, seen)) &&
        other.record.to === seen.record.from &&
        other.record.id > seen.record.id &&
        other.message.kind === 'response' &&
        other.message.status >= 200,
    );
    const statuses = answers.flatMap(({ message }) => (message.kind === 'response' ? [message.status] : []));
    return seen.cseq.method === 'REGISTER' ? statuses.find((status) => status !== 401) : statuses[0];
  }

  #cannot({ record }: SipSeen, what: string): undefined {
    this.#complaints.push(`${record.from}: ${what} is no action of a scenario: left out`);
    return undefined;
  }

  #withBody({ message, record }: SipSeen): string {
    return message.body === '' ? '' : ` with ${this.#bodyFile(message, record.id)}`;
  }

  #file({ message, record }: SipSeen): string {
    return this.#bodyFile(message, record.id);
  }

  /** The same content is the same file. */
  #bodyFile(message: SipMessage, id: number): string {
    const content = fromUtf8(message.body);
    const known = [...this.#files].find(([, other]) => other === content)?.[0];
    const type = values(message, 'content-type')[0] ?? '';
    const ending = type.includes('sdp') ? 'sdp' : type.includes('xml') ? 'xml' : 'txt';
    const name = known ?? `body-${this.#files.size + 1}.${ending}`;
    if (known === undefined && id >= 0) {
      this.#files.set(name, content);
    }
    return name;
  }

  #withPauses(cut: number): RecordedEntry[] {
    const done = this.#done.slice(cut);
    const times = this.#sip.map(({ record }) => record.atUs);
    const entries = done.flatMap(({ entry, seen }, index) => {
      const earlier = done[index - 1];
      const pause = earlier && pauseBetween(times, earlier.seen.record.atUs, seen.record.atUs);
      return pause === undefined ? [entry] : [pause, entry];
    });
    // What elements begin by themselves long after the last action, such as an expiry.
    const [last, lastUs] = [done.at(-1), times.at(-1)];
    const pause =
      last && lastUs !== undefined ? pauseBetween(times, last.seen.record.atUs, lastUs) : undefined;
    return pause === undefined ? entries : [...entries, pause];
  }
}
