import { addresses, contactExpires, event, expires, type SipRequest, tagOf, to, values } from '@ims-sim/sip';
import { registersByItself } from './network-acts.js';
import { type Observed, ofItsCall } from './observed.js';
import { ownHeaders } from './own-headers.js';
import type { RecordedEntry } from './recorded.js';
import { isReliable } from './said-of-calls.js';
import { isSameTransaction, type SipSeen } from './select.js';
import { waitsUntil } from './waits-until.js';

/** A test UE's first SUBSCRIBE has that number (table 6.1.1-1 of TR 24.841). */
const FIRST_CSEQ = 61;

/** The action that a request of an actor is; undefined for what follows from an earlier one by itself. */
export function requestAction(
  seen: SipSeen,
  request: SipRequest,
  observed: Observed,
): RecordedEntry | undefined {
  const actor = seen.record.from;
  const target = request.uri;
  const { files } = observed;
  const inDialog = tagOf(to(request)) !== undefined;
  const contentType = values(request, 'content-type')[0];
  switch (request.method) {
    case 'ACK':
    case 'PRACK':
      return undefined;
    case 'REGISTER':
      return registration(seen, request, observed);
    case 'SUBSCRIBE':
      return subscription(seen, request, inDialog, observed);
    case 'PUBLISH':
      return publication(seen, request, observed);
    case 'MESSAGE':
      return inDialog
        ? cannot(seen, 'a MESSAGE within a dialog', observed)
        : entry(seen, `${actor} sends a message to ${target} with ${files.of(request)}`, observed, {
            contentType,
          });
    case 'OPTIONS':
      return entry(seen, `${actor} asks ${target} for its options`, observed);
    case 'INVITE':
      return inDialog
        ? entry(seen, `${actor} re-invites${files.with(request)}`, observed)
        : entry(
            seen,
            `${actor} invites ${target}${isReliable(request) ? ' reliably' : ''}${files.with(request)}`,
            observed,
            { contentType, until: waitsUntil(seen, observed) },
            false,
          );
    case 'CANCEL':
      return entry(seen, `${actor} cancels`, observed, {}, false);
    case 'UPDATE':
      return entry(seen, `${actor} updates${files.with(request)}`, observed);
    case 'BYE':
      return entry(seen, `${actor} hangs up`, observed);
    case 'NOTIFY': {
      const state = (values(request, 'subscription-state')[0] ?? 'active').split(/[;\s]/)[0] ?? 'active';
      return entry(seen, `${actor} notifies ${state}${files.with(request)}`, observed, { contentType });
    }
    default:
      return cannot(seen, request.method, observed);
  }
}

function registration(seen: SipSeen, request: SipRequest, observed: Observed): RecordedEntry | undefined {
  const last = ofItsCall(observed, seen).findLast(
    ({ record, message }) =>
      record.id < seen.record.id && message.kind === 'response' && record.to === seen.record.from,
  )?.message;
  if (last?.kind === 'response' && (last.status === 401 || last.status === 407)) {
    return undefined; // the answer to a challenge
  }
  if (registersByItself(seen, observed)) {
    return undefined; // the network said so, and the test UE does it (TS 24.229 5.1.1.5A, 5.1.1.7)
  }
  const [contact] = addresses(request, 'contact');
  const expiresS = contact === undefined ? expires(request) : contactExpires(contact, request);
  const actor = seen.record.from;
  if (values(request, 'contact')[0] === '*') {
    return entry(seen, `${actor} deregisters all contacts`, observed);
  }
  return expiresS === 0
    ? entry(seen, `${actor} deregisters`, observed)
    : entry(seen, `${actor} registers${expiresS === undefined ? '' : `, ${expiresS} s`}`, observed);
}

function subscription(
  seen: SipSeen,
  request: SipRequest,
  inDialog: boolean,
  observed: Observed,
): RecordedEntry {
  const actor = seen.record.from;
  const expiresS = expires(request);
  if (inDialog) {
    return expiresS === 0
      ? entry(seen, `${actor} unsubscribes`, observed)
      : entry(seen, `${actor} refreshes, ${expiresS ?? 3600} s`, observed);
  }
  const name = event(request)?.package ?? 'presence';
  if (name === 'reg') {
    return entry(seen, `${actor} subscribes to its registration state`, observed);
  }
  return entry(seen, `${actor} subscribes to ${request.uri} for ${name}, ${expiresS ?? 3600} s`, observed, {
    accept: values(request, 'accept').join(', ') || undefined,
    cseq: seen.cseq.number === FIRST_CSEQ ? undefined : seen.cseq.number,
  });
}

function publication(seen: SipSeen, request: SipRequest, observed: Observed): RecordedEntry {
  const actor = seen.record.from;
  const expiresS = expires(request) ?? 3600;
  if (values(request, 'sip-if-match').length > 0) {
    return expiresS === 0
      ? entry(seen, `${actor} unpublishes`, observed)
      : entry(seen, `${actor} refreshes, ${expiresS} s`, observed);
  }
  const name = event(request)?.package ?? 'presence';
  const from = observed.files.of(request);
  return entry(seen, `${actor} publishes ${name} from ${from}, ${expiresS} s`, observed, {
    contentType: values(request, 'content-type')[0],
  });
}

/** With what the request has beyond what a test UE writes, and what came of it where that is not a success. */
function entry(
  seen: SipSeen,
  sentence: string,
  observed: Observed,
  options: Readonly<Record<string, string | number | undefined>> = {},
  waits = true,
): RecordedEntry {
  const status = waits ? finalStatus(seen, observed) : undefined;
  const refused = status !== undefined && status >= 300;
  const headers = ownHeaders(seen.message, observed.profile);
  const known = Object.entries(options).filter(
    (one): one is [string, string | number] => one[1] !== undefined,
  );
  return {
    sentence: `${sentence}${refused ? ` and gets ${status}` : ''}`,
    options: { ...Object.fromEntries(known), ...(Object.keys(headers).length > 0 && { headers }) },
  };
}

function finalStatus(seen: SipSeen, observed: Observed): number | undefined {
  const isRegister = seen.cseq.method === 'REGISTER';
  const statuses = ofItsCall(observed, seen).flatMap((other) => {
    const { record, message } = other;
    const isAnswer =
      (isRegister || isSameTransaction(other, seen)) &&
      record.to === seen.record.from &&
      record.id > seen.record.id &&
      message.kind === 'response' &&
      message.status >= 200;
    return isAnswer ? [message.status] : [];
  });
  return isRegister ? statuses.find((status) => status !== 401) : statuses[0];
}

function cannot({ record }: SipSeen, what: string, { complain }: Observed): undefined {
  complain(`${record.from}: ${what} is no action of a scenario: left out`);
  return undefined;
}
