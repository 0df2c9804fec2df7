import { headerKey, tagOf, to, values } from '@ims-sim/sip';
import { type Observed, ofItsCall } from './observed.js';
import type { RecordedEntry } from './recorded.js';
import { contentOf } from './said-of-calls.js';
import { isSameTransaction, type SipSeen } from './select.js';

/** What a UE answers by itself. */
const BY_ITSELF = 200;
const REQUEST_TERMINATED = 487;
const OF_SESSIONS = new Set(['ACK', 'PRACK', 'CANCEL', 'BYE', 'UPDATE', 'INVITE']);
/** What a refusal says of why, which no UE writes by itself (RFC 6665 8.2.2, RFC 3261 20). */
const OF_REFUSALS = ['Allow-Events', 'Retry-After', 'Min-Expires', 'Warning'];
/** What a server answers with 200 where nobody has told it otherwise. */
const OF_SERVERS = new Set(['NOTIFY', 'OPTIONS', 'MESSAGE']);

/** The action that a response of an actor is: a callee's; what every actor answers by itself is none. */
export function responseAction(seen: SipSeen, observed: Observed): RecordedEntry | undefined {
  const { record, message, cseq } = seen;
  if (message.kind === 'request' || message.status === 100) {
    return undefined;
  }
  const { status } = message;
  const actor = record.from;
  if (cseq.method !== 'INVITE') {
    return otherThanInvite(seen, status, observed);
  }
  if (status === REQUEST_TERMINATED && isCancelled(seen, observed)) {
    return undefined; // a UE says it by itself (RFC 3261 9.2)
  }
  if (isWithinDialog(seen, observed)) {
    // What is a success a UE says by itself.
    return status < 300 ? undefined : { sentence: `${actor} answers INVITE with ${status}`, options: {} };
  }
  const { files } = observed;
  if (status < 200) {
    const reliably = values(message, 'require').join(',').includes('100rel') ? ' reliably' : '';
    const options = message.body === '' ? {} : contentOf(message, files.of(message));
    return { sentence: `${actor} rings${status === 180 ? '' : ` with ${status}`}${reliably}`, options };
  }
  return status < 300
    ? { sentence: `${actor} answers${files.with(message)}`, options: {} }
    : { sentence: `${actor} rejects with ${status}`, options: {} };
}

/** What it does with every request of that method (`on`), or, of a subscription that a server then tells of, this once. */
function otherThanInvite(seen: SipSeen, status: number, observed: Observed): RecordedEntry | undefined {
  const { record, cseq } = seen;
  const actor = observed.actors.get(record.from);
  if (actor === undefined || OF_SESSIONS.has(cseq.method)) {
    return undefined;
  }
  const isServer = actor.host !== undefined;
  if (isServer && cseq.method === 'SUBSCRIBE' && status < 300) {
    return isFirstOfCall(seen, observed)
      ? { sentence: `${record.from} answers SUBSCRIBE with ${status}`, options: {} }
      : undefined; // a refresh in a dialog of its own
  }
  if (status !== BY_ITSELF || (isServer && !OF_SERVERS.has(cseq.method))) {
    const said = OF_REFUSALS.flatMap((name) => {
      const value = values(seen.message, headerKey(name)).join(', ');
      return value === '' ? [] : [[name, value] as const];
    });
    actor.on.set(cseq.method, said.length === 0 ? status : { status, headers: Object.fromEntries(said) });
  }
  return undefined;
}

function isFirstOfCall(seen: SipSeen, observed: Observed): boolean {
  return !ofItsCall(observed, seen).some(
    ({ record, message }) =>
      message.kind === 'response' && record.from === seen.record.from && record.id < seen.record.id,
  );
}

/** Whether it answers a re-INVITE: its request had the tag of who answers (RFC 3261 14.2). */
function isWithinDialog(seen: SipSeen, observed: Observed): boolean {
  const request = ofItsCall(observed, seen).findLast(
    (other) =>
      isSameTransaction(other, seen) &&
      other.message.kind === 'request' &&
      other.record.to === seen.record.from &&
      other.record.id < seen.record.id,
  );
  return request !== undefined && tagOf(to(request.message)) !== undefined;
}

function isCancelled(seen: SipSeen, observed: Observed): boolean {
  return ofItsCall(observed, seen).some(
    ({ record, message }) =>
      message.kind === 'request' &&
      message.method === 'CANCEL' &&
      record.to === seen.record.from &&
      record.id < seen.record.id,
  );
}
