import { every, topVia } from '@ims-sim/sip';
import { type BrokenProperty, type Evidence, isAltered, LONG_US, wasKilled } from './property.js';
import { isFinal, muddled, type SipSeen } from './sip-seen.js';

const PROPERTY = 'no request without an end';
/** RFC 3261 16.6 step 11: timer C and what its CANCEL may take; the stack's timer C is 181 s. */
const INVITE_END_US = 181_000_000 + 2 * LONG_US;

interface Asked {
  readonly first: SipSeen;
  last: SipSeen;
  isAnswered: boolean;
}

/**
 * At each hop a request gets a final response (RFC 3261 17), or nobody sends it any more once timer B or F, for an INVITE timer C, has
 * run out. Where nothing was disturbed, an element that got a request answers it, unless it waits in vain itself: for the next hop
 * that it has sent it on to (RFC 4320 4.2 forbids it to say so), or nobody could answer it.
 */
export function requestsWithoutEnd(evidence: Evidence): BrokenProperty[] {
  const asked = new Map<string, Asked>();
  const isMuddled = muddled(evidence.sip, evidence.actors);
  for (const seen of evidence.sip) {
    if (seen.method === 'ACK' || isMuddled.has(seen.transaction)) {
      continue;
    }
    const known = asked.get(seen.transaction);
    if (seen.message.kind === 'response') {
      if (known !== undefined && isFinal(seen)) {
        known.isAnswered = true;
      }
    } else if (known === undefined) {
      asked.set(seen.transaction, { first: seen, last: seen, isAnswered: false });
    } else {
      known.last = seen;
    }
  }
  const open = [...asked.values()].filter(({ isAnswered }) => !isAnswered);
  const passedOn = new Map<string, Set<string>>();
  for (const { first } of open) {
    const senders = passedOn.get(first.request) ?? new Set();
    passedOn.set(first.request, senders.add(first.record.from));
  }
  return open.flatMap((one) => [
    ...(isOverdue(one) ? [broken('is still sent when its timers have run out', one)] : []),
    ...(isSwallowed(one, evidence, passedOn) ? [broken('was neither answered nor sent on', one)] : []),
  ]);
}

function isOverdue({ first, last }: Asked): boolean {
  const endUs = first.method === 'INVITE' ? INVITE_END_US : LONG_US;
  return last.record.atUs - first.record.atUs > endUs;
}

function isSwallowed(
  { first, last }: Asked,
  evidence: Evidence,
  passedOn: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const { isDisturbed, actors, network } = evidence;
  const { to } = first.record;
  return (
    !isDisturbed &&
    isAnswerable(first) &&
    !actors.has(to) &&
    network.elements.some(({ name }) => name === to) &&
    !isAltered(evidence, to) &&
    !wasKilled(evidence, to, 0, last.record.atUs + LONG_US) &&
    passedOn.get(first.request)?.has(to) !== true
  );
}

/**
 * RFC 3261 8.2.6: a response goes where the top Via says, and has the From, To, Call-ID and CSeq of its request: where one of them is
 * missing or there twice, nobody can write it (RFC 4475 3.3.1: ideally it is answered all the same). The Via must be readable; what else is
 * wrong is to be said in a 400.
 */
function isAnswerable({ message }: SipSeen): boolean {
  return topVia(message) !== undefined && COPIED.every((key) => every(message.headers, key).length === 1);
}

const COPIED = ['from', 'to', 'call-id', 'cseq'] as const;

function broken(text: string, { first, last }: Asked): BrokenProperty {
  const { from, to } = first.record;
  const records = first === last ? [first.record] : [first.record, last.record];
  return {
    property: PROPERTY,
    clause: 'RFC 3261 17',
    text: `${first.method} from ${from} to ${to} ${text}`,
    records,
  };
}
