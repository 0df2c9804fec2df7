import { tagOf, to } from '@ims-sim/sip';
import { type BrokenProperty, type Evidence, isAltered, wasKilled } from './property.js';
import { isFinal, muddled, type SipSeen } from './sip-seen.js';

/**
 * RFC 3261 17.2: a transaction has one final response at a hop, whose bytes are sent again where they must. A 2xx to an INVITE may come
 * from each branch of a fork (16.7 step 5). Who was killed in between has forgotten what it answered: it may answer anew.
 */
export function secondFinalResponses(evidence: Evidence): BrokenProperty[] {
  const answered = new Map<string, SipSeen[]>();
  const isMuddled = muddled(evidence.sip, evidence.actors);
  return evidence.sip.flatMap((seen) => {
    if (
      !isFinal(seen) ||
      isMuddled.has(seen.transaction) ||
      evidence.actors.has(seen.record.from) ||
      isAltered(evidence, seen.record.from)
    ) {
      return [];
    }
    const before = answered.get(seen.transaction) ?? [];
    if (before.some(({ record }) => record.bytes.equals(seen.record.bytes))) {
      return [];
    }
    answered.set(seen.transaction, [...before, seen]);
    const other = before.find((one) => !mayBoth(one, seen, evidence));
    return other === undefined ? [] : [broken(other, seen)];
  });
}

function mayBoth(one: SipSeen, two: SipSeen, evidence: Evidence): boolean {
  return (
    wasKilled(evidence, one.record.from, one.record.atUs, two.record.atUs) ||
    (one.method === 'INVITE' && isSuccess(one) && isSuccess(two) && toTag(one) !== toTag(two))
  );
}

function isSuccess({ message }: SipSeen): boolean {
  return message.kind === 'response' && message.status < 300;
}

function toTag({ message }: SipSeen): string | undefined {
  return tagOf(to(message));
}

function broken(one: SipSeen, two: SipSeen): BrokenProperty {
  const status = ({ message }: SipSeen): number => (message.kind === 'response' ? message.status : 0);
  const { from, to: asker } = two.record;
  return {
    property: 'no second final response',
    clause: 'RFC 3261 17.2',
    text: `${from} answered the ${two.method} of ${asker} with ${status(one)} and with ${status(two)}`,
    records: [one.record, two.record],
  };
}
