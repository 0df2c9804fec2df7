import { type Observed, ofItsCall } from './observed.js';
import type { SipSeen } from './select.js';

/**
 * For how long a caller waits before anything else is done: until it rings where it then gave up, until it is answered where no actor
 * answers and none does anything meanwhile. Undefined where what an actor does next belongs before that.
 */
export function waitsUntil(invite: SipSeen, observed: Observed): 'ringing' | 'answered' | undefined {
  if (isCancelledAsItRings(invite, observed)) {
    return 'ringing';
  }
  return isAnsweredByTheNetwork(invite, observed) ? 'answered' : undefined;
}

/**
 * Whether its sender gave up when it had heard that it rings (RFC 3261 9.1), and no actor said so: that would be an action, and come
 * after this one.
 */
function isCancelledAsItRings(invite: SipSeen, observed: Observed): boolean {
  const { from: caller, id } = invite.record;
  const call = ofItsCall(observed, invite);
  const cancelled = call.find(
    ({ record, cseq, message }) =>
      record.from === caller &&
      cseq.method === 'CANCEL' &&
      cseq.number === invite.cseq.number &&
      message.kind === 'request',
  )?.record.id;
  if (cancelled === undefined) {
    return false;
  }
  const isBetween = (one: SipSeen): boolean => isOfInvite(one, id, cancelled);
  return (
    call.some((one) => isBetween(one) && one.record.to === caller) &&
    !observed.sip.some((one) => isBetween(one) && observed.actors.has(one.record.from))
  );
}

/** A success that an element of the network gave: an application server, say. How long it takes hangs on the machine. */
function isAnsweredByTheNetwork(invite: SipSeen, observed: Observed): boolean {
  const { from: caller, id } = invite.record;
  const answered = ofItsCall(observed, invite).find(
    ({ record, cseq, message }) =>
      record.to === caller &&
      record.id > id &&
      cseq.method === 'INVITE' &&
      cseq.number === invite.cseq.number &&
      message.kind === 'response' &&
      message.status >= 200 &&
      message.status < 300,
  )?.record.id;
  if (answered === undefined) {
    return false;
  }
  return !observed.sip.some((one) => {
    const { record, message } = one;
    const isMeanwhile = record.id > id && record.id < answered && observed.actors.has(record.from);
    return (
      isMeanwhile &&
      (message.kind === 'request'
        ? message.method !== 'ACK' && message.method !== 'PRACK'
        : isOfInvite(one, id, answered))
    );
  });
}

/** A response to an INVITE that says more than that it came, between two records. */
function isOfInvite({ record, cseq, message }: SipSeen, afterId: number, beforeId: number): boolean {
  return (
    message.kind === 'response' &&
    message.status > 100 &&
    cseq.method === 'INVITE' &&
    record.id > afterId &&
    record.id < beforeId
  );
}
